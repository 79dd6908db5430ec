/**
 * A first load: everybody and every team to an empty target, a second Drawbridge behind a limit of requests per second.
 * The measure is the time that so many requests take at that limit, over the time that it took: 1 is as fast as the target
 * allows. Memory is the source's.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type ServerProcess, startDrawbridge } from './process.ts';
import { tableHead, tableRow } from './report.ts';
import { createUsers, type SeededUser, send } from './seed.ts';

export interface TargetBench {
  readonly users: number;
  readonly teams: number;
  /** The target's limit, requests per second. */
  readonly perSecond: number;
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

async function addTarget(folder: string, far: ServerProcess, settings: Record<string, unknown>): Promise<void> {
  const set = Object.entries(settings).flatMap(([name, value]) => ['--set', `${name}=${JSON.stringify(value)}`]);
  const verb = ['target', 'add', 'scim', '--url', `${far.url}/scim/v2`, '--secret', 'token=env:FAR_TOKEN', ...set];
  const env = { ...process.env, DATABASE_URL: `sqlite:${join(folder, 'source.db')}`, FAR_TOKEN: far.token };
  await promisify(execFile)(process.execPath, ['--disable-proto=delete', 'bin/drawbridge.js', ...verb], {
    cwd: ROOT,
    env,
  });
}

async function metric({ url }: ServerProcess, name: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const values = text.split('\n').filter((line) => line.startsWith(name) && !line.startsWith('#'));
  return values.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

async function residentMib({ pid }: ServerProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

async function countOf(far: ServerProcess, type: string): Promise<number> {
  return ((await send(far, 'GET', `/${type}?count=1`)) as { totalResults: number }).totalResults;
}

async function seed(source: ServerProcess, { users: count, teams }: TargetBench): Promise<void> {
  const users = await createUsers(source, count, 'load');
  const size = Math.ceil((users.length * 2) / teams);
  for (let team = 0; team < teams; team += 1) {
    const members = Array.from({ length: size }, (_, n) => users[(team * size + n * 7) % users.length] as SeededUser);
    const value = [...new Set(members.map(({ id }) => id))].map((id) => ({ value: id }));
    await send(source, 'POST', '/Groups', { schemas: [GROUP], displayName: `team-${team}`, members: value });
  }
}

interface Load {
  readonly seconds: number;
  readonly requests: number;
  readonly startMib: number;
  readonly peakMib: number;
}

/** Until nothing is behind; says how it goes every ten seconds. */
async function load(source: ServerProcess, far: ServerProcess, bench: TargetBench): Promise<Load> {
  const startedAt = performance.now();
  const startMib = await residentMib(source);
  let peakMib = startMib;
  let toldAt = startedAt;
  for (let quiet = 0; quiet < 3; ) {
    await new Promise((done) => setTimeout(done, 500));
    const behind = await metric(source, 'drawbridge_target_lag_changes{');
    peakMib = Math.max(peakMib, await residentMib(source));
    quiet = behind === 0 && (await countOf(far, 'Users')) >= bench.users ? quiet + 1 : 0;
    if (performance.now() - toldAt < 10_000) continue;
    toldAt = performance.now();
    const there = await countOf(far, 'Users');
    console.log(
      `  ${Math.round((toldAt - startedAt) / 1000)} s: ${there} users there, ${behind} behind, ${peakMib.toFixed(0)} MiB`,
    );
  }
  const seconds = (performance.now() - startedAt) / 1000 - 1.5;
  return { seconds, requests: await metric(source, 'drawbridge_target_requests_total'), startMib, peakMib };
}

async function measure(bench: TargetBench, bulk: 'auto' | 'never', port: () => Promise<number>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-bench-targets-'));
  process.env.TARGET_NETWORKS = '127.0.0.0/8';
  const source = await startDrawbridge(`sqlite:${join(folder, 'source.db')}`, await port());
  const far = await startDrawbridge(`sqlite:${join(folder, 'far.db')}`, await port());
  try {
    await seed(source, bench);
    await addTarget(folder, far, { requestsPerSecond: bench.perSecond, bulk });
    const { seconds, requests, startMib, peakMib } = await load(source, far, bench);
    const ratio = requests / bench.perSecond / seconds;
    const memory = `${startMib.toFixed(0)} to ${peakMib.toFixed(0)}`;
    const [users, groups] = [await countOf(far, 'Users'), await countOf(far, 'Groups')];
    return tableRow(bulk, `${users} + ${groups}`, Math.round(requests), seconds.toFixed(1), ratio.toFixed(2), memory);
  } finally {
    await source.stop();
    await far.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

export async function measureTargets(bench: TargetBench, port: () => Promise<number>): Promise<void> {
  const { users, teams, perSecond } = bench;
  console.log(`\n${users} users and ${teams} teams to an empty SCIM target that takes ${perSecond} requests a second:`);
  const rows = [await measure(bench, 'never', port), await measure(bench, 'auto', port)];
  console.log(`\n${tableHead('bulk', 'users + groups there', 'requests', 'seconds', 'of the limit', 'source, MiB')}`);
  for (const row of rows) console.log(row);
}
