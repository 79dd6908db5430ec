/**
 * Works on one queue: claims what is due under a lease, hands it to the handler, writes down how it went. Any number of
 * workers in any number of processes may work on one queue; no two of them work on one key at once, as long as a handler
 * heeds its signal, which is aborted when the lease is lost or the worker stops.
 */
import { isAppError } from '../errors.ts';
import type { Handle } from '../synclog/handle.ts';
import { type Backoff, backoffMs, DEFAULT_BACKOFF } from './backoff.ts';
import type { Job, JobResult, JobStore } from './job.ts';

export interface WorkerParts {
  readonly jobs: JobStore;
  readonly reader: Handle;
  readonly write: <T>(work: (db: Handle) => Promise<T>) => Promise<T>;
  readonly now: () => number;
  readonly newId: () => string;
  /** A handler threw, or the store could not be reached. */
  readonly onError: (error: unknown, job: Job | undefined) => void;
  /** A job ended, for metrics and the log. */
  readonly onResult?: (job: Job, result: JobResult) => void;
}

export interface WorkerOptions {
  readonly queue: string;
  /** Must read the current state at its start, and may be called again for work that was done already. */
  readonly handle: (job: Job, signal: AbortSignal) => Promise<JobResult>;
  /** Jobs at a time; default 4. */
  readonly concurrency?: number;
  /** How long a crashed process keeps others from its jobs; renewed while the handler runs. Default 60 s. */
  readonly leaseMs?: number;
  /** How often to look for work that other processes marked; default 1 s. `wake` looks at once. */
  readonly pollMs?: number;
  /** Failed tries after which a job is parked; default 10. */
  readonly maxAttempts?: number;
  readonly backoff?: Backoff;
  /** What may be kept of why a try failed, asked in the transaction that keeps it; default: all of it. */
  readonly keepReason?: (db: Handle, job: Job, reason: string) => Promise<string>;
}

export interface Worker {
  /** Looks for work now. */
  wake(): void;
  /** Resolves when nothing is due and nothing runs. */
  idle(): Promise<void>;
  /** Takes no more, aborts what runs and gives it back, without counting it as a failed try. */
  stop(): Promise<void>;
}

/** Starts working at once. */
export function createWorker(parts: WorkerParts, options: WorkerOptions): Worker {
  const { queue, concurrency = 4, leaseMs = 60_000, pollMs = 1_000, maxAttempts = 10 } = options;
  const backoff = options.backoff ?? DEFAULT_BACKOFF;
  const owner = parts.newId();
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  let looking: Promise<void> | undefined;
  let lookAgain = false;
  const timer = setInterval(wake, pollMs);
  timer.unref();
  wake();

  function wake(): void {
    if (stopping.signal.aborted) return;
    if (looking !== undefined) {
      lookAgain = true;
      return;
    }
    lookAgain = false;
    looking = look()
      .catch((error: unknown) => parts.onError(error, undefined))
      .finally(() => {
        looking = undefined;
        if (lookAgain) wake();
      });
  }

  async function look(): Promise<void> {
    const free = concurrency - running.size;
    if (free <= 0 || !(await parts.jobs.isDue(parts.reader, queue, parts.now()))) return;
    const claimed = await parts.write((db) => {
      const now = parts.now();
      return parts.jobs.claim(db, { queue, owner, now, leaseUntil: now + leaseMs, limit: free });
    });
    for (const job of claimed) start(job);
    if (claimed.length === free) lookAgain = running.size < concurrency;
  }

  function start(job: Job): void {
    const run = work(job)
      .catch((error: unknown) => parts.onError(error, job))
      .finally(() => {
        running.delete(run);
        wake();
      });
    running.add(run);
  }

  async function work(job: Job): Promise<void> {
    const lost = new AbortController();
    const renewal = setInterval(() => {
      void renew(job).then((held) => {
        if (!held) lost.abort(new Error('The lease of this job was lost.'));
      });
    }, leaseMs / 3);
    try {
      const result = await attempt(job, AbortSignal.any([stopping.signal, lost.signal]));
      if (!lost.signal.aborted) await settle(job, result);
    } finally {
      clearInterval(renewal);
    }
  }

  async function renew(job: Job): Promise<boolean> {
    try {
      return await parts.write((db) => parts.jobs.renew(db, job, owner, parts.now() + leaseMs));
    } catch (error) {
      // Not lost yet: the next renewal comes before the lease ends.
      parts.onError(error, job);
      return true;
    }
  }

  /** Undefined: it was interrupted by a stop. */
  async function attempt(job: Job, signal: AbortSignal): Promise<JobResult | undefined> {
    try {
      return await options.handle(job, signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      parts.onError(error, job);
      const reason = isAppError(error)
        ? error.message
        : `Unexpected: ${error instanceof Error ? error.message : error}`;
      return { kind: 'retry', reason };
    }
  }

  async function settle(job: Job, result: JobResult | undefined): Promise<void> {
    const at = parts.now();
    await parts.write((db) => write(db, job, result, at));
    if (result !== undefined) parts.onResult?.(job, result);
  }

  async function keep(db: Handle, job: Job, reason: string): Promise<string> {
    return options.keepReason === undefined ? reason : options.keepReason(db, job, reason);
  }

  async function write(db: Handle, job: Job, result: JobResult | undefined, at: number): Promise<void> {
    const { jobs } = parts;
    if (result === undefined) {
      const reason = job.lastError === null ? null : await keep(db, job, job.lastError);
      return jobs.retry(db, job, owner, { dueAt: at, attempts: job.attempts, reason }, at);
    }
    if (result.kind === 'done') return jobs.finish(db, job, owner, at);
    const attempts = job.attempts + 1;
    const reason = await keep(db, job, result.reason);
    if (result.kind === 'park' || attempts >= maxAttempts) return jobs.park(db, job, owner, reason, at);
    const dueAt = at + (result.afterMs ?? backoffMs(backoff, attempts, Math.random()));
    return jobs.retry(db, job, owner, { dueAt, attempts, reason }, at);
  }

  async function idle(): Promise<void> {
    for (;;) {
      wake();
      await looking;
      if (running.size > 0) await Promise.race(running);
      else if (!(await parts.jobs.isDue(parts.reader, queue, parts.now()))) return;
    }
  }

  return {
    wake,
    idle,
    async stop() {
      stopping.abort(new Error('The process stops.'));
      clearInterval(timer);
      await looking;
      await Promise.all(running);
    },
  };
}
