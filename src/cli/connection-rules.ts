/** `connection rules`: shows and sets which groups and users get which roles. */
import { readFile } from 'node:fs/promises';
import { text as readAll } from 'node:stream/consumers';
import { Command } from 'commander';
import type { RoleChange } from '../directory/rules/rules-preview.ts';
import { AppError } from '../errors.ts';
import { type CliContext, organizationOption } from './context.ts';
import { toCell, toTable } from './output.ts';
import type { RulesPreview, RulesProgress } from './services.ts';

const WARNINGS_SHOWN = 20;

interface InOrganization {
  readonly organization: string;
}

export function createConnectionRulesCommand(cli: CliContext): Command {
  return new Command('rules')
    .description('mapping rules of a connection: which groups and users get which roles')
    .addCommand(createShowCommand(cli))
    .addCommand(createSetCommand(cli));
}

function createShowCommand(cli: CliContext): Command {
  return new Command('show')
    .description('print the rules as the JSON that `rules set` takes')
    .argument('<connection>', 'name or id')
    .addOption(organizationOption())
    .action(async (connection: string, { organization }: InOrganization) => {
      const document = await cli.withServices((services) => services.connections.rules({ organization, connection }));
      cli.output.result(document, () => JSON.stringify(document, null, 2));
    });
}

function createSetCommand(cli: CliContext): Command {
  return new Command('set')
    .description('replace the rules; says who gains and loses what')
    .argument('<connection>', 'name or id')
    .argument('<file>', 'JSON document with the rules; - reads standard input')
    .option('--preview', 'change nothing, only say who would gain and lose what')
    .addOption(organizationOption())
    .action(async (connection: string, file: string, options: InOrganization & { preview?: boolean }) => {
      const { organization, preview = false } = options;
      const document = await readDocument(file);
      const effect = await cli.withServices(({ connections }) =>
        connections.setRules({ organization, connection }, document, {
          preview,
          onProgress: ({ done, total, gained, lost }) =>
            cli.output.note(`${done} of ${total} people looked at; roles gained: ${gained}, lost: ${lost}`),
        }),
      );
      cli.output.result({ saved: !preview, ...effect }, () => describe(cli, effect, preview));
    });
}

/** A rules document; - reads standard input. @throws AppError `invalid_value`, `invalid_syntax` */
export async function readDocument(file: string): Promise<unknown> {
  const source = await (file === '-' ? readAll(process.stdin) : readFile(file, 'utf8')).catch((cause: unknown) => {
    throw new AppError('invalid_value', `The rules file ${file} cannot be read. Name a file that exists.`, { cause });
  });
  try {
    return JSON.parse(source);
  } catch (cause) {
    throw new AppError(
      'invalid_syntax',
      `The rules file ${file} is not JSON. Correct it; \`rules show\` prints the form.`,
      { cause },
    );
  }
}

function describe(cli: CliContext, effect: RulesPreview, preview: boolean): string {
  const { gains, losses, counts, newTeams, warnings, refusal, run } = effect;
  const headline = `${preview ? 'Nothing is saved yet.' : 'The rules are saved.'} Users who ${preview ? 'would change' : 'changed'}: ${counts.users}. Roles gained: ${counts.gains}, lost: ${counts.losses}.`;
  const parts = [cli.output.style('bold', headline)];
  if (refusal !== null) parts.push(cli.output.style('red', `Saving these rules would be refused: ${refusal}`));
  if (run !== null) parts.push(cli.output.style('red', describeRun(run)));
  if (newTeams.count > 0)
    parts.push(`New teams: ${newTeams.count} (${toCell(newTeams.names.slice(0, 10).join(', '))})`);
  if (warnings.count > 0) parts.push('', cli.output.style('red', 'Warnings'), describeWarnings(warnings));
  if (losses.length > 0) parts.push('', cli.output.style('red', 'Lost'), toRoleTable(losses, counts.losses));
  if (gains.length > 0) parts.push('', cli.output.style('green', 'Gained'), toRoleTable(gains, counts.gains));
  return parts.join('\n');
}

function describeWarnings({ count, texts }: RulesPreview['warnings']): string {
  const shown = texts.slice(0, WARNINGS_SHOWN).map(toCell);
  return [...shown, ...(count > shown.length ? [`... and ${count - shown.length} more`] : [])].join('\n');
}

function describeRun({ done, total, reason }: RulesProgress): string {
  const why = reason ?? 'Another process works on it.';
  return `Not everybody has been reached: ${done} of ${total} people. ${why} The console shows how it goes on.`;
}

function toRoleTable(changes: readonly RoleChange[], count: number): string {
  const rows = changes.map(({ user, scope, team, role }) => [
    user,
    scope === 'team' ? `team ${team}` : 'organization',
    role,
  ]);
  const table = toTable(['user', 'where', 'role'], rows, '');
  return count > changes.length ? `${table}\n... and ${count - changes.length} more` : table;
}
