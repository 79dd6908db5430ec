/** Writing users: the row, and the narrow table of e-mail addresses beside it. */
import { sql } from 'kysely';
import { lastWord } from '../directory/people/person.ts';
import { foldCase, type NewUser, type UserEmail } from '../directory/people/user.ts';
import { primaryEmail } from '../directory/people/user-fields.ts';
import type { UserStore } from '../directory/store.ts';
import type { Handle } from '../synclog/handle.ts';
import type { Engine } from './engine.ts';
import { databaseOf, prepare } from './statement.ts';
import type { Flag } from './tables/flag.ts';
import { asUniqueness } from './violation.ts';

type Writes = Pick<UserStore, 'insert' | 'update' | 'setRole' | 'markDeleted' | 'approveAdoption'>;

interface Columns {
  readonly id: string;
  readonly organizationId: string;
  readonly connectionId: string | null;
  readonly userName: string;
  readonly userNameKey: string;
  readonly externalId: string | null;
  readonly displayName: string | null;
  readonly displayNameKey: string | null;
  readonly nameKey: string;
  readonly lastWordKey: string;
  readonly active: Flag;
  readonly attributes: string;
  readonly version: number;
  readonly at: number;
}

/** Keys of indexes have a bound on PostgreSQL; the letters after these decide no order that anybody sees. */
const NAME_KEY_MAX = 200;

type NameParts = Pick<NewUser, 'userName' | 'displayName' | 'displayNameKey'>;
type Keys = Pick<Columns, 'userNameKey' | 'displayNameKey' | 'nameKey' | 'lastWordKey'>;

export function createUserWrites(engine: Engine): Writes {
  const { reader, json } = engine;
  const insertUser = prepare<Columns & { role: string; emailKey: string | null; createdAt: number }>(
    reader,
    (param) => sql`insert into users (id, organization_id, connection_id, user_name, user_name_key, external_id,
        display_name, display_name_key, name_key, last_word_key, email_key, active, organization_role, attributes, version, created_at, updated_at)
      values (${param('id')}, ${param('organizationId')}, ${param('connectionId')}, ${param('userName')},
        ${param('userNameKey')}, ${param('externalId')}, ${param('displayName')}, ${param('displayNameKey')},
        ${param('nameKey')}, ${param('lastWordKey')}, ${param('emailKey')}, ${param('active')}, ${param('role')}, ${json.value(param('attributes'))},
        ${param('version')}, ${param('createdAt')}, ${param('at')})`,
  );
  const updateUser = prepare<Columns>(
    reader,
    (param) => sql`update users set connection_id = ${param('connectionId')}, user_name = ${param('userName')},
        user_name_key = ${param('userNameKey')}, external_id = ${param('externalId')}, display_name = ${param('displayName')},
        display_name_key = ${param('displayNameKey')}, name_key = ${param('nameKey')},
        last_word_key = ${param('lastWordKey')}, active = ${param('active')},
        attributes = ${json.value(param('attributes'))}, version = ${param('version')}, updated_at = ${param('at')}
      where id = ${param('id')}`,
  );
  const updateState = prepare<Pick<Columns, 'id' | 'active' | 'attributes' | 'version' | 'at'>>(
    reader,
    (param) => sql`update users set active = ${param('active')}, attributes = ${json.value(param('attributes'))},
        version = ${param('version')}, updated_at = ${param('at')} where id = ${param('id')}`,
  );
  type EmailParams = {
    userId: string;
    position: number;
    organizationId: string;
    value: string;
    key: string;
    type: string | null;
    primary: Flag;
  };
  const insertEmail = prepare<EmailParams>(
    reader,
    (param) => sql`insert into user_emails (user_id, position, organization_id, value, value_key, type_key, is_primary)
      values (${param('userId')}, ${param('position')}, ${param('organizationId')}, ${param('value')}, ${param('key')},
        ${param('type')}, ${param('primary')})`,
  );

  async function insertEmails(
    db: Handle,
    userId: string,
    organizationId: string,
    emails: readonly UserEmail[],
  ): Promise<void> {
    for (const [position, email] of emails.entries()) {
      const type = email.type === null ? null : foldCase(email.type);
      const primary = email.primary ? 1 : 0;
      await insertEmail.run(db, {
        userId,
        position,
        organizationId,
        value: email.value,
        key: foldCase(email.value),
        type,
        primary,
      });
    }
  }

  function keysOf({ userName, displayName, displayNameKey }: NameParts): Keys {
    const nameKey = foldCase(displayName ?? userName).slice(0, NAME_KEY_MAX);
    return { userNameKey: foldCase(userName), displayNameKey, nameKey, lastWordKey: lastWord(nameKey) };
  }

  function emailKey(emails: readonly UserEmail[]): string | null {
    const address = primaryEmail(emails);
    return address === null ? null : foldCase(address);
  }

  return {
    async insert(db, user) {
      const { id, organizationId, connectionId, userName, externalId, displayName, attributes, version, emails, role } =
        user;
      const keys = keysOf(user);
      const columns = {
        id,
        organizationId,
        connectionId,
        userName,
        externalId,
        displayName,
        attributes,
        version,
        role,
        ...keys,
      };
      const rest = {
        active: user.active ? 1 : 0,
        emailKey: emailKey(emails),
        createdAt: user.createdAt,
        at: user.updatedAt,
      } as const;
      await asUniqueness(`userName "${userName}" is already in use.`, () =>
        insertUser.run(db, { ...columns, ...rest }),
      );
      await insertEmails(db, id, organizationId, emails);
    },
    async update(db, id, user) {
      const { organizationId, connectionId, userName, externalId, displayName, attributes, version, emails } = user;
      const keys = keysOf(user);
      const columns = {
        id,
        organizationId,
        connectionId,
        userName,
        externalId,
        displayName,
        attributes,
        version,
        ...keys,
      };
      const rest = { active: user.active ? 1 : 0, at: user.updatedAt } as const;
      if (user.keepsNames) await updateState.run(db, { id, attributes, version, ...rest });
      else
        await asUniqueness(`userName "${userName}" is already in use.`, () =>
          updateUser.run(db, { ...columns, ...rest }),
        );
      if (emails === undefined) return;
      await databaseOf(db)
        .updateTable('users')
        .set({ email_key: emailKey(emails) })
        .where('id', '=', id)
        .execute();
      await databaseOf(db).deleteFrom('user_emails').where('user_id', '=', id).execute();
      await insertEmails(db, id, organizationId, emails);
    },
    async setRole(db, id, role) {
      await databaseOf(db).updateTable('users').set({ organization_role: role }).where('id', '=', id).execute();
    },
    async markDeleted(db, id, at) {
      await databaseOf(db).updateTable('users').set({ deleted_at: at, active: 0 }).where('id', '=', id).execute();
      await databaseOf(db).deleteFrom('user_emails').where('user_id', '=', id).execute();
    },
    async approveAdoption(db, userId, connectionId) {
      await databaseOf(db)
        .updateTable('users')
        .set({ adoption_connection_id: connectionId })
        .where('id', '=', userId)
        .execute();
    },
  };
}
