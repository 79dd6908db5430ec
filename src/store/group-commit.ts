/**
 * Group commit: writes that arrive together share one transaction and so one wait for the disk.
 *
 * A batch runs without savepoints first: with one SQLite copies each page before a work changes it. Only when a work fails
 * after it has written something is all rolled back and the batch run again, each work in a savepoint of its own. So a
 * work may run twice, as on PostgreSQL, and must have no effect outside the transaction.
 *
 * Owns: the queue, the transaction, the savepoints, what happens when the database is locked or a work never ends.
 * Does not own: the connection and its pragmas (engine-sqlite.ts). Called by engine-sqlite.ts only.
 *
 * A work may wait only for its own queries. One that does not settle within `workTimeoutMs` is rolled back, refused and
 * cut off from the database, so that it can neither write into another's savepoint later nor keep close() waiting: that
 * takes at most queued works x workTimeoutMs.
 */
import type BetterSqlite3 from 'better-sqlite3';
import { AppError } from '../errors.ts';
import type { EngineStats } from './engine.ts';

export interface GroupCommitOptions {
  /** Works that may wait; past it `busy`. Default 10,000. */
  readonly queueMax?: number;
  /** Works in one transaction. Default 128. */
  readonly batchMax?: number;
  /** How long another process may keep the database locked before the waiting works get `busy`. Default 10,000. */
  readonly lockTimeoutMs?: number;
  /** After how long a work that has not settled is given up. Default 30,000. */
  readonly workTimeoutMs?: number;
}

/** A handle for one work, and how to cut it off when the work is over. */
export interface Lease<Tx> {
  readonly tx: Tx;
  readonly end: () => void;
  /** Whether it ran a statement that may have written. */
  readonly hasWritten: () => boolean;
}

interface Job<Tx> {
  readonly work: (tx: Tx) => Promise<unknown>;
  readonly durable: boolean;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  done: boolean;
  value: unknown;
}

const LOCK_WAIT_MS_MAX = 50;

function isLocked(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED'));
}

function busy(message: string, cause?: unknown): AppError {
  return new AppError('busy', message, { retryAfterSeconds: 1, ...(cause === undefined ? {} : { cause }) });
}

/** The statements around the works, prepared once on the raw connection, past Kysely. */
function prepareFrame(raw: BetterSqlite3.Database) {
  const prepared = (sql: string) => {
    const statement = raw.prepare(sql);
    return () => void statement.run();
  };
  return {
    begin: prepared('begin immediate'),
    commit: prepared('commit'),
    rollback: prepared('rollback'),
    savepoint: prepared('savepoint work'),
    rollbackToSavepoint: prepared('rollback to work'),
    release: prepared('release work'),
  };
}

export class GroupCommit<Tx> {
  readonly #raw: BetterSqlite3.Database;
  readonly #lease: () => Lease<Tx>;
  readonly #frame: ReturnType<typeof prepareFrame>;
  readonly #options: Required<GroupCommitOptions>;
  #queue: Job<Tx>[] = [];
  #writing = 0;
  #commits = 0;
  #writes = 0;
  #running: Promise<void> | undefined;
  #closed = false;
  /** As the connection was opened (engine-sqlite.ts). */
  #waitsForDisk = true;

  constructor(raw: BetterSqlite3.Database, lease: () => Lease<Tx>, options: GroupCommitOptions = {}) {
    this.#raw = raw;
    this.#lease = lease;
    this.#frame = prepareFrame(raw);
    this.#options = {
      queueMax: options.queueMax ?? 10_000,
      batchMax: options.batchMax ?? 128,
      lockTimeoutMs: options.lockTimeoutMs ?? 10_000,
      workTimeoutMs: options.workTimeoutMs ?? 30_000,
    };
  }

  /**
   * Resolves with what `work` gave once the transaction is committed, rejects with what it threw.
   * @param durable whether the commit has to be on disk then; one such work makes the whole batch so
   */
  write<T>(work: (tx: Tx) => Promise<T>, durable = true): Promise<T> {
    if (this.#closed) return Promise.reject(new AppError('unavailable', undefined, { retryAfterSeconds: 1 }));
    if (this.#queue.length >= this.#options.queueMax) {
      return Promise.reject(busy('Too many writes are waiting; try again.'));
    }
    return new Promise<T>((resolve, reject) => {
      const settle = { resolve: resolve as (value: unknown) => void, reject };
      this.#queue.push({ work, durable, ...settle, done: false, value: undefined });
      this.#running ??= this.#run();
    });
  }

  stats(): EngineStats {
    return { commits: this.#commits, writes: this.#writes, queued: this.#queue.length + this.#writing };
  }

  /** Takes no more works and waits for those that it has. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#queue.length > 0) {
      // Lets every request that has arrived by now be read, so that its write joins this batch.
      await new Promise(setImmediate);
      const batch = this.#queue.splice(0, this.#options.batchMax);
      this.#writing = batch.length;
      try {
        this.#setDurability(batch.some((job) => job.durable));
        await this.#begin();
        await this.#write(batch);
      } catch (error) {
        if (this.#raw.inTransaction) this.#frame.rollback();
        // Whoever was refused for a reason of their own has got it already; rejecting again does nothing.
        for (const job of batch) job.reject(error);
      }
      this.#writing = 0;
    }
    this.#running = undefined;
  }

  /** In WAL mode `normal` leaves out the sync of a commit; the next one that syncs brings it to the disk with itself. */
  #setDurability(durable: boolean): void {
    if (durable === this.#waitsForDisk) return;
    // Not prepared ahead: this pragma takes effect while it is compiled.
    this.#raw.pragma(`synchronous = ${durable ? 'full' : 'normal'}`);
    this.#waitsForDisk = durable;
  }

  /** Waits without blocking the event loop while another process (the command line, a backup) holds the lock. */
  async #begin(): Promise<void> {
    const giveUpAt = performance.now() + this.#options.lockTimeoutMs;
    for (let waitMs = 1; ; waitMs = Math.min(waitMs * 2, LOCK_WAIT_MS_MAX)) {
      try {
        this.#frame.begin();
        return;
      } catch (error) {
        if (!isLocked(error)) throw error;
        if (performance.now() >= giveUpAt) throw busy('Another process keeps the database locked; try again.', error);
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  async #write(batch: readonly Job<Tx>[]): Promise<void> {
    const refused: Refusals<Tx> = new Map();
    const watch = new Watch(this.#options.workTimeoutMs);
    try {
      if (!(await this.#runTogether(batch, refused, watch))) await this.#runApart(batch, refused, watch);
    } finally {
      watch.stop();
    }
    this.#frame.commit();
    this.#commits += 1;
    this.#writes += batch.length - refused.size;
    this.#writing = 0;
    for (const job of batch) {
      if (job.done) job.resolve(job.value);
      else job.reject(refused.get(job));
    }
  }

  /** @returns false when a work failed after it had written, so that nothing of the batch may be kept */
  async #runTogether(batch: readonly Job<Tx>[], refused: Refusals<Tx>, watch: Watch): Promise<boolean> {
    for (const job of batch) {
      const lease = this.#lease();
      try {
        job.value = await watch.settle(job.work(lease.tx));
        // Otherwise the next work would run outside any transaction.
        if (!this.#raw.inTransaction) throw new Error('The transaction was ended while a work ran.');
        job.done = true;
      } catch (error) {
        // A full disk and the like end the whole transaction: nothing of the batch is left to commit.
        if (!this.#raw.inTransaction) throw error;
        refused.set(job, error);
        if (lease.hasWritten()) return false;
      } finally {
        lease.end();
      }
    }
    return true;
  }

  async #runApart(batch: readonly Job<Tx>[], refused: Refusals<Tx>, watch: Watch): Promise<void> {
    this.#frame.rollback();
    // Who was refused may have been so for what is undone now; who never ended is not waited for again.
    for (const [job, error] of refused) if (!watch.hasGivenUp(error)) refused.delete(job);
    for (const job of batch) job.done = false;
    await this.#begin();
    for (const job of batch) {
      if (refused.has(job)) continue;
      try {
        await this.#runInSavepoint(job, watch);
      } catch (error) {
        if (!this.#raw.inTransaction) throw error;
        refused.set(job, error);
      }
    }
  }

  async #runInSavepoint(job: Job<Tx>, watch: Watch): Promise<void> {
    const lease = this.#lease();
    this.#frame.savepoint();
    try {
      job.value = await watch.settle(job.work(lease.tx));
      lease.end();
      this.#frame.release();
      job.done = true;
    } catch (error) {
      lease.end();
      if (this.#raw.inTransaction) {
        this.#frame.rollbackToSavepoint();
        this.#frame.release();
      }
      throw error;
    }
  }
}

type Refusals<Tx> = Map<Job<Tx>, unknown>;

/** One timer for a batch, wound up again at each work: a timer per work would cost more than the work's savepoint. */
class Watch {
  readonly #timer: NodeJS.Timeout;
  readonly #tooLong = new Set<unknown>();
  #giveUp: ((error: unknown) => void) | undefined;

  constructor(timeoutMs: number) {
    this.#timer = setTimeout(() => {
      const error = busy('This write took too long and was given up.');
      this.#tooLong.add(error);
      this.#giveUp?.(error);
    }, timeoutMs);
  }

  /** Whether this error is a work's that never ended. */
  hasGivenUp(error: unknown): boolean {
    return this.#tooLong.has(error);
  }

  settle<T>(promise: Promise<T>): Promise<T> {
    this.#timer.refresh();
    return new Promise<T>((resolve, reject) => {
      this.#giveUp = reject;
      promise.then(resolve, reject);
    });
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
