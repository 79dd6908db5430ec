import { sql } from 'kysely';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Database, Engine } from '../../src/store/engine.ts';
import { openPostgres } from '../../src/store/engine-postgres.ts';
import type { PostgresOptions } from '../../src/store/postgres-pool.ts';
import { freshPostgresUrl, missingPostgres } from '../support/postgres.ts';

const missing = missingPostgres();

async function open(options?: PostgresOptions): Promise<Engine> {
  const engine = await openPostgres(await freshPostgresUrl(), options);
  onTestFinished(() => engine.close());
  return engine;
}

async function number(db: Database, query: ReturnType<typeof sql<{ n: number }>>): Promise<number | undefined> {
  return (await query.execute(db)).rows[0]?.n;
}

/** Resolves when all parties have come. */
function meetingOf(parties: number): () => Promise<void> {
  let waiting = 0;
  let open = (): void => undefined;
  const all = new Promise<void>((resolve) => {
    open = resolve;
  });
  return () => {
    waiting += 1;
    if (waiting >= parties) open();
    return all;
  };
}

describe.skipIf(missing !== undefined)(
  `PostgreSQL engine${missing === undefined ? '' : `, skipped: ${missing}`}`,
  () => {
    it('repeats a write that a deadlock ended, and both writes are kept', async () => {
      const engine = await open();
      await engine.write((tx) =>
        tx
          .insertInto('settings')
          .values([
            { key: 'a', value: '' },
            { key: 'b', value: '' },
          ])
          .execute(),
      );
      const meet = meetingOf(2);
      let runs = 0;
      const append = (tx: Database, key: string, mark: string) =>
        sql`update settings set value = value || ${mark} where key = ${key}`.execute(tx);
      const cross = (first: string, second: string, mark: string) =>
        engine.write(async (tx) => {
          runs += 1;
          await append(tx, first, mark);
          await meet();
          await append(tx, second, mark);
        });
      await Promise.all([cross('a', 'b', '1'), cross('b', 'a', '2')]);
      expect(runs).toBe(3);
      const rows = await engine.reader.selectFrom('settings').select('value').execute();
      expect(rows.map((row) => [...row.value].toSorted().join(''))).toEqual(['12', '12']);
    });

    it('repeats a write that could not be serialised', async () => {
      const engine = await open();
      await engine.write((tx) => tx.insertInto('settings').values({ key: 'n', value: '0' }).execute());
      const meet = meetingOf(2);
      let runs = 0;
      const increment = () =>
        engine.write(async (tx) => {
          runs += 1;
          await sql`set transaction isolation level serializable`.execute(tx);
          const { value } = await tx
            .selectFrom('settings')
            .select('value')
            .where('key', '=', 'n')
            .executeTakeFirstOrThrow();
          await meet();
          await tx
            .updateTable('settings')
            .set({ value: String(Number(value) + 1) })
            .where('key', '=', 'n')
            .execute();
        });
      await Promise.all([increment(), increment()]);
      expect(runs).toBe(3);
      expect(await number(engine.reader, sql`select value::bigint as n from settings`)).toBe(2);
    });

    it('gives up after five attempts as busy', async () => {
      const engine = await open();
      let runs = 0;
      const write = engine.write(async (tx) => {
        runs += 1;
        await sql`do $$ begin raise exception 'again' using errcode = '40001'; end $$`.execute(tx);
      });
      await expect(write).rejects.toMatchObject({ code: 'busy', retryAfterSeconds: 1 });
      expect(runs).toBe(5);
    });

    it('answers busy when its connection is cut, and recovers by itself', async () => {
      const engine = await open({ poolSize: 2 });
      let tell: (pid: number | undefined) => void = () => undefined;
      const pid = new Promise<number | undefined>((resolve) => {
        tell = resolve;
      });
      const cut = engine.write(async (tx) => {
        tell(await number(tx, sql`select pg_backend_pid() as n`));
        await sql`select pg_sleep(20)`.execute(tx);
      });
      const refused = expect(cut).rejects.toMatchObject({ code: 'busy', retryAfterSeconds: 1 });
      await sql`select pg_terminate_backend(${await pid}::int)`.execute(engine.reader);
      await refused;
      expect(await engine.write((tx) => number(tx, sql`select 1 as n`))).toBe(1);
    });

    it('answers busy when nothing listens', async () => {
      await expect(openPostgres('postgres://nobody@127.0.0.1:1/none')).rejects.toMatchObject({ code: 'busy' });
    });

    it('cancels a statement past its time as busy', async () => {
      const engine = await open({ statementTimeoutMs: 50 });
      await expect(sql`select pg_sleep(20)`.execute(engine.reader)).rejects.toMatchObject({ code: 'busy' });
    });

    it('prepares a statement that comes again, once, and none that has no parameters', async () => {
      const engine = await open({ poolSize: 1 });
      const prepared = () => number(engine.reader, sql`select count(*) as n from pg_prepared_statements`);
      for (const key of ['a', 'b', 'c', 'd']) {
        await engine.reader.selectFrom('settings').select('value').where('key', '=', key).execute();
      }
      expect(await prepared()).toBe(1);
      const plain = await open({ poolSize: 1, preparedStatements: false });
      for (let n = 0; n < 4; n += 1)
        await plain.reader.selectFrom('settings').select('value').where('key', '=', 'a').execute();
      expect(await number(plain.reader, sql`select count(*) as n from pg_prepared_statements`)).toBe(0);
    });

    it('tells the server who it is and insists on durable commits', async () => {
      const engine = await open();
      const show = async (name: string) =>
        (await sql<{ v: string }>`select current_setting(${name}) as v`.execute(engine.reader)).rows[0]?.v;
      expect(await show('application_name')).toBe('drawbridge');
      expect(await show('synchronous_commit')).toBe('on');
      expect(await show('statement_timeout')).toBe('30s');
      expect(await show('idle_in_transaction_session_timeout')).toBe('30s');
    });
  },
);
