/** `ledger`: reads, checks and exports the record of removed users, and says what is to be kept. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import { stringify } from 'csv-stringify/sync';
import type { LedgerLine, RemovalStory } from '../directory/removals/ledger-view.ts';
import { AppError } from '../errors.ts';
import { EXPORT_COLUMNS, type ExportRow } from '../ledger/export.ts';
import { LEDGER_KINDS, type LedgerKind } from '../ledger/kind.ts';
import { type CliContext, organizationOption } from './context.ts';
import { createCheckpointCommand, createReverifyCommand, createVerifyCommand } from './ledger-check.ts';
import type { LedgerFilter } from './ledger-contract.ts';
import {
  createEraseCommand,
  createHandOverCommand,
  createHoldCommand,
  createImportCommand,
  createRetainCommand,
} from './ledger-keep.ts';
import { parseCount } from './option.ts';
import { toTable } from './output.ts';

interface InOrganization {
  readonly organization: string;
}

export function createLedgerCommand(cli: CliContext): Command {
  const command = new Command('ledger').description('the record of removed users, and of the runs that must be kept');
  for (const create of [
    ...[createListCommand, createShowCommand, createVerifyCommand, createCheckpointCommand, createExportCommand],
    ...[createReverifyCommand, createHoldCommand, createRetainCommand, createHandOverCommand],
    ...[createImportCommand, createEraseCommand],
  ])
    command.addCommand(create(cli));
  return command;
}

interface ListOptions extends InOrganization {
  readonly limit: number;
  readonly user?: string;
  readonly team?: string;
  readonly kind?: LedgerKind;
  readonly state?: NonNullable<LedgerFilter['state']>;
  readonly held?: true;
  readonly missing?: true;
}

function createListCommand(cli: CliContext): Command {
  return new Command('list')
    .description('newest entries first; --kind removed lists who left, and what came of it')
    .option('--limit <count>', 'how many', parseCount, 50)
    .option('--user <user>', 'only of this user (userName, e-mail address, externalId or id)')
    .option('--team <team>', 'only about this team (name or id)')
    .addOption(new Option('--kind <kind>', 'only entries of this kind').choices([...LEDGER_KINDS]))
    .addOption(
      new Option('--state <state>', 'only of removals in this state').choices([
        'left',
        'returned',
        'returned_as_another',
      ]),
    )
    .option('--held', 'only under a legal hold')
    .option('--missing', 'only where runs are missing')
    .addOption(organizationOption())
    .action(async ({ organization, limit, user, team, kind, state, held, missing }: ListOptions) => {
      const filter: LedgerFilter = {
        limit,
        ...(user === undefined ? {} : { user }),
        ...(team === undefined ? {} : { team }),
        ...(kind === undefined ? {} : { kinds: [kind] }),
        ...(state === undefined ? {} : { state }),
        ...(held === undefined ? {} : { hold: true }),
        ...(missing === undefined ? {} : { missing: true }),
      };
      const entries = await cli.withServices(({ ledger }) => ledger.list(organization, filter));
      cli.output.result({ entries }, () => toLedgerTable(entries));
    });
}

function toLedgerTable(entries: readonly LedgerLine[]): string {
  const rows = entries.map((entry) => [
    String(entry.position),
    toSeconds(entry.at),
    entry.kind,
    entry.user,
    toPlace(entry),
    entry.kind === 'removed' ? toState(entry) : '',
    entry.hash.slice(0, 12),
  ]);
  return toTable(['no', 'time', 'what', 'user', 'where', 'state', 'hash'], rows, 'The ledger has no entries.');
}

function toSeconds(iso: string): string {
  return iso.replace(/\.\d{3}Z$/, 'Z');
}

function toPlace({ scope, team }: Pick<LedgerLine, 'scope' | 'team'>): string {
  return scope === 'team' ? `team ${team}` : 'organization';
}

/** `left, 340 runs, 12 missing, held` */
function toState({ removal }: Pick<LedgerLine, 'removal'>): string {
  const { state, inventory, verification, hold, erasedAt } = removal;
  const runs = inventory.runs === null ? `runs: ${inventory.state.replace('_', ' ')}` : `${inventory.runs} runs`;
  const missing = verification.missing > 0 ? `${verification.missing} missing` : undefined;
  const parts = [state.replaceAll('_', ' '), runs, missing, hold ? 'held' : undefined, erasedAt && 'erased'];
  return parts.filter((part) => part !== undefined && part !== null).join(', ');
}

function createShowCommand(cli: CliContext): Command {
  return new Command('show')
    .description('who left, what they held and left behind, and everything that happened since')
    .argument('<person>', 'userName, e-mail address, externalId or id of somebody who left, or the id of a removal')
    .addOption(organizationOption())
    .action(async (person: string, { organization }: InOrganization) => {
      const story = await cli.withServices(({ ledger }) => ledger.show({ organization, person }));
      cli.output.result(story, () => toStoryText(story));
    });
}

function toStoryText(story: RemovalStory): string {
  const { removal } = story;
  const projects = story.projects.map(({ team, project, runs, firstRunAt, lastRunAt }) => [
    ...[team ?? '', project, String(runs), firstRunAt?.slice(0, 10) ?? '', lastRunAt?.slice(0, 10) ?? ''],
  ]);
  const events = story.story.map((entry) => [
    ...[String(entry.position), toSeconds(entry.at), entry.kind, entry.by.name, entry.cause, entry.reason ?? ''],
  ]);
  return [
    `${story.name} (${story.user}), from ${toPlace(story)}: ${toState(story)}`,
    `Kept: ${removal.hold ? 'under a legal hold' : removal.keepUntil === null ? 'for ever' : `until ${removal.keepUntil}`}.`,
    ...(removal.inventory.reason === null ? [] : [`Inventory: ${removal.inventory.reason}`]),
    '',
    toTable(['team', 'project', 'runs', 'first', 'last'], projects, 'No inventory lists any runs.'),
    '',
    toTable(['no', 'time', 'what', 'by', 'cause', 'reason'], events, ''),
  ].join('\n');
}

type ExportFormat = 'jsonl' | 'csv';

function createExportCommand(cli: CliContext): Command {
  return new Command('export')
    .description('write every entry, oldest first; docs/ledger.md says how to check an export without Drawbridge')
    .addOption(new Option('--format <format>', 'JSON lines or CSV').choices(['jsonl', 'csv']).default('jsonl'))
    .option('--output <file>', 'write to this file, which must not exist yet, instead of standard output')
    .addOption(organizationOption())
    .action(async (options: InOrganization & { format: ExportFormat; output?: string }) => {
      const { organization, format, output: file } = options;
      if (file === undefined && cli.output.json) {
        throw new AppError(
          'invalid_value',
          'An export is not one JSON document: leave out --json, or add --output FILE.',
        );
      }
      await cli.withServices(async ({ ledger }) => {
        const pieces = toText(ledger.export(organization), format);
        if (file === undefined) for await (const piece of pieces) cli.output.write(piece);
        else await writeNewFile(file, pieces);
      });
      if (file !== undefined) cli.output.result({ file, format, organization }, () => `The ledger is in ${file}.`);
    });
}

async function* toText(rows: AsyncIterable<ExportRow>, format: ExportFormat): AsyncGenerator<string> {
  if (format === 'csv') yield toCsv([...EXPORT_COLUMNS]);
  for await (const row of rows) {
    if (format === 'jsonl') yield `${JSON.stringify(row)}\n`;
    else yield toCsv(EXPORT_COLUMNS.map((column) => toCell(row[column])));
  }
}

function toCell(value: unknown): unknown {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

/** A leading sign would be run as a formula by a spreadsheet; the writer escapes it. */
function toCsv(cells: readonly unknown[]): string {
  return stringify([cells as unknown[]], { escape_formulas: true });
}

async function writeNewFile(file: string, pieces: AsyncIterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(pieces), createWriteStream(file, { flags: 'wx', mode: 0o600 }));
  } catch (cause) {
    const isTaken = cause instanceof Error && 'code' in cause && cause.code === 'EEXIST';
    if (isTaken) throw new AppError('conflict', `${file} exists already. Name another file.`);
    throw cause;
  }
}
