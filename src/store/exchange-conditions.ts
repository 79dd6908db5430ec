/** Which exchanges a query of the sync log means, in SQL over `exchanges as e`. */
import { type RawBuilder, sql } from 'kysely';
import type { ExchangeQuery } from '../synclog/exchange.ts';
import { firstIdAt } from '../synclog/exchange-id.ts';
import { anywhere } from './text.ts';

/** Refused requests without a known token belong to nobody; they are shown only where there is one organization. */
export function ofOrganization(organizationId: string, table: 'e' | 'b' = 'e'): RawBuilder<unknown> {
  const column = sql.ref(`${table}.organization_id`);
  return sql`(${column} = ${organizationId} or (${column} is null and (select count(*) from organizations) = 1))`;
}

/** The bound from above: the id that everything has to be before. */
export function earliestBound({ until, before }: Pick<ExchangeQuery, 'until' | 'before'>): string | undefined {
  const bound = until === undefined ? undefined : firstIdAt(until);
  if (bound === undefined || before === undefined) return bound ?? before;
  return bound < before ? bound : before;
}

/**
 * The two halves of `ofOrganization`. A list asks for each by itself: with an `or` an index by outcome gives no order, and
 * every row that matches would be read and sorted for the first fifty.
 */
export function halvesOf(organizationId: string): readonly RawBuilder<unknown>[] {
  return [
    sql`e.organization_id = ${organizationId}`,
    sql`e.organization_id is null and (select count(*) from organizations) = 1`,
  ];
}

/**
 * @param of whose they are; default: `ofOrganization`
 * @param floor the oldest id that is looked at
 */
export function exchangeConditions(
  query: Omit<ExchangeQuery, 'limit'>,
  of: RawBuilder<unknown> = ofOrganization(query.organizationId),
  floor?: string,
): RawBuilder<unknown> {
  const found = [of];
  if (floor !== undefined) found.push(sql`e.id >= ${floor}`);
  if (query.connectionId !== undefined) found.push(sql`e.connection_id = ${query.connectionId}`);
  if (query.outcome !== undefined) found.push(sql`e.outcome = ${query.outcome}`);
  if (query.errorCode !== undefined) {
    // Named with the outcomes that have one, so that the index by outcome can be used.
    found.push(sql`e.outcome in ('refused', 'failed') and e.error_code = ${query.errorCode}`);
  }
  if (query.operation !== undefined) found.push(sql`e.operation = ${query.operation}`);
  if (query.from !== undefined) found.push(sql`e.id >= ${firstIdAt(query.from)}`);
  if (query.until !== undefined) found.push(sql`e.id < ${firstIdAt(query.until)}`);
  if (query.before !== undefined) found.push(sql`e.id < ${query.before}`);
  if (query.userId !== undefined) {
    found.push(sql`((e.subject_id = ${query.userId} and e.outcome <> 'read' and e.outcome <> 'changed')
      or e.id in (select exchange_id from changes where subject_id = ${query.userId} and exchange_id is not null))`);
  }
  for (const word of query.text?.split(/\s+/).filter((part) => part !== '') ?? []) {
    found.push(sql`e.search_text like ${anywhere(word.toLowerCase())} escape '\\'`);
  }
  return sql.join(found, sql` and `);
}
