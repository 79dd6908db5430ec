/**
 * What the removals of an organization add up to, for the metrics. Kept as one row and changed by what each entry changes,
 * so that a scrape reads as much at a hundred thousand removals as at ten.
 */
import type { InventoryState, Removal } from './removal.ts';

/** One row, or what is to be added to one. */
export interface LedgerTotals {
  readonly removals: number;
  /** People and memberships that are gone and did not come back. */
  readonly left: number;
  readonly holds: number;
  readonly taken: number;
  readonly partial: number;
  readonly failed: number;
  /** Runs that those who are gone left behind. */
  readonly runsKept: number;
  readonly runsMissing: number;
}

/** What one removal counts for. */
export function totalsOf({ state, hold, inventory, runs, missing }: Removal): LedgerTotals {
  const isLeft = state === 'left';
  const is = (wanted: InventoryState): number => (inventory === wanted ? 1 : 0);
  return {
    removals: 1,
    left: isLeft ? 1 : 0,
    holds: hold ? 1 : 0,
    ...{ taken: is('taken'), partial: is('partial'), failed: is('failed') },
    runsKept: isLeft ? (runs ?? 0) : 0,
    runsMissing: isLeft ? missing : 0,
  };
}

export const NO_TOTALS: LedgerTotals = {
  ...{ removals: 0, left: 0, holds: 0, taken: 0, partial: 0, failed: 0, runsKept: 0, runsMissing: 0 },
};

const NAMES = Object.keys(NO_TOTALS) as readonly (keyof LedgerTotals)[];

/** @param before undefined for a removal that begins */
export function addDifference(sum: LedgerTotals, before: Removal | undefined, after: Removal): LedgerTotals {
  const [was, is] = [before === undefined ? NO_TOTALS : totalsOf(before), totalsOf(after)];
  return Object.fromEntries(NAMES.map((name) => [name, sum[name] + is[name] - was[name]])) as unknown as LedgerTotals;
}

export function isNothing(totals: LedgerTotals): boolean {
  return NAMES.every((name) => totals[name] === 0);
}
