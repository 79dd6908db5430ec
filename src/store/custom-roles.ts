/** Custom roles in SQL. */
import { type RawBuilder, sql } from 'kysely';
import { foldCase } from '../directory/people/user.ts';
import type { CustomRole, CustomRoleStore, RoleHolder } from '../directory/roles/custom-role.ts';
import type { Handle } from '../synclog/handle.ts';
import type { Engine } from './engine.ts';
import { databaseOf, prepare } from './statement.ts';
import { asUniqueness } from './violation.ts';

type Row = Omit<CustomRole, 'permissions'> & { readonly permissions: string };

function toCustomRole(row: Row): CustomRole {
  return { ...row, permissions: JSON.parse(row.permissions) as readonly string[] };
}

export function createCustomRoleStore({ reader, json, rowLocks }: Engine): CustomRoleStore {
  const select: RawBuilder<Row> = sql`select id, organization_id as "organizationId", name, description, inherits,
    ${json.text(sql.ref('permissions'))} as permissions, created_at as "createdAt", updated_at as "updatedAt",
    deleted_at as "deletedAt" from custom_roles`;
  const namesForConnection = prepare<{ connectionId: string }, { name: string }>(
    reader,
    (param) => sql<{ name: string }>`select name from custom_roles where organization_id =
      (select organization_id from connections where id = ${param('connectionId')}) and deleted_at is null order by name_key`,
  );
  const findWith = async (
    db: Handle,
    organizationId: string,
    idOrName: string,
    lock: RawBuilder<unknown>,
  ): Promise<CustomRole | undefined> => {
    const statement = sql<Row>`${select} where organization_id = ${organizationId}
      and deleted_at is null and (id = ${idOrName} or name_key = ${foldCase(idOrName)}) ${lock}`;
    const row = (await statement.execute(databaseOf(db))).rows[0];
    return row && toCustomRole(row);
  };
  const held = (role: CustomRole): RawBuilder<unknown> => sql`grants as g join users as u on u.id = g.user_id
    join teams as t on t.id = g.team_id where g.organization_id = ${role.organizationId} and g.role = ${role.name}
    and g.role not in ('admin', 'member', 'viewer', 'service') and u.deleted_at is null`;

  return {
    async find(db, organizationId, idOrName, { deletedToo } = { deletedToo: false }) {
      if (!deletedToo) return findWith(db, organizationId, idOrName, sql``);
      const statement = sql<Row>`${select} where organization_id = ${organizationId} and id = ${idOrName}`;
      const row = (await statement.execute(databaseOf(db))).rows[0];
      return row && toCustomRole(row);
    },
    lock(db, organizationId, idOrName, to) {
      const lock = to === 'use' ? sql`for share` : sql`for update`;
      return findWith(db, organizationId, idOrName, rowLocks ? lock : sql``);
    },
    async list(db, organizationId) {
      const statement = sql<Row>`${select} where organization_id = ${organizationId} and deleted_at is null
        order by name_key`;
      return (await statement.execute(databaseOf(db))).rows.map(toCustomRole);
    },
    async namesForConnection(db, connectionId) {
      return (await namesForConnection.all(db, { connectionId })).map(({ name }) => name);
    },
    async insert(db, role) {
      const { id, organizationId, name, description, inherits, createdAt, updatedAt } = role;
      const statement = sql`insert into custom_roles
          (id, organization_id, name, name_key, description, inherits, permissions, created_at, updated_at)
        values (${id}, ${organizationId}, ${name}, ${foldCase(name)}, ${description}, ${inherits},
          ${json.value(JSON.stringify(role.permissions))}, ${createdAt}, ${updatedAt})`;
      await asUniqueness(`There is a custom role named "${name}" already.`, () => statement.execute(databaseOf(db)));
    },
    async update(db, { id, description, inherits, permissions, updatedAt }) {
      await sql`update custom_roles set description = ${description}, inherits = ${inherits},
        permissions = ${json.value(JSON.stringify(permissions))}, updated_at = ${updatedAt} where id = ${id}`.execute(
        databaseOf(db),
      );
    },
    async markDeleted(db, id, at) {
      const row = { deleted_at: at, updated_at: at };
      await databaseOf(db).updateTable('custom_roles').set(row).where('id', '=', id).execute();
    },
    async holders(db, role, afterGrantId, limit) {
      const statement = sql<Omit<RoleHolder, 'active'> & { readonly active: number }>`
        select g.id as "grantId", u.id as "userId", u.user_name as "userName", u.active,
          coalesce(u.display_name, u.user_name) as name, t.id as "teamId", t.name as "teamName"
        from ${held(role)} and g.id > ${afterGrantId} order by g.id limit ${limit}`;
      const { rows } = await statement.execute(databaseOf(db));
      return rows.map((row) => ({ ...row, active: row.active === 1 }));
    },
    async countHolders(db, role) {
      const statement = sql<{ users: number; teams: number }>`
        select count(distinct g.user_id) as users, count(distinct g.team_id) as teams from ${held(role)}`;
      const { users = 0, teams = 0 } = (await statement.execute(databaseOf(db))).rows[0] ?? {};
      return { users, teams };
    },
    async countByRule(db, role) {
      const statement = sql<{ connectionId: string; ruleId: string; users: number }>`
        select g.connection_id as "connectionId", g.rule_id as "ruleId", count(distinct g.user_id) as users
        from ${held(role)} and g.origin = 'rule' group by g.connection_id, g.rule_id`;
      const { rows } = await statement.execute(databaseOf(db));
      return rows.map((row) => ({ ...row, users: Number(row.users) }));
    },
  };
}
