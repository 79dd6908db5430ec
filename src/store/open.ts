/** From DATABASE_URL to an engine: the one place that knows which engines there are. */
import { AppError } from '../errors.ts';
import type { Engine } from './engine.ts';
import { openPostgres } from './engine-postgres.ts';
import { openSqlite, type SqliteOptions } from './engine-sqlite.ts';
import type { PostgresOptions } from './postgres-pool.ts';

export interface OpenOptions extends SqliteOptions, PostgresOptions {}

/**
 * @param databaseUrl `sqlite:<path>` or `postgres://user:password@host/database`
 * @throws AppError `invalid_value` for any other address; `busy` when PostgreSQL cannot be reached
 */
export async function openEngine(databaseUrl: string, options: OpenOptions = {}): Promise<Engine> {
  if (/^postgres(ql)?:\/\//.test(databaseUrl)) return openPostgres(databaseUrl, options);
  const path = /^sqlite:(?!\/\/)(.+)$/.exec(databaseUrl)?.[1];
  // In memory there could be no second connection, and nothing would be on disk.
  if (path === undefined || path.includes(':memory:')) {
    throw new AppError('invalid_value', 'DATABASE_URL: give sqlite:<path> or postgres://user:password@host/database.');
  }
  return openSqlite(path, options);
}
