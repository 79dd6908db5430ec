/**
 * One operation on both servers, in turn: requests per second, and the processor time that a request took of the server,
 * which other work on the machine disturbs less.
 */
import { type LoadResult, runLoad } from './load.ts';
import type { Operation } from './operations.ts';
import type { BenchOptions } from './options.ts';
import type { ServerProcess } from './process.ts';
import { median } from './report.ts';
import type { SeededUser } from './seed.ts';

export interface Side {
  readonly server: ServerProcess;
  readonly users: readonly SeededUser[];
}

interface Sample extends LoadResult {
  readonly cpuUs: number;
}

export interface Comparison {
  readonly floor: readonly Sample[];
  readonly bridge: readonly Sample[];
}

async function measure(operation: Operation, { server, users }: Side, options: BenchOptions): Promise<Sample> {
  const { url, token } = server;
  const { connections, seconds } = options;
  const before = await server.cpuMicroseconds();
  const result = await runLoad({ url, token, connections, seconds, next: operation.next(users) });
  const cpuUs = ((await server.cpuMicroseconds()) - before) / result.requests;
  return { ...result, cpuUs };
}

export async function compare(
  operation: Operation,
  floor: Side,
  bridge: Side,
  options: BenchOptions,
): Promise<Comparison> {
  const results = { floor: [] as Sample[], bridge: [] as Sample[] };
  // Compiling what is hot takes processor time, too; that is not the operation's.
  for (const side of [floor, bridge]) await measure(operation, side, { ...options, seconds: 2 });
  for (let round = 0; round < options.rounds; round += 1) {
    results.floor.push(await measure(operation, floor, options));
    results.bridge.push(await measure(operation, bridge, options));
  }
  return results;
}

/** The ratio of each round is taken by itself, so that what disturbs a round disturbs both of its sides. */
export function toCells({ floor, bridge }: Comparison): readonly (string | number)[] {
  const of = (side: readonly Sample[], value: (sample: Sample) => number): number => median(side.map(value));
  const ratio = median(floor.map((sample, round) => (bridge[round]?.perSecond ?? Number.NaN) / sample.perSecond));
  const [floorUs, bridgeUs] = [of(floor, (sample) => sample.cpuUs), of(bridge, (sample) => sample.cpuUs)];
  return [
    Math.round(of(floor, (sample) => sample.perSecond)),
    Math.round(of(bridge, (sample) => sample.perSecond)),
    ratio.toFixed(2),
    Math.round(floorUs),
    Math.round(bridgeUs),
    (floorUs / bridgeUs).toFixed(2),
    of(bridge, (sample) => sample.p99),
  ];
}
