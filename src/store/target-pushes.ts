/** What went out to targets, in SQL. */
import { type RawBuilder, sql } from 'kysely';
import { foldCase } from '../directory/people/user.ts';
import { ERASED } from '../targets/erased.ts';
import type { PushRecord, PushStore } from '../targets/store.ts';
import { subjectKey } from '../targets/target.ts';
import type { Engine } from './engine.ts';
import { countRows, databaseOf } from './statement.ts';

interface Row {
  readonly id: string;
  readonly targetId: string;
  readonly organizationId: string;
  readonly type: string;
  readonly subjectId: string;
  readonly name: string;
  readonly exchangeId: string | null;
  readonly position: number | null;
  readonly causedAt: number | null;
  readonly outcome: PushRecord['outcome'];
  readonly reason: string | null;
  readonly at: number;
  readonly durationMs: number;
  readonly requests: string;
}

function toPush(row: Row): PushRecord {
  const { id, targetId, organizationId, outcome, reason, at, durationMs, exchangeId, position, causedAt } = row;
  return {
    ...{ id, targetId, organizationId, outcome, reason, at, durationMs },
    subject: { type: row.type, id: row.subjectId, name: row.name },
    cause: position === null ? null : { position, exchangeId, at: causedAt ?? at },
    requests: JSON.parse(row.requests),
  };
}

export function createPushStore({ json }: Engine): PushStore {
  const select: RawBuilder<Row> = sql`select id, target_id as "targetId", organization_id as "organizationId",
    subject_type as "type", subject_id as "subjectId", subject_name as "name", exchange_id as "exchangeId",
    cause_position as "position", cause_at as "causedAt", outcome, reason, at, duration_ms as "durationMs",
    ${json.text(sql.ref('requests'))} as requests from target_pushes`;
  return {
    async insert(db, push) {
      const { id, targetId, organizationId, subject, cause, outcome, reason, at, durationMs, requests } = push;
      await sql`insert into target_pushes (id, target_id, organization_id, subject_type, subject_id, subject_name,
          exchange_id, cause_position, cause_at, outcome, reason, at, duration_ms, requests)
        values (${id}, ${targetId}, ${organizationId}, ${subject.type}, ${subject.id}, ${subject.name},
          ${cause?.exchangeId ?? null}, ${cause?.position ?? null}, ${cause?.at ?? null}, ${outcome}, ${reason}, ${at},
          ${durationMs}, ${json.value(JSON.stringify(requests))})`.execute(databaseOf(db));
    },
    async ofTarget(db, { targetId, beforeId, limit }) {
      const before = beforeId === null ? sql`` : sql`and id < ${beforeId}`;
      const statement = sql<Row>`${select} where target_id = ${targetId} ${before} order by id desc limit ${limit}`;
      return (await statement.execute(databaseOf(db))).rows.map(toPush);
    },
    async ofExchange(db, organizationId, exchangeId, limit) {
      const statement = sql<Row>`${select} where exchange_id = ${exchangeId} and organization_id = ${organizationId}
        order by id limit ${limit}`;
      return (await statement.execute(databaseOf(db))).rows.map(toPush);
    },
    countNames: (db, organizationId, userId) =>
      countRows(
        db,
        sql`select count(*) as n from target_pushes where subject_id = ${userId} and organization_id = ${organizationId}`,
      ),
    async replaceNames(db, organizationId, userId, pseudonym) {
      const own = sql`(select id from targets where organization_id = ${organizationId})`;
      const subject = subjectKey({ type: 'user', id: userId });
      const telling = `%${subject}%`;
      const statements = [
        // Reasons and requests may hold addresses.
        sql`update target_pushes set subject_name = ${pseudonym}, reason = null, requests = ${json.value('[]')}
          where subject_id = ${userId} and organization_id = ${organizationId}`,
        sql`update target_links set remote_name = ${pseudonym}, remote_name_key = ${foldCase(pseudonym)}
          where subject_type = 'user' and subject_id = ${userId} and remote_name is not null and target_id in ${own}`,
        sql`update target_links set reason = null
          where subject_type = 'user' and subject_id = ${userId} and target_id in ${own}`,
        // The reason of a team tells of its members, each by the key of their subject.
        sql`update target_pushes set reason = ${ERASED} where reason like ${telling}
          and subject_id in (select id from teams where organization_id = ${organizationId})`,
        sql`update target_links set reason = ${ERASED}
          where subject_type = 'team' and reason like ${telling} and target_id in ${own}`,
        sql`update jobs set last_error = ${ERASED} where (key = ${subject} or last_error like ${telling})
          and last_error is not null
          and queue in (select 'target:' || id from targets where organization_id = ${organizationId})`,
      ];
      for (const statement of statements) await statement.execute(databaseOf(db));
    },
    async prune(db, before, limit) {
      const gone = await sql`delete from target_pushes where id in (select id from target_pushes where at < ${before}
        order by id limit ${limit}) returning id`.execute(databaseOf(db));
      return gone.rows.length;
    },
  };
}
