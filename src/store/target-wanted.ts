/** The directory as targets want it: subjects of an organization whoever manages them, deleted people too. */
import { type RawBuilder, sql } from 'kysely';
import type { OrganizationRole } from '../directory/user.ts';
import { primaryEmail, toUserFields } from '../directory/user-fields.ts';
import { strongestTeamRole } from '../mapping/roles.ts';
import type { JsonObject } from '../schema/json.ts';
import type { WantedStore } from '../targets/store.ts';
import { seatOf, type WantedUser } from '../targets/wanted.ts';
import type { Engine } from './engine.ts';
import { createIdList } from './id-list.ts';
import { databaseOf, prepare } from './statement.ts';

interface UserRow {
  readonly id: string;
  readonly user_name: string;
  readonly display_name: string | null;
  readonly active: number;
  readonly organization_role: OrganizationRole;
  readonly attributes: string;
  readonly deleted_at: number | null;
}

function toWantedUser(row: UserRow, teams: WantedUser['teams']): WantedUser {
  const attributes = JSON.parse(row.attributes) as JsonObject;
  const emails = toUserFields({ ...attributes, userName: row.user_name }).emails;
  return {
    id: row.id,
    userName: row.user_name,
    displayName: row.display_name ?? row.user_name,
    email: primaryEmail(emails),
    active: row.active === 1 && row.deleted_at === null,
    deleted: row.deleted_at !== null,
    role: row.organization_role,
    seat: seatOf(row.organization_role),
    attributes,
    teams,
  };
}

export function createWantedStore(engine: Engine): WantedStore {
  const { reader, json } = engine;
  const idList = createIdList(engine.kind);
  type Key = { organizationId: string; id: string };
  const userById = prepare<Key, UserRow>(
    reader,
    (param) => sql<UserRow>`select id, user_name, display_name, active, organization_role,
      ${json.text(sql.ref('attributes'))} as attributes, deleted_at from users
      where id = ${param('id')} and organization_id = ${param('organizationId')}`,
  );
  const teamRoles = prepare<{ id: string }, { name: string; role: string }>(
    reader,
    (param) => sql<{ name: string; role: string }>`select t.name, g.role from grants as g
      join teams as t on t.id = g.team_id and t.archived_at is null where g.user_id = ${param('id')} order by t.name_key`,
  );
  type InTeam = { teamId: string; ids: string };
  const inTeam = prepare<InTeam, { user_id: string; role: string }>(
    reader,
    (param) => sql<{ user_id: string; role: string }>`select g.user_id, g.role from grants as g
      join users as u on u.id = g.user_id and u.deleted_at is null
      where g.team_id = ${param('teamId')} and ${idList.includes(sql.ref('g.user_id'), param('ids'))}`,
  );
  const ids = async (query: RawBuilder<{ id: string }>, db: Parameters<typeof databaseOf>[0]) =>
    (await query.execute(databaseOf(db))).rows.map((row) => row.id);

  return {
    async user(db, organizationId, id) {
      const row = await userById.first(db, { organizationId, id });
      if (row === undefined) return undefined;
      const byTeam = Map.groupBy(await teamRoles.all(db, { id }), (grant) => grant.name);
      const teams = [...byTeam].map(([name, held]) => ({ name, role: strongestTeamRole(held.map((g) => g.role)) }));
      return toWantedUser(row, teams);
    },
    async team(db, organizationId, id) {
      const found = await sql<{ id: string; name: string; archived_at: number | null }>`select id, name, archived_at
        from teams where id = ${id} and organization_id = ${organizationId}`.execute(databaseOf(db));
      const row = found.rows[0];
      return row && { id: row.id, name: row.name, archived: row.archived_at !== null, storageBucket: null };
    },
    async role() {
      return undefined;
    },
    async rolesInTeam(db, teamId, userIds) {
      const held = Map.groupBy(await inTeam.all(db, { teamId, ids: idList.encode(userIds) }), (row) => row.user_id);
      return new Map([...held].map(([id, rows]) => [id, strongestTeamRole(rows.map((row) => row.role))]));
    },
    memberIds: (db, teamId, afterUserId, limit) =>
      ids(
        sql`select distinct user_id as id from grants where team_id = ${teamId} and user_id > ${afterUserId}
          order by user_id limit ${limit}`,
        db,
      ),
    userIds: (db, organizationId, afterId, limit) =>
      ids(
        sql`select id from users where organization_id = ${organizationId} and deleted_at is null and id > ${afterId}
          order by id limit ${limit}`,
        db,
      ),
    teamIds: (db, organizationId) =>
      ids(sql`select id from teams where organization_id = ${organizationId} and archived_at is null order by id`, db),
    async roleIds() {
      return [];
    },
  };
}
