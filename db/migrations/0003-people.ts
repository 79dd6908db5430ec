/**
 * People as admins see them: API keys and service accounts, invites with their links, and the outbox of mails. Secrets are
 * stored by hash only; a mail that carries a link gets it when it is sent, so that no link lies in the outbox.
 */
import { sql } from 'kysely';
import type { Database } from '../../src/store/engine.ts';
import type { Migration } from '../../src/store/migrate.ts';
import { type ColumnTypes, columnTypes } from './column-types.ts';

/**
 * What lists of people are sorted and searched by. Roles and states that few people have get an index of those few; whoever
 * is looked for among the many is found by walking the list in its order.
 */
const lists = ({ text }: ColumnTypes) => [
  `alter table users add column name_key ${text} not null default ''`,
  `alter table users add column last_word_key ${text} not null default ''`,
  'update users set name_key = lower(coalesce(display_name, user_name))',
  'create index users_by_name on users (organization_id, name_key, id)',
  'create index users_in_order on users (organization_id, id)',
  'create index users_by_last_word on users (organization_id, last_word_key)',
  "create index users_by_email on users (organization_id, coalesce(email_key, ''), id)",
  'create index users_by_last_seen on users (organization_id, coalesce(last_seen_at, 0), id)',
  "create index users_of_rare_role on users (organization_id, organization_role) where organization_role <> 'member'",
  'create index users_inactive on users (organization_id) where active = 0',
];

const LIST_INDEXES = [
  'users_in_order',
  'users_by_name',
  'users_by_last_word',
  'users_by_email',
  'users_by_last_seen',
  'users_of_rare_role',
  'users_inactive',
];

/** As in 0001: typical counts, or SQLite would take one of these for a better way to a whole connection than its own index. */
const STATISTICS: readonly (readonly [table: string, index: string, counts: string])[] = [
  ['users', 'users_by_name', '100000 100000 2 1'],
  ['users', 'users_in_order', '100000 100000 1'],
  ['users', 'users_by_last_word', '100000 100000 20'],
  ['users', 'users_by_email', '100000 100000 2 1'],
  ['users', 'users_by_last_seen', '100000 100000 50 1'],
  ['users', 'users_of_rare_role', '1000 1000 500'],
  ['users', 'users_inactive', '10000 10000'],
];

async function seedStatistics(tx: Database): Promise<void> {
  for (const [table, index, counts] of STATISTICS) {
    await sql`insert into sqlite_stat1 (tbl, idx, stat) values (${table}, ${index}, ${counts})`.execute(tx);
  }
  await sql.raw('analyze sqlite_schema').execute(tx);
}

const keys = ({ text, integer, tableEnd }: ColumnTypes) => [
  `create table service_accounts (
    id ${text} not null primary key,
    organization_id ${text} not null,
    team_id ${text} references teams (id),
    name ${text} not null,
    name_key ${text} not null,
    created_at ${integer} not null,
    removed_at ${integer}
  ) ${tableEnd}`,
  'create unique index service_accounts_name on service_accounts (organization_id, name_key) where removed_at is null',
  'create index service_accounts_of_team on service_accounts (team_id, id) where team_id is not null',
  `create table api_keys (
    id ${text} not null primary key,
    organization_id ${text} not null,
    owner_kind ${text} not null,
    owner_id ${text} not null,
    name ${text} not null,
    hash ${text} not null,
    hint ${text} not null,
    scopes ${text} not null,
    created_at ${integer} not null,
    expires_at ${integer},
    revoked_at ${integer},
    last_used_at ${integer}
  ) ${tableEnd}`,
  'create unique index api_keys_hash on api_keys (hash)',
  'create index api_keys_of_owner on api_keys (owner_id, id)',
];

const invites = ({ text, integer, json, tableEnd }: ColumnTypes) => [
  `create table invites (
    id ${text} not null primary key,
    organization_id ${text} not null,
    email ${text} not null,
    email_key ${text} not null,
    role ${text} not null,
    teams ${json} not null,
    state ${text} not null,
    invited_by_id ${text},
    invited_by_name ${text} not null,
    created_at ${integer} not null,
    updated_at ${integer} not null,
    expires_at ${integer} not null,
    accepted_user_id ${text} references users (id)
  ) ${tableEnd}`,
  "create unique index invites_pending on invites (organization_id, email_key) where state = 'pending'",
  'create index invites_in_order on invites (organization_id, id)',
  `create table invite_links (
    hash ${text} not null primary key,
    invite_id ${text} not null references invites (id),
    created_at ${integer} not null,
    ended_at ${integer}
  ) ${tableEnd}`,
  'create index invite_links_of_invite on invite_links (invite_id)',
];

const mails = ({ text, integer, json, tableEnd }: ColumnTypes) => [
  `create table mails (
    id ${text} not null primary key,
    organization_id ${text} not null,
    kind ${text} not null,
    recipient ${text} not null,
    about_id ${text},
    content ${json} not null,
    state ${text} not null,
    attempts ${integer} not null,
    server_reply ${text},
    created_at ${integer} not null,
    updated_at ${integer} not null
  ) ${tableEnd}`,
  'create index mails_in_order on mails (organization_id, id)',
  `create index mails_failed on mails (organization_id, id) where state = 'failed'`,
  'create index mails_about on mails (about_id, id) where about_id is not null',
];

/** Children before the tables that they refer to. */
const TABLES = ['mails', 'invite_links', 'invites', 'api_keys', 'service_accounts'];

export const people: Migration = {
  name: '0003-people',
  async up(tx, kind) {
    const types = columnTypes(kind);
    for (const part of [lists, keys, invites, mails]) {
      for (const statement of part(types)) await sql.raw(statement).execute(tx);
    }
    if (kind === 'sqlite') await seedStatistics(tx);
  },
  async down(tx) {
    for (const table of TABLES) await sql.raw(`drop table ${table}`).execute(tx);
    for (const index of LIST_INDEXES) await sql.raw(`drop index ${index}`).execute(tx);
    for (const column of ['name_key', 'last_word_key']) {
      await sql.raw(`alter table users drop column ${column}`).execute(tx);
    }
  },
};
