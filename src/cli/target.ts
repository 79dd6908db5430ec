/** `target`: systems that are kept in step. What looks into them and repairs has a file of its own. */
import { Command, Option } from 'commander';
import type { TargetStatus } from '../targets/status.ts';
import { TARGET_KINDS, type TargetKind } from '../targets/target.ts';
import { tellLag, tellTrouble } from '../targets/words.ts';
import type { InOrganization } from './context.ts';
import { type CliContext, organizationOption } from './context.ts';
import { parseHoursAsSeconds, parseName } from './option.ts';
import { toCell, toOptionalTime, toTable, toTime } from './output.ts';
import { createDriftCommand, createDryRunCommand, createReplayCommand, createRetryCommand } from './target-check.ts';
import { collectSecrets, collectSettings, readSecrets } from './target-options.ts';
import type { TargetDetails } from './target-services.ts';

export function createTargetCommand(cli: CliContext): Command {
  const command = new Command('target').description(
    'systems that are kept in step: W&B Server, SCIM servers, webhooks',
  );
  for (const create of [
    ...[createAddCommand, createListCommand, createShowCommand, createSetCommand, createTestCommand],
    ...[createDryRunCommand, createDriftCommand, createRetryCommand, createReplayCommand, createRotateCommand],
    ...[createPauseCommand, createResumeCommand, createRemoveCommand],
  ])
    command.addCommand(create(cli));
  return command;
}

interface AddOptions extends InOrganization {
  readonly name?: string;
  readonly url: string;
  readonly set: Readonly<Record<string, unknown>>;
  readonly secret: Readonly<Record<string, string>>;
  readonly paused?: boolean;
}

const SET_HELP = 'another setting, such as requestsPerSecond=5; may be given several times (docs/targets)';
const SECRET_HELP = 'where a secret is read from: apiKey=env:NAME or apiKey=file:PATH; may be given several times';

const ADDED = {
  active: 'the server pushes to it.',
  paused: 'nothing is pushed until: target resume.',
};

function createAddCommand(cli: CliContext): Command {
  return new Command('add')
    .description('add a target; everybody and every team is pushed to it from now on')
    .argument('<kind>', TARGET_KINDS.join(', '))
    .requiredOption('--url <url>', 'its address')
    .option('--name <name>', 'what to call it (default: the kind)', parseName)
    .option('--set <name=value>', SET_HELP, collectSettings, {})
    .option('--secret <name=source>', SECRET_HELP, collectSecrets, {})
    .option('--paused', 'push nothing until target resume, to test and to look at target dry-run first')
    .addOption(organizationOption())
    .action(async (kind: TargetKind, options: AddOptions) => {
      const { organization, name = kind, url, set, secret, paused = false } = options;
      const state = paused ? 'paused' : 'active';
      const input = { kind, name, settings: { url, ...set }, secrets: readSecrets(cli.env, secret), state } as const;
      const { target, signingSecret } = await cli.withServices(({ targets }) => targets.add(organization, input));
      const document = { id: target.id, name: target.name, kind: target.kind, state: target.state, signingSecret };
      cli.output.result(document, () =>
        [
          cli.output.style('bold', `Target ${target.name} (${target.kind}) is added; ${ADDED[target.state]}`),
          ...(signingSecret === null ? [] : ['', `  Signing secret  ${signingSecret}`, '', 'It is not shown again.']),
        ].join('\n'),
      );
    });
}

function createListCommand(cli: CliContext): Command {
  return new Command('list')
    .description('targets of an organization, and how far behind they are')
    .addOption(organizationOption())
    .action(async ({ organization }: InOrganization) => {
      const list = await cli.withServices(({ targets }) => targets.list(organization));
      cli.output.result({ targets: list.map(toStatusDocument) }, () => {
        const rows = list.map((status) => [
          ...[status.target.name, status.target.kind, toState(status), String(status.target.settings.url ?? '')],
          ...[tellLag(status), String(status.parked + status.deliveries.dead), status.target.id],
        ]);
        const headings = ['name', 'kind', 'state', 'address', 'in step', 'parked', 'id'];
        const table = toTable(headings, rows, 'There are no targets. Add one with: target add wandb --url ...');
        const troubles = list.flatMap((status) => {
          const trouble = tellTrouble(status, cli.now());
          return trouble === null ? [] : [toCell(`${status.target.name}: ${trouble}`)];
        });
        return troubles.length === 0 ? table : [table, '', ...troubles].join('\n');
      });
    });
}

const FAILING = { unavailable: 'failing', forbidden: 'not allowed', unopened: 'not usable' };

function toState({ target, failing, loading }: TargetStatus): string {
  if (failing !== null) return FAILING[failing.kind];
  return loading && target.state === 'active' ? 'loading' : target.state;
}

function toStatusDocument({ target, failing, ...status }: TargetStatus): Record<string, unknown> {
  const times = failing && { since: toTime(failing.since), nextTryAt: toOptionalTime(failing.nextTryAt) };
  return { ...toDocument(target), ...status, failing: failing && { ...failing, ...times } };
}

function toDocument(target: TargetDetails['status']['target']): Record<string, unknown> {
  const { id, name, kind, state, stateReason, settings, createdAt } = target;
  return { id, name, kind, state, stateReason, settings, createdAt: toTime(createdAt) };
}

function createShowCommand(cli: CliContext): Command {
  return new Command('show')
    .description('one target: settings, what is parked and why, what went out last')
    .argument('<target>', 'name or id')
    .addOption(organizationOption())
    .action(async (target: string, { organization }: InOrganization) => {
      const details = await cli.withServices(({ targets }) => targets.show({ organization, target }));
      const { status, parked, dead, pushes } = details;
      cli.output.result({ ...toStatusDocument(status), parked, dead, pushes }, () => describe(cli, details));
    });
}

function describe(cli: CliContext, { status, parked, dead, pushes }: TargetDetails): string {
  const { target, subjects, deliveries } = status;
  const trouble = tellTrouble(status, cli.now());
  const deadRows = dead.map(({ position, subject, attempts, since, reason }) => [
    ...[String(position), subject, String(attempts), toTime(since), reason ?? ''],
  ]);
  const counts =
    target.kind === 'webhook'
      ? `Events: ${deliveries.waiting} waiting, ${deliveries.dead} given up.`
      : `Pushed: ${subjects.done} done, ${subjects.refused} refused, ${subjects.retry} to be tried again.`;
  const parkedRows = parked.map(({ subject, name, reason, since }) => [name, subject, toTime(since), reason]);
  const pushRows = pushes.map(({ at, subject, outcome, reason, requests, cause }) => [
    ...[toTime(at), subject.name, outcome, reason ?? requests.at(-1) ?? '', cause?.exchangeId ?? ''],
  ]);
  return [
    cli.output.style('bold', toCell(`${target.name} (${target.kind}): ${toState(status)}`)),
    ...(trouble === null ? [] : [toCell(trouble)]),
    JSON.stringify(target.settings),
    `In step: ${tellLag(status)}. ${counts}`,
    '',
    target.kind === 'webhook'
      ? toTable(['event', 'about', 'tries', 'since', 'reason'], deadRows, 'No event was given up.')
      : toTable(['parked', 'subject', 'since', 'reason'], parkedRows, 'Nothing is parked.'),
    '',
    toTable(['at', 'pushed', 'outcome', 'why, or the last request', 'exchange'], pushRows, 'Nothing was pushed yet.'),
  ].join('\n');
}

function createSetCommand(cli: CliContext): Command {
  return new Command('set')
    .description('change settings or secrets; what is not given stays')
    .argument('<target>', 'name or id')
    .option('--set <name=value>', SET_HELP, collectSettings, {})
    .option('--secret <name=source>', SECRET_HELP, collectSecrets, {})
    .addOption(organizationOption())
    .action(async (target: string, { organization, set, secret }: AddOptions) => {
      const given = { settings: set, secrets: readSecrets(cli.env, secret) };
      const changed = await cli.withServices(({ targets }) => targets.change({ organization, target }, given));
      cli.output.result(toDocument(changed), () => `Target ${changed.name} is changed.`);
    });
}

function createTestCommand(cli: CliContext): Command {
  return new Command('test')
    .description('ask a target whether it can be worked with; a webhook is sent the event webhook.test')
    .argument('<target>', 'name or id')
    .addOption(organizationOption())
    .action(async (target: string, { organization }: InOrganization) => {
      const report = await cli.withServices(({ targets }) => targets.test({ organization, target }));
      const mark = report.ok ? cli.output.style('green', 'It works.') : cli.output.style('red', 'It does not work.');
      cli.output.result(report, () => [mark, ...report.findings.map((finding) => `  ${toCell(finding)}`)].join('\n'));
    });
}

function createStateCommand(cli: CliContext, verb: string, state: 'active' | 'paused', description: string): Command {
  return new Command(verb)
    .description(description)
    .argument('<target>', 'name or id')
    .addOption(organizationOption())
    .action(async (target: string, { organization }: InOrganization) => {
      const changed = await cli.withServices(({ targets }) => targets.setState({ organization, target }, state));
      cli.output.result(toDocument(changed), () => `Target ${changed.name} is ${changed.state}.`);
    });
}

function createPauseCommand(cli: CliContext): Command {
  return createStateCommand(cli, 'pause', 'paused', 'push nothing until it is resumed; what changes meanwhile waits');
}

function createResumeCommand(cli: CliContext): Command {
  return createStateCommand(cli, 'resume', 'active', 'go on with a paused target');
}

function createRemoveCommand(cli: CliContext): Command {
  return new Command('remove')
    .description('forget a target and its map of ids; nobody is touched over there')
    .argument('<target>', 'name or id')
    .addOption(new Option('--yes', 'really').makeOptionMandatory())
    .addOption(organizationOption())
    .action(async (target: string, { organization }: InOrganization) => {
      const removed = await cli.withServices(({ targets }) => targets.remove({ organization, target }));
      cli.output.result(toDocument(removed), () => `Target ${removed.name} is removed.`);
    });
}

function createRotateCommand(cli: CliContext): Command {
  return new Command('rotate-secret')
    .description('make a new signing secret for a webhook, shown this once; the old one signs along for a while')
    .argument('<target>', 'name or id')
    .option('--grace-hours <hours>', 'how long (default: 24)', parseHoursAsSeconds)
    .addOption(organizationOption())
    .action(async (target: string, options: InOrganization & { graceHours?: number }) => {
      const { organization, graceHours: graceSeconds = 24 * 3600 } = options;
      const signingSecret = await cli.withServices(({ targets }) =>
        targets.rotateSecret({ organization, target }, { graceMs: graceSeconds * 1000 }),
      );
      cli.output.result({ signingSecret }, () => `Signing secret  ${signingSecret}\n\nIt is not shown again.`);
    });
}
