/**
 * Following the change log in SQL. On SQLite there is one writer, so positions are given in the order of commits. On
 * PostgreSQL they are not: the feed's order there is (transaction, position), and it ends before the oldest transaction
 * that still runs, so that nothing can appear before what was read already.
 */
import { type RawBuilder, sql } from 'kysely';
import type { ChangeFeed, FeedCursor } from '../synclog/sync-log.ts';
import { changeColumns, type SelectedChange, toChange } from './changes.ts';
import type { Engine } from './engine.ts';

interface FeedRow extends SelectedChange {
  readonly transaction_id: string | null;
}

/** What differs between the engines: the order, where it ends, and how a place in it is written down. */
interface FeedOrder {
  after(cursor: FeedCursor): RawBuilder<boolean>;
  readonly settled: RawBuilder<boolean>;
  readonly order: RawBuilder<unknown>;
  cursorOf(row: Pick<FeedRow, 'position' | 'transaction_id'>): FeedCursor;
  readonly head: RawBuilder<{ cursor: FeedCursor }>;
  cursorAfter(position: number): RawBuilder<{ cursor: FeedCursor }>;
}

const sqliteOrder: FeedOrder = {
  after: (cursor) => sql`c.position > ${Number(cursor)}`,
  settled: sql`1 = 1`,
  order: sql`c.position`,
  cursorOf: ({ position }) => String(position),
  head: sql`select cast(coalesce(max(position), 0) as text) as cursor from changes`,
  cursorAfter: (position) => sql`select cast(${position} as text) as cursor`,
};

/** `<transaction>:<position>`; a cursor of another form (the start) is before everything. */
function postgresParts(cursor: FeedCursor): readonly [transaction: string, position: string] {
  const [transaction = '0', position = '0'] = cursor.split(':');
  return [transaction, position];
}

const postgresOrder: FeedOrder = {
  after(cursor) {
    const [transaction, position] = postgresParts(cursor);
    return sql`(c.transaction_id, c.position) > (${transaction}::xid8, ${position}::bigint)`;
  },
  settled: sql`c.transaction_id < pg_snapshot_xmin(pg_current_snapshot())`,
  order: sql`c.transaction_id, c.position`,
  cursorOf: ({ position, transaction_id }) => `${transaction_id}:${position}`,
  // Everything before the oldest running transaction is settled; nothing of that one was read.
  head: sql`select pg_snapshot_xmin(pg_current_snapshot())::text || ':0' as cursor`,
  cursorAfter: (position) => sql`select coalesce(
    (select transaction_id::text || ':0' from changes where position > ${position} order by transaction_id limit 1),
    pg_snapshot_xmin(pg_current_snapshot())::text || ':0') as cursor`,
};

export function createChangeFeed(engine: Engine): ChangeFeed {
  const { reader, kind } = engine;
  const columns = changeColumns(engine);
  const feed = kind === 'postgres' ? postgresOrder : sqliteOrder;
  const transaction = kind === 'postgres' ? sql`c.transaction_id::text` : sql`null`;
  const scopeOf = (id: string | null) => (id === null ? sql`` : sql`and c.organization_id = ${id}`);
  const first = async (query: RawBuilder<{ cursor: FeedCursor }>) =>
    (await query.execute(reader)).rows[0]?.cursor ?? '0';

  return {
    async readChanges(after, limit, organizationId) {
      const statement = sql<FeedRow>`select ${columns}, ${transaction} as transaction_id from changes as c
        where ${feed.after(after)} ${scopeOf(organizationId)} and ${feed.settled} order by ${feed.order} limit ${limit}`;
      const { rows } = await statement.execute(reader);
      const last = rows.at(-1);
      return { changes: rows.map(toChange), cursor: last === undefined ? after : feed.cursorOf(last) };
    },
    head: () => first(feed.head),
    cursorAfter: (position) => first(feed.cursorAfter(position)),
    async waiting(after, limit, organizationId) {
      const statement = sql<{ count: number; oldest_at: number | null }>`
        select count(*) as count, min(at) as oldest_at from (
          select c.at from changes as c where ${feed.after(after)} ${scopeOf(organizationId)} limit ${limit}) as w`;
      const row = (await statement.execute(reader)).rows[0];
      return { count: Number(row?.count ?? 0), oldestAt: row?.oldest_at ?? null };
    },
    async kindsWaiting(after, limit, organizationId) {
      const statement = sql<{ kind: string; count: number }>`select kind, count(*) as count from (
          select c.kind from changes as c where ${feed.after(after)} ${scopeOf(organizationId)} and ${feed.settled}
          order by ${feed.order} limit ${limit}) as w group by kind`;
      const { rows } = await statement.execute(reader);
      return new Map(rows.map((row) => [row.kind, Number(row.count)]));
    },
  };
}
