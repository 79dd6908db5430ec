/** Since when every try of a target has failed, in SQL. */
import { sql } from 'kysely';
import type { KeptFailure } from '../targets/failing.ts';
import type { FailureStore } from '../targets/store.ts';
import { databaseOf } from './statement.ts';

export function createFailureStore(): FailureStore {
  return {
    async add(db, { targetId, startedAt, at, reason, kind }) {
      // Many tries are under way at a time: those that began before the last one failed are the same one.
      const isNext = sql`${startedAt} >= target_failures.last_at`;
      await sql`insert into target_failures (target_id, since, last_at, tries, kind, reason)
        values (${targetId}, ${at}, ${at}, 1, ${kind}, ${reason})
        on conflict (target_id) do update set
          tries = case when ${isNext} then target_failures.tries + 1 else target_failures.tries end,
          last_at = case when ${isNext} then excluded.last_at else target_failures.last_at end,
          kind = excluded.kind, reason = excluded.reason`.execute(databaseOf(db));
    },
    async clear(db, targetId) {
      await databaseOf(db).deleteFrom('target_failures').where('target_id', '=', targetId).execute();
    },
    async find(db, targetId) {
      const found = await sql<KeptFailure>`select f.since, f.last_at as "lastAt", f.tries, f.kind, f.reason,
          t.next_at as "heldUntil"
        from target_failures as f left join target_turns as t on t.target_id = f.target_id
        where f.target_id = ${targetId}`.execute(databaseOf(db));
      return found.rows[0];
    },
  };
}
