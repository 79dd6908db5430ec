/** Which index SQLite takes on a fresh database. PostgreSQL decides by its own statistics, so nothing is pinned there. */
import { CompiledQuery } from 'kysely';
import { expect, it } from 'vitest';
import { describeEachEngine } from '../support/each-engine.ts';

const PLANS: readonly [what: string, index: string, query: string][] = [
  [
    'a userName of a connection',
    'users_name_in_connection',
    `select id from users where connection_id = ? and user_name_key = ? and deleted_at is null`,
  ],
  [
    'a userName nobody manages',
    'users_name_of_unmanaged',
    `select id from users where organization_id = ? and connection_id is null and user_name_key = ? and deleted_at is null`,
  ],
  [
    'an externalId',
    'users_external_id',
    `select id from users where connection_id = ? and external_id = ? and deleted_at is null`,
  ],
  [
    'a page of a connection',
    'users_of_connection',
    `select id from users where organization_id = ? and connection_id = ? and deleted_at is null and id > ? order by id limit 100`,
  ],
  [
    'a page of those nobody manages',
    'users_unmanaged',
    `select id from users where organization_id = ? and connection_id is null and deleted_at is null and id > ? order by id limit 100`,
  ],
  [
    'a count of a connection',
    'users_of_connection',
    `select count(*) from users where organization_id = ? and connection_id = ? and deleted_at is null`,
  ],
  [
    'a count of seats',
    'users_active',
    `select count(*) from users where organization_id = ? and active = 1 and deleted_at is null`,
  ],
  [
    'a count of admins',
    'users_active_admins',
    `select count(*) from users where organization_id = ? and organization_role = 'admin' and active = 1 and deleted_at is null`,
  ],
  [
    'an e-mail address',
    'user_emails_value',
    `select user_id from user_emails where organization_id = ? and value_key = ?`,
  ],
  [
    'the members of a group',
    'PRIMARY KEY',
    `select user_id from group_members where group_id = ? and user_id > ? order by user_id limit 100`,
  ],
  ['the groups of a user', 'group_members_of_user', `select group_id from group_members where user_id = ?`],
  ['a token', 'connection_tokens_hash', `select id from connection_tokens where hash = ?`],
  [
    'changes about someone',
    'changes_of_subject',
    `select position from changes where organization_id = ? and (subject_id = ? or related_id = ?) order by position desc limit 100`,
  ],
  [
    'the newest exchanges',
    'exchanges_of_organization',
    `select id from exchanges where organization_id = ? and id < ? order by id desc limit 50`,
  ],
  [
    'exchanges past retention',
    'sqlite_autoindex_exchanges_1',
    `select id from exchanges where id < ? order by id limit 500`,
  ],
];

describeEachEngine('SQLite finds', (open, { kind }) => {
  if (kind !== 'sqlite') return it.skip('is about SQLite only');
  return it.each(PLANS)('%s by %s', async (_what, index, query) => {
    const engine = await open();
    const parameters = [...query.matchAll(/\?/g)].map(() => 'x');
    const { rows } = await engine.reader.executeQuery<{ detail: string }>(
      CompiledQuery.raw(`explain query plan ${query}`, parameters) as CompiledQuery<{ detail: string }>,
    );
    const plan = rows.map((row) => row.detail).join('; ');
    expect(plan).toMatch(new RegExp(`${index}\\b`));
    expect(plan).not.toContain('SCAN');
  });
});
