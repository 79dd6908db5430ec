/**
 * Runs the migrations, up and down, each exactly once whatever races. Our own runner in place of Kysely's Migrator,
 * because that takes no lock on SQLite (two processes at their first start fail with "database is locked"), blocks the
 * event loop while it waits, scans folders, and does not tell a migration which engine it runs on. Here all pending
 * migrations are one `engine.write`: on SQLite BEGIN IMMEDIATE (in WAL mode the same as EXCLUSIVE), on PostgreSQL a
 * transaction that first takes an advisory lock. Either all of them are applied or none.
 */
import { sql } from 'kysely';
import { AppError } from '../errors.ts';
import type { Database, Engine } from './engine.ts';

export interface Migration {
  /** Sorts after all earlier ones: `0002-sessions`. Never changes once released. */
  readonly name: string;
  up(tx: Database, kind: Engine['kind']): Promise<void>;
  down(tx: Database, kind: Engine['kind']): Promise<void>;
}

/** Any fixed number; it only has to differ from other programs' locks in the same database. */
const ADVISORY_LOCK = 4_708_207_101;

async function begin(tx: Database, engine: Engine): Promise<void> {
  if (engine.kind === 'postgres') {
    // Waiting for another process, or filling an index, may take longer than any query of ours should.
    await sql`set local statement_timeout = 0`.execute(tx);
    await sql`select pg_advisory_xact_lock(${ADVISORY_LOCK})`.execute(tx);
  }
  const key = sql.raw(engine.kind === 'postgres' ? 'text collate "C"' : 'text');
  const end = sql.raw(engine.kind === 'postgres' ? '' : 'strict');
  await sql`create table if not exists schema_migrations (name ${key} not null primary key) ${end}`.execute(tx);
}

async function appliedNames(tx: Database): Promise<readonly string[]> {
  const result = await sql<{ name: string }>`select name from schema_migrations order by name`.execute(tx);
  return result.rows.map((row) => row.name);
}

function refuseUnknown(applied: readonly string[], migrations: readonly Migration[]): void {
  const unknown = applied.filter((name) => !migrations.some((migration) => migration.name === name));
  if (unknown.length === 0) return;
  throw new AppError(
    'conflict',
    `This database was migrated by a newer version of Drawbridge (${unknown.join(', ')}). Start that version, or migrate down with it first.`,
  );
}

/**
 * Applies what is missing.
 * @returns the names of the migrations that ran now, in order
 * @throws AppError `conflict` when the database is newer than this program
 */
export function migrateUp(engine: Engine, migrations: readonly Migration[]): Promise<readonly string[]> {
  return engine.write(async (tx) => {
    await begin(tx, engine);
    const applied = await appliedNames(tx);
    refuseUnknown(applied, migrations);
    const pending = migrations.filter((migration) => !applied.includes(migration.name));
    for (const migration of pending) {
      await migration.up(tx, engine.kind);
      await sql`insert into schema_migrations (name) values (${migration.name})`.execute(tx);
    }
    return pending.map((migration) => migration.name);
  });
}

/**
 * Takes the newest migrations back. Data in what they made is lost.
 * @param count how many
 * @returns the names of those taken back, newest first
 */
export function migrateDown(engine: Engine, migrations: readonly Migration[], count = 1): Promise<readonly string[]> {
  return engine.write(async (tx) => {
    await begin(tx, engine);
    const applied = await appliedNames(tx);
    refuseUnknown(applied, migrations);
    const leaving = migrations
      .filter((migration) => applied.includes(migration.name))
      .toReversed()
      .slice(0, count);
    for (const migration of leaving) {
      await migration.down(tx, engine.kind);
      await sql`delete from schema_migrations where name = ${migration.name}`.execute(tx);
    }
    return leaving.map((migration) => migration.name);
  });
}

/** The names of the migrations that migrateUp would run. */
export function pendingMigrations(engine: Engine, migrations: readonly Migration[]): Promise<readonly string[]> {
  return engine.write(async (tx) => {
    await begin(tx, engine);
    const applied = await appliedNames(tx);
    return migrations.map((migration) => migration.name).filter((name) => !applied.includes(name));
  });
}
