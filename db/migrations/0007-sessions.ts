/**
 * Signing in: sessions, who an identity provider's subject is here, one-time links by e-mail, attempts that are slowed
 * down, and the mapping rules for groups that come with a sign-in. Console sessions of setup links give way to them.
 */
import { sql } from 'kysely';
import type { Database } from '../../src/store/engine.ts';
import type { Migration } from '../../src/store/migrate.ts';
import { type ColumnTypes, columnTypes } from './column-types.ts';

const sessions = ({ text, integer, tableEnd }: ColumnTypes) => [
  `create table sessions (
    id ${text} not null primary key,
    hash ${text} not null,
    organization_id ${text} not null,
    user_id ${text} not null references users (id),
    connector ${text} not null,
    issuer ${text} not null,
    provider_session ${text},
    provider_subject ${text},
    provider_hint ${text},
    created_at ${integer} not null,
    expires_at ${integer} not null,
    last_seen_at ${integer} not null,
    user_agent ${text},
    remote_address ${text}
  ) ${tableEnd}`,
  'create unique index sessions_hash on sessions (hash)',
  'create index sessions_of_user on sessions (user_id, id)',
  'create index sessions_of_provider on sessions (issuer, provider_subject) where provider_subject is not null',
  'create index sessions_named_by_provider on sessions (issuer, provider_session) where provider_session is not null',
  'create index sessions_expiry on sessions (expires_at)',
];

const identities = ({ text, json, integer, tableEnd, clusteredTableEnd }: ColumnTypes) => [
  `create table identity_links (
    organization_id ${text} not null,
    connector ${text} not null,
    issuer ${text} not null,
    subject ${text} not null,
    user_id ${text} not null references users (id),
    vouched_email ${text},
    created_at ${integer} not null,
    primary key (organization_id, connector, issuer, subject)
  ) ${clusteredTableEnd}`,
  'create index identity_links_of_user on identity_links (user_id)',
  `create table sign_in_rules (
    organization_id ${text} not null primary key references organizations (id),
    rules ${json} not null,
    updated_at ${integer} not null
  ) ${tableEnd}`,
  // Whoever was removed is looked for when a stranger comes: removed stays removed.
  'create index users_removed_by_name on users (organization_id, user_name_key) where deleted_at is not null',
  'create index users_removed_by_email on users (organization_id, email_key) where deleted_at is not null',
];

const links = ({ text, integer, tableEnd }: ColumnTypes) => [
  `create table email_links (
    hash ${text} not null primary key,
    organization_id ${text} not null,
    email ${text} not null,
    return_to ${text} not null,
    created_at ${integer} not null,
    expires_at ${integer} not null
  ) ${tableEnd}`,
  'create index email_links_expiry on email_links (expires_at)',
  `create table slowed_attempts (
    key ${text} not null primary key,
    free_at ${integer} not null
  ) ${tableEnd}`,
  'create index slowed_attempts_expiry on slowed_attempts (free_at)',
];

const INDEXES = ['users_removed_by_email', 'users_removed_by_name'];
const TABLES = ['slowed_attempts', 'email_links', 'sign_in_rules', 'identity_links', 'sessions'];

/** As in 0001: without them SQLite takes these for a better way to everybody without access than the index that is made for it. */
async function seedStatistics(tx: Database): Promise<void> {
  for (const index of INDEXES) {
    await sql`insert into sqlite_stat1 (tbl, idx, stat) values ('users', ${index}, '20000 20000 2')`.execute(tx);
  }
  await sql.raw('analyze sqlite_schema').execute(tx);
}

export const sessionsMigration: Migration = {
  name: '0007-sessions',
  async up(tx, kind) {
    const types = columnTypes(kind);
    for (const part of [sessions, identities, links]) {
      for (const statement of part(types)) await sql.raw(statement).execute(tx);
    }
    if (kind === 'sqlite') await seedStatistics(tx);
  },
  async down(tx) {
    for (const index of INDEXES) await sql.raw(`drop index ${index}`).execute(tx);
    for (const table of TABLES) await sql.raw(`drop table ${table}`).execute(tx);
  },
};
