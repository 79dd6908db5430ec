/**
 * One index instead of four: each is written at a place of its own for every removal. Entries of a person are found by
 * the person's removals, and names are looked for along the whole ledger, which people do by hand.
 */
import { sql } from 'kysely';
import type { Database } from '../../src/store/engine.ts';
import type { Migration } from '../../src/store/migrate.ts';

const DROPPED = [
  'ledger_removals_of_user',
  'ledger_removals_open',
  'ledger_removals_user_name',
  'ledger_entries_of_user',
];

async function run(tx: Database, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(tx);
}

export const fewerLedgerIndexes: Migration = {
  name: '0013-fewer-ledger-indexes',
  async up(tx) {
    await run(tx, [
      ...DROPPED.map((name) => `drop index ${name}`),
      // Still one open removal per person and scope, whoever writes; closed ones stand beside it under their ids.
      `create unique index ledger_removals_of_user on ledger_removals
        (user_id, coalesce(team_id, ''), (case when state = 'left' then '' else id end))`,
    ]);
  },
  async down(tx) {
    await run(tx, [
      'drop index ledger_removals_of_user',
      'create index ledger_removals_of_user on ledger_removals (user_id)',
      `create unique index ledger_removals_open on ledger_removals (user_id, coalesce(team_id, '')) where state = 'left'`,
      `create index ledger_removals_user_name on ledger_removals (user_name_key, organization_id)
        where user_name_key is not null`,
      'create index ledger_entries_of_user on ledger_entries (user_id)',
    ]);
  },
};
