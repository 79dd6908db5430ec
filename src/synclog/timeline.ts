/**
 * How many exchanges ended how, over time: for charts. Whole hours that are over are counted once, by a job, and kept, so
 * that a chart of a week costs the same whatever the length of the log. What is younger, or narrowed by more than
 * connection and outcome, is counted from the log itself.
 */

import type { ExchangeQuery, Outcome } from './exchange.ts';
import type { Handle } from './handle.ts';

export const HOUR_MS = 3_600_000;

/** An hour is counted when this long has passed since its end: exchanges of reads are written a little later than they happened. */
export const SETTLE_MS = 10 * 60_000;

export interface OutcomeCount {
  /** Begin of the span, epoch milliseconds. */
  readonly at: number;
  readonly connectionId: string | null;
  readonly outcome: Outcome;
  readonly count: number;
}

export interface TimelineStore {
  /** Kept hours in [from, until). */
  keptHours(db: Handle, organizationId: string, from: number, until: number): Promise<readonly OutcomeCount[]>;
  /** End of the newest hour that was counted; undefined when none was. */
  keptUntil(db: Handle, organizationId: string): Promise<number | undefined>;
  /** Counts hours from the log, and keeps them with the mark of how far it came. */
  keepHours(db: Handle, organizationId: string, from: number, until: number): Promise<void>;
  /** Begin of the oldest exchange of the organization; undefined when there is none. */
  oldest(db: Handle, organizationId: string): Promise<number | undefined>;
  /** Counts from the log, in spans of `spanMs` from `query.from` on; of the newest `limit` matches only. */
  count(
    db: Handle,
    query: Omit<ExchangeQuery, 'limit'> & { readonly from: number; readonly until: number },
    spanMs: number,
    limit: number,
  ): Promise<readonly OutcomeCount[]>;
}

export interface Timeline {
  readonly from: number;
  readonly until: number;
  readonly spanMs: number;
  readonly counts: readonly OutcomeCount[];
  /** True: there were more matches than are counted one by one; the older ones are missing. */
  readonly cut: boolean;
}

export interface TimelineReader {
  read(query: Omit<ExchangeQuery, 'limit'> & { readonly from: number; readonly until: number }): Promise<Timeline>;
}

/** Spans that people think in. */
const SPANS_MS = [60_000, 5 * 60_000, 15 * 60_000, HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS, 7 * 24 * HOUR_MS];
const MOST_SPANS = 72;

/** Matches that are counted one by one at most: bounds the cost of a chart over a filter that nothing is kept for. */
const MOST_COUNTED = 50_000;

/** The smallest span that gives no more bars than fit. */
export function chooseSpan(from: number, until: number): number {
  const wanted = (until - from) / MOST_SPANS;
  return SPANS_MS.find((span) => span >= wanted) ?? Math.ceil(wanted / HOUR_MS) * HOUR_MS;
}

/** Sums counts into spans that begin at whole multiples of `spanMs`. */
export function gather(counts: readonly OutcomeCount[], spanMs: number): readonly OutcomeCount[] {
  const sums = new Map<string, OutcomeCount>();
  for (const { at, connectionId, outcome, count } of counts) {
    const begin = Math.floor(at / spanMs) * spanMs;
    const key = `${begin} ${connectionId} ${outcome}`;
    sums.set(key, { at: begin, connectionId, outcome, count: (sums.get(key)?.count ?? 0) + count });
  }
  return [...sums.values()];
}

export function createTimelineReader(store: TimelineStore, reader: Handle): TimelineReader {
  return {
    async read(query) {
      const spanMs = chooseSpan(query.from, query.until);
      const from = Math.floor(query.from / spanMs) * spanMs;
      const { organizationId, connectionId, outcome, until } = query;
      const narrowed = [query.text, query.userId, query.operation, query.errorCode].some(
        (value) => value !== undefined,
      );
      const kept = narrowed || spanMs < HOUR_MS ? undefined : await store.keptUntil(reader, organizationId);
      const liveFrom = Math.min(until, Math.max(from, kept ?? from));
      const hours = liveFrom > from ? await store.keptHours(reader, organizationId, from, liveFrom) : [];
      const fitting = hours.filter(
        (hour) =>
          (connectionId === undefined || hour.connectionId === connectionId) &&
          (outcome === undefined || hour.outcome === outcome),
      );
      const live = await store.count(reader, { ...query, from: liveFrom }, Math.min(spanMs, HOUR_MS), MOST_COUNTED);
      const counts = gather([...fitting, ...live], spanMs);
      const cut = live.reduce((sum, { count }) => sum + count, 0) >= MOST_COUNTED;
      return { from, until, spanMs, counts, cut };
    },
  };
}
