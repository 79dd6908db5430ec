/**
 * `npm run demo`: shows the bridge at work with nothing set up before. A temporary database, a server on a free port, an
 * identity provider to sign in with, a tracker and a target that stand in for real ones, a week of a company (company.ts),
 * then the address to open, whom to sign in as, what to look at, and small events until Ctrl-C.
 * Owns what is opened and closed, and what is shown; the server comes from the outside (demo-server.ts).
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SignalSource } from '../context.ts';
import { findPort } from '../free-port.ts';
import type { Output } from '../output.ts';
import { pick } from '../simulate/random.ts';
import { type Simulation, sleepFor } from '../simulate/simulation.ts';
import { stopOnSignal } from '../simulate/stop-signal.ts';
import type { Sleep } from '../simulate/wire.ts';
import { ADMIN, type Company, tellWeek, WEEK_MS } from './company.ts';
import { createDemoClock } from './demo-clock.ts';
import { type DemoProvider, startDemoProvider } from './demo-provider.ts';
import { startDemoReceiver } from './demo-receiver.ts';
import { startDemoTracker } from './demo-tracker.ts';

export interface DemoServer {
  /** Where people and identity providers reach it, without a path. */
  readonly url: string;
  /** A one-time address that makes an admin. */
  setupLink(): Promise<string>;
  stop(): Promise<void>;
}

export interface DemoParts {
  readonly startServer: (options: {
    readonly databaseUrl: string;
    readonly host: string;
    readonly port: number;
    /** Settings beside these, as in the environment. */
    readonly settings: Readonly<Record<string, string>>;
    readonly now: () => number;
  }) => Promise<DemoServer>;
  readonly output: Pick<Output, 'write' | 'style'>;
  readonly signals: SignalSource;
  readonly exit: (code: number) => void;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Ends after the stories instead of waiting for Ctrl-C. */
  readonly once: boolean;
  readonly random?: () => number;
  readonly sleep?: Sleep;
  /** Of the trickle. */
  readonly eventGapMs?: number;
}

export interface DemoResult {
  readonly url: string;
  readonly requests: number;
  /** What the simulated clients would have stopped on. */
  readonly violations: number;
}

/** A company that has lived for a week, and the way to it. */
export interface OpenDemo extends Company {
  readonly url: string;
  readonly provider: DemoProvider | undefined;
  readonly setupLink: () => Promise<string>;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const FAVOURITE_PORT = 8080;
const EVENT_GAP_MS = 4_000;
const SEATS = '150';
/** One session lasts for the whole week. */
const LONG_SESSIONS = { SESSION_HOURS: '240', SESSION_IDLE_MINUTES: '14400' };

/** Opens everything and tells the week; the caller stops it. */
export async function openDemo(parts: DemoParts, signal: AbortSignal): Promise<OpenDemo> {
  const closers: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    const folder = await mkdtemp(join(tmpdir(), 'drawbridge-demo-'));
    closers.push(() => rm(folder, { recursive: true, force: true }));
    const port = await findPort(HOST, FAVOURITE_PORT);
    const clock = createDemoClock(parts.now, WEEK_MS);
    const provider = await startDemoProvider(HOST, `http://${HOST}:${port}/auth/oidc/callback`);
    if (provider !== undefined) closers.push(() => provider.stop());
    const [tracker, receiver] = [await startDemoTracker(HOST, clock.now), await startDemoReceiver(HOST)];
    closers.push(
      () => tracker.stop(),
      () => receiver.stop(),
    );
    const server = await parts.startServer({
      ...{ databaseUrl: `sqlite:${join(folder, 'drawbridge.db')}`, host: HOST, port, now: clock.now },
      settings: {
        ...settingsOf(provider),
        ...LONG_SESSIONS,
        ...{ SEATS, TRACKER: 'mlflow', TRACKER_URL: tracker.url, TRACKER_RATE_LIMIT: '0', TARGET_NETWORKS: HOST },
      },
    });
    closers.push(() => server.stop());
    const { url, setupLink } = server;
    const { sleep } = parts;
    const company = await tellWeek({
      ...{ url, setupLink, clock, provider, tracker, signal, sleep, receiverUrl: receiver.url },
      say: (who, words) => parts.output.write(`  ${parts.output.style('dim', who)}  ${words}\n`),
    });
    return { ...company, url, provider, setupLink, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function settingsOf(provider: DemoProvider | undefined): Readonly<Record<string, string>> {
  if (provider === undefined) return {};
  const { issuer, clientId, clientSecret } = provider;
  const client = { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret };
  return { ...client, OIDC_LABEL: 'Demonstration ID', BOOTSTRAP_ADMIN_EMAIL: ADMIN.email };
}

export async function runDemo(parts: DemoParts): Promise<DemoResult> {
  const stop = stopOnSignal(parts, () => parts.output.write('\nStopping.\n'));
  let simulations: readonly Simulation[] = [];
  let url = '';
  try {
    parts.output.write(`\n${parts.output.style('bold', 'A week of a company, told in a minute:')}\n\n`);
    const demo = await openDemo(parts, stop.signal);
    ({ simulations, url } = demo);
    try {
      await invite(parts, demo);
      if (!parts.once) await trickle(parts, simulations, stop.signal);
    } finally {
      for (const simulation of simulations) simulation.close();
      await demo.stop();
    }
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  } finally {
    stop.forget();
  }
  const reports = simulations.map(({ report }) => report);
  for (const { report } of simulations) sayViolations(parts, report.document(true));
  return {
    url,
    requests: reports.reduce((sum, { totals }) => sum + totals.requests, 0),
    violations: reports.reduce((sum, { violationCount }) => sum + violationCount, 0),
  };
}

/** Docs/console.md tells the same at more length. */
const TOUR = [
  'Overview: what needs attention. Follow “did not go through” to what was refused, why, and what to do.',
  'Sync log: type hackathon into Text, open “added 2 people”: what was sent, repaired, changed, and for whom.',
  'People: open Amara Horvat, and read why she has each of her roles.',
  'Removed people: Yusuf Bianchi’s runs are held; some of Fernanda Müller’s are missing.',
  'Connections, Okta, Change the rules: make rule 2 give “member”, press Preview: who gains and loses what.',
];

/** A link, where there is no provider to sign in with, is made last, so that it is fresh when somebody reads it. */
async function invite({ output, once }: DemoParts, { url, provider, setupLink, known }: OpenDemo): Promise<void> {
  const way =
    provider === undefined
      ? [
          output.style('bold', 'Drawbridge is running. Become its admin with this once-only link:'),
          '',
          `  ${output.style('green', await setupLink())}`,
        ]
      : [
          output.style('bold', 'Drawbridge is running. Open it and sign in with Demonstration ID:'),
          '',
          `  ${output.style('green', `${url}/admin`)}`,
          '',
          ...[ADMIN, ...known].map(({ name, about }) => `  ${output.style('bold', name)} ${about}`),
        ];
  const tour = ['Then follow the story:', '', ...TOUR.map((step, n) => `  ${n + 1}. ${step}`)];
  const end = once
    ? '  The demonstration ends here.'
    : '  People keep joining, moving and leaving while you look. Ctrl-C ends it and removes its data.';
  output.write(`${['', ...way, '', ...tour, '', end, ''].join('\n')}\n`);
}

/** One small event every few seconds, from either identity provider, so that the live log moves. */
async function trickle(parts: DemoParts, simulations: readonly Simulation[], signal: AbortSignal): Promise<void> {
  const { random = Math.random, sleep = sleepFor, eventGapMs = EVENT_GAP_MS } = parts;
  while (!signal.aborted) {
    await sleep(eventGapMs * (0.5 + random()), signal);
    await pick(random, simulations).trickle();
  }
}

function sayViolations({ output }: DemoParts, report: ReturnType<Simulation['report']['document']>): void {
  for (const { rule, method, path, detail, count } of report.violations)
    output.write(`  ${report.client} would stop on this: ${count} x ${rule} ${method} ${path}: ${detail}\n`);
}
