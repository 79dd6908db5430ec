/** How far new mapping rules are applied to the people of a connection: one row per connection. */
import { sql } from 'kysely';
import type { Migration } from '../../src/store/migrate.ts';
import { columnTypes } from './column-types.ts';

export const ruleRuns: Migration = {
  name: '0012-rule-runs',
  async up(tx, kind) {
    const { text, integer, tableEnd } = columnTypes(kind);
    const statement = `create table rule_runs (
      connection_id ${text} not null primary key references connections (id),
      organization_id ${text} not null references organizations (id),
      generation ${integer} not null,
      stage ${text} not null,
      cursor ${text} not null,
      total ${integer} not null,
      done ${integer} not null,
      gained ${integer} not null,
      lost ${integer} not null,
      changed ${integer} not null,
      started_at ${integer} not null,
      updated_at ${integer} not null,
      finished_at ${integer}
    ) ${tableEnd}`;
    await sql.raw(statement).execute(tx);
  },
  async down(tx) {
    await sql.raw('drop table rule_runs').execute(tx);
  },
};
