/** Sign-ins under way, and what a connector accepts only once (SAML assertions, logout tokens). Short-lived rows: no foreign keys. */
import { sql } from 'kysely';
import type { Migration } from '../../src/store/migrate.ts';
import { type ColumnTypes, columnTypes } from './column-types.ts';

const tables = ({ text, integer, tableEnd, clusteredTableEnd }: ColumnTypes) => [
  `create table sign_in_attempts (
    state_hash ${text} not null primary key,
    browser_hash ${text} not null,
    connector ${text} not null,
    kept ${text} not null,
    return_to ${text} not null,
    expires_at ${integer} not null
  ) ${tableEnd}`,
  'create index sign_in_attempts_expiry on sign_in_attempts (expires_at)',
  `create table single_uses (
    realm ${text} not null,
    hash ${text} not null,
    until ${integer} not null,
    primary key (realm, hash)
  ) ${clusteredTableEnd}`,
  'create index single_uses_expiry on single_uses (until)',
];

export const signInConnectors: Migration = {
  name: '0006-signin-connectors',
  async up(tx, kind) {
    for (const statement of tables(columnTypes(kind))) await sql.raw(statement).execute(tx);
  },
  async down(tx) {
    for (const table of ['single_uses', 'sign_in_attempts']) await sql.raw(`drop table ${table}`).execute(tx);
  },
};
