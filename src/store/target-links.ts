/** The map from our subjects to what they are in a target, in SQL. */
import { type RawBuilder, sql } from 'kysely';
import { foldCase } from '../directory/people/user.ts';
import type { Link } from '../targets/contract.ts';
import type { LinkStore, PushOutcome, TargetLink } from '../targets/store.ts';
import type { SubjectType } from '../targets/target.ts';
import type { Engine } from './engine.ts';
import { createIdList } from './id-list.ts';
import { databaseOf, prepare } from './statement.ts';

interface Row {
  readonly targetId: string;
  readonly type: SubjectType;
  readonly id: string;
  readonly remoteId: string | null;
  readonly remoteName: string | null;
  readonly memo: string | null;
  readonly fingerprint: string | null;
  readonly refersTo: string | null;
  readonly refusals: number;
  readonly outcome: PushOutcome;
  readonly reason: string | null;
  readonly pushedAt: number;
}

function toLink({ remoteId, remoteName, memo }: Row): Link | undefined {
  if (remoteId === null) return undefined;
  return { remoteId, remoteName: remoteName ?? '', memo: memo === null ? {} : JSON.parse(memo) };
}

function toTargetLink(row: Row): TargetLink {
  const { targetId, type, id, fingerprint, refersTo, refusals, outcome, reason, pushedAt } = row;
  return { targetId, type, id, link: toLink(row), fingerprint, refersTo, refusals, outcome, reason, pushedAt };
}

export function createLinkStore(engine: Engine): LinkStore {
  const { reader, json } = engine;
  const idList = createIdList(engine.kind);
  const select: RawBuilder<Row> = sql`select target_id as "targetId", subject_type as "type", subject_id as "id",
    remote_id as "remoteId", remote_name as "remoteName", ${json.text(sql.ref('memo'))} as memo, fingerprint,
    refers_to as "refersTo", refusals, outcome, reason, pushed_at as "pushedAt" from target_links`;
  type Many = { targetId: string; type: string; ids: string };
  const many = prepare<Many, Row>(
    reader,
    (param) => sql<Row>`${select} where target_id = ${param('targetId')} and subject_type = ${param('type')}
      and ${idList.includes(sql.ref('subject_id'), param('ids'))}`,
  );
  return {
    async find(db, targetId, { type, id }) {
      const row = await many.first(db, { targetId, type, ids: idList.encode([id]) });
      return row && toTargetLink(row);
    },
    async findMany(db, targetId, type, ids) {
      return (await many.all(db, { targetId, type, ids: idList.encode(ids) })).map(toTargetLink);
    },
    async ownerOf(db, targetId, type, remoteId) {
      const found = await sql<{ id: string }>`select subject_id as id from target_links where target_id = ${targetId}
        and subject_type = ${type} and remote_id = ${remoteId}`.execute(databaseOf(db));
      return found.rows[0]?.id;
    },
    async isNameTaken(db, targetId, type, remoteName) {
      const found = await sql`select 1 from target_links where target_id = ${targetId} and subject_type = ${type}
        and remote_name_key = ${foldCase(remoteName)} limit 1`.execute(databaseOf(db));
      return found.rows.length > 0;
    },
    async save(db, { targetId, type, id, link, fingerprint, refersTo, refusals, outcome, reason, pushedAt }) {
      const memo = link === undefined ? sql`null` : json.value(JSON.stringify(link.memo));
      const key = link === undefined ? null : foldCase(link.remoteName);
      await sql`insert into target_links (target_id, subject_type, subject_id, remote_id, remote_name, remote_name_key,
          memo, fingerprint, refers_to, refusals, outcome, reason, pushed_at)
        values (${targetId}, ${type}, ${id}, ${link?.remoteId ?? null}, ${link?.remoteName ?? null}, ${key}, ${memo},
          ${fingerprint}, ${refersTo}, ${refusals}, ${outcome}, ${reason}, ${pushedAt})
        on conflict (target_id, subject_type, subject_id) do update set remote_id = excluded.remote_id,
          remote_name = excluded.remote_name, remote_name_key = excluded.remote_name_key, memo = excluded.memo,
          fingerprint = excluded.fingerprint, refers_to = excluded.refers_to, refusals = excluded.refusals, outcome = excluded.outcome,
          reason = excluded.reason, pushed_at = excluded.pushed_at`.execute(databaseOf(db));
    },
    async referringTo(db, targetId, userId) {
      const found = await sql<{ id: string }>`select subject_id as id from target_links where target_id = ${targetId}
        and subject_type = 'user' and refers_to = ${userId} order by subject_id`.execute(databaseOf(db));
      return found.rows.map((row) => row.id);
    },
    async forget(db, targetId, subjects) {
      for (const { type, id } of subjects) {
        await sql`update target_links set fingerprint = null where target_id = ${targetId} and subject_type = ${type}
          and subject_id = ${id}`.execute(databaseOf(db));
      }
    },
    async page(db, targetId, type, afterId, limit) {
      const statement = sql<Row>`${select} where target_id = ${targetId} and subject_type = ${type}
        and subject_id > ${afterId} order by subject_id limit ${limit}`;
      return (await statement.execute(databaseOf(db))).rows.map(toTargetLink);
    },
    async counts(db, targetId) {
      const found = await sql<{ outcome: PushOutcome; n: number }>`select outcome, count(*) as n from target_links
        where target_id = ${targetId} group by outcome`.execute(databaseOf(db));
      const counts = { done: 0, retry: 0, refused: 0 };
      for (const { outcome, n } of found.rows) counts[outcome] = Number(n);
      return counts;
    },
  };
}
