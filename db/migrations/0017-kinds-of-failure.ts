/** A target fails in more ways than by a forbidden address: its secrets may not open, its settings not be right. */
import { sql } from 'kysely';
import type { Migration } from '../../src/store/migrate.ts';
import { columnTypes } from './column-types.ts';

export const kindsOfFailure: Migration = {
  name: '0017-kinds-of-failure',
  async up(tx, kind) {
    const { text } = columnTypes(kind);
    await sql.raw(`alter table target_failures add column kind ${text} not null default 'unavailable'`).execute(tx);
    await sql.raw(`update target_failures set kind = 'forbidden' where is_forbidden = 1`).execute(tx);
    await sql.raw('alter table target_failures drop column is_forbidden').execute(tx);
  },
  async down(tx, kind) {
    const { flag } = columnTypes(kind);
    await sql.raw(`alter table target_failures add column is_forbidden ${flag} not null default 0`).execute(tx);
    await sql.raw(`update target_failures set is_forbidden = 1 where kind = 'forbidden'`).execute(tx);
    await sql.raw('alter table target_failures drop column kind').execute(tx);
  },
};
