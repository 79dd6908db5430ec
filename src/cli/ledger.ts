/** `ledger`: reads, checks and exports the record of removed users. */
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Command, Option } from 'commander';
import { AppError } from '../errors.ts';
import { type CliContext, organizationOption } from './context.ts';
import { parseCount } from './option.ts';
import { toTable, toTime } from './output.ts';
import type { LedgerFormat, LedgerLine } from './services.ts';

interface InOrganization {
  readonly organization: string;
}

export function createLedgerCommand(cli: CliContext): Command {
  return new Command('ledger')
    .description('the record of removed users, and of the runs that must be kept')
    .addCommand(createListCommand(cli))
    .addCommand(createVerifyCommand(cli))
    .addCommand(createExportCommand(cli));
}

function createListCommand(cli: CliContext): Command {
  return new Command('list')
    .description('newest entries first')
    .option('--limit <count>', 'how many', parseCount, 50)
    .option('--user <user>', 'only of this user (userName or id)')
    .addOption(organizationOption())
    .action(async ({ organization, limit, user }: InOrganization & { limit: number; user?: string }) => {
      const query = user === undefined ? { limit } : { limit, user };
      const entries = await cli.withServices(({ ledger }) => ledger.list(organization, query));
      const documents = entries.map((entry) => ({ ...entry, at: toTime(entry.at) }));
      cli.output.result({ entries: documents }, () => toLedgerTable(entries));
    });
}

function toLedgerTable(entries: readonly LedgerLine[]): string {
  const rows = entries.map((entry) => [
    String(entry.position),
    toTime(entry.at),
    entry.kind,
    entry.user,
    entry.scope === 'team' ? `team ${entry.team}` : 'organization',
    entry.hash.slice(0, 12),
  ]);
  return toTable(['no', 'time', 'what', 'user', 'where', 'hash'], rows, 'The ledger has no entries.');
}

function createVerifyCommand(cli: CliContext): Command {
  return new Command('verify')
    .description('walk the chain of hashes and name the first break; exit code 1 if there is one')
    .addOption(organizationOption())
    .action(async ({ organization }: InOrganization) => {
      const verdict = await cli.withServices(({ ledger }) => ledger.verify(organization));
      const { entries, head, firstBreak } = verdict;
      const whole = `The chain is whole: ${entries} entries${head === null ? '' : `, newest hash ${head}`}.`;
      cli.output.result({ whole: firstBreak === null, ...verdict }, () =>
        firstBreak === null ? whole : 'The chain is broken.',
      );
      if (firstBreak !== null) {
        const text = `The ledger of ${organization} is broken at entry ${firstBreak.position}: ${firstBreak.reason}. Compare it with a backup or an export.`;
        throw new AppError('internal', text);
      }
    });
}

function createExportCommand(cli: CliContext): Command {
  return new Command('export')
    .description('write every entry, oldest first')
    .addOption(new Option('--format <format>', 'JSON lines or CSV').choices(['jsonl', 'csv']).default('jsonl'))
    .option('--output <file>', 'write to this file, which must not exist yet, instead of standard output')
    .addOption(organizationOption())
    .action(async (options: InOrganization & { format: LedgerFormat; output?: string }) => {
      const { organization, format, output: file } = options;
      if (file === undefined && cli.output.json) {
        throw new AppError(
          'invalid_value',
          'An export is not one JSON document: leave out --json, or add --output FILE.',
        );
      }
      await cli.withServices(async ({ ledger }) => {
        const pieces = ledger.export(organization, format);
        if (file === undefined) for await (const piece of pieces) cli.output.write(piece);
        else await writeNewFile(file, pieces);
      });
      if (file !== undefined) cli.output.result({ file, format, organization }, () => `The ledger is in ${file}.`);
    });
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
