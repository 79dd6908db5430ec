/** `target dry-run`, `drift`, `retry`, `replay`: looking into a target, and having something done again. */
import { Command, InvalidArgumentError } from 'commander';
import type { Drift } from '../targets/drift.ts';
import type { DryRun, PlannedSubject } from '../targets/planned.ts';
import type { InOrganization } from './context.ts';
import { type CliContext, organizationOption } from './context.ts';
import { parseCount } from './option.ts';
import { toCell, toTable } from './output.ts';

const PAGE = 200;

export function createDryRunCommand(cli: CliContext): Command {
  return new Command('dry-run')
    .description('what would be sent, without sending it')
    .argument('<target>', 'name or id')
    .option('--subject <subject>', 'only this one: user:<id>, team:<id>, role:<id> or service_account:<id>')
    .option('--limit <count>', 'how many subjects to look at, or events of a webhook to tell', parseCount, PAGE)
    .addOption(organizationOption())
    .action(async (target: string, options: InOrganization & { subject?: string; limit: number }) => {
      const { organization, subject, limit } = options;
      const query = { limit, ...(subject === undefined ? {} : { subject }) };
      const run = await cli.withServices(({ targets }) => targets.dryRun({ organization, target }, query));
      cli.output.result(run, () => describeRun(run));
    });
}

function describeRun({ planned, looked, next, more }: DryRun): string {
  const rows = planned.flatMap(toRows);
  const sent = planned.filter(({ reason }) => reason === null).length;
  const rest = next === null ? '' : ` There is more${more === null ? '' : ` (${more} events)`}: give a larger --limit.`;
  const counts = `${looked} looked at; for ${sent} of them something would be sent.${rest}`;
  return [toTable(['whom', 'request', 'with'], rows, 'Nothing would be sent.'), '', counts].join('\n');
}

function toRows({ name, requests, reason }: PlannedSubject): string[][] {
  const sent = requests.map(({ method, url, body }) => [
    `${method} ${new URL(url).pathname}`,
    body === undefined ? '' : JSON.stringify(body).slice(0, 200),
  ]);
  const all = reason === null ? sent : [['not sent', reason], ...sent];
  return all.map((row, index) => [index === 0 ? name : '', ...row]);
}

export function createDriftCommand(cli: CliContext): Command {
  return new Command('drift')
    .description('compare what is there with what is wanted; --repair brings it in line')
    .argument('<target>', 'name or id')
    .option('--repair <ids...>', 'repair these differences, or: all')
    .addOption(organizationOption())
    .action(async (target: string, options: InOrganization & { repair?: string[] }) => {
      const { organization, repair } = options;
      const ref = { organization, target };
      const found = await cli.withServices(async ({ targets }) => {
        const drift = await targets.drift(ref);
        const ids = repair?.length === 1 && repair[0] === 'all' ? 'all' : repair;
        return { drift, repaired: ids === undefined ? null : await targets.repair(ref, drift, ids) };
      });
      cli.output.result({ ...found.drift, repairing: found.repaired ?? 0 }, () =>
        describeDrift(found.drift, found.repaired),
      );
    });
}

function describeDrift({ differences, unmanaged, archivedTeams }: Drift, repaired: number | null): string {
  const rows = differences.map(({ id, kind, name, fields }) => [
    ...[kind, name],
    fields
      .map(({ field, wanted, there }) => `${field}: ${JSON.stringify(there)}, wanted ${JSON.stringify(wanted)}`)
      .join('; '),
    id,
  ]);
  const { users, teams, members } = unmanaged;
  return [
    toTable(['what', 'who', 'difference', 'id'], rows, 'Everything is as it is wanted.'),
    '',
    toCell(
      `Left alone, because Drawbridge never managed them: ${users} users, ${teams} teams, ${members} memberships.`,
    ),
    ...(archivedTeams === 0
      ? []
      : [`Left alone, because they are archived here and not deleted there: ${archivedTeams} teams.`]),
    ...(repaired === null ? [] : [toRepaired(repaired, differences.length)]),
  ].join('\n');
}

function toRepaired(repaired: number, found: number): string {
  if (repaired > 0) return `${repaired} differences are being repaired.`;
  return found === 0 ? 'There is nothing to repair.' : 'Nothing is repaired: no difference has an id that was given.';
}

export function createRetryCommand(cli: CliContext): Command {
  return new Command('retry')
    .description('try parked subjects again; of a webhook also the events that were given up')
    .argument('<target>', 'name or id')
    .option('--subject <subject>', 'only this one: user:<id>, team:<id>')
    .addOption(organizationOption())
    .action(async (target: string, options: InOrganization & { subject?: string }) => {
      const { organization, subject = null } = options;
      const retried = await cli.withServices(({ targets }) => targets.retry({ organization, target }, subject));
      cli.output.result({ retried }, () => (retried === 0 ? 'Nothing is parked.' : `${retried} are tried again.`));
    });
}

export function createReplayCommand(cli: CliContext): Command {
  return new Command('replay')
    .description('send the events of a webhook after a position of the change log again')
    .argument('<target>', 'name or id')
    .requiredOption('--from <position>', 'the last position that is not wanted again; 0 for all', parsePosition)
    .addOption(organizationOption())
    .action(async (target: string, { organization, from }: InOrganization & { from: number }) => {
      await cli.withServices(({ targets }) => targets.replay({ organization, target }, from));
      cli.output.result({ replayedFrom: from }, () => `Events after position ${from} are sent again.`);
    });
}

function parsePosition(given: string): number {
  if (!/^\d{1,15}$/.test(given)) throw new InvalidArgumentError('Give a position: a whole number.');
  return Number(given);
}
