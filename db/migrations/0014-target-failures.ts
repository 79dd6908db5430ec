/** Since when every try of a target has failed, and why: a row per target that cannot be worked with now. */
import { sql } from 'kysely';
import type { Migration } from '../../src/store/migrate.ts';
import { columnTypes } from './column-types.ts';

export const targetFailures: Migration = {
  name: '0014-target-failures',
  async up(tx, kind) {
    const { text, integer, flag, tableEnd } = columnTypes(kind);
    const statement = `create table target_failures (
      target_id ${text} not null primary key references targets (id) on delete cascade,
      since ${integer} not null,
      last_at ${integer} not null,
      tries ${integer} not null,
      is_forbidden ${flag} not null,
      reason ${text} not null
    ) ${tableEnd}`;
    await sql.raw(statement).execute(tx);
  },
  async down(tx) {
    await sql.raw('drop table target_failures').execute(tx);
  },
};
