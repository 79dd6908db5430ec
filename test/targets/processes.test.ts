/** Processes that work on targets: killed between a push and its acknowledgement, and two of them side by side. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterEach, describe, expect, it } from 'vitest';
import { statusOf } from '../../src/targets/status.ts';
import type { Target } from '../../src/targets/target.ts';
import { setTargetState } from '../../src/targets/targets.ts';
import { type FakeWandb, startFakeWandb } from '../support/fake-wandb-scim.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { emptyPostgresUrl, freshPostgresUrl, missingPostgres } from '../support/postgres.ts';
import { startSource, type TargetSource } from '../support/target-source.ts';

const SCRIPT = fileURLToPath(new URL('../support/target-process.ts', import.meta.url));

interface Stage {
  readonly url: string;
  readonly fake: FakeWandb;
  readonly proxy: FaultProxy;
  readonly source: TargetSource;
  readonly children: Set<ChildProcess>;
  readonly folder: string;
}

let stage: Stage | undefined;

async function setUp(engine: 'sqlite' | 'postgres'): Promise<Stage> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-targets-'));
  const url = engine === 'sqlite' ? `sqlite:${join(folder, 'targets.db')}` : await freshPostgresUrl();
  const fake = await startFakeWandb();
  const proxy = await startFaultProxy(fake.url);
  // This process only feeds; others do the work.
  const source = await startSource({ engine, databaseUrl: url });
  await source.runner.stop();
  stage = { url, fake, proxy, source, children: new Set(), folder };
  return stage;
}

afterEach(async () => {
  for (const child of stage?.children ?? []) child.kill('SIGKILL');
  await stage?.source.stop();
  await stage?.proxy.stop();
  await stage?.fake.stop();
  await rm(stage?.folder ?? '', { recursive: true, force: true });
  stage = undefined;
});

async function start({ url, children }: Stage): Promise<ChildProcess> {
  const child = spawn(process.execPath, [SCRIPT, url], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.add(child);
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the process ended with ${code}`)));
  });
  return child;
}

function killed(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve();
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

async function untilInStep({ source }: Stage, target: Target): Promise<void> {
  await expect
    .poll(async () => statusOf(source.parts, await source.reload(target)), { timeout: 60_000, interval: 100 })
    .toMatchObject({ lagChanges: 0, parked: 0, loading: false });
}

const addTarget = async ({ source, proxy, fake }: Stage, requestsPerSecond = 0) =>
  (await source.target('wandb', { url: proxy.url, requestsPerSecond }, { apiKey: fake.apiKey })).target;

const addPerson = ({ source }: Stage, name: string) =>
  source.user(`${name}@x.example`, { displayName: name, emails: [{ value: `${name}@x.example`, primary: true }] });

describe.each(['sqlite', 'postgres'] as const)('a process that works on targets (%s)', (engine) => {
  const missing = engine === 'postgres' ? missingPostgres() : undefined;

  it.skipIf(missing !== undefined)(
    'may be killed between a push and its acknowledgement: nothing is lost, nobody is there twice',
    { timeout: 120_000 },
    async () => {
      const given = await setUp(engine);
      const { source, fake, proxy } = given;
      const vision = await source.team('vision');
      for (let number = 0; number < 12; number += 1) {
        const id = await addPerson(given, `p${number}`);
        await source.join(vision, id, number % 2 === 0 ? 'admin' : 'member');
      }
      // The far side does what it is asked, and the process dies before it hears of it: at each of these writes.
      const deadly = [2, 9, 17, 25, 31];
      let writes = 0;
      let child = await start(given);
      let dying: Promise<void> | undefined;
      proxy.decide = ({ method }) => {
        if (method === 'GET') return { kind: 'pass' };
        writes += 1;
        if (!deadly.includes(writes)) return { kind: 'pass' };
        setTimeout(() => {
          dying = killed(child);
        }, 5);
        return { kind: 'lose' };
      };
      const target = await addTarget(given);
      for (let deaths = 0; deaths < deadly.length; ) {
        await new Promise((done) => setTimeout(done, 20));
        const { lagChanges, loading } = await statusOf(source.parts, await source.reload(target));
        if (lagChanges === 0 && !loading) break;
        if (dying === undefined) continue;
        await dying;
        dying = undefined;
        deaths += 1;
        child = await start(given);
      }
      await untilInStep(given, target);
      expect(writes).toBeGreaterThan(deadly.at(-1) ?? 0);
      const people = [...fake.state.users.values()];
      expect(people.map(({ displayName }) => displayName).toSorted()).toEqual(
        Array.from({ length: 12 }, (_, number) => `p${number}`).toSorted(),
      );
      const roles = Object.fromEntries(
        people.map(({ displayName, teamRoles }) => [displayName, teamRoles.get('vision')]),
      );
      for (let number = 0; number < 12; number += 1) {
        expect(roles[`p${number}`], `p${number}`).toBe(number % 2 === 0 ? 'admin' : 'member');
      }
      expect(fake.state.teams.size).toBe(1);
    },
  );
});

describe('two processes on one PostgreSQL', () => {
  it.skipIf(missingPostgres() !== undefined)(
    'are in step only when what another transaction there holds up has been read',
    async () => {
      const source = await startSource({ engine: 'postgres' });
      const fake = await startFakeWandb();
      const other = new pg.Client({ connectionString: await emptyPostgresUrl() });
      await other.connect();
      try {
        await source.target('wandb', { url: fake.url, requestsPerSecond: 0 }, { apiKey: fake.apiKey });
        await source.inStep();
        await other.query('begin');
        await other.query('select pg_current_xact_id()');
        await source.user('ada@x.example', { emails: [{ value: 'ada@x.example', primary: true }] });
        const inStep = source.inStep().then(() => 'in step');
        expect(await Promise.race([inStep, new Promise((done) => setTimeout(done, 300, 'waits'))])).toBe('waits');
        await other.query('commit');
        await inStep;
        expect(fake.state.users.size).toBe(1);
      } finally {
        await other.end();
        await source.stop();
        await fake.stop();
      }
    },
  );

  it.skipIf(missingPostgres() !== undefined)(
    'never work on one subject at once, and leave nothing undone',
    { timeout: 120_000 },
    async () => {
      const given = await setUp('postgres');
      const { source, fake, proxy } = given;
      const ids: string[] = [];
      for (let number = 0; number < 60; number += 1) ids.push(await addPerson(given, `p${number}`));
      const target = await addTarget(given);
      await source.run((work) => setTargetState(source.parts, work, source.operator, target, 'paused'));
      // Whoever is asked about is held for a moment; a second request about the same person meanwhile is the fault.
      const busy = new Map<string, number>();
      const overlaps: string[] = [];
      proxy.decide = ({ path, body }) => {
        const person = personOf(fake, decodeURIComponent(path), body);
        if (person !== undefined) {
          if ((busy.get(person) ?? 0) > Date.now()) overlaps.push(person);
          busy.set(person, Date.now() + 15);
        }
        return { kind: 'slow', ms: 20 };
      };
      const pushes = [0, 0];
      const both = await Promise.all([start(given), start(given)]);
      for (const [index, child] of both.entries()) {
        child.stdout?.on('data', () => {
          pushes[index] = (pushes[index] ?? 0) + 1;
        });
      }
      const paused = await source.reload(target);
      await source.run((work) => setTargetState(source.parts, work, source.operator, paused, 'active'));
      for (let round = 1; round <= 5; round += 1) {
        for (const id of ids) await source.changeUser(id, { displayName: `round ${round}` });
      }
      await untilInStep(given, target);
      expect(overlaps).toEqual([]);
      expect([...fake.state.users.values()].map(({ displayName }) => displayName)).toEqual(
        Array.from({ length: 60 }, () => 'round 5'),
      );
      // Both took part: one alone would prove nothing.
      expect(Math.min(...pushes)).toBeGreaterThan(5);
    },
  );

  it.skipIf(missingPostgres() !== undefined)(
    'keep the limit of requests per second together',
    { timeout: 120_000 },
    async () => {
      const given = await setUp('postgres');
      for (let number = 0; number < 40; number += 1) await addPerson(given, `p${number}`);
      await Promise.all([start(given), start(given)]);
      const perSecond = 20;
      const target = await addTarget(given, perSecond);
      await untilInStep(given, target);
      const times = given.proxy.requests.map(({ at }) => at);
      expect(times.length).toBeGreaterThan(2 * perSecond);
      const busiest = Math.max(...times.map((from) => times.filter((at) => at >= from && at < from + 1_000).length));
      // Each process takes its turns a quarter of a second ahead, and some come late.
      expect(busiest).toBeLessThanOrEqual(perSecond * 1.5);
      const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000;
      expect(times.length).toBeLessThanOrEqual(perSecond * (seconds + 0.5) + 1);
    },
  );
});

function personOf(fake: FakeWandb, path: string, body: string): string | undefined {
  const named = /p\d+@x\.example/.exec(`${path} ${body}`)?.[0];
  if (named !== undefined) return named;
  const id = /^\/scim\/Users\/([^/?]+)/.exec(path)?.[1];
  return id === undefined ? undefined : (fake.state.users.get(id)?.email ?? undefined);
}
