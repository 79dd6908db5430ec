/** Tokens that Drawbridge made to ask itself, the test button's, say so. */
import { sql } from 'kysely';
import type { Migration } from '../../src/store/migrate.ts';
import { columnTypes } from './column-types.ts';

export const testTokens: Migration = {
  name: '0016-test-tokens',
  async up(tx, kind) {
    const { flag } = columnTypes(kind);
    await sql.raw(`alter table connection_tokens add column is_test ${flag} not null default 0`).execute(tx);
    // Until now they were told by their life of a minute; each was revoked after its test, whereas rotating revokes none.
    const known = `update connection_tokens set is_test = 1 where revoked_at is not null and expires_at - created_at <= 60000`;
    await sql.raw(known).execute(tx);
  },
  async down(tx) {
    await sql.raw('alter table connection_tokens drop column is_test').execute(tx);
  },
};
