/**
 * Work that is done later and survives a crash: sending a mail, asking a tracker for runs, keeping a target in step.
 *
 * Owns: what a job is, the worker (worker.ts), back-off, pacing. Does not own: what the work is. A use-case marks a job in
 * its own transaction; a worker of any process claims it under a lease, does the work outside any transaction, and says
 * how it went. Jobs are level-triggered: a key is due or it is not. Marking one that is being worked on makes it run once
 * more afterwards, so that a handler which reads the current state at its start never misses a change.
 */
import type { Handle } from '../synclog/handle.ts';

export interface JobRef {
  /** What kind of work: `mail`, `inventory`, `target:<id>`. */
  readonly queue: string;
  /** What it is about; a queue holds a key once. */
  readonly key: string;
}

export interface NewJob extends JobRef {
  /** Empty: of the whole installation. */
  readonly organizationId: string;
  /** JSON that the handler is given; marking again with another replaces it, without one keeps it. */
  readonly payload?: unknown;
  /** Epoch milliseconds. */
  readonly dueAt: number;
}

export interface Job extends JobRef {
  readonly organizationId: string;
  readonly payload: unknown;
  /** Tries that failed so far. */
  readonly attempts: number;
  /** Grows each time that the job is marked. */
  readonly generation: number;
  readonly dueAt: number;
  /** `parked`: given up until somebody looks at it, or until it is marked again. */
  readonly state: 'due' | 'parked';
  /** Why the last try failed. */
  readonly lastError: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type JobResult =
  | { readonly kind: 'done' }
  /** Not now; without `afterMs` the worker's back-off decides. */
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs?: number }
  /** Trying again is useless until something changes. */
  | { readonly kind: 'park'; readonly reason: string };

export interface Claim {
  readonly queue: string;
  /** Who holds the lease: different for every worker of every process. */
  readonly owner: string;
  readonly now: number;
  readonly leaseUntil: number;
  readonly limit: number;
}

export interface QueueCount {
  readonly queue: string;
  readonly state: Job['state'];
  readonly count: number;
  /** Smallest `dueAt`. */
  readonly oldestDueAt: number;
}

export interface JobStore {
  /**
   * Makes the keys due. A job that waits for its next try keeps its time (a target that is down is not asked more often because
   * more changes); a parked one starts anew.
   */
  mark(db: Handle, jobs: readonly NewJob[], at: number): Promise<void>;
  /** Whether `claim` would find something; asked of the reader, because a claim is a write. */
  isDue(db: Handle, queue: string, now: number): Promise<boolean>;
  /** Takes jobs that are due and not leased (or whose lease ran out), oldest first; no two owners get the same one. */
  claim(db: Handle, claim: Claim): Promise<readonly Job[]>;
  /** Keeps a lease; false: it was lost. */
  renew(db: Handle, job: Job, owner: string, leaseUntil: number): Promise<boolean>;
  /** Ends a job; one that was marked meanwhile stays due. */
  finish(db: Handle, job: Job, owner: string, at: number): Promise<void>;
  /** Gives the lease back for another try; `attempts` as it shall be then. */
  retry(db: Handle, job: Job, owner: string, again: JobRetry, at: number): Promise<void>;
  /** Gives up; a job that was marked meanwhile stays due. */
  park(db: Handle, job: Job, owner: string, reason: string, at: number): Promise<void>;
  /** Makes parked jobs of a queue (one key, or all) due again; says how many. */
  unpark(db: Handle, queue: string, key: string | null, at: number): Promise<number>;
  /** Takes back what waits; what runs ends by itself. */
  cancel(db: Handle, ref: JobRef): Promise<void>;
  /** The same for a whole queue, which nobody will work on any more. */
  cancelAll(db: Handle, queue: string): Promise<void>;
  find(db: Handle, ref: JobRef): Promise<Job | undefined>;
  /** In the order of keys, after one. */
  page(db: Handle, queue: string, state: Job['state'], afterKey: string, limit: number): Promise<readonly Job[]>;
  /** Of one organization, or (null) of all. */
  counts(db: Handle, organizationId: string | null): Promise<readonly QueueCount[]>;
}

export interface JobRetry {
  readonly dueAt: number;
  readonly attempts: number;
  readonly reason: string | null;
}
