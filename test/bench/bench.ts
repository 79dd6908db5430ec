/**
 * `npm run bench`: the bridge against the floor, alternating in one run, as ratios; then the cost of one member in groups
 * of growing size, and the memory with a large directory. `--quick` takes less time and tells less.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LoadResult, runLoad } from './load.ts';
import { measureMembership } from './membership.ts';
import { type ServerProcess, startDrawbridge, startFloor } from './process.ts';
import { activePatch, createUsers, newUser, type SeededUser } from './seed.ts';

const quick = process.argv.includes('--quick');
const SECONDS = quick ? 2 : 5;
const ROUNDS = quick ? 1 : 3;
const USERS = 20_000;
const CONNECTIONS = 32;

interface Operation {
  readonly name: string;
  /** Wanted ratio: bridge / floor. */
  readonly wanted: number;
  readonly next: (users: readonly SeededUser[]) => () => { method: string; path: string; body?: string };
}

let serial = 0;

function pick<T>(items: readonly T[]): T {
  const item = items[Math.floor(Math.random() * items.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

const OPERATIONS: readonly Operation[] = [
  {
    name: 'GET user by id',
    wanted: 0.4,
    next: (users) => () => ({ method: 'GET', path: `/scim/v2/Users/${pick(users).id}` }),
  },
  {
    name: 'filter userName eq',
    wanted: 0.4,
    next: (users) => () => ({
      method: 'GET',
      path: `/scim/v2/Users?filter=${encodeURIComponent(`userName eq "${pick(users).userName}"`)}`,
    }),
  },
  {
    name: 'list 100 of 20,000',
    wanted: 0.5,
    next: () => () => ({ method: 'GET', path: '/scim/v2/Users?startIndex=1&count=100' }),
  },
  {
    name: 'PATCH active',
    wanted: 1,
    next: (users) => () => ({
      method: 'PATCH',
      path: `/scim/v2/Users/${pick(users).id}`,
      body: activePatch(Math.random() < 0.5),
    }),
  },
  {
    name: 'POST user',
    wanted: 1.2,
    next: () => () => {
      serial += 1;
      return {
        method: 'POST',
        path: '/scim/v2/Users',
        body: JSON.stringify(newUser(`bench-${process.pid}-${serial}`)),
      };
    },
  },
];

async function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

async function residentMegabytes({ pid }: ServerProcess): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
}

async function compare(
  operation: Operation,
  floor: [ServerProcess, SeededUser[]],
  bridge: [ServerProcess, SeededUser[]],
) {
  const results: { floor: LoadResult[]; bridge: LoadResult[] } = { floor: [], bridge: [] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [side, [server, users]] of [
      ['floor', floor],
      ['bridge', bridge],
    ] as const) {
      const { url, token } = server;
      const load = { url, token, connections: CONNECTIONS, seconds: SECONDS, next: operation.next(users) };
      results[side].push(await runLoad(load));
    }
  }
  const rate = (side: readonly LoadResult[]): number => median(side.map((result) => result.perSecond));
  const failed = [...results.floor, ...results.bridge].reduce((sum, result) => sum + result.failed, 0);
  const [floorRate, bridgeRate] = [rate(results.floor), rate(results.bridge)];
  const ratio = bridgeRate / floorRate;
  const p99 = median(results.bridge.map((result) => result.p99));
  console.log(
    `| ${operation.name} | ${Math.round(floorRate)} | ${Math.round(bridgeRate)} | ${ratio.toFixed(2)} | ${operation.wanted} | ${p99} |${failed > 0 ? ` ${failed} failed` : ''}`,
  );
}

const folder = await mkdtemp(join(tmpdir(), 'drawbridge-bench-'));
const floor = await startFloor(join(folder, 'floor.db'));
const bridge = await startDrawbridge(`sqlite:${join(folder, 'bridge.db')}`, await freePort());
try {
  console.log(`Seeding ${USERS} users on both sides ...`);
  const sides: [ServerProcess, SeededUser[]][] = [];
  for (const server of [floor, bridge]) sides.push([server, await createUsers(server, USERS, 'seed')]);
  const [floorSide, bridgeSide] = sides;
  if (floorSide === undefined || bridgeSide === undefined) throw new Error('not seeded');
  console.log(
    `\n| operation (${CONNECTIONS} connections, ${SECONDS} s x ${ROUNDS}, medians) | floor/s | bridge/s | ratio | wanted | p99 ms |\n|---|---|---|---|---|---|`,
  );
  for (const operation of OPERATIONS) await compare(operation, floorSide, bridgeSide);
  await floor.stop();
  const resident = await measureMembership(
    bridge,
    { largest: quick ? 20_000 : 100_000, groups: quick ? 1 : 10 },
    residentMegabytes,
  );
  console.log(`\nMemory (resident) ${resident}`);
} finally {
  await bridge.stop();
  await rm(folder, { recursive: true, force: true });
}
