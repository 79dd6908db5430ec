/** Pushed groups in SQL. A group row never carries its members: those are rows of their own (members.ts). */
import { type RawBuilder, sql } from 'kysely';
import type { Group } from '../directory/groups/group.ts';
import { foldCase } from '../directory/people/user.ts';
import type { GroupStore, ListQuery } from '../directory/store.ts';
import type { Visibility } from '../directory/visibility.ts';
import type { Handle } from '../synclog/handle.ts';
import type { Engine } from './engine.ts';
import { filterToSql, sortToSql } from './filter-sql.ts';
import { databaseOf, prepare } from './statement.ts';
import { asUniqueness } from './violation.ts';

interface GroupRow {
  readonly id: string;
  readonly organization_id: string;
  readonly connection_id: string;
  readonly display_name: string;
  readonly external_id: string | null;
  readonly team_id: string | null;
  readonly version: number;
  readonly created_at: number;
  readonly updated_at: number;
}

const COLUMNS = sql`groups.id, groups.organization_id, groups.connection_id, groups.display_name, groups.external_id,
  groups.team_id, groups.version, groups.created_at, groups.updated_at`;

function toGroup(row: GroupRow): Group {
  return {
    id: row.id,
    organizationId: row.organization_id,
    connectionId: row.connection_id,
    displayName: row.display_name,
    externalId: row.external_id,
    teamId: row.team_id,
    version: row.version,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
  };
}

type ById = { id: string; connectionId: string };
type GroupParams = Omit<Group, 'createdAt'> & { key: string; createdAt: number };

export function createGroupStore(engine: Engine): GroupStore {
  const { reader, json } = engine;
  const lockRow = engine.rowLocks ? sql`for update` : sql``;
  const byId = (lock: RawBuilder<unknown>) =>
    prepare<ById, GroupRow>(
      reader,
      (param) => sql<GroupRow>`select ${COLUMNS} from groups where id = ${param('id')}
        and connection_id = ${param('connectionId')} ${lock}`,
    );
  const found = byId(sql``);
  const locked = byId(lockRow);
  const byName = prepare<{ connectionId: string; key: string }, GroupRow>(
    reader,
    (param) => sql<GroupRow>`select ${COLUMNS} from groups
      where connection_id = ${param('connectionId')} and display_name_key = ${param('key')}`,
  );
  const insert = prepare<GroupParams>(
    reader,
    (param) => sql`insert into groups (id, organization_id, connection_id, display_name, display_name_key, external_id,
        team_id, version, created_at, updated_at)
      values (${param('id')}, ${param('organizationId')}, ${param('connectionId')}, ${param('displayName')}, ${param('key')},
        ${param('externalId')}, ${param('teamId')}, ${param('version')}, ${param('createdAt')}, ${param('updatedAt')})`,
  );
  const update = prepare<GroupParams>(
    reader,
    (param) => sql`update groups set display_name = ${param('displayName')}, display_name_key = ${param('key')},
        external_id = ${param('externalId')}, team_id = ${param('teamId')}, version = ${param('version')},
        updated_at = ${param('updatedAt')} where id = ${param('id')}`,
  );

  function visible(
    scope: Visibility,
    query: Pick<ListQuery, 'filter'> & { afterId?: string | undefined },
  ): RawBuilder<unknown> {
    const condition = query.filter === undefined ? sql`1 = 1` : filterToSql(query.filter, 'groups', json);
    const from = query.afterId === undefined ? sql`` : sql`and groups.id > ${query.afterId}`;
    return sql`groups.connection_id = ${scope.connectionId} and ${condition} ${from}`;
  }

  async function rowsOf(db: Handle, scope: Visibility, query: ListQuery): Promise<readonly GroupRow[]> {
    const { afterId, limit, offset } = query.page;
    const where = visible(scope, { ...(query.filter === undefined ? {} : { filter: query.filter }), afterId });
    const key = query.sort === undefined ? sql`groups.id` : sortToSql(query.sort, 'groups', json);
    const direction = query.sort?.descending === true ? sql`desc` : sql`asc`;
    const order = query.sort === undefined ? sql`groups.id` : sql`${key} ${direction}, groups.id`;
    const statement = sql<GroupRow>`select ${COLUMNS} from groups where ${where} order by ${order} limit ${limit} offset ${offset}`;
    return (await statement.execute(databaseOf(db))).rows;
  }

  const text = (group: Group): string => `displayName "${group.displayName}" is already in use.`;

  return {
    async find(db, { connectionId }, id) {
      const row = await found.first(db, { id, connectionId });
      return row && toGroup(row);
    },
    async lock(db, { connectionId }, id) {
      const row = await locked.first(db, { id, connectionId });
      return row && toGroup(row);
    },
    async lockInOrganization(db, organizationId, id) {
      const statement = sql<GroupRow>`select ${COLUMNS} from groups
        where id = ${id} and organization_id = ${organizationId} ${lockRow}`;
      const row = (await statement.execute(databaseOf(db))).rows[0];
      return row && toGroup(row);
    },
    async findByName(db, { connectionId }, key) {
      const row = await byName.first(db, { connectionId, key });
      return row && toGroup(row);
    },
    async page(db, scope, query) {
      const items = query.page.limit === 0 ? [] : (await rowsOf(db, scope, query)).map(toGroup);
      if (!query.withTotal) return { total: undefined, items };
      const { offset, limit, afterId } = query.page;
      if (offset === 0 && afterId === undefined && limit > items.length) return { total: items.length, items };
      const where = visible(scope, query);
      const count = await sql<{ n: number }>`select count(*) as n from groups where ${where}`.execute(databaseOf(db));
      return { total: count.rows[0]?.n ?? 0, items };
    },
    async names(db, { connectionId }, limit) {
      const statement = sql<{ name: string }>`select display_name as name from groups
        where connection_id = ${connectionId} order by ${json.byCodePoint(sql.ref('display_name_key'))} limit ${limit}`;
      return (await statement.execute(databaseOf(db))).rows.map(({ name }) => name);
    },
    async insert(db, group) {
      await asUniqueness(text(group), () => insert.run(db, { ...group, key: foldCase(group.displayName) }));
    },
    async update(db, group) {
      await asUniqueness(text(group), () => update.run(db, { ...group, key: foldCase(group.displayName) }));
    },
    async delete(db, id) {
      await databaseOf(db).deleteFrom('groups').where('id', '=', id).execute();
    },
    async findByTeam(db, teamId) {
      const statement = sql<GroupRow>`select ${COLUMNS} from groups where team_id = ${teamId} limit 1`;
      const row = (await statement.execute(databaseOf(db))).rows[0];
      return row && toGroup(row);
    },
  };
}
