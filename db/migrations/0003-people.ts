/**
 * People as admins see them: API keys and service accounts, invites with their links, and the outbox of mails. Secrets are
 * stored by hash only; a mail that carries a link gets it when it is sent, so that no link lies in the outbox.
 */
import { sql } from 'kysely';
import type { Migration } from '../../src/store/migrate.ts';
import { type ColumnTypes, columnTypes } from './column-types.ts';

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
  'create index mails_about on mails (about_id, id) where about_id is not null',
];

/** Children before the tables that they refer to. */
const TABLES = ['mails', 'invite_links', 'invites', 'api_keys', 'service_accounts'];

export const people: Migration = {
  name: '0003-people',
  async up(tx, kind) {
    const types = columnTypes(kind);
    for (const part of [keys, invites, mails]) {
      for (const statement of part(types)) await sql.raw(statement).execute(tx);
    }
  },
  async down(tx) {
    for (const table of TABLES) await sql.raw(`drop table ${table}`).execute(tx);
  },
};
