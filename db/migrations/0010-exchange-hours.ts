/** Exchanges counted by hour, so that a chart of a week does not read the log of a week. */
import { sql } from 'kysely';
import type { Migration } from '../../src/store/migrate.ts';
import { columnTypes } from './column-types.ts';

export const exchangeHours: Migration = {
  name: '0010-exchange-hours',
  async up(tx, kind) {
    const { text, integer, clusteredTableEnd, tableEnd } = columnTypes(kind);
    const statements = [
      `create table exchange_hours (
        organization_id ${text} not null,
        hour ${integer} not null,
        connection_id ${text} not null,
        outcome ${text} not null,
        count ${integer} not null,
        primary key (organization_id, hour, connection_id, outcome)
      ) ${clusteredTableEnd}`,
      `create table exchange_hours_counted (
        organization_id ${text} not null primary key,
        until ${integer} not null
      ) ${tableEnd}`,
    ];
    for (const statement of statements) await sql.raw(statement).execute(tx);
  },
  async down(tx) {
    for (const table of ['exchange_hours_counted', 'exchange_hours']) await sql.raw(`drop table ${table}`).execute(tx);
  },
};
