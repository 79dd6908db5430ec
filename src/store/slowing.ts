/** Tries that are slowed down, in SQL: one row per key, one statement per try. */
import { sql } from 'kysely';
import type { SlowingStore } from '../directory/entry/slowing-store.ts';
import { databaseOf } from './statement.ts';

export function createSlowingStore(): SlowingStore {
  return {
    async take(db, key, { burst, everyMs }, at) {
      // `free_at` moves on by `everyMs` with each try, and may run at most `burst` tries ahead of the clock.
      const latest = at + burst * everyMs;
      const taken = await sql<{ free_at: number }>`
        insert into slowed_attempts (key, free_at) values (${key}, ${at + everyMs})
        on conflict (key) do update set free_at =
          (case when slowed_attempts.free_at > ${at} then slowed_attempts.free_at else ${at} end) + ${everyMs}
        where slowed_attempts.free_at + ${everyMs} <= ${latest}
        returning free_at`.execute(databaseOf(db));
      if (taken.rows.length > 0) return undefined;
      const row = await databaseOf(db)
        .selectFrom('slowed_attempts')
        .select('free_at')
        .where('key', '=', key)
        .executeTakeFirst();
      return (row?.free_at ?? at) - (burst - 1) * everyMs;
    },
    async forgive(db, key) {
      await databaseOf(db).deleteFrom('slowed_attempts').where('key', '=', key).execute();
    },
    async prune(db, before, limit) {
      const result = await sql`delete from slowed_attempts where key in
        (select key from slowed_attempts where free_at < ${before} order by free_at limit ${limit})`.execute(
        databaseOf(db),
      );
      return Number(result.numAffectedRows ?? 0n);
    },
  };
}
