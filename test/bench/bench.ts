/**
 * `npm run bench`: the bridge against the floor, alternating in one run, as ratios; then the cost of one member in groups
 * of growing size, and the memory with a large directory. `--quick` takes less time and tells less; `--only=get,patch`
 * compares these and stops, and `--cpu-prof=<folder>` writes a profile of the bridge.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../support/free-port.ts';
import { compare, type Side, toCells } from './compare.ts';
import { measureConsole } from './console.ts';
import { measureLarge } from './large.ts';
import { measureLedger } from './ledger.ts';
import { OPERATIONS } from './operations.ts';
import { type BenchOptions, readOptions } from './options.ts';
import { type ServerProcess, startDrawbridge, startFloor } from './process.ts';
import { tableHead, tableRow } from './report.ts';
import { measureRules } from './rules.ts';
import { createUsers } from './seed.ts';
import { measureTargets } from './targets.ts';

async function seeded(server: ServerProcess, options: BenchOptions): Promise<Side> {
  return { server, users: await createUsers(server, options.users, 'seed') };
}

async function compareAll(floor: ServerProcess, bridge: ServerProcess, options: BenchOptions): Promise<void> {
  const { connections, seconds, rounds, users, only } = options;
  const chosen = OPERATIONS.filter(({ key }) => only === undefined || only.includes(key));
  if (chosen.length === 0) return;
  console.log(`Making ${users.toLocaleString('en')} users on both sides ...`);
  const sides = [await seeded(floor, options), await seeded(bridge, options)] as const;
  console.log(`\n${connections} connections, ${seconds} s x ${rounds}, medians:\n`);
  console.log(
    tableHead(
      'operation',
      'floor/s',
      'bridge/s',
      'ratio',
      'wanted',
      'floor CPU µs',
      'bridge CPU µs',
      'ratio of CPU',
      'p99 ms',
    ),
  );
  for (const operation of chosen) {
    const comparison = await compare(operation, ...sides, options);
    const [floorRate = '', bridgeRate = '', ratio = '', ...rest] = toCells(comparison);
    console.log(tableRow(operation.name, floorRate, bridgeRate, ratio, operation.wanted, ...rest));
    const failed = [...comparison.floor, ...comparison.bridge].reduce((sum, sample) => sum + sample.failed, 0);
    if (failed > 0) console.log(`${failed} requests of ${operation.name} failed.`);
  }
}

const options = readOptions(process.argv.slice(2));
const folder = await mkdtemp(join(tmpdir(), 'drawbridge-bench-'));
const floor = await startFloor(join(folder, 'floor.db'));
const bridge = await startDrawbridge(`sqlite:${join(folder, 'bridge.db')}`, await freePort(), options.profileFolder);
try {
  if (options.only?.length !== 0) await compareAll(floor, bridge, options);
  await floor.stop();
  if (options.large !== undefined) await measureLarge(bridge, options.large);
  await bridge.stop();
  if (options.targets !== undefined) await measureTargets(options.targets, freePort);
  if (options.console !== undefined) await measureConsole(options.console);
  if (options.rules !== undefined) await measureRules(options.rules);
  if (options.ledger !== undefined) console.log(`\n${await measureLedger(options.ledger)}`);
} finally {
  await floor.stop();
  await bridge.stop();
  await rm(folder, { recursive: true, force: true });
}
