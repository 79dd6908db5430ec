/** Work that is done later: one row per queue and key. */
import { sql } from 'kysely';
import type { Migration } from '../../src/store/migrate.ts';
import { columnTypes } from './column-types.ts';

export const jobs: Migration = {
  name: '0002-jobs',
  async up(tx, kind) {
    const { text, integer, json, clusteredTableEnd } = columnTypes(kind);
    const statements = [
      `create table jobs (
        queue ${text} not null,
        key ${text} not null,
        organization_id ${text} not null,
        payload ${json},
        state ${text} not null,
        due_at ${integer} not null,
        attempts ${integer} not null,
        generation ${integer} not null,
        lease_owner ${text},
        lease_until ${integer},
        last_error ${text},
        created_at ${integer} not null,
        updated_at ${integer} not null,
        primary key (queue, key)
      ) ${clusteredTableEnd}`,
      'create index jobs_due on jobs (queue, state, due_at)',
    ];
    for (const statement of statements) await sql.raw(statement).execute(tx);
  },
  async down(tx) {
    await sql.raw('drop table jobs').execute(tx);
  },
};
