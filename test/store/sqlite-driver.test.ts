import BetterSqlite3 from 'better-sqlite3';
import { Kysely } from 'kysely';
import { expect, it, onTestFinished } from 'vitest';
import { SqliteDialect, StatementCache } from '../../src/store/sqlite-driver.ts';

function openRaw(): BetterSqlite3.Database {
  const raw = new BetterSqlite3(':memory:');
  onTestFinished(() => void raw.close());
  return raw;
}

it('prepares a statement once and forgets the one that was used longest ago', () => {
  const cache = new StatementCache(openRaw(), 2);
  const one = cache.get('select 1');
  const two = cache.get('select 2');
  expect(cache.get('select 1')).toBe(one);
  cache.get('select 3');
  expect(cache.get('select 1')).toBe(one);
  expect(cache.get('select 2')).not.toBe(two);
});

it('leaves transactions to engine.write', async () => {
  const db = new Kysely<Record<string, never>>({ dialect: new SqliteDialect(openRaw()) });
  await expect(db.transaction().execute(async () => undefined)).rejects.toThrow('engine.write');
});

it('runs a cached statement after the schema has changed under it', async () => {
  const raw = openRaw();
  const db = new Kysely<{ t: { a: number } }>({ dialect: new SqliteDialect(raw) });
  raw.exec('create table t (a integer); insert into t values (1)');
  const read = () => db.selectFrom('t').selectAll().execute();
  expect(await read()).toEqual([{ a: 1 }]);
  raw.exec('alter table t add column b integer');
  expect(await read()).toEqual([{ a: 1, b: null }]);
});
