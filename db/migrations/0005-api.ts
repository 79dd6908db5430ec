/** What the JSON API keeps (answers under an Idempotency-Key, until they expire), and what its lists are read by. */
import { sql } from 'kysely';
import type { Migration } from '../../src/store/migrate.ts';
import { columnTypes } from './column-types.ts';

export const api: Migration = {
  name: '0005-api',
  async up(tx, kind) {
    const { text, integer, clusteredTableEnd } = columnTypes(kind);
    await sql
      .raw(`create table kept_answers (
        organization_id ${text} not null,
        principal ${text} not null,
        key_hash ${text} not null,
        fingerprint ${text} not null,
        claimed_by ${text} not null,
        lease_until ${integer} not null,
        answer ${text},
        expires_at ${integer} not null,
        primary key (organization_id, principal, key_hash)
      ) ${clusteredTableEnd}`)
      .execute(tx);
    await sql.raw('create index kept_answers_expiry on kept_answers (expires_at)').execute(tx);
    await sql.raw('create index groups_of_organization on groups (organization_id, id)').execute(tx);
  },
  async down(tx) {
    await sql.raw('drop index groups_of_organization').execute(tx);
    await sql.raw('drop table kept_answers').execute(tx);
  },
};
