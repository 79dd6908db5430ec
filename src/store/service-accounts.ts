/** Service accounts in SQL. */
import { type RawBuilder, sql } from 'kysely';
import type { ServiceAccount, ServiceAccountStore } from '../directory/keys/service-account.ts';
import { foldCase } from '../directory/people/user.ts';
import type { Engine } from './engine.ts';
import { databaseOf, prepare } from './statement.ts';
import { asUniqueness } from './violation.ts';

const SELECT: RawBuilder<ServiceAccount> = sql`select id, organization_id as "organizationId", team_id as "teamId", name,
  created_at as "createdAt", removed_at as "removedAt" from service_accounts`;

export function createServiceAccountStore({ reader, rowLocks }: Engine): ServiceAccountStore {
  const byId = (lock: RawBuilder<unknown>) =>
    prepare<{ organizationId: string; id: string }, ServiceAccount>(
      reader,
      (param) => sql<ServiceAccount>`${SELECT} where id = ${param('id')}
        and organization_id = ${param('organizationId')} ${lock}`,
    );
  const found = byId(sql``);
  const locked = byId(rowLocks ? sql`for update` : sql``);
  return {
    find: (db, organizationId, id) => found.first(db, { organizationId, id }),
    lock: (db, organizationId, id) => locked.first(db, { organizationId, id }),
    async findByName(db, organizationId, nameKey) {
      const statement = sql<ServiceAccount>`${SELECT} where organization_id = ${organizationId}
        and name_key = ${nameKey} and removed_at is null`;
      return (await statement.execute(databaseOf(db))).rows[0];
    },
    async list(db, organizationId, teamId) {
      const own = teamId === null ? sql`and team_id is null` : sql`and team_id = ${teamId}`;
      const statement = sql<ServiceAccount>`${SELECT} where organization_id = ${organizationId}
        and removed_at is null ${teamId === undefined ? sql`` : own} order by name_key, id`;
      return (await statement.execute(databaseOf(db))).rows;
    },
    async insert(db, { id, organizationId, teamId, name, createdAt, removedAt }) {
      const times = { created_at: createdAt, removed_at: removedAt };
      const row = { id, organization_id: organizationId, team_id: teamId, name, name_key: foldCase(name), ...times };
      await asUniqueness(`There is a service account named "${name}" already.`, () =>
        databaseOf(db).insertInto('service_accounts').values(row).execute(),
      );
    },
    async markRemoved(db, id, at) {
      await databaseOf(db).updateTable('service_accounts').set({ removed_at: at }).where('id', '=', id).execute();
    },
  };
}
