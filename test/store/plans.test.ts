/** Which index SQLite takes on a fresh database. PostgreSQL decides by its own statistics, so nothing is pinned there. */
import { CompiledQuery } from 'kysely';
import { expect, it } from 'vitest';
import { describeEachEngine } from '../support/each-engine.ts';

const ERASED_EXCHANGES = `select id from exchanges where id in (
  select id from exchanges where subject_id = ? and outcome <> 'read' and outcome <> 'changed'
  union select exchange_id from changes where subject_id = ? and exchange_id is not null
  union select exchange_id from changes where related_id = ? and exchange_id is not null)`;

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
  [
    'people by name',
    'users_by_name',
    `select id from users as u where u.organization_id = ? and (u.active = 1 and u.deleted_at is null)
      and u.name_key >= ? and (u.name_key, u.id) > (?, ?) order by u.name_key, u.id limit 50`,
  ],
  [
    'people by address',
    'users_by_email',
    `select id from users as u where u.organization_id = ? and u.deleted_at is null and coalesce(u.email_key, '') >= ?
      and (coalesce(u.email_key, ''), u.id) > (?, ?) order by coalesce(u.email_key, ''), u.id limit 50`,
  ],
  [
    'people by last sight',
    'users_by_last_seen',
    `select id from users as u where u.organization_id = ? and u.deleted_at is null
      order by coalesce(u.last_seen_at, 0) desc, u.id desc limit 50`,
  ],
  [
    'people as they came',
    'users_in_order',
    `select id from users as u where u.organization_id = ? and (u.active = 1 and u.deleted_at is null) order by u.id desc limit 50`,
  ],
  [
    'family names',
    'users_by_last_word',
    'select id from users where organization_id = ? and last_word_key >= ? and last_word_key < ?',
  ],
  [
    'the middle of names',
    'users_by_name',
    'select u.id from users as u where u.organization_id = ? and instr(u.name_key, ?) > 0 limit 1001',
  ],
  [
    'the middle of addresses',
    'users_by_email',
    "select u.id from users as u where u.organization_id = ? and instr(coalesce(u.email_key, ''), ?) > 0 limit 1001",
  ],
  [
    'the middle of userNames',
    'users_name_in_connection',
    `select u.id from connections as c cross join users as u where c.organization_id = ? and u.connection_id = c.id
      and u.deleted_at is null and u.user_name_key >= '' and instr(u.user_name_key, ?) > 0 limit 1001`,
  ],
  [
    'people of a rare role',
    'users_of_rare_role',
    `select id from users as u where u.organization_id = ? and u.organization_role <> 'member' and u.organization_role = ?
      order by u.name_key, u.id limit 50`,
  ],
  [
    'people without access',
    'users_inactive',
    `select id from users as u where u.organization_id = ? and u.active = 0 and u.deleted_at is not null
      order by u.name_key, u.id limit 50`,
  ],
  ['a key', 'api_keys_hash', 'select id from api_keys where hash = ?'],
  ['the keys of somebody', 'api_keys_of_owner', 'select id from api_keys where owner_id = ? order by id'],
  [
    'an open invite',
    'invites_pending',
    `select id from invites where organization_id = ? and email_key = ? and state = 'pending'`,
  ],
  [
    'the admins of a team',
    'grants_of_team_admins',
    `select count(distinct g.user_id) from grants as g join users as u on u.id = g.user_id where g.team_id = ? and g.role = 'admin' and u.active = 1`,
  ],
  [
    'the members of a team in order',
    'grants_of_team',
    `select distinct user_id from grants where team_id = ? and user_id > ? order by user_id limit 50`,
  ],
  ['the grants of a user', 'grants_of_user', `select id from grants where user_id = ?`],
  [
    'whether somebody is removed',
    'ledger_removals_of_user',
    `select id from ledger_removals where user_id = ? and coalesce(team_id, '') = ?
      and state = 'left' and organization_id = ?`,
  ],
  [
    'who left with an externalId',
    'ledger_removals_external_id',
    `select id from ledger_removals where connection_id = ? and external_id = ? and state = 'left'
      and scope = 'organization' and external_id is not null order by position`,
  ],
  [
    'the story of a removal',
    'ledger_entries_of_removal',
    'select id from ledger_entries where removal_id = ? order by position',
  ],
  [
    'the newest entries',
    'sqlite_autoindex_ledger_entries_1',
    `select e.id from ledger_entries as e join ledger_removals as r on r.id = e.removal_id
      where e.organization_id = ? and e.position < ? order by e.position desc limit 50`,
  ],
  [
    'removals without an inventory',
    'ledger_removals_without_inventory',
    `select id from ledger_removals where (inventory is null or inventory <> 'taken') and erased_at is null and id > ?
      order by id limit 500`,
  ],
  [
    'runs that nobody looked for lately',
    'ledger_removals_to_verify',
    `select id from ledger_removals where organization_id = ? and state = 'left' and inventory_entry_id is not null
      and runs > 0 order by id limit 500`,
  ],
  [
    'the look at runs that is the longest ago',
    'ledger_removals_looked_at',
    `select coalesce(verified_at, inventory_at) as at from ledger_removals where state = 'left' and runs > 0
      and coalesce(verified_at, inventory_at) > 0 order by coalesce(verified_at, inventory_at) limit 1`,
  ],
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
    'the newest exchanges of an outcome',
    'exchanges_by_outcome',
    `select id from exchanges as e where e.organization_id = ? and e.outcome = 'refused' order by e.id desc limit 50`,
  ],
  [
    'the newest exchanges of nobody',
    'exchanges_of_organization',
    `select id from exchanges as e where e.organization_id is null order by e.id desc limit 50`,
  ],
  [
    'where a search by text ends',
    'COVERING INDEX exchanges_of_organization',
    `select id from exchanges where organization_id = ? and id < ? order by id desc limit 1 offset 200000`,
  ],
  [
    'mails that did not arrive',
    'mails_failed',
    `select id from mails where organization_id = ? and state = 'failed' order by id desc limit 4`,
  ],
  [
    'removals with missing runs',
    'ledger_removals_missing',
    `select count(*) from ledger_removals where organization_id = ? and missing > 0`,
  ],
  [
    'removals that wait for a look',
    'COVERING INDEX ledger_removals_asked',
    'select 1 from ledger_removals where organization_id = ? and asked_at is not null limit 10001',
  ],
  [
    'the first removals that wait for a look',
    'COVERING INDEX ledger_removals_asked',
    'select id from ledger_removals where organization_id = ? and asked_at is not null order by id limit 500',
  ],
  ['what an erasure forgets in the sync log', 'exchanges_of_subject', ERASED_EXCHANGES],
  ['what an erasure forgets in the sync log', 'changes_of_subject', ERASED_EXCHANGES],
  ['what an erasure forgets in the sync log', 'changes_of_related', ERASED_EXCHANGES],
  ['what an erasure forgets in the sync log', 'sqlite_autoindex_exchanges_1', ERASED_EXCHANGES],
  [
    'a page of exchanges in which an erasure looks for names',
    'COVERING INDEX exchanges_of_organization',
    `select e.id from exchanges as e where e.organization_id = ? and e.id < ? order by e.id desc limit 2000`,
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
