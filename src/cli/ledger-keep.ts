/** `ledger hold`, `retain`, `hand-over`, `import-inventory`, `erase`: what is to become of what somebody left behind. */
import { readFile } from 'node:fs/promises';
import { Command, InvalidArgumentError } from 'commander';
import { stringify } from 'csv-stringify/sync';
import type { WorkListItem } from '../directory/removals/handovers.ts';
import type { RemovalView } from '../directory/removals/ledger-view.ts';
import { AppError } from '../errors.ts';
import { type CliContext, organizationOption } from './context.ts';
import { parseName } from './option.ts';

interface Change {
  readonly organization: string;
  readonly reason?: string;
}

const REASON = 'why: on record for good, so leave personal data out of it';

/** A verb about one person. */
function personCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .argument('<person>', 'userName, e-mail address, externalId or id of somebody who left, or the id of a removal')
    .addOption(organizationOption());
}

export function createHoldCommand(cli: CliContext): Command {
  return personCommand('hold', 'place a legal hold: what was left behind is kept, whatever date was set')
    .requiredOption('--reason <text>', REASON, parseName)
    .option('--lift', 'end the hold')
    .action(async (person: string, { organization, reason, lift }: Required<Change> & { lift?: true }) => {
      const change = { lift: lift === true, reason };
      const removal = await cli.withServices(({ ledger }) => ledger.hold({ organization, person }, change));
      cli.output.result({ removal }, () => (removal.hold ? 'A legal hold stands.' : 'There is no legal hold.'));
    });
}

function parseDay(given: string): number {
  const at = Date.parse(given);
  if (!/^\d{4}-\d\d-\d\d(T.*)?$/.test(given) || Number.isNaN(at))
    throw new InvalidArgumentError('Give a day such as 2030-12-31, or a time in ISO 8601.');
  return at;
}

export function createRetainCommand(cli: CliContext): Command {
  return personCommand('retain', 'say how long what was left behind is to be kept (at first: for ever)')
    .option(
      '--until <day>',
      'until this day; nothing is deleted then, but nobody is told any more when runs are missing',
      parseDay,
    )
    .option('--for-ever', 'without an end')
    .option('--reason <text>', REASON, parseName)
    .action(async (person: string, options: Change & { until?: number; forEver?: true }) => {
      const { organization, until, forEver, reason } = options;
      if ((until === undefined) === (forEver === undefined))
        throw new AppError('invalid_value', 'Give either --until or --for-ever.');
      const removal = await cli.withServices(({ ledger }) =>
        ledger.retain({ organization, person }, until ?? null, reason ?? null),
      );
      cli.output.result(
        { removal },
        () => `Kept ${removal.keepUntil === null ? 'for ever' : `until ${removal.keepUntil}`}.`,
      );
    });
}

interface HandOver extends Change {
  readonly toUser?: string;
  readonly toTeam?: string;
  readonly undo?: true;
  readonly workList?: true;
}

export function createHandOverCommand(cli: CliContext): Command {
  return personCommand('hand-over', 'give the runs of somebody who left to another user or to a team')
    .option('--to-user <user>', 'userName, e-mail address or id', parseName)
    .option('--to-team <team>', 'name or id', parseName)
    .option('--undo', 'take the last hand-over back')
    .option('--work-list', 'write the projects and runs as CSV, for trackers where runs are moved by hand')
    .option('--reason <text>', REASON, parseName)
    .action(async (person: string, options: HandOver) => {
      const ref = { organization: options.organization, person };
      const { toUser, toTeam, undo, workList, reason = null } = options;
      if ([toUser, toTeam, undo, workList].filter((given) => given !== undefined).length !== 1)
        throw new AppError('invalid_value', 'Give one of --to-user, --to-team, --undo and --work-list.');
      if (workList) {
        const items = await cli.withServices(({ ledger }) => ledger.workList(ref));
        cli.output.result({ items }, () => toWorkListCsv(items));
        return;
      }
      const heir = { kind: toUser === undefined ? 'team' : 'user', name: toUser ?? toTeam ?? '' } as const;
      const removal = await cli.withServices(({ ledger }) =>
        undo ? ledger.undoHandover(ref, reason) : ledger.handOver(ref, heir, reason),
      );
      cli.output.result({ removal }, () => toHandoverText(removal));
    });
}

function toHandoverText({ handover }: RemovalView): string {
  if (handover.state === 'undone') return 'The hand-over is taken back.';
  if (handover.state === 'undoing') return 'The hand-over is taken back; the server changes the runs.';
  return 'On record. Where the tracker lets it the server changes the runs; elsewhere --work-list says what is to be moved.';
}

function toWorkListCsv(items: readonly WorkListItem[]): string {
  const head = ['team', 'project', 'runs', 'first_run_at', 'last_run_at', 'run_ids'];
  const rows = items.map(({ team, project, runs, firstRunAt, lastRunAt, runIds }) => [
    ...[team, project, runs, firstRunAt, lastRunAt, runIds?.join(' ') ?? ''],
  ]);
  return stringify([head, ...rows], { escape_formulas: true }).trimEnd();
}

export function createImportCommand(cli: CliContext): Command {
  return new Command('import-inventory')
    .description('take what people left behind from CSV (docs/ledger.md has the columns)')
    .argument('<file>', 'a file, or - for standard input')
    .addOption(organizationOption())
    .action(async (file: string, { organization }: Change) => {
      const csv = await readText(file);
      const people = await cli.withServices(({ ledger }) => ledger.importInventory(organization, csv));
      const missing = people.flatMap(({ removals }) => removals).reduce((sum, removal) => sum + removal.missing, 0);
      const text = `Taken for ${people.length} people.`;
      cli.output.result({ people }, () => (missing === 0 ? text : `${text} ${missing} runs are missing.`));
    });
}

async function readText(file: string): Promise<string> {
  try {
    return await readFile(file === '-' ? '/dev/stdin' : file, 'utf8');
  } catch (cause) {
    throw new AppError('invalid_value', `${file} cannot be read.`, { cause });
  }
}

export function createEraseCommand(cli: CliContext): Command {
  return personCommand('erase', 'replace the personal data of somebody who left by a pseudonym, for good')
    .option('--reason <text>', REASON, parseName)
    .requiredOption('--yes', 'this cannot be taken back')
    .action(
      async (person: string, { organization, reason = null }: { organization: string; reason?: string | null }) => {
        const erasure = await cli.withServices(({ ledger }) => ledger.erase({ organization, person }, reason));
        cli.output.result(erasure, () => `Erased: ${erasure.entries} entries name ${erasure.pseudonym} now.`);
      },
    );
}
