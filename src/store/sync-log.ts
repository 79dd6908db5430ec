/** Reading the sync log in SQL. */
import { type RawBuilder, sql } from 'kysely';
import type { Exchange, ExchangeQuery } from '../synclog/exchange.ts';
import type { ConnectionActivity, ExchangeSummary, SyncLogReader } from '../synclog/sync-log.ts';
import { changeColumns, type SelectedChange, toChange } from './changes.ts';
import type { Engine } from './engine.ts';
import { exchangeColumns, firstIdAt, type SelectedExchange, toExchange } from './exchanges.ts';

/** A LIKE pattern that finds the text anywhere; the escape character is a backslash. */
function anywhere(text: string): string {
  return `%${text.toLowerCase().replaceAll(/[\\%_]/g, (character) => `\\${character}`)}%`;
}

export function createSyncLogReader(engine: Engine): SyncLogReader {
  const { reader } = engine;
  const exchange = exchangeColumns(engine);
  const change = changeColumns(engine);

  /** Refused requests without a known token belong to nobody; they are shown only where there is one organization. */
  function ofOrganization(organizationId: string): RawBuilder<unknown> {
    return sql`(e.organization_id = ${organizationId}
      or (e.organization_id is null and (select count(*) from organizations) = 1))`;
  }

  function conditions(query: ExchangeQuery): RawBuilder<unknown>[] {
    const found = [ofOrganization(query.organizationId)];
    if (query.connectionId !== undefined) found.push(sql`e.connection_id = ${query.connectionId}`);
    if (query.outcome !== undefined) found.push(sql`e.outcome = ${query.outcome}`);
    if (query.operation !== undefined) found.push(sql`e.operation = ${query.operation}`);
    if (query.from !== undefined) found.push(sql`e.id >= ${firstIdAt(query.from)}`);
    if (query.until !== undefined) found.push(sql`e.id < ${firstIdAt(query.until)}`);
    if (query.before !== undefined) found.push(sql`e.id < ${query.before}`);
    if (query.userId !== undefined) {
      found.push(sql`((e.subject_id = ${query.userId} and e.outcome <> 'read')
        or e.id in (select exchange_id from changes where subject_id = ${query.userId} and exchange_id is not null))`);
    }
    for (const word of query.text?.split(/\s+/).filter((part) => part !== '') ?? []) {
      found.push(sql`e.search_text like ${anywhere(word)} escape '\\'`);
    }
    return found;
  }

  return {
    async listExchanges(query): Promise<readonly ExchangeSummary[]> {
      const statement = sql<SelectedExchange>`select ${exchange} from exchanges as e
        where ${sql.join(conditions(query), sql` and `)} order by e.id desc limit ${query.limit}`;
      return (await statement.execute(reader)).rows.map(toExchange);
    },
    async findExchange(organizationId, id): Promise<Exchange | undefined> {
      const statement = sql<SelectedExchange>`select ${exchange}, e.request_body, e.response_body from exchanges as e
        where e.id = ${id} and ${ofOrganization(organizationId)}`;
      const row = (await statement.execute(reader)).rows[0];
      return row && toExchange(row);
    },
    async changesOfExchange(organizationId, exchangeId, limit) {
      const statement = sql<SelectedChange>`select ${change} from changes as c where c.exchange_id = ${exchangeId}
        and c.organization_id = ${organizationId} order by c.position limit ${limit}`;
      return (await statement.execute(reader)).rows.map(toChange);
    },
    async changesOfSubject(organizationId, subjectId, limit) {
      const statement = sql<SelectedChange>`select ${change} from changes as c
        where c.organization_id = ${organizationId} and (c.subject_id = ${subjectId} or c.related_id = ${subjectId})
        order by c.position desc limit ${limit}`;
      return (await statement.execute(reader)).rows.map(toChange);
    },
    async activity(organizationId, since): Promise<readonly ConnectionActivity[]> {
      const statement = sql<ConnectionActivity>`select connection_id as "connectionId", outcome, count(*) as count,
          max(at) as "lastAt" from exchanges where organization_id = ${organizationId} and id >= ${firstIdAt(since)}
          and connection_id is not null group by connection_id, outcome`;
      return (await statement.execute(reader)).rows;
    },
  };
}
