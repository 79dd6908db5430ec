/**
 * `npm run demo`: shows the bridge at work with nothing set up before. A temporary database, a server on a free port, an
 * identity provider to sign in with, a simulated Okta and a simulated Entra ID with their stories, then the address to
 * open, whom to sign in as, and small events until Ctrl-C.
 * Owns the order and what is shown; the server comes from the outside (demo-server.ts), the traffic from simulate/.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Dialect } from '../directory/connections/connection.ts';
import type { SignalSource } from './context.ts';
import { type DemoPerson, type DemoProvider, startDemoProvider } from './demo-provider.ts';
import { findPort } from './free-port.ts';
import type { Output } from './output.ts';
import { pick } from './simulate/random.ts';
import { createSimulation, type IdpKind, type Simulation, sleepFor } from './simulate/simulation.ts';
import { stopOnSignal } from './simulate/stop-signal.ts';
import type { Sleep } from './simulate/wire.ts';

export interface DemoServer {
  /** Where people and identity providers reach it, without a path. */
  readonly url: string;
  createConnection(input: { readonly name: string; readonly dialect: Dialect }): Promise<DemoConnection>;
  /** A one-time address that makes an admin. */
  setupLink(): Promise<string>;
  /** Active people whom a connection manages, with their addresses. */
  somePeople(count: number): Promise<readonly { readonly email: string; readonly name: string }[]>;
  stop(): Promise<void>;
}

export interface DemoConnection {
  readonly scimUrl: string;
  readonly token: string;
}

export interface DemoParts {
  readonly startServer: (options: {
    readonly databaseUrl: string;
    readonly host: string;
    readonly port: number;
    /** Settings of sign-in. */
    readonly signIn: Readonly<Record<string, string>>;
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

interface Part {
  readonly kind: IdpKind;
  readonly name: string;
  readonly users: number;
  readonly groups: number;
  readonly firstGroup: number;
}

/** Some 120 people and 14 groups in all: a company on Okta, and one that it bought, on Entra ID. */
const CAST: readonly Part[] = [
  { kind: 'okta', name: 'Okta (simulated)', users: 80, groups: 9, firstGroup: 0 },
  { kind: 'entra', name: 'Entra ID (simulated)', users: 40, groups: 5, firstGroup: 9 },
];

const HOST = '127.0.0.1';
const FAVOURITE_PORT = 8080;
/** Below the default limit of a connection, so that nobody is told to wait. */
const RATE = 150;
const SEED = 2026;
const EVENT_GAP_MS = 4_000;

export async function runDemo(parts: DemoParts): Promise<DemoResult> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-demo-'));
  const stop = stopOnSignal(parts, () => parts.output.write('\nStopping.\n'));
  try {
    const port = await findPort(HOST, FAVOURITE_PORT);
    const databaseUrl = `sqlite:${join(folder, 'drawbridge.db')}`;
    const provider = await startDemoProvider(HOST, `http://${HOST}:${port}/auth/oidc/callback`);
    try {
      const server = await parts.startServer({ databaseUrl, host: HOST, port, signIn: settingsOf(provider) });
      try {
        return await play(parts, server, provider, stop.signal);
      } finally {
        await server.stop();
      }
    } finally {
      await provider?.stop();
    }
  } finally {
    stop.forget();
    await rm(folder, { recursive: true, force: true });
  }
}

/** The first to sign in becomes the admin; here that is always the same person. */
const ADMIN: DemoPerson = {
  email: 'robin@demo.example',
  name: 'Robin Okafor',
  about: 'is unknown here, and becomes the first admin: sees the console',
};

function settingsOf(provider: DemoProvider | undefined): Readonly<Record<string, string>> {
  if (provider === undefined) return {};
  const { issuer, clientId, clientSecret } = provider;
  const client = { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret };
  return { ...client, OIDC_LABEL: 'Demonstration ID', BOOTSTRAP_ADMIN_EMAIL: ADMIN.email };
}

async function play(
  parts: DemoParts,
  server: DemoServer,
  provider: DemoProvider | undefined,
  signal: AbortSignal,
): Promise<DemoResult> {
  const simulations: Simulation[] = [];
  provider?.people.push(ADMIN);
  try {
    for (const part of CAST) {
      const simulation = await open(parts, server, part, signal);
      simulations.push(simulation);
      await simulation.populate();
      sayCounts(parts, simulation);
      await simulation.playStory();
    }
    await invite(parts, server, provider);
    if (!parts.once) await trickle(parts, simulations, signal);
  } catch (error) {
    if (!signal.aborted) throw error;
  } finally {
    for (const simulation of simulations) simulation.close();
  }
  const reports = simulations.map(({ report }) => report);
  for (const { report } of simulations) sayViolations(parts, report.document(true));
  return {
    url: server.url,
    requests: reports.reduce((sum, { totals }) => sum + totals.requests, 0),
    violations: reports.reduce((sum, { violationCount }) => sum + violationCount, 0),
  };
}

async function open(parts: DemoParts, server: DemoServer, part: Part, signal: AbortSignal): Promise<Simulation> {
  const { output } = parts;
  const { scimUrl, token } = await server.createConnection({ name: part.name, dialect: part.kind });
  output.write(`\n${output.style('bold', part.name)} provisions ${part.users} people and ${part.groups} groups ...\n`);
  const { kind, users, groups, firstGroup } = part;
  return createSimulation({
    ...{ kind, users, groups, firstGroup, scimUrl, token, signal },
    rate: RATE,
    seed: SEED,
    onEvent: (words) => output.write(`  ${output.style('dim', part.name)}  ${words}\n`),
    ...(parts.sleep === undefined ? {} : { sleep: parts.sleep }),
  });
}

function sayCounts({ output }: DemoParts, { report }: Simulation): void {
  const { users, groups, memberships, requests } = report.totals;
  output.write(
    `  ${users} users, ${groups} groups, ${memberships} memberships, by ${requests} requests. Then life goes on:\n`,
  );
}

/** Some of those whom the simulated Okta has pushed: they are known already when they sign in. */
const KNOWN_PEOPLE = 2;

async function findKnown(server: DemoServer): Promise<readonly DemoPerson[]> {
  const people = await server.somePeople(KNOWN_PEOPLE);
  return people.map((person) => ({ ...person, about: 'was provisioned: sees their own teams, and why' }));
}

/** A link, where there is no provider to sign in with, is made last, so that it is fresh when somebody reads it. */
async function invite(
  { output, once }: DemoParts,
  server: DemoServer,
  provider: DemoProvider | undefined,
): Promise<void> {
  provider?.people.push(...(await findKnown(server)));
  const way =
    provider === undefined
      ? [
          output.style('bold', 'Drawbridge is running. Become its admin with this once-only link:'),
          '',
          `  ${output.style('green', await server.setupLink())}`,
        ]
      : [
          output.style('bold', 'Drawbridge is running. Open it and sign in with Demonstration ID:'),
          '',
          `  ${output.style('green', `${server.url}/admin`)}`,
          '',
          ...provider.people.map(({ name, about }) => `  ${output.style('bold', name)} ${about}`),
        ];
  const end = once
    ? '  The demonstration ends here.'
    : '  People keep joining, moving and leaving while you look. Ctrl-C ends it and removes its data.';
  output.write(`${['', ...way, '', end, ''].join('\n')}\n`);
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
