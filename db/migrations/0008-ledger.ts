/**
 * What stands beside the ledger's chain: the state of each removal and what all of them come to (written with the entry
 * that changes it), and the fingerprints of the runs that an inventory found.
 */
import { sql } from 'kysely';
import type { Database } from '../../src/store/engine.ts';
import type { Migration } from '../../src/store/migrate.ts';
import { type ColumnTypes, columnTypes } from './column-types.ts';

const removals = ({ text, json, integer, flag, tableEnd }: ColumnTypes) => [
  `create table ledger_removals (
    id ${text} not null primary key,
    organization_id ${text} not null,
    position ${integer} not null,
    user_id ${text} not null,
    scope ${text} not null,
    team_id ${text},
    team_name ${text},
    connection_id ${text},
    cause ${text} not null,
    at ${integer} not null,
    held_teams ${json} not null,
    state ${text} not null,
    closed_at ${integer},
    successor_id ${text},
    inventory ${text},
    inventory_entry_id ${text},
    inventory_at ${integer},
    inventory_reason ${text},
    runs ${integer},
    projects ${integer},
    first_run_at ${integer},
    last_run_at ${integer},
    verification ${text},
    verified_at ${integer},
    missing ${integer} not null,
    hold ${flag} not null,
    keep_until ${integer},
    handover ${text},
    heir_kind ${text},
    heir_id ${text},
    erased_at ${integer},
    last_position ${integer} not null,
    user_name_key ${text},
    email_key ${text},
    external_id ${text},
    asked_at ${integer}
  ) ${tableEnd}`,
  'create index ledger_removals_of_user on ledger_removals (user_id)',
  // One open removal per person and scope, whoever writes: repeating a removal adds nothing.
  `create unique index ledger_removals_open on ledger_removals (user_id, coalesce(team_id, '')) where state = 'left'`,
  `create index ledger_removals_external_id on ledger_removals (connection_id, external_id)
    where external_id is not null and state = 'left'`,
  `create index ledger_removals_user_name on ledger_removals (user_name_key, organization_id)
    where user_name_key is not null`,
  'create index ledger_removals_email on ledger_removals (email_key, organization_id) where email_key is not null',
  `create index ledger_removals_without_inventory on ledger_removals (id)
    where inventory is null or inventory <> 'taken'`,
  `create index ledger_removals_to_verify on ledger_removals (organization_id, verified_at)
    where state = 'left' and inventory_entry_id is not null`,
  // Which one was looked at the longest ago, for the metrics.
  `create index ledger_removals_looked_at on ledger_removals (coalesce(verified_at, inventory_at))
    where state = 'left' and runs > 0`,
  'create index ledger_removals_missing on ledger_removals (organization_id) where missing > 0',
];

const totals = ({ text, integer, clusteredTableEnd }: ColumnTypes) => [
  `create table ledger_totals (
    organization_id ${text} not null primary key,
    removals ${integer} not null,
    open ${integer} not null,
    holds ${integer} not null,
    taken ${integer} not null,
    partial ${integer} not null,
    failed ${integer} not null,
    runs_kept ${integer} not null,
    runs_missing ${integer} not null
  ) ${clusteredTableEnd}`,
];

const digests = ({ text, integer, clusteredTableEnd }: ColumnTypes) => [
  `create table ledger_run_digests (
    entry_id ${text} not null,
    number ${integer} not null,
    fingerprints ${text},
    run_ids ${text},
    primary key (entry_id, number)
  ) ${clusteredTableEnd}`,
];

async function run(tx: Database, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(tx);
}

export const ledger: Migration = {
  name: '0008-ledger',
  async up(tx, kind) {
    const types = columnTypes(kind);
    for (const part of [removals, totals, digests]) await run(tx, part(types));
  },
  async down(tx) {
    await run(tx, ['drop table ledger_run_digests', 'drop table ledger_totals', 'drop table ledger_removals']);
  },
};
