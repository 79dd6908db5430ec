/** Forgets exchanges, and what else tells of them, once they are older than the retention says, a little at a time. Changes and the ledger stay. */
import type { Handle } from './handle.ts';

export interface PruningParts {
  readonly store: {
    write<T>(work: (db: Handle) => Promise<T>): Promise<T>;
    readonly exchanges: {
      prune(db: Handle, before: number, limit: number): Promise<{ readonly pruned: number; readonly isDone: boolean }>;
    };
  };
  /** What is kept as long as exchanges; each deletes up to `limit` rows and says how many. */
  readonly others?: readonly ((db: Handle, before: number, limit: number) => Promise<number>)[];
  /** 0: keep for ever. */
  readonly retentionDays: number;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

const DAY_MS = 86_400_000;
const EVERY_MS = 10 * 60_000;
/** Rows of one transaction: others wait no longer than it takes to delete these. */
const CHUNK = 1000;

/** Deletes what is due now. @returns how many exchanges */
export async function pruneExchanges(parts: Omit<PruningParts, 'onError'>): Promise<number> {
  const { store, retentionDays, now, others = [] } = parts;
  if (retentionDays === 0) return 0;
  const before = now() - retentionDays * DAY_MS;
  for (const prune of others) {
    while ((await store.write((db) => prune(db, before, CHUNK))) === CHUNK);
  }
  let total = 0;
  for (;;) {
    const { pruned, isDone } = await store.write((db) => store.exchanges.prune(db, before, CHUNK));
    total += pruned;
    if (isDone) return total;
  }
}

export function startPruning(parts: PruningParts): { stop(): void } {
  const run = (): void => void pruneExchanges(parts).catch(parts.onError);
  const timer = setInterval(run, EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
