/**
 * One piece of work: a transaction, who asks, and what it changes. Use-cases record what they did here; `finishWork`
 * writes the changes and the ledger entries in the same transaction, so that there is never one without the other.
 */
import type { LedgerDraft } from '../ledger/draft.ts';
import type { NewChange } from '../synclog/change.ts';
import type { Handle } from '../synclog/handle.ts';
import type { Context } from './actor.ts';
import type { DirectoryParts } from './parts.ts';

export interface Work {
  readonly db: Handle;
  readonly context: Context;
  /** The connection that it comes from or is about; null for none. */
  readonly connectionId: string | null;
  /** Epoch milliseconds: one time for everything that this work writes. */
  readonly at: number;
  readonly changes: NewChange[];
  readonly ledger: LedgerDraft[];
}

export function beginWork(db: Handle, context: Context, connectionId: string | null, at: number): Work {
  return { db, context, connectionId, at, changes: [], ledger: [] };
}

/** Writes the changes and ledger entries that were recorded. Call once, last. */
export async function finishWork({ store, ledger }: DirectoryParts, work: Work): Promise<void> {
  const { db, context, connectionId, at, changes } = work;
  if (changes.length > 0) {
    const { organizationId, exchangeId, actor } = context;
    const reason = context.reason ?? null;
    await store.changes.append(
      db,
      changes.map((change) => ({ ...change, organizationId, connectionId, exchangeId, at, actor, reason })),
    );
  }
  await ledger.append(db, context.organizationId, at, context.exchangeId, work.ledger);
}

/**
 * One use-case from beginning to end: opens the transaction, runs, and writes what was recorded. Resolves after the commit.
 * `run` may run again after a serialization failure, so it must have no effect outside the transaction.
 */
export function runWork<T>(
  parts: DirectoryParts,
  context: Context,
  run: (work: Work) => Promise<T>,
  connectionId: string | null = null,
): Promise<T> {
  return parts.store.write(async (db) => {
    const work = beginWork(db, context, connectionId, parts.now());
    const result = await run(work);
    await finishWork(parts, work);
    return result;
  });
}
