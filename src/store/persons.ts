/** People in SQL, whoever manages them, removed ones too. */
import { type RawBuilder, sql } from 'kysely';
import type { PersonStore } from '../directory/people/person.ts';
import type { Engine } from './engine.ts';
import { createPersonPages } from './person-pages.ts';
import { type PersonRow, personColumns, toPerson } from './person-row.ts';
import { databaseOf, prepare } from './statement.ts';
import { toUser, type UserRow, userColumns } from './user-row.ts';
import { asUniqueness } from './violation.ts';

export function createPersonStore(engine: Engine): PersonStore {
  const { reader, rowLocks, json } = engine;
  const byId = (lock: RawBuilder<unknown>) =>
    prepare<{ organizationId: string; id: string }, PersonRow>(
      reader,
      (param) => sql<PersonRow>`select ${personColumns} from users as u
        where u.id = ${param('id')} and u.organization_id = ${param('organizationId')} ${lock}`,
    );
  const found = byId(sql``);
  const locked = byId(rowLocks ? sql`for update` : sql``);
  return {
    async find(db, organizationId, id) {
      const row = await found.first(db, { organizationId, id });
      return row && toPerson(row);
    },
    async lock(db, organizationId, id) {
      const row = await locked.first(db, { organizationId, id });
      return row && toPerson(row);
    },
    ...createPersonPages(engine),
    async ofEmail(db, organizationId, emailKey) {
      const statement = sql<PersonRow>`select ${personColumns} from users as u where u.id in (
          select id from users where organization_id = ${organizationId} and coalesce(email_key, '') = ${emailKey}
          union select user_id from user_emails where organization_id = ${organizationId} and value_key = ${emailKey})
        order by u.id limit 20`;
      return (await statement.execute(databaseOf(db))).rows.map(toPerson);
    },
    async ofUserName(db, organizationId, userNameKey) {
      const connections = sql`select id from connections where organization_id = ${organizationId}`;
      const statement = sql<PersonRow>`select ${personColumns} from users as u where u.id in (
          select id from users where connection_id in (${connections}) and user_name_key = ${userNameKey}
            and deleted_at is null
          union select id from users where organization_id = ${organizationId} and connection_id is null
            and user_name_key = ${userNameKey} and deleted_at is null
          union select id from users where organization_id = ${organizationId} and user_name_key = ${userNameKey}
            and deleted_at is not null)
        order by u.id limit 50`;
      return (await statement.execute(databaseOf(db))).rows.map(toPerson);
    },
    async activeHolders(db, organizationId, what, key) {
      const connections = sql`select id from connections where organization_id = ${organizationId}`;
      const named = sql`select id from users where connection_id in (${connections}) and user_name_key = ${key}
            and deleted_at is null
          union select id from users where organization_id = ${organizationId} and connection_id is null
            and user_name_key = ${key} and deleted_at is null`;
      const reached = sql`select user_id from user_emails where organization_id = ${organizationId} and value_key = ${key}`;
      const statement = sql<{ id: string }>`select u.id from users as u
        where u.id in (${what === 'userName' ? named : reached}) and u.active = 1 and u.deleted_at is null`;
      return (await statement.execute(databaseOf(db))).rows.map(({ id }) => id);
    },
    async heldSince(db, ids, what) {
      const isOther = sql`(c.kind = 'user.updated' and ${json.exists(sql.ref('c.after'), [what])})`;
      const statement = sql<{ id: string; since: number }>`select c.subject_id as id, max(c.position) as since
        from changes as c where c.subject_id in (${sql.join(ids)})
          and (c.kind in ('user.created', 'user.reactivated') or ${isOther}) group by c.subject_id`;
      const { rows } = await statement.execute(databaseOf(db));
      return new Map(rows.map(({ id, since }) => [id, Number(since)]));
    },
    async findRemoved(db, organizationId, id) {
      const statement = sql<UserRow>`select ${userColumns(json)} from users as u
        where u.id = ${id} and u.organization_id = ${organizationId} and u.deleted_at is not null`;
      const row = (await statement.execute(databaseOf(db))).rows[0];
      return row && toUser(row);
    },
    async restore(db, id) {
      await asUniqueness('Somebody else has this userName by now.', () =>
        databaseOf(db)
          .updateTable('users')
          .set({ deleted_at: null, connection_id: null })
          .where('id', '=', id)
          .execute(),
      );
    },
    async adminEmails(db, organizationId, limit) {
      const statement = sql<{ email: string }>`select email_key as email from users
        where organization_id = ${organizationId} and organization_role = 'admin' and active = 1 and deleted_at is null
          and email_key is not null order by id limit ${limit}`;
      return (await statement.execute(databaseOf(db))).rows.map((row) => row.email);
    },
    async replaceNames(db, id, pseudonym, at) {
      const attributes = json.value(JSON.stringify({ userName: pseudonym, active: false }));
      await sql`update users set user_name = ${pseudonym}, user_name_key = ${pseudonym}, external_id = null,
          display_name = null, display_name_key = null, name_key = ${pseudonym}, last_word_key = ${pseudonym},
          email_key = null, attributes = ${attributes}, version = version + 1, updated_at = ${at}
        where id = ${id} and deleted_at is not null`.execute(databaseOf(db));
      await databaseOf(db).deleteFrom('user_emails').where('user_id', '=', id).execute();
      await databaseOf(db)
        .updateTable('identity_links')
        .set({ vouched_email: null })
        .where('user_id', '=', id)
        .execute();
    },
    async touch(db, id, at) {
      await databaseOf(db).updateTable('users').set({ last_seen_at: at }).where('id', '=', id).execute();
    },
  };
}
