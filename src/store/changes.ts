/** The change log in SQL: appended with the change itself, read by subject and by exchange. change-feed.ts follows it. */
import { type RawBuilder, sql } from 'kysely';
import type { ChangeRow, ChangeStore } from '../directory/store.ts';
import type { Change, ChangeKind, ChangeState, Subject, SubjectType } from '../synclog/change.ts';
import type { Engine } from './engine.ts';
import { countRows, databaseOf, prepare } from './statement.ts';
import type { Tables } from './tables.ts';

type Insertable = Omit<Tables['changes'], 'position' | 'transaction_id'>;

/** Rows in one statement: below every engine's limit of parameters. */
const CHUNK = 200;

function toRow(change: ChangeRow): Insertable {
  return {
    organization_id: change.organizationId,
    exchange_id: change.exchangeId,
    connection_id: change.connectionId,
    at: change.at,
    kind: change.kind,
    subject_type: change.subject.type,
    subject_id: change.subject.id,
    subject_name: change.subject.name,
    related_type: change.related?.type ?? null,
    related_id: change.related?.id ?? null,
    related_name: change.related?.name ?? null,
    actor_kind: change.actor.kind,
    actor_id: change.actor.id,
    actor_name: change.actor.name,
    reason: change.reason,
    before: change.before === undefined ? null : JSON.stringify(change.before),
    after: change.after === undefined ? null : JSON.stringify(change.after),
  };
}

export interface SelectedChange extends Insertable {
  readonly position: number;
}

/** The columns of a change, JSON as text. */
export function changeColumns({ json }: Engine): RawBuilder<unknown> {
  return sql`c.position, c.organization_id, c.exchange_id, c.connection_id, c.at, c.kind, c.subject_type, c.subject_id,
    c.subject_name, c.related_type, c.related_id, c.related_name, c.actor_kind, c.actor_id, c.actor_name, c.reason,
    ${json.text(sql.ref('c.before'))} as before, ${json.text(sql.ref('c.after'))} as after`;
}

export function toChange(row: SelectedChange): Change {
  const related: Subject | undefined =
    row.related_id === null
      ? undefined
      : { type: row.related_type as SubjectType, id: row.related_id, name: row.related_name ?? row.related_id };
  return {
    position: row.position,
    organizationId: row.organization_id,
    connectionId: row.connection_id,
    exchangeId: row.exchange_id,
    at: row.at,
    kind: row.kind as ChangeKind,
    subject: { type: row.subject_type as SubjectType, id: row.subject_id, name: row.subject_name },
    ...(related === undefined ? {} : { related }),
    ...(row.before === null ? {} : { before: JSON.parse(row.before) as ChangeState }),
    ...(row.after === null ? {} : { after: JSON.parse(row.after) as ChangeState }),
    actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
    reason: row.reason,
  };
}

export function createChangeStore(engine: Engine): ChangeStore {
  const { reader, json } = engine;
  const columns = changeColumns(engine);
  const values = (row: { readonly [K in keyof Insertable]: unknown }): RawBuilder<unknown> =>
    sql`(${row.organization_id}, ${row.exchange_id}, ${row.connection_id}, ${row.at}, ${row.kind}, ${row.subject_type},
      ${row.subject_id}, ${row.subject_name}, ${row.related_type}, ${row.related_id}, ${row.related_name},
      ${row.actor_kind}, ${row.actor_id}, ${row.actor_name}, ${row.reason}, ${json.value(row.before as string)},
      ${json.value(row.after as string)})`;
  const into = sql`insert into changes (organization_id, exchange_id, connection_id, at, kind, subject_type, subject_id,
    subject_name, related_type, related_id, related_name, actor_kind, actor_id, actor_name, reason, "before", "after") values`;
  const insertOne = prepare<Insertable>(reader, (param) => {
    const names = [
      ...[
        'organization_id',
        'exchange_id',
        'connection_id',
        'at',
        'kind',
        'subject_type',
        'subject_id',
        'subject_name',
      ],
      ...[
        'related_type',
        'related_id',
        'related_name',
        'actor_kind',
        'actor_id',
        'actor_name',
        'reason',
        'before',
        'after',
      ],
    ] as (keyof Insertable)[];
    const row = Object.fromEntries(names.map((name) => [name, param(name)])) as unknown as Insertable;
    return sql`${into} ${values(row)}`;
  });
  return {
    async append(db, changes) {
      if (changes.length <= 4 || !engine.roundTrips) {
        for (const change of changes) await insertOne.run(db, toRow(change));
        return;
      }
      for (let start = 0; start < changes.length; start += CHUNK) {
        const rows = changes.slice(start, start + CHUNK).map((change) => values(toRow(change)));
        await sql`${into} ${sql.join(rows)}`.execute(databaseOf(db));
      }
    },
    async ofSubject(db, subjectId, kind, limit) {
      const statement = sql<SelectedChange>`select ${columns} from changes as c where c.subject_id = ${subjectId}
        and c.kind = ${kind} order by c.position desc limit ${limit}`;
      return (await statement.execute(databaseOf(db))).rows.map(toChange);
    },
    async countNames(db, userId) {
      const subjects = sql`select count(*) as n from changes where subject_id = ${userId}`;
      const related = sql`select count(*) as n from changes where related_id = ${userId} and subject_id <> ${userId}`;
      return (await countRows(db, subjects)) + (await countRows(db, related));
    },
    async replaceNames(db, userId, pseudonym) {
      const subjects = sql`update changes set subject_name = ${pseudonym}, "before" = null, "after" = null
        where subject_id = ${userId}`;
      const related = sql`update changes set related_name = ${pseudonym} where related_id = ${userId}`;
      for (const statement of [subjects, related]) await statement.execute(databaseOf(db));
    },
  };
}
