/**
 * Walks every organization's chain once a day, and keeps what came of it where it can be asked for at once: a break must not
 * wait until somebody presses “Verify the chain”.
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
}

export interface ChainWatchParts {
  readonly ledger: Pick<Ledger, 'verify'>;
  readonly standings: ChainStandingStore;
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

export function toStanding({ holds, checked, firstBreak }: LedgerCheck, at: number): ChainStanding {
  return { at, holds, checked, breakAt: firstBreak?.position ?? null };
}

/** Handler of CHAIN_QUEUE; marks itself due again for the day after. */
export function createChainWatch(parts: ChainWatchParts): (job: unknown, signal: AbortSignal) => Promise<JobResult> {
  const { ledger, standings, jobs, reader, write, now } = parts;
  return async (_job, signal) => {
    for (const { id } of await parts.listOrganizations()) {
      signal.throwIfAborted();
      const standing = toStanding(await ledger.verify(reader, id), now());
      await write((db) => standings.save(db, id, standing));
    }
    await write((db) => jobs.mark(db, [chainWatchJob(now() + DAY_MS)], now()));
    return { kind: 'done' };
  };
}
