/** Reading the sync log in SQL. */
import { sql } from 'kysely';
import { type Exchange, type ExchangeQuery, SEARCHED_MAX } from '../synclog/exchange.ts';
import { firstIdAt } from '../synclog/exchange-id.ts';
import type { ConnectionActivity, ExchangeSummary, RefusalCount, SyncLogReader } from '../synclog/sync-log.ts';
import { changeColumns, type SelectedChange, toChange } from './changes.ts';
import type { Engine } from './engine.ts';
import { earliestBound, exchangeConditions, halvesOf, ofOrganization } from './exchange-conditions.ts';
import { exchangeColumns, type SelectedExchange, toExchange } from './exchanges.ts';
import type { ReadLog } from './read-batches.ts';

function newest<T extends ExchangeSummary>(rows: readonly T[], limit: number): readonly T[] {
  return rows.toSorted((a, b) => (a.id < b.id ? 1 : -1)).slice(0, limit);
}

export function createSyncLogReader(engine: Engine, readLog: ReadLog): SyncLogReader {
  const { reader } = engine;
  const exchange = exchangeColumns(engine);
  const change = changeColumns(engine);

  /** No index finds a text anywhere: a search reads so many, and can be gone on with. */
  async function searchedDownTo(query: Omit<ExchangeQuery, 'limit'>): Promise<string | undefined> {
    if (query.text === undefined || query.from !== undefined) return undefined;
    const bound = earliestBound(query);
    const older = bound === undefined ? sql`` : sql`and id < ${bound}`;
    const found = await sql<{ id: string }>`select id from exchanges where organization_id = ${query.organizationId}
      ${older} order by id desc limit 1 offset ${SEARCHED_MAX - 1}`.execute(reader);
    return found.rows[0]?.id;
  }

  return {
    searchedDownTo,
    async listExchanges(query): Promise<readonly ExchangeSummary[]> {
      const floor = await searchedDownTo(query);
      const halves = halvesOf(query.organizationId).map(async (of) => {
        const statement = sql<SelectedExchange>`select ${exchange} from exchanges as e
          where ${exchangeConditions(query, of, floor)} order by e.id desc limit ${query.limit}`;
        return (await statement.execute(reader)).rows.map(toExchange);
      });
      const whole = newest((await Promise.all(halves)).flat(), query.limit);
      // A person's story has no plain reads, and no other outcome is a read.
      if (query.userId !== undefined || (query.outcome ?? 'read') !== 'read') return whole;
      const reads = await readLog.list(ofOrganization(query.organizationId, 'b'), query, floor);
      return newest([...whole, ...reads], query.limit);
    },
    async findExchange(organizationId, id): Promise<Exchange | undefined> {
      const statement = sql<SelectedExchange>`select ${exchange}, e.request_body, e.response_body from exchanges as e
        where e.id = ${id} and ${ofOrganization(organizationId)}`;
      const row = (await statement.execute(reader)).rows[0];
      return row === undefined ? readLog.find(ofOrganization(organizationId, 'b'), id) : toExchange(row);
    },
    async changesOfExchange(organizationId, exchangeId, limit, after = 0) {
      const statement = sql<SelectedChange>`select ${change} from changes as c where c.exchange_id = ${exchangeId}
        and c.organization_id = ${organizationId} and c.position > ${after} order by c.position limit ${limit}`;
      return (await statement.execute(reader)).rows.map(toChange);
    },
    async changesOfSubject(organizationId, subjectId, limit, before) {
      const older = before === undefined ? sql`` : sql`and c.position < ${before}`;
      const statement = sql<SelectedChange>`select ${change} from changes as c
        where c.organization_id = ${organizationId} and (c.subject_id = ${subjectId} or c.related_id = ${subjectId}) ${older}
        order by c.position desc limit ${limit}`;
      return (await statement.execute(reader)).rows.map(toChange);
    },
    async refusals(organizationId, since, limit): Promise<readonly RefusalCount[]> {
      const statement = sql<RefusalCount>`select connection_id as "connectionId", error_code as "errorCode",
          count(*) as count, max(id) as "newestId" from (
            select id, connection_id, error_code from exchanges where organization_id = ${organizationId}
              and outcome in ('refused', 'failed') and id >= ${firstIdAt(since)} and error_code is not null
            order by id desc limit ${limit}) as newest
        group by connection_id, error_code order by count(*) desc`;
      return (await statement.execute(reader)).rows.map((row) => ({ ...row, count: Number(row.count) }));
    },
    async activity(organizationId, since): Promise<readonly ConnectionActivity[]> {
      const of = sql`organization_id = ${organizationId} and connection_id is not null`;
      const statement = sql<ConnectionActivity>`select connection_id as "connectionId", outcome, sum(n) as count,
          max(at) as "lastAt" from (
            select connection_id, outcome, 1 as n, at from exchanges where ${of} and id >= ${firstIdAt(since)}
            union all
            select connection_id, 'read', reads, last_at from read_batches where ${of} and id >= ${firstIdAt(since)}
          ) as seen group by connection_id, outcome`;
      const { rows } = await statement.execute(reader);
      return rows.map((row) => ({ ...row, count: Number(row.count) }));
    },
  };
}
