/** How each chain of the ledger stood when it was walked last: one setting an organization. */
import { sql } from 'kysely';
import type { ChainStanding, ChainStandingStore } from '../ledger/chain-watch.ts';
import { databaseOf } from './statement.ts';

const keyOf = (organizationId: string): string => `chain-standing:${organizationId}`;

export const chainStandings: ChainStandingStore = {
  async read(db, organizationId) {
    const statement = sql<{ value: string }>`select value from settings where key = ${keyOf(organizationId)}`;
    const row = (await statement.execute(databaseOf(db))).rows[0];
    return row && (JSON.parse(row.value) as ChainStanding);
  },
  async save(db, organizationId, standing) {
    await sql`insert into settings (key, value) values (${keyOf(organizationId)}, ${JSON.stringify(standing)})
      on conflict (key) do update set value = excluded.value`.execute(databaseOf(db));
  },
  async countBroken(db) {
    const statement = sql<{ value: string }>`select s.value from settings as s
      join organizations as o on s.key = ${keyOf('')} || o.id`;
    const { rows } = await statement.execute(databaseOf(db));
    return rows.filter(({ value }) => !(JSON.parse(value) as ChainStanding).holds).length;
  },
};
