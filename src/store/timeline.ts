/** Exchanges counted over time, in SQL. */
import { sql } from 'kysely';
import { HOUR_MS, type OutcomeCount, type TimelineStore } from '../synclog/timeline.ts';
import { exchangeConditions } from './exchange-conditions.ts';
import { firstIdAt } from './exchanges.ts';
import { databaseOf } from './statement.ts';

type Row = Omit<OutcomeCount, 'connectionId'> & { readonly connectionId: string };

/** Counts are bigint texts on PostgreSQL where they are sums; an empty connection is none. */
function toCount({ at, connectionId, outcome, count }: Row): OutcomeCount {
  return { at: Number(at), connectionId: connectionId === '' ? null : connectionId, outcome, count: Number(count) };
}

export function createTimelineStore(): TimelineStore {
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
        select ${organizationId}, at - at % ${HOUR_MS}, coalesce(connection_id, ''), outcome, count(*) from exchanges
        where organization_id = ${organizationId} and id >= ${firstIdAt(from)} and id < ${firstIdAt(until)}
          and at >= ${from} and at < ${until}
        group by 2, 3, 4`.execute(databaseOf(db));
      await sql`insert into exchange_hours_counted (organization_id, until) values (${organizationId}, ${until})
        on conflict (organization_id) do update set until = excluded.until`.execute(databaseOf(db));
    },
    async oldest(db, organizationId) {
      const found = await sql<{ at: number }>`select at from exchanges where organization_id = ${organizationId}
        order by id limit 1`.execute(databaseOf(db));
      return found.rows[0]?.at;
    },
    async count(db, { from, until, ...query }, spanMs, limit) {
      if (from >= until) return [];
      const found = await sql<Row>`select span as "at", "connectionId", outcome, count(*) as count from (
          select e.at - e.at % ${spanMs} as span, coalesce(e.connection_id, '') as "connectionId", e.outcome as outcome
          from exchanges as e where ${exchangeConditions({ ...query, from, until })}
          order by e.id desc limit ${limit}) as newest
        group by span, "connectionId", outcome`.execute(databaseOf(db));
      return found.rows.map(toCount);
    },
  };
}
