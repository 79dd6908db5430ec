/**
 * `simulate okta|entra`: behaves like those clients towards any SCIM endpoint, checks the answers like they do, and says
 * what it saw. Owns the options, the progress and the exit code; simulation.ts does the work. Exit code 1 when something
 * came back that such a client would stop on.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { AppError } from '../../errors.ts';
import { type CliContext, organizationOption } from '../context.ts';
import { ensureConnection } from './ensure-connection.ts';
import { createProgress, type Progress } from './progress.ts';
import { type ReportDocument, toText } from './report.ts';
import { createSimulation, ENTRA_FLAG, type IdpKind, type Simulation } from './simulation.ts';
import { stopOnSignal } from './stop-signal.ts';
import { STORY_NEEDS } from './story.ts';

interface SimulateOptions {
  readonly url?: string;
  readonly token?: string;
  readonly users: number;
  readonly groups: number;
  readonly rate: number;
  readonly story: boolean;
  readonly seed: number;
  readonly flag?: string;
  readonly organization: string;
}

const CONNECTION_NAMES: Readonly<Record<IdpKind, string>> = { okta: 'Simulated Okta', entra: 'Simulated Entra ID' };

export function createSimulateCommand(cli: CliContext): Command {
  return new Command('simulate')
    .description('behave like an identity provider, with made-up people, and check the answers like it does')
    .addCommand(createVerb(cli, 'okta', "Okta's SCIM client"))
    .addCommand(
      createVerb(cli, 'entra', "Microsoft Entra ID's provisioning service").addOption(
        new Option('--flag <flag>', 'the feature flag that admins may put on the Tenant URL').choices([ENTRA_FLAG]),
      ),
    );
}

function createVerb(cli: CliContext, kind: IdpKind, whom: string): Command {
  return new Command(kind)
    .description(`behave like ${whom}`)
    .option('--url <scimUrl>', 'SCIM endpoint; without it a connection to the running server is made or taken up again')
    .option('--token <token>', 'its token')
    .option('--users <count>', 'how many people', parseWhole, 50)
    .option('--groups <count>', 'how many groups', parseWhole, 5)
    .option('--rate <requestsPerSecond>', 'requests per second at most; 0: as fast as it goes', parseWhole, 100)
    .option('--story', 'afterwards: joiners, movers, leavers, and mistakes that have to be refused', false)
    .option('--seed <number>', 'the same seed makes the same people', parseWhole, 1)
    .addOption(organizationOption())
    .addHelpText(
      'after',
      '\nMake-believe people only: do not aim it at a system in use. Ctrl-C stops it and shows what it saw.',
    )
    .action((options: SimulateOptions) => simulate(cli, kind, options));
}

function parseWhole(given: string): number {
  if (!/^\d{1,7}$/.test(given)) throw new InvalidArgumentError('Give a whole number, 0 or more.');
  return Number(given);
}

async function simulate(cli: CliContext, kind: IdpKind, options: SimulateOptions): Promise<void> {
  checkOptions(options);
  const stop = stopOnSignal(cli);
  const progress = createProgress(cli.output, () => performance.now());
  try {
    const simulation = createSimulation({
      ...options,
      ...(await toEndpoint(cli, kind, options)),
      flag: options.flag !== undefined,
      kind,
      signal: stop.signal,
      onAnswer: progress.update,
      onEvent: progress.say,
    });
    const complete = await run(simulation, options, progress, stop.signal);
    show(cli, simulation.report.document(complete));
  } finally {
    stop.forget();
  }
}

function checkOptions({ url, token, story, users, groups }: SimulateOptions): void {
  if ((url === undefined) !== (token === undefined))
    throw new AppError('invalid_value', 'Give --url and --token together, or neither.');
  if (story && (users < STORY_NEEDS.users || groups < STORY_NEEDS.groups))
    throw new AppError(
      'invalid_value',
      `--story needs at least --users ${STORY_NEEDS.users} and --groups ${STORY_NEEDS.groups}.`,
    );
}

async function toEndpoint(cli: CliContext, kind: IdpKind, { url, token, organization }: SimulateOptions) {
  if (url !== undefined && token !== undefined) return { scimUrl: url, token };
  return cli.withServices(({ connections }) =>
    ensureConnection(connections, { organization, name: CONNECTION_NAMES[kind], dialect: kind }),
  );
}

/** Whether it got through to the end. */
async function run(
  simulation: Simulation,
  { story }: SimulateOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await simulation.populate();
    if (story) await simulation.playStory();
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    progress.end();
    simulation.close();
  }
}

function show(cli: CliContext, report: ReportDocument): void {
  cli.output.result(report, () => toText(report));
  const count = report.violations.reduce((sum, violation) => sum + violation.count, 0);
  if (count === 0) return;
  const answers = count === 1 ? '1 answer' : `${count} answers`;
  throw new AppError('internal', `${report.client} would stop on ${answers}; the report above lists them.`);
}
