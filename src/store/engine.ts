/**
 * What a database engine offers to the rest of the store: a reader that sees only what is committed, a way to write in
 * one durable transaction, and what differs between engines as named capabilities. Two implementations: engine-sqlite.ts
 * (group commit) and engine-postgres.ts. Everything else in store/ is one set of queries on top of this.
 */
import type { Kysely } from 'kysely';
import type { JsonDialect } from './json.ts';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;

export interface Engine {
  readonly kind: 'sqlite' | 'postgres';
  readonly json: JsonDialect;
  /** Whether `select ... for update` exists and is needed (on SQLite there is one writer). */
  readonly rowLocks: boolean;
  /** Whether a statement travels to a server: then many rows go into one; else a fixed statement for each row is cheaper. */
  readonly roundTrips: boolean;
  /** Changes with every commit of any process; undefined where asking costs as much as counting again. */
  readonly commitToken: (() => number) | undefined;
  /** Sees committed rows only. */
  readonly reader: Database;
  /**
   * Runs `work` in a transaction and resolves after COMMIT is on disk. When `work` throws, nothing of it is kept and the
   * error is passed on. On SQLite concurrent calls share one commit, each in its savepoint. On PostgreSQL `work` may run
   * again after a serialization failure or deadlock, so it must have no effect outside the transaction. Await every
   * query before `work` returns, and nothing but queries: on SQLite all other writes wait for it meanwhile.
   * @throws AppError `busy` when the queue is full, the database stays locked or cannot be reached.
   */
  write<T>(work: (tx: Database) => Promise<T>, options?: WriteOptions): Promise<T>;
  /** Counts since the start, for metrics. */
  stats(): EngineStats;
  /** Takes no more writes (`unavailable`), waits for those under way, then closes. May be called twice. */
  close(): Promise<void>;
}

export interface WriteOptions {
  /**
   * False for what nobody was promised: the commit does not wait for the disk and is there with the next one that does.
   * A pulled plug may lose it; nobody sees half of it. Default true.
   */
  readonly durable?: boolean;
}

export interface EngineStats {
  /** Transactions committed. */
  readonly commits: number;
  /** Works committed; on SQLite several share a commit. */
  readonly writes: number;
  /** Works waiting or being written. */
  readonly queued: number;
}
