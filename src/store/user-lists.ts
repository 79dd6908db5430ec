/**
 * Pages of users. What a connection sees are two sets (its own users, and those whom nobody manages), each with an index
 * in the order of ids; a page is the merge of the two, then joined with the rows, so that no other connection's users
 * are even walked past.
 */
import { type RawBuilder, sql } from 'kysely';
import type { ShownUser } from '../directory/people/user.ts';
import type { ListQuery, UserStore } from '../directory/store.ts';
import type { Visibility } from '../directory/visibility.ts';
import type { Filter } from '../schema/filter.ts';
import type { Handle } from '../synclog/handle.ts';
import type { Engine } from './engine.ts';
import { filterToSql, sortToSql } from './filter-sql.ts';
import { databaseOf, prepare, textParam } from './statement.ts';

type PageParams = { organizationId: string; connectionId: string; afterId: string; limit: number; offset: number };

/** A filter that names one user by an indexed key needs no counting: `userName eq`, `externalId eq`, `id eq`. */
function namesOne(filter: Filter | undefined): boolean {
  if (filter?.kind !== 'compare' || filter.op !== 'eq' || filter.attribute.sub !== undefined) return false;
  return ['userName', 'externalId', 'id'].includes(filter.attribute.name) && typeof filter.value === 'string';
}

/** Connections whose count is kept. */
const TOTALS_MAX = 1000;

export function createUserLists(engine: Engine): Pick<UserStore, 'page'> {
  const { reader, json } = engine;
  const columns = sql`u.id, u.version, u.created_at as "createdAt", u.updated_at as "updatedAt",
    ${json.text(sql.ref('u.attributes'))} as attributes`;

  /** The two visible sets, one after the other; both in the order of `key`. */
  function bothSets(
    scope: { organizationId: unknown; connectionId: unknown },
    condition: RawBuilder<unknown>,
    key: RawBuilder<unknown>,
  ) {
    const own = sql`users.organization_id = ${scope.organizationId} and users.connection_id = ${scope.connectionId}`;
    const nobodys = sql`users.organization_id = ${scope.organizationId} and users.connection_id is null`;
    const select = sql`select users.id as id, ${key} as sort_key from users where`;
    return sql`${select} ${own} and users.deleted_at is null and ${condition}
      union all ${select} ${nobodys} and users.deleted_at is null and ${condition}`;
  }

  const idKey = sql.ref('users.id');
  const plain = prepare<PageParams, ShownUser>(reader, (param) => {
    const [organizationId, connectionId] = [textParam(param('organizationId')), textParam(param('connectionId'))];
    const sets = bothSets({ organizationId, connectionId }, sql`users.id > ${textParam(param('afterId'))}`, sql`1`);
    const page = sql`select id from (${sets}) as visible order by id limit ${param('limit')} offset ${param('offset')}`;
    return sql<ShownUser>`select ${columns} from users as u join (${page}) as page on page.id = u.id order by u.id`;
  });
  const ownPage = prepare<PageParams, ShownUser>(
    reader,
    (
      param,
    ) => sql<ShownUser>`select ${columns} from users as u where u.organization_id = ${textParam(param('organizationId'))}
      and u.connection_id = ${textParam(param('connectionId'))} and u.deleted_at is null
      and u.id > ${textParam(param('afterId'))}
      order by u.id limit ${param('limit')} offset ${param('offset')}`,
  );
  const unmanaged = prepare<{ organizationId: string }, { id: string }>(
    reader,
    (param) => sql<{ id: string }>`select id from users where organization_id = ${param('organizationId')}
      and connection_id is null and deleted_at is null limit 1`,
  );

  /** Where somebody manages everybody, a page needs neither the merge nor the join. */
  async function plainPage(db: Handle, parameters: PageParams): Promise<readonly ShownUser[]> {
    const isOwnOnly = (await unmanaged.first(db, { organizationId: parameters.organizationId })) === undefined;
    return isOwnOnly ? ownPage.all(db, parameters) : plain.all(db, parameters);
  }

  const plainCount = prepare<Visibility, { n: number }>(
    reader,
    (param) => sql<{ n: number }>`select
      (select count(*) from users where organization_id = ${param('organizationId')}
        and connection_id = ${param('connectionId')} and deleted_at is null) +
      (select count(*) from users where organization_id = ${param('organizationId')}
        and connection_id is null and deleted_at is null) as n`,
  );
  const byUserName = prepare<Visibility & { key: string }, ShownUser>(
    reader,
    (param) => sql<ShownUser>`select ${columns} from users as u
        where connection_id = ${param('connectionId')} and user_name_key = ${param('key')} and deleted_at is null
      union all
      select ${columns} from users as u where organization_id = ${param('organizationId')}
        and user_name_key = ${param('key')} and connection_id is null and deleted_at is null`,
  );

  async function filtered(db: Handle, scope: Visibility, query: ListQuery): Promise<readonly ShownUser[]> {
    const { offset, limit, afterId } = query.page;
    const condition = query.filter === undefined ? sql`1 = 1` : filterToSql(query.filter, 'users', json);
    const from = afterId === undefined ? condition : sql`${condition} and users.id > ${afterId}`;
    const key = query.sort === undefined ? idKey : sortToSql(query.sort, 'users', json);
    const direction = query.sort?.descending === true ? sql`desc` : sql`asc`;
    const nulls =
      query.sort?.descending === true
        ? sql`case when sort_key is null then 0 else 1 end`
        : sql`case when sort_key is null then 1 else 0 end`;
    const order = query.sort === undefined ? sql`id` : sql`${nulls}, sort_key ${direction}, id`;
    const sets = bothSets(scope, from, query.sort === undefined ? sql`1` : key);
    const page = sql`select id, sort_key from (${sets}) as visible order by ${order} limit ${limit} offset ${offset}`;
    const outer = query.sort === undefined ? sql`u.id` : sql`${nulls}, page.sort_key ${direction}, u.id`;
    const statement = sql<ShownUser>`select ${columns} from users as u join (${page}) as page on page.id = u.id order by ${outer}`;
    return (await statement.execute(databaseOf(db))).rows;
  }

  /** Counts of whole directories, kept while nothing was committed: a client that pages asks for the same one each time. */
  const totals = new Map<string, { readonly token: number; readonly total: number }>();

  async function countAll(db: Handle, scope: Visibility): Promise<number> {
    const token = db.isTransaction ? undefined : engine.commitToken?.();
    const known = totals.get(scope.connectionId);
    if (known !== undefined && known.token === token) return known.total;
    const total = (await plainCount.first(db, scope))?.n ?? 0;
    if (token === undefined) return total;
    if (totals.size >= TOTALS_MAX) totals.clear();
    totals.set(scope.connectionId, { token, total });
    return total;
  }

  async function count(db: Handle, scope: Visibility, filter: Filter | undefined): Promise<number> {
    if (filter === undefined) return countAll(db, scope);
    const sets = bothSets(scope, filterToSql(filter, 'users', json), sql`1`);
    const result = await sql<{ n: number }>`select count(*) as n from (${sets}) as visible`.execute(databaseOf(db));
    return result.rows[0]?.n ?? 0;
  }

  async function rowsOf(db: Handle, scope: Visibility, query: ListQuery): Promise<readonly ShownUser[]> {
    const { page, filter, sort } = query;
    const { organizationId, connectionId } = scope;
    if (filter === undefined && sort === undefined) {
      return plainPage(db, {
        organizationId,
        connectionId,
        afterId: page.afterId ?? '',
        limit: page.limit,
        offset: page.offset,
      });
    }
    if (
      namesOne(filter) &&
      filter?.kind === 'compare' &&
      filter.attribute.name === 'userName' &&
      page.afterId === undefined
    ) {
      const rows = await byUserName.all(db, { organizationId, connectionId, key: String(filter.value).toLowerCase() });
      const inOrder = rows.toSorted((a, b) => (a.id < b.id ? -1 : 1));
      return inOrder.slice(page.offset, page.offset + page.limit);
    }
    return filtered(db, scope, query);
  }

  return {
    async page(db, scope, query) {
      const items = query.page.limit === 0 ? [] : await rowsOf(db, scope, query);
      if (!query.withTotal) return { total: undefined, items };
      const { offset, limit, afterId } = query.page;
      const whole = offset === 0 && afterId === undefined && limit > 0 && items.length < limit;
      return { total: whole ? items.length : await count(db, scope, query.filter), items };
    },
  };
}
