/** Exchanges counted over time, in SQL. */
import { sql } from 'kysely';
import { firstIdAt } from '../synclog/exchange-id.ts';
import type { Handle } from '../synclog/handle.ts';
import { HOUR_MS, type OutcomeCount, type TimelineStore } from '../synclog/timeline.ts';
import { exchangeConditions, ofOrganization } from './exchange-conditions.ts';
import type { ReadLog } from './read-batches.ts';
import { databaseOf } from './statement.ts';

type Row = Omit<OutcomeCount, 'connectionId'> & { readonly connectionId: string };

/** Counts are bigint texts on PostgreSQL where they are sums; an empty connection is none. */
function toCount({ at, connectionId, outcome, count }: Row): OutcomeCount {
  return { at: Number(at), connectionId: connectionId === '' ? null : connectionId, outcome, count: Number(count) };
}

type Span = Parameters<TimelineStore['count']>[1];

/** Ids are given a moment before or after the time that is noted. */
const ID_SLACK_MS = 60_000;

export function createTimelineStore(readLog: ReadLog): TimelineStore {
  /** Plain reads: a batch lies within one minute, so that its count is that of its time. */
  async function countReads(db: Handle, query: Span, spanMs: number, limit: number): Promise<readonly OutcomeCount[]> {
    const { organizationId, connectionId, operation, outcome, userId, text, from, until } = query;
    if (userId !== undefined || (outcome ?? 'read') !== 'read') return [];
    if (text !== undefined) {
      const reads = await readLog.list(ofOrganization(organizationId, 'b'), { ...query, limit });
      return reads.map((read) => ({ ...read, at: read.at - (read.at % spanMs), count: 1 }));
    }
    const conditions = [
      ofOrganization(organizationId, 'b'),
      sql`b.id >= ${firstIdAt(from - ID_SLACK_MS)} and b.id < ${firstIdAt(until + ID_SLACK_MS)}`,
      sql`b.last_at >= ${from} and b.last_at < ${until}`,
      ...(connectionId === undefined ? [] : [sql`b.connection_id = ${connectionId}`]),
      ...(operation === undefined ? [] : [sql`b.operation = ${operation}`]),
    ];
    const found = await sql<Row>`select b.last_at - b.last_at % ${spanMs} as "at",
        coalesce(b.connection_id, '') as "connectionId", 'read' as outcome, sum(b.reads) as count
      from read_batches as b where ${sql.join(conditions, sql` and `)} group by 1, 2`.execute(databaseOf(db));
    return found.rows.map(toCount);
  }

  return {
    async keptHours(db, organizationId, from, until) {
      const found = await sql<Row>`select hour as "at", connection_id as "connectionId", outcome, count
        from exchange_hours where organization_id = ${organizationId} and hour >= ${from} and hour < ${until}`.execute(
        databaseOf(db),
      );
      return found.rows.map(toCount);
    },
    async keptUntil(db, organizationId) {
      const found = await sql<{ until: number }>`select until from exchange_hours_counted
        where organization_id = ${organizationId}`.execute(databaseOf(db));
      return found.rows[0]?.until;
    },
    async keepHours(db, organizationId, from, until) {
      await sql`delete from exchange_hours where organization_id = ${organizationId} and hour >= ${from}
        and hour < ${until}`.execute(databaseOf(db));
      await sql`insert into exchange_hours (organization_id, hour, connection_id, outcome, count)
        select ${organizationId}, at - at % ${HOUR_MS}, coalesce(connection_id, ''), outcome, sum(n) from (
          select at, connection_id, outcome, 1 as n from exchanges where organization_id = ${organizationId}
            and id >= ${firstIdAt(from)} and id < ${firstIdAt(until)}
          union all
          select last_at, connection_id, 'read', reads from read_batches where organization_id = ${organizationId}
            and id >= ${firstIdAt(from - ID_SLACK_MS)} and id < ${firstIdAt(until + ID_SLACK_MS)}
        ) as seen where at >= ${from} and at < ${until}
        group by 2, 3, 4`.execute(databaseOf(db));
      await sql`insert into exchange_hours_counted (organization_id, until) values (${organizationId}, ${until})
        on conflict (organization_id) do update set until = excluded.until`.execute(databaseOf(db));
    },
    async oldest(db, organizationId) {
      const found = await sql<{ at: number | null }>`select min(at) as at from (
          select * from (select at from exchanges where organization_id = ${organizationId} order by id limit 1) as e
          union all
          select * from (select last_at from read_batches where organization_id = ${organizationId}
            order by id limit 1) as b
        ) as oldest`.execute(databaseOf(db));
      const at = found.rows[0]?.at ?? undefined;
      return at === undefined ? undefined : Number(at);
    },
    async count(db, { from, until, ...query }, spanMs, limit) {
      if (from >= until) return [];
      const found = await sql<Row>`select span as "at", "connectionId", outcome, count(*) as count from (
          select e.at - e.at % ${spanMs} as span, coalesce(e.connection_id, '') as "connectionId", e.outcome as outcome
          from exchanges as e where ${exchangeConditions({ ...query, from, until })}
          order by e.id desc limit ${limit}) as newest
        group by span, "connectionId", outcome`.execute(databaseOf(db));
      const reads = await countReads(db, { ...query, from, until }, spanMs, limit);
      return [...found.rows.map(toCount), ...reads];
    },
  };
}
