/** The directory as targets want it: subjects of an organization whoever manages them, deleted people too. */
import { type RawBuilder, sql } from 'kysely';
import type { OrganizationRole } from '../directory/people/user.ts';
import { primaryEmail, toUserFields } from '../directory/people/user-fields.ts';
import { effectiveRoles } from '../directory/roles/effective-roles.ts';
import type { DirectoryStore } from '../directory/store.ts';
import type { Bucket } from '../directory/teams/team-storage.ts';
import { ENTERPRISE_SCHEMA } from '../schema/attribute.ts';
import { isJsonObject, type JsonObject } from '../schema/json.ts';
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
    managerId: managerOf(attributes),
    attributes,
    teams,
  };
}

/** RFC 7643 section 4.3: the id of a user; some send it bare. */
function managerOf(attributes: JsonObject): string | null {
  const enterprise = attributes[ENTERPRISE_SCHEMA];
  const manager = isJsonObject(enterprise) ? enterprise.manager : undefined;
  const value = isJsonObject(manager) ? manager.value : manager;
  return typeof value === 'string' && value !== '' ? value : null;
}

/** In the tracker's words. */
function toBucket(storage: Bucket | null): JsonObject | null {
  if (storage === null) return null;
  const { provider, name, path, kmsKey } = storage;
  return { provider, name, ...(path === null ? {} : { path }), ...(kmsKey === null ? {} : { kmsKeyId: kmsKey }) };
}

/** The directory's own look-ups: what counts and what does not is decided there, once. */
type Directory = Pick<DirectoryStore, 'grants' | 'teams' | 'customRoles' | 'serviceAccounts'>;

export function createWantedStore(
  { kind, reader, json, rowLocks }: Engine,
  { grants, teams, customRoles, serviceAccounts }: Directory,
): WantedStore {
  type Key = { organizationId: string; id: string };
  const userById = prepare<Key, UserRow>(
    reader,
    (param) => sql<UserRow>`select id, user_name, display_name, active, organization_role,
      ${json.text(sql.ref('attributes'))} as attributes, deleted_at from users
      where id = ${param('id')} and organization_id = ${param('organizationId')}`,
  );
  const idList = createIdList(kind);
  const shared = rowLocks ? sql`for share` : sql``;
  const ids = async (query: RawBuilder<{ id: string }>, db: Parameters<typeof databaseOf>[0]) =>
    (await query.execute(databaseOf(db))).rows.map((row) => row.id);

  return {
    async user(db, organizationId, id) {
      const row = await userById.first(db, { organizationId, id });
      if (row === undefined) return undefined;
      const { teams } = effectiveRoles(await grants.ofUser(db, id));
      const named = [...teams.values()].map(({ name, role }) => ({ name, role }));
      return toWantedUser(
        row,
        named.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      );
    },
    async team(db, organizationId, id) {
      const team = await teams.find(db, organizationId, id);
      return team && { id, name: team.name, archived: team.archivedAt !== null, storageBucket: toBucket(team.storage) };
    },
    async role(db, organizationId, id) {
      const role = await customRoles.find(db, organizationId, id, { deletedToo: true });
      if (role === undefined) return undefined;
      const { name, description, inherits: inheritsFrom, permissions, deletedAt } = role;
      return { id: role.id, name, description, inheritsFrom, permissions, deleted: deletedAt !== null };
    },
    async serviceAccount(db, organizationId, id) {
      const found = await serviceAccounts.find(db, organizationId, id);
      return found && { id, name: found.name, teamId: found.teamId, removed: found.removedAt !== null };
    },
    async erased(db, organizationId, wantedIds) {
      const among = idList.among('id', wantedIds);
      // Locked first and read afterwards: an erasure that was waited for is seen by the second statement only.
      const gone = await ids(
        sql`select id from users where ${among} and organization_id = ${organizationId} and deleted_at is not null
          order by id ${shared}`,
        db,
      );
      if (gone.length === 0) return new Map();
      const left = idList.among('u.id', gone);
      const found = await sql<{ id: string; name: string }>`select u.id, u.user_name as name from users as u
        where ${left} and exists (select 1 from ledger_removals as r
          where r.organization_id = ${organizationId} and r.user_id = u.id and r.erased_at is not null)`.execute(
        databaseOf(db),
      );
      return new Map(found.rows.map(({ id, name }) => [id, name]));
    },
    async rolesInTeam(db, teamId, userIds) {
      const held = Map.groupBy(await grants.ofUsers(db, userIds), (grant) => grant.userId);
      return new Map(
        [...held].flatMap(([id, own]): [string, string][] => {
          const role = effectiveRoles(own).teams.get(teamId)?.role;
          return role === undefined ? [] : [[id, role]];
        }),
      );
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
    async roleIds(db, organizationId) {
      return (await customRoles.list(db, organizationId)).map((role) => role.id);
    },
    async serviceAccountIds(db, organizationId) {
      return (await serviceAccounts.list(db, organizationId)).map(({ id }) => id).toSorted();
    },
  };
}
