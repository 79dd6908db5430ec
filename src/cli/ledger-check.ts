/** `ledger verify`, `ledger checkpoint`, `ledger reverify`: is the record whole, and is there still what it speaks of? */
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import { type CliContext, organizationOption } from './context.ts';
import type { Checkpoint, ReverifyReport } from './ledger-contract.ts';
import { toTable } from './output.ts';

interface InOrganization {
  readonly organization: string;
}

const checkpointFile = z.object({
  organization: z.string(),
  position: z.int().min(0),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.string(),
});

async function readCheckpoint(file: string): Promise<Checkpoint> {
  try {
    return checkpointFile.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (cause) {
    throw new AppError('invalid_value', `${file} is not a checkpoint, as \`ledger checkpoint\` writes it.`, { cause });
  }
}

export function createVerifyCommand(cli: CliContext): Command {
  return new Command('verify')
    .description('walk the chain of hashes and name the first break; exit code 1 if there is one')
    .option('--checkpoint <file>', 'the chain has to go through this checkpoint, which was taken earlier')
    .addOption(organizationOption())
    .action(async ({ organization, checkpoint: file }: InOrganization & { checkpoint?: string }) => {
      const checkpoint = file === undefined ? undefined : await readCheckpoint(file);
      const verdict = await cli.withServices(({ ledger }) => ledger.verify(organization, checkpoint));
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

export function createCheckpointCommand(cli: CliContext): Command {
  return new Command('checkpoint')
    .description('print position and hash of the newest entry; keep it outside, and give it to `ledger verify` later')
    .addOption(organizationOption())
    .action(async ({ organization }: InOrganization) => {
      const checkpoint = await cli.withServices(({ ledger }) => ledger.checkpoint(organization));
      // The same with and without --json: it is written to be kept in a file.
      cli.output.result(checkpoint, () => JSON.stringify(checkpoint));
    });
}

export function createReverifyCommand(cli: CliContext): Command {
  return new Command('reverify')
    .description('ask the tracker whether the kept runs are still there; exit code 1 if some are not')
    .argument('[person]', 'only what this person left behind')
    .addOption(organizationOption())
    .action(async (person: string | undefined, { organization }: InOrganization) => {
      const report = await cli.withServices(({ ledger }) => ledger.reverify(organization, person));
      cli.output.result(report, () => toReportText(report));
      if (report.missing > 0)
        throw new AppError('internal', `${report.missing} runs that were to be kept are missing.`);
    });
}

function toReportText({ asked, pending, expected, missing, findings }: ReverifyReport): string {
  const rows = findings.map(({ user, team, result, expected: wanted, missing: gone, removal }) => [
    ...[user, team ?? 'organization', result, `${gone} of ${wanted}`, removal],
  ]);
  const waiting = pending === 0 ? '' : ` ${pending} of them did not get an answer; they are tried again.`;
  return [
    `Asked about ${asked} removals: ${missing} of ${expected} runs are missing.${waiting}`,
    ...(rows.length === 0 ? [] : ['', toTable(['user', 'where', 'result', 'missing', 'removal'], rows, '')]),
  ].join('\n');
}
