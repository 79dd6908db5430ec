/** Pushed groups of a whole organization in SQL. */
import { type RawBuilder, sql } from 'kysely';
import type { CountedGroup, GroupPages } from '../directory/groups/group-pages.ts';
import { foldCase } from '../directory/people/user.ts';
import type { Engine } from './engine.ts';
import { databaseOf } from './statement.ts';

const SELECT: RawBuilder<CountedGroup> = sql`select g.id, g.organization_id as "organizationId",
  g.connection_id as "connectionId", g.display_name as "displayName", g.external_id as "externalId",
  g.team_id as "teamId", g.version, g.created_at as "createdAt", g.updated_at as "updatedAt",
  (select count(*) from group_members as m where m.group_id = g.id) as "memberCount" from groups as g`;

export function createGroupPages({ json }: Engine): GroupPages {
  return {
    async find(db, organizationId, id) {
      const statement = sql<CountedGroup>`${SELECT} where g.id = ${id} and g.organization_id = ${organizationId}`;
      return (await statement.execute(databaseOf(db))).rows[0];
    },
    async page(db, organizationId, { connectionId, text, afterId, limit }) {
      const conditions = [sql`g.organization_id = ${organizationId}`, sql`g.id > ${afterId}`];
      if (connectionId !== undefined) conditions.push(sql`g.connection_id = ${connectionId}`);
      if (text !== undefined) conditions.push(json.contains(sql.ref('g.display_name_key'), foldCase(text)));
      const statement = sql<CountedGroup>`${SELECT} where ${sql.join(conditions, sql` and `)} order by g.id limit ${limit}`;
      return (await statement.execute(databaseOf(db))).rows;
    },
  };
}
