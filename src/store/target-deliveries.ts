/** Events that wait for a webhook, and those that were given up, in SQL. */
import { type RawBuilder, sql } from 'kysely';
import type { DeadDelivery, Delivery, DeliveryStore } from '../targets/store.ts';
import { changeColumns, type SelectedChange, toChange } from './changes.ts';
import type { Engine } from './engine.ts';
import { databaseOf } from './statement.ts';

const SELECT: RawBuilder<Delivery> = sql`select sequence, target_id as "targetId", subject_key as "subjectKey", position,
  state, attempts, last_error as "lastError", created_at as "createdAt" from target_deliveries`;

export function createDeliveryStore(engine: Engine): DeliveryStore {
  return {
    async add(db, targetId, events, at) {
      for (const { subjectKey, position } of events) {
        await sql`insert into target_deliveries (target_id, subject_key, position, state, attempts, created_at)
          values (${targetId}, ${subjectKey}, ${position}, 'waiting', 0, ${at})`.execute(databaseOf(db));
      }
    },
    async waiting(db, targetId, subjectKey, limit) {
      const statement = sql<Delivery>`${SELECT} where target_id = ${targetId} and state = 'waiting'
        and subject_key = ${subjectKey} order by sequence limit ${limit}`;
      return (await statement.execute(databaseOf(db))).rows;
    },
    async page(db, { targetId, afterSequence, subjectKey, limit }) {
      const one = subjectKey === null ? sql`` : sql`and subject_key = ${subjectKey}`;
      const statement = sql<Delivery>`${SELECT} where target_id = ${targetId} and sequence > ${afterSequence} ${one}
        order by sequence limit ${limit}`;
      return (await statement.execute(databaseOf(db))).rows;
    },
    async waitingAfter(db, targetId, sequence) {
      const found = await sql<{ n: number }>`select count(*) as n from target_deliveries
        where target_id = ${targetId} and state = 'waiting' and sequence > ${sequence}`.execute(databaseOf(db));
      return Number(found.rows[0]?.n ?? 0);
    },
    async delivered(db, targetId, sequence) {
      await sql`delete from target_deliveries where sequence = ${sequence} and target_id = ${targetId}`.execute(
        databaseOf(db),
      );
    },
    async failed(db, targetId, sequence, error, dead) {
      await sql`update target_deliveries set attempts = attempts + 1, last_error = ${error},
          state = ${dead ? 'dead' : 'waiting'}
        where sequence = ${sequence} and target_id = ${targetId}`.execute(databaseOf(db));
    },
    async dead(db, targetId, afterSequence, limit) {
      const statement = sql<DeadDelivery>`select d.*, c.subject_name as "subjectName" from (${SELECT}
          where target_id = ${targetId} and state = 'dead' and sequence > ${afterSequence}
          order by sequence limit ${limit}) as d left join changes as c on c.position = d.position
        order by d.sequence`;
      return (await statement.execute(databaseOf(db))).rows;
    },
    async revive(db, targetId, sequence) {
      const one = sequence === null ? sql`` : sql`and sequence = ${sequence}`;
      const revived = await sql<{ key: string }>`update target_deliveries set state = 'waiting', attempts = 0
        where target_id = ${targetId} and state = 'dead' ${one} returning subject_key as key`.execute(databaseOf(db));
      return [...new Set(revived.rows.map((row) => row.key))];
    },
    async counts(db, targetId) {
      const found = await sql<{ state: Delivery['state']; n: number }>`select state, count(*) as n
        from target_deliveries where target_id = ${targetId} group by state`.execute(databaseOf(db));
      const counts = { waiting: 0, dead: 0 };
      for (const { state, n } of found.rows) counts[state] = Number(n);
      return counts;
    },
    async change(db, position) {
      const statement = sql<SelectedChange>`select ${changeColumns(engine)} from changes as c
        where c.position = ${position}`;
      const row = (await statement.execute(databaseOf(db))).rows[0];
      return row && toChange(row);
    },
  };
}
