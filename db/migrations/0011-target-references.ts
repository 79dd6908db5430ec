/** Who was pushed to a target with a reference to whom (a manager), so that the one follows when the other's id comes. */
import { sql } from 'kysely';
import type { Migration } from '../../src/store/migrate.ts';
import { columnTypes } from './column-types.ts';

export const targetReferences: Migration = {
  name: '0011-target-references',
  async up(tx, kind) {
    const { text } = columnTypes(kind);
    const statements = [
      `alter table target_links add column refers_to ${text}`,
      `create index target_links_referring on target_links (target_id, refers_to) where refers_to is not null`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(tx);
  },
  async down(tx) {
    await sql.raw('drop index target_links_referring').execute(tx);
    await sql.raw('alter table target_links drop column refers_to').execute(tx);
  },
};
