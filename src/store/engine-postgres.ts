/**
 * PostgreSQL: each write is a transaction of its own on a pooled connection; the server groups commits by itself. Reads
 * take a connection of the same pool, outside any transaction, so they see what is committed. READ COMMITTED is enough
 * because rules that count lock the organization's row.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { Kysely, PostgresDialect, sql } from 'kysely';
import { AppError } from '../errors.ts';
import type { Database, Engine } from './engine.ts';
import { postgresJson } from './json.ts';
import { createPostgresPool, type PostgresOptions } from './postgres-pool.ts';
import type { Tables } from './tables.ts';

const ATTEMPTS_MAX = 5;

/** Serialization failure and deadlock: nothing was kept, and the same transaction may well pass now. */
function isWorthRepeating(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return code === '40001' || code === '40P01';
}

/** The transaction does not wait for the disk. */
function withoutWaiting<T>(work: (tx: Database) => Promise<T>): (tx: Database) => Promise<T> {
  return async (tx) => {
    await sql`set local synchronous_commit to off`.execute(tx);
    return work(tx);
  };
}

async function writeWithRetry<T>(db: Database, work: (tx: Database) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await db.transaction().setIsolationLevel('read committed').execute(work);
    } catch (error) {
      if (!isWorthRepeating(error)) throw error;
      if (attempt === ATTEMPTS_MAX) throw new AppError('busy', undefined, { cause: error, retryAfterSeconds: 1 });
      // Jitter, so that two that met do not meet again.
      await delay(Math.random() * 10 * 2 ** attempt);
    }
  }
}

/**
 * Connects to `url` (`postgres://user:password@host/database`). Does not migrate.
 * @throws AppError `busy` when the server cannot be reached now
 */
export async function openPostgres(url: string, options: PostgresOptions = {}): Promise<Engine> {
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: createPostgresPool(url, options) }) });
  try {
    await db.connection().execute(async () => undefined);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  const underWay = new Set<Promise<unknown>>();
  let writes = 0;
  let closed: Promise<void> | undefined;

  async function drainAndClose(): Promise<void> {
    await Promise.allSettled(underWay);
    await db.destroy();
  }

  return {
    kind: 'postgres',
    json: postgresJson,
    rowLocks: true,
    roundTrips: true,
    commitToken: undefined,
    reader: db,
    async write(work, { durable = true } = {}) {
      if (closed !== undefined) throw new AppError('unavailable', undefined, { retryAfterSeconds: 1 });
      const written = writeWithRetry(db, durable ? work : withoutWaiting(work));
      underWay.add(written);
      try {
        const value = await written;
        writes += 1;
        return value;
      } finally {
        underWay.delete(written);
      }
    },
    stats: () => ({ commits: writes, writes, queued: underWay.size }),
    close() {
      closed ??= drainAndClose();
      return closed;
    },
  };
}
