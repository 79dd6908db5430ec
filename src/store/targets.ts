/** Targets in SQL. */
import { type RawBuilder, sql } from 'kysely';
import type { TargetStore } from '../targets/store.ts';
import { queueOf, type Target } from '../targets/target.ts';
import type { Engine } from './engine.ts';
import { databaseOf } from './statement.ts';

type Row = Omit<Target, 'settings'> & { readonly settings: string };

function toTarget({ settings, ...row }: Row): Target {
  return { ...row, settings: JSON.parse(settings) };
}

export function createTargetStore({ json, rowLocks }: Engine): TargetStore {
  const select: RawBuilder<Row> = sql`select id, organization_id as "organizationId", kind, name, state,
    state_reason as "stateReason", ${json.text(sql.ref('settings'))} as settings, sealed, feed_cursor as "cursor", loaded_up_to as "loadedUpTo",
    created_at as "createdAt", updated_at as "updatedAt" from targets`;
  return {
    async find(db, organizationId, idOrName) {
      const statement = sql<Row>`${select} where organization_id = ${organizationId}
        and (id = ${idOrName} or name = ${idOrName}) order by case when id = ${idOrName} then 0 else 1 end limit 1`;
      const row = (await statement.execute(databaseOf(db))).rows[0];
      return row && toTarget(row);
    },
    async findById(db, id) {
      const row = (await sql<Row>`${select} where id = ${id}`.execute(databaseOf(db))).rows[0];
      return row && toTarget(row);
    },
    async list(db, organizationId) {
      const statement = sql<Row>`${select} where organization_id = ${organizationId} order by id`;
      return (await statement.execute(databaseOf(db))).rows.map(toTarget);
    },
    async all(db) {
      return (await sql<Row>`${select} order by id`.execute(databaseOf(db))).rows.map(toTarget);
    },
    async insert(db, target) {
      const { id, organizationId, kind, name, state, settings, sealed, cursor, loadedUpTo, createdAt, updatedAt } =
        target;
      await sql`insert into targets (id, organization_id, kind, name, state, settings, sealed, feed_cursor, loaded_up_to,
          created_at, updated_at)
        values (${id}, ${organizationId}, ${kind}, ${name}, ${state}, ${json.value(JSON.stringify(settings))}, ${sealed},
          ${cursor}, ${loadedUpTo}, ${createdAt}, ${updatedAt})`.execute(databaseOf(db));
    },
    async lock(db, id) {
      // Not `for update`: that would wait for everybody who writes a row which belongs to the target.
      if (rowLocks) await sql`select 1 from targets where id = ${id} for no key update`.execute(databaseOf(db));
    },
    async setState(db, id, { state, stateReason }, at) {
      const set = { state, state_reason: stateReason, updated_at: at };
      await databaseOf(db).updateTable('targets').set(set).where('id', '=', id).execute();
    },
    async setSettings(db, id, settings, sealed, at) {
      await sql`update targets set settings = ${json.value(JSON.stringify(settings))}, sealed = ${sealed},
        updated_at = ${at} where id = ${id}`.execute(databaseOf(db));
    },
    async moveCursor(db, id, from, to) {
      const moved = await sql`update targets set feed_cursor = ${to} where id = ${id} and feed_cursor = ${from}
        returning id`.execute(databaseOf(db));
      return moved.rows.length > 0;
    },
    async setLoadedUpTo(db, id, loadedUpTo) {
      await databaseOf(db).updateTable('targets').set({ loaded_up_to: loadedUpTo }).where('id', '=', id).execute();
    },
    async delete(db, id) {
      await databaseOf(db).deleteFrom('targets').where('id', '=', id).execute();
    },
    async takeTurns(db, id, count, spacingMs, notBefore) {
      const taken = Math.round(count * spacingMs);
      const result = await sql<{ next_at: number }>`insert into target_turns (target_id, next_at)
        values (${id}, ${notBefore + taken}) on conflict (target_id) do update set next_at =
          case when target_turns.next_at > ${notBefore} then target_turns.next_at else ${notBefore} end + ${taken}
        returning next_at`.execute(databaseOf(db));
      return (result.rows[0]?.next_at ?? notBefore + taken) - taken;
    },
    async waiting(db, id) {
      type Count = { state: string; n: number; oldest: number; next: number };
      const found =
        await sql<Count>`select state, count(*) as n, min(created_at) as oldest, min(due_at) as next from jobs
        where queue = ${queueOf(id)} group by state`.execute(databaseOf(db));
      const of = (state: string) => found.rows.find((row) => row.state === state);
      const due = of('due');
      const counts = { due: Number(due?.n ?? 0), parked: Number(of('parked')?.n ?? 0) };
      return { ...counts, oldestAt: due?.oldest ?? null, nextAt: due?.next ?? null };
    },
    async holdUntil(db, id, at) {
      await sql`insert into target_turns (target_id, next_at) values (${id}, ${at}) on conflict (target_id) do update
        set next_at = case when target_turns.next_at > ${at} then target_turns.next_at else ${at} end`.execute(
        databaseOf(db),
      );
    },
  };
}
