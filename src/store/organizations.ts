/** Organizations in SQL. */
import { type RawBuilder, sql } from 'kysely';
import type { Organization } from '../directory/connections/connection.ts';
import type { OrganizationStore } from '../directory/store.ts';
import type { Engine } from './engine.ts';
import { databaseOf } from './statement.ts';
import { asUniqueness } from './violation.ts';

const SELECT: RawBuilder<Organization> = sql`select id, name, created_at as "createdAt" from organizations`;

export function createOrganizationStore({ json, rowLocks }: Engine): OrganizationStore {
  return {
    async find(db, idOrName) {
      const statement = sql<Organization>`${SELECT} where id = ${idOrName} or name = ${idOrName}`;
      return (await statement.execute(databaseOf(db))).rows[0];
    },
    async list(db) {
      return (await sql<Organization>`${SELECT} order by id`.execute(databaseOf(db))).rows;
    },
    async insert(db, { id, name, createdAt }) {
      const statement = sql`insert into organizations (id, name, settings, created_at)
        values (${id}, ${name}, ${json.value('{}')}, ${createdAt})`;
      await asUniqueness(`There is an organization named "${name}" already.`, () => statement.execute(databaseOf(db)));
    },
    async settings(db, id) {
      const statement = sql<{ settings: string }>`select ${json.text(sql.ref('settings'))} as settings
        from organizations where id = ${id}`;
      return (await statement.execute(databaseOf(db))).rows[0]?.settings ?? '{}';
    },
    async setSettings(db, id, settings) {
      await sql`update organizations set settings = ${json.value(settings)} where id = ${id}`.execute(databaseOf(db));
    },
    async lock(db, id) {
      if (rowLocks) await sql`select id from organizations where id = ${id} for update`.execute(databaseOf(db));
    },
    async lockNewcomers(db, id, how) {
      if (!rowLocks) return;
      const key = sql`hashtextextended(${`newcomers of ${id}`}, 0)`;
      const statement =
        how === 'shared' ? sql`select pg_advisory_xact_lock_shared(${key})` : sql`select pg_advisory_xact_lock(${key})`;
      await statement.execute(databaseOf(db));
    },
  };
}
