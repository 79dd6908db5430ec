/** Teams in SQL. */
import { type RawBuilder, sql } from 'kysely';
import type { TeamStore } from '../directory/store.ts';
import type { Team } from '../directory/team.ts';
import { foldCase } from '../directory/user.ts';
import type { Engine } from './engine.ts';
import { databaseOf, prepare } from './statement.ts';

const SELECT: RawBuilder<Team> = sql`select id, organization_id as "organizationId", name, created_at as "createdAt",
  updated_at as "updatedAt", archived_at as "archivedAt" from teams`;

export function createTeamStore({ reader }: Engine): TeamStore {
  const byId = prepare<{ organizationId: string; id: string }, Team>(
    reader,
    (param) => sql<Team>`${SELECT} where id = ${param('id')} and organization_id = ${param('organizationId')}`,
  );
  const byName = prepare<{ organizationId: string; key: string }, Team>(
    reader,
    (param) => sql<Team>`${SELECT} where organization_id = ${param('organizationId')} and name_key = ${param('key')}`,
  );
  return {
    find: (db, organizationId, id) => byId.first(db, { organizationId, id }),
    findByName: (db, organizationId, key) => byName.first(db, { organizationId, key }),
    async insert(db, { id, organizationId, name, createdAt, updatedAt, archivedAt }) {
      const times = { created_at: createdAt, updated_at: updatedAt, archived_at: archivedAt };
      const row = { id, organization_id: organizationId, name, name_key: foldCase(name), ...times };
      await databaseOf(db).insertInto('teams').values(row).execute();
    },
    async rename(db, id, name, at) {
      const row = { name, name_key: foldCase(name), updated_at: at };
      await databaseOf(db).updateTable('teams').set(row).where('id', '=', id).execute();
    },
    async list(db, organizationId) {
      const statement = sql<Team>`${SELECT} where organization_id = ${organizationId} order by name_key`;
      return (await statement.execute(databaseOf(db))).rows;
    },
  };
}
