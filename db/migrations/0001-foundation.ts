/**
 * The first schema: organizations, connections, people, groups, teams, grants, the sync log and the ledger.
 *
 * Foreign keys stand where a row without its other half would be wrong and the check is cheap. None leads to
 * organizations from tables that are written often: on PostgreSQL each insert would lock the organization's row against
 * those who count under it. Logs (changes, exchanges, ledger) outlive what they tell of, so they have none. Users are never
 * deleted; groups are: memberships go with them, grants must be taken away first, on record.
 */
import { sql } from 'kysely';
import type { Database } from '../../src/store/engine.ts';
import type { Migration } from '../../src/store/migrate.ts';
import { type ColumnTypes, columnTypes } from './column-types.ts';

const installation = ({ text, json, integer, tableEnd }: ColumnTypes) => [
  `create table settings (
    key ${text} not null primary key,
    value ${text} not null
  ) ${tableEnd}`,
  `create table organizations (
    id ${text} not null primary key,
    name ${text} not null,
    settings ${json} not null,
    created_at ${integer} not null
  ) ${tableEnd}`,
  'create unique index organizations_name on organizations (name)',
  `create table setup_links (
    hash ${text} not null primary key,
    organization_id ${text} not null references organizations (id),
    created_at ${integer} not null,
    expires_at ${integer} not null,
    used_at ${integer}
  ) ${tableEnd}`,
];

const connections = ({ text, json, integer, tableEnd }: ColumnTypes) => [
  `create table connections (
    id ${text} not null primary key,
    organization_id ${text} not null references organizations (id),
    name ${text} not null,
    dialect ${text} not null,
    state ${text} not null,
    rules ${json} not null,
    created_at ${integer} not null,
    updated_at ${integer} not null
  ) ${tableEnd}`,
  'create index connections_of_organization on connections (organization_id, name)',
  `create table connection_tokens (
    id ${text} not null primary key,
    connection_id ${text} not null references connections (id),
    organization_id ${text} not null,
    hash ${text} not null,
    hint ${text} not null,
    created_at ${integer} not null,
    expires_at ${integer},
    revoked_at ${integer},
    last_used_at ${integer}
  ) ${tableEnd}`,
  'create unique index connection_tokens_hash on connection_tokens (hash)',
  'create index connection_tokens_of_connection on connection_tokens (connection_id, id)',
];

const users = ({ text, json, integer, flag, tableEnd, clusteredTableEnd }: ColumnTypes) => [
  `create table users (
    id ${text} not null primary key,
    organization_id ${text} not null,
    connection_id ${text} references connections (id),
    user_name ${text} not null,
    user_name_key ${text} not null,
    external_id ${text},
    display_name ${text},
    display_name_key ${text},
    email_key ${text},
    active ${flag} not null,
    adoption_connection_id ${text},
    organization_role ${text} not null,
    attributes ${json} not null,
    version ${integer} not null,
    created_at ${integer} not null,
    updated_at ${integer} not null,
    last_seen_at ${integer},
    deleted_at ${integer}
  ) ${tableEnd}`,
  `create unique index users_name_in_connection on users (connection_id, user_name_key)
    where deleted_at is null and connection_id is not null`,
  `create unique index users_name_of_unmanaged on users (organization_id, user_name_key)
    where deleted_at is null and connection_id is null`,
  'create index users_external_id on users (connection_id, external_id) where deleted_at is null',
  // Two indexes for the two sets that a connection sees: PostgreSQL takes no order from one over "connection_id is null".
  `create index users_of_connection on users (connection_id, id, organization_id)
    where deleted_at is null and connection_id is not null`,
  'create index users_unmanaged on users (organization_id, id) where deleted_at is null and connection_id is null',
  'create index users_active on users (organization_id) where active = 1 and deleted_at is null',
  'create index users_display_name on users (organization_id, display_name_key) where deleted_at is null',
  'create index users_email on users (organization_id, email_key) where deleted_at is null',
  `create index users_active_admins on users (organization_id)
    where organization_role = 'admin' and active = 1 and deleted_at is null`,
  `create table user_emails (
    user_id ${text} not null references users (id),
    position ${integer} not null,
    organization_id ${text} not null,
    value ${text} not null,
    value_key ${text} not null,
    type_key ${text},
    is_primary ${flag} not null,
    primary key (user_id, position)
  ) ${clusteredTableEnd}`,
  'create index user_emails_value on user_emails (organization_id, value_key)',
];

const groups = ({ text, integer, tableEnd, clusteredTableEnd }: ColumnTypes) => [
  `create table teams (
    id ${text} not null primary key,
    organization_id ${text} not null,
    name ${text} not null,
    name_key ${text} not null,
    created_at ${integer} not null,
    updated_at ${integer} not null,
    archived_at ${integer}
  ) ${tableEnd}`,
  'create unique index teams_name on teams (organization_id, name_key)',
  `create table groups (
    id ${text} not null primary key,
    organization_id ${text} not null,
    connection_id ${text} not null references connections (id),
    display_name ${text} not null,
    display_name_key ${text} not null,
    external_id ${text},
    team_id ${text} references teams (id),
    version ${integer} not null,
    created_at ${integer} not null,
    updated_at ${integer} not null
  ) ${tableEnd}`,
  'create unique index groups_name on groups (connection_id, display_name_key)',
  'create index groups_external_id on groups (connection_id, external_id)',
  'create index groups_in_order on groups (connection_id, id)',
  'create index groups_team on groups (team_id) where team_id is not null',
  `create table group_members (
    group_id ${text} not null references groups (id) on delete cascade,
    user_id ${text} not null references users (id),
    organization_id ${text} not null,
    display ${text},
    added_at ${integer} not null,
    primary key (group_id, user_id)
  ) ${clusteredTableEnd}`,
  'create index group_members_of_user on group_members (user_id, group_id)',
];

const grants = ({ text, integer, tableEnd }: ColumnTypes) => [
  `create table grants (
    id ${text} not null primary key,
    organization_id ${text} not null,
    user_id ${text} not null references users (id),
    scope ${text} not null,
    team_id ${text} references teams (id),
    role ${text} not null,
    origin ${text} not null,
    rule_id ${text},
    connection_id ${text} references connections (id),
    group_id ${text} references groups (id),
    identity ${text} not null,
    created_at ${integer} not null
  ) ${tableEnd}`,
  'create unique index grants_identity on grants (identity)',
  'create index grants_of_user on grants (user_id)',
  'create index grants_of_team on grants (team_id, user_id) where team_id is not null',
  'create index grants_of_group on grants (group_id, user_id) where group_id is not null',
  'create index grants_of_rule on grants (connection_id, rule_id) where connection_id is not null',
];

const syncLog = ({ text, json, integer, position, transactionId, tableEnd }: ColumnTypes) => [
  `create table changes (
    position ${position},
    organization_id ${text} not null,
    exchange_id ${text},
    connection_id ${text},
    at ${integer} not null,
    kind ${text} not null,
    subject_type ${text} not null,
    subject_id ${text} not null,
    subject_name ${text} not null,
    related_type ${text},
    related_id ${text},
    related_name ${text},
    actor_kind ${text} not null,
    actor_id ${text},
    actor_name ${text} not null,
    reason ${text},
    "before" ${json},
    "after" ${json},
    transaction_id ${transactionId}
  ) ${tableEnd}`,
  'create index changes_of_organization on changes (organization_id, position)',
  'create index changes_of_subject on changes (subject_id, position)',
  'create index changes_of_related on changes (related_id, position) where related_id is not null',
  'create index changes_of_exchange on changes (exchange_id) where exchange_id is not null',
  `create table exchanges (
    id ${text} not null primary key,
    organization_id ${text},
    connection_id ${text},
    token_id ${text},
    at ${integer} not null,
    duration_us ${integer} not null,
    method ${text} not null,
    path ${text} not null,
    operation ${text} not null,
    status ${integer} not null,
    outcome ${text} not null,
    error_code ${text},
    error_detail ${text},
    subject_type ${text},
    subject_id ${text},
    subject_name ${text},
    summary ${text} not null,
    search_text ${text} not null,
    repairs ${json},
    request_body ${text},
    response_body ${text},
    change_count ${integer} not null,
    user_agent ${text},
    remote_address ${text}
  ) ${tableEnd}`,
  'create index exchanges_of_organization on exchanges (organization_id, id)',
  'create index exchanges_of_connection on exchanges (connection_id, id)',
  'create index exchanges_by_outcome on exchanges (organization_id, outcome, id)',
  // Reads are of nobody's story, and what changed somebody is found by the change. Ids sort by time, so time needs no index.
  `create index exchanges_of_subject on exchanges (subject_id, id)
    where subject_id is not null and outcome <> 'read' and outcome <> 'changed'`,
  // Plain reads, many to a row and without further indexes: synclog/read-batch.ts.
  `create table read_batches (
    id ${text} not null primary key,
    first_id ${text} not null,
    last_at ${integer} not null,
    organization_id ${text},
    connection_id ${text},
    token_id ${text},
    operation ${text} not null,
    method ${text} not null,
    user_agent ${text},
    remote_address ${text},
    reads ${integer} not null,
    entries ${text} not null
  ) ${tableEnd}`,
];

/** `content`, `actor` and `personal` are text on both engines: hashes are over the letters, which jsonb does not keep. */
const ledger = ({ text, integer, tableEnd }: ColumnTypes) => [
  `create table ledger_entries (
    organization_id ${text} not null,
    position ${integer} not null,
    id ${text} not null,
    hash ${text} not null,
    previous_hash ${text} not null,
    kind ${text} not null,
    scope ${text} not null,
    team_id ${text},
    user_id ${text} not null,
    removal_id ${text} not null,
    at ${integer} not null,
    content ${text} not null,
    actor ${text} not null,
    actor_user_id ${text},
    personal ${text},
    exchange_id ${text},
    primary key (organization_id, position)
  ) ${tableEnd}`,
  'create unique index ledger_entries_id on ledger_entries (id)',
  'create index ledger_entries_of_user on ledger_entries (user_id)',
  'create index ledger_entries_of_removal on ledger_entries (removal_id, position)',
  'create index ledger_entries_by_user on ledger_entries (actor_user_id) where actor_user_id is not null',
];

/** Children before the tables that they refer to. */
const TABLES = [
  'ledger_entries',
  'read_batches',
  'exchanges',
  'changes',
  'grants',
  'group_members',
  'groups',
  'teams',
  'user_emails',
  'users',
  'connection_tokens',
  'connections',
  'setup_links',
  'organizations',
  'settings',
];

async function run(tx: Database, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(tx);
}

/**
 * Typical row counts for SQLite's planner, in the form that ANALYZE writes (rows of the index, then rows per distinct
 * prefix). Without them it takes an organization for as good a key as a person and walks whole logs; ANALYZE at run time
 * would make plans depend on how full the database was at that moment. https://www.sqlite.org/fileformat2.html#stat1tab
 */
const STATISTICS: readonly (readonly [table: string, index: string, counts: string])[] = [
  ['users', 'sqlite_autoindex_users_1', '100000 1'],
  ['users', 'users_name_in_connection', '100000 50000 1'],
  ['users', 'users_name_of_unmanaged', '1000 500 1'],
  ['users', 'users_external_id', '100000 50000 1'],
  ['users', 'users_of_connection', '100000 50000 1 1'],
  ['users', 'users_unmanaged', '1000 500 1'],
  ['users', 'users_active', '60000 60000'],
  ['users', 'users_display_name', '100000 100000 2'],
  ['users', 'users_email', '100000 100000 2'],
  ['users', 'users_active_admins', '10 5'],
  ['changes', 'changes_of_organization', '1000000 500000 1'],
  ['changes', 'changes_of_subject', '1000000 10 1'],
  ['changes', 'changes_of_related', '500000 50 1'],
  ['changes', 'changes_of_exchange', '900000 3'],
  ['exchanges', 'sqlite_autoindex_exchanges_1', '1000000 1'],
  ['exchanges', 'exchanges_of_organization', '1000000 500000 1'],
  ['exchanges', 'exchanges_of_connection', '1000000 250000 1'],
  ['exchanges', 'exchanges_by_outcome', '1000000 500000 100000 1'],
  ['exchanges', 'exchanges_of_subject', '100000 3 1'],
  ['ledger_entries', 'sqlite_autoindex_ledger_entries_1', '100000 50000 1'],
  ['ledger_entries', 'ledger_entries_id', '100000 1'],
  ['ledger_entries', 'ledger_entries_of_user', '100000 3'],
  ['ledger_entries', 'ledger_entries_of_removal', '100000 3 1'],
];

async function seedStatistics(tx: Database): Promise<void> {
  // Makes the table of statistics, and afterwards lets every connection read it.
  await run(tx, ['analyze sqlite_schema']);
  for (const [table, index, counts] of STATISTICS) {
    await sql`insert into sqlite_stat1 (tbl, idx, stat) values (${table}, ${index}, ${counts})`.execute(tx);
  }
  await run(tx, ['analyze sqlite_schema']);
}

export const foundation: Migration = {
  name: '0001-foundation',
  async up(tx, kind) {
    const types = columnTypes(kind);
    for (const part of [installation, connections, users, groups, grants, syncLog, ledger]) await run(tx, part(types));
    if (kind === 'sqlite') await seedStatistics(tx);
  },
  async down(tx) {
    await run(
      tx,
      TABLES.map((table) => `drop table ${table}`),
    );
  },
};
