/**
 * Walks every organization's chain once a day, keeps what came of it where it can be asked for at once, and has the admins
 * told of a break: it must not wait until somebody presses “Verify the chain”.
 */
import type { JobResult, JobStore, NewJob } from '../jobs/job.ts';
import type { Handle } from '../synclog/handle.ts';
import type { Ledger, LedgerCheck } from './ledger.ts';

export const CHAIN_QUEUE = 'ledger-chain';

const DAY_MS = 86_400_000;

/** How the chain stood when it was walked last. */
export interface ChainStanding {
  /** Epoch milliseconds. */
  readonly at: number;
  readonly holds: boolean;
  readonly checked: number;
  /** Position of the first entry that does not hold; null: none. */
  readonly breakAt: number | null;
}

export interface ChainStandingStore {
  read(db: Handle, organizationId: string): Promise<ChainStanding | undefined>;
  save(db: Handle, organizationId: string, standing: ChainStanding): Promise<void>;
  /** Organizations whose chain did not hold when it was walked last. */
  countBroken(db: Handle): Promise<number>;
}

/** Tells of a break, in the transaction that keeps the standing. */
export type TellBreak = (db: Handle, organizationId: string, standing: ChainStanding) => Promise<void>;

export interface StandingParts {
  readonly standings: Pick<ChainStandingStore, 'read' | 'save'>;
  readonly tellBreak: TellBreak;
}

export interface ChainWatchParts extends StandingParts {
  readonly ledger: Pick<Ledger, 'verify'>;
  readonly jobs: Pick<JobStore, 'mark'>;
  readonly listOrganizations: () => Promise<readonly { readonly id: string }[]>;
  readonly reader: Handle;
  readonly write: <T>(work: (db: Handle) => Promise<T>) => Promise<T>;
  readonly now: () => number;
}

/** The one job of the whole installation. */
export function chainWatchJob(dueAt: number): NewJob {
  return { queue: CHAIN_QUEUE, key: 'all', organizationId: '', dueAt };
}

/** Keeps how a chain stood when it was walked, in the caller's transaction. A break is told once, and again when it moves. */
export async function keepStanding(
  { standings, tellBreak }: StandingParts,
  db: Handle,
  organizationId: string,
  { holds, checked, firstBreak }: LedgerCheck,
  at: number,
): Promise<void> {
  const standing = { at, holds, checked, breakAt: firstBreak?.position ?? null };
  const before = await standings.read(db, organizationId);
  await standings.save(db, organizationId, standing);
  if (!holds && (before?.holds !== false || before.breakAt !== standing.breakAt)) {
    await tellBreak(db, organizationId, standing);
  }
}

/** Handler of CHAIN_QUEUE; marks itself due again for the day after. */
export function createChainWatch(parts: ChainWatchParts): (job: unknown, signal: AbortSignal) => Promise<JobResult> {
  const { ledger, jobs, reader, write, now } = parts;
  return async (_job, signal) => {
    for (const { id } of await parts.listOrganizations()) {
      signal.throwIfAborted();
      const check = await ledger.verify(reader, id);
      await write((db) => keepStanding(parts, db, id, check, now()));
    }
    await write((db) => jobs.mark(db, [chainWatchJob(now() + DAY_MS)], now()));
    return { kind: 'done' };
  };
}
