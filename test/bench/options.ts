/** What the command line of the benchmark asks for. */
import { parseArgs } from 'node:util';
import type { ConsoleBench } from './console.ts';
import type { RulesBench } from './rules.ts';
import type { TargetBench } from './targets.ts';

export interface BenchOptions {
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  /** Users on each side while operations are compared. */
  readonly users: number;
  /** Short names of the operations to compare; undefined: all; `--only= --large`: none. */
  readonly only: readonly string[] | undefined;
  /** What is measured in a large directory; undefined: nothing. */
  readonly large: { readonly users: number; readonly memberships: number } | undefined;
  /** A chain to verify; undefined: none. */
  readonly ledger: { readonly count: number; readonly rounds: number } | undefined;
  /** Pages over a long sync log; undefined: none. */
  readonly console: ConsoleBench | undefined;
  /** Other mapping rules for many; undefined: none. */
  readonly rules: RulesBench | undefined;
  /** A first load of a target; undefined: none. */
  readonly targets: TargetBench | undefined;
  /** Folder for a V8 profile of the bridge. */
  readonly profileFolder: string | undefined;
}

/** @throws TypeError naming an option that is not known */
export function readOptions(args: readonly string[]): BenchOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      seconds: { type: 'string' },
      rounds: { type: 'string' },
      'cpu-prof': { type: 'string' },
      large: { type: 'boolean' },
      'no-large': { type: 'boolean', default: false },
    },
  });
  const { quick, only } = values;
  const isLarge = !values['no-large'] && (only === undefined || values.large === true);
  return {
    seconds: Number(values.seconds ?? (quick ? 2 : 5)),
    rounds: Number(values.rounds ?? (quick ? 1 : 3)),
    connections: 32,
    users: 20_000,
    only: only?.split(',').filter((key) => key !== ''),
    large: isLarge ? { users: quick ? 20_000 : 100_000, memberships: quick ? 100_000 : 1_000_000 } : undefined,
    ledger:
      only === undefined || only.split(',').includes('ledger') ? { count: 100_000, rounds: quick ? 1 : 3 } : undefined,
    console:
      only === undefined || only.split(',').includes('console')
        ? { exchanges: quick ? 100_000 : 1_000_000, rounds: quick ? 5 : 15 }
        : undefined,
    rules:
      only === undefined || only.split(',').includes('rules')
        ? { people: quick ? 2_000 : 20_000, groups: quick ? 20 : 200, rounds: quick ? 1 : 3 }
        : undefined,
    targets:
      only === undefined || only.split(',').includes('targets')
        ? { users: quick ? 2_000 : 20_000, teams: quick ? 20 : 200, perSecond: 200 }
        : undefined,
    profileFolder: values['cpu-prof'],
  };
}
