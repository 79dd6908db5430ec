/**
 * Targets: what is kept in step, what each subject is called over there, which memberships were pushed, what went out, and
 * the events that wait for a webhook. Subjects are not foreign keys: a target outlives whom it was told about.
 */
import { sql } from 'kysely';
import type { Migration } from '../../src/store/migrate.ts';
import { type ColumnTypes, columnTypes } from './column-types.ts';

const targets = ({ text, json, integer, tableEnd }: ColumnTypes) => [
  `create table targets (
    id ${text} not null primary key,
    organization_id ${text} not null references organizations (id),
    kind ${text} not null,
    name ${text} not null,
    state ${text} not null,
    state_reason ${text},
    settings ${json} not null,
    sealed ${text} not null,
    feed_cursor ${text} not null,
    loaded_up_to ${text},
    created_at ${integer} not null,
    updated_at ${integer} not null
  ) ${tableEnd}`,
  'create unique index targets_name on targets (organization_id, name)',
  `create table target_turns (
    target_id ${text} not null primary key references targets (id) on delete cascade,
    next_at ${integer} not null
  ) ${tableEnd}`,
];

const subjects = ({ text, json, integer, flag, clusteredTableEnd }: ColumnTypes) => [
  `create table target_links (
    target_id ${text} not null references targets (id) on delete cascade,
    subject_type ${text} not null,
    subject_id ${text} not null,
    remote_id ${text},
    remote_name ${text},
    remote_name_key ${text},
    memo ${json},
    fingerprint ${text},
    refusals ${integer} not null,
    outcome ${text} not null,
    reason ${text},
    pushed_at ${integer} not null,
    primary key (target_id, subject_type, subject_id)
  ) ${clusteredTableEnd}`,
  `create unique index target_links_remote on target_links (target_id, subject_type, remote_id)
    where remote_id is not null`,
  `create index target_links_name on target_links (target_id, subject_type, remote_name_key)
    where remote_name_key is not null`,
  `create index target_links_failing on target_links (target_id, outcome) where outcome <> 'done'`,
  `create table target_members (
    target_id ${text} not null references targets (id) on delete cascade,
    team_id ${text} not null,
    user_id ${text} not null,
    role ${text},
    is_due ${flag} not null,
    version ${integer} not null,
    primary key (target_id, team_id, user_id)
  ) ${clusteredTableEnd}`,
  'create index target_members_of_user on target_members (target_id, user_id, team_id)',
  'create index target_members_due on target_members (target_id, team_id, user_id) where is_due = 1',
];

const log = ({ text, json, integer, position, tableEnd }: ColumnTypes) => [
  `create table target_pushes (
    id ${text} not null primary key,
    target_id ${text} not null references targets (id) on delete cascade,
    organization_id ${text} not null,
    subject_type ${text} not null,
    subject_id ${text} not null,
    subject_name ${text} not null,
    exchange_id ${text},
    cause_position ${integer},
    cause_at ${integer},
    outcome ${text} not null,
    reason ${text},
    at ${integer} not null,
    duration_ms ${integer} not null,
    requests ${json} not null
  ) ${tableEnd}`,
  'create index target_pushes_of_target on target_pushes (target_id, id)',
  'create index target_pushes_of_exchange on target_pushes (exchange_id) where exchange_id is not null',
  'create index target_pushes_of_subject on target_pushes (subject_id, id)',
  `create table target_deliveries (
    sequence ${position},
    target_id ${text} not null references targets (id) on delete cascade,
    subject_key ${text} not null,
    position ${integer} not null,
    state ${text} not null,
    attempts ${integer} not null,
    last_error ${text},
    created_at ${integer} not null
  ) ${tableEnd}`,
  'create index target_deliveries_of_subject on target_deliveries (target_id, state, subject_key, sequence)',
];

const TABLES = ['target_deliveries', 'target_pushes', 'target_members', 'target_links', 'target_turns', 'targets'];

export const targetTables: Migration = {
  name: '0009-targets',
  async up(tx, kind) {
    const types = columnTypes(kind);
    const statements = [...targets(types), ...subjects(types), ...log(types)];
    // The order of the feed on PostgreSQL; on SQLite it is that of the primary key.
    if (kind === 'postgres')
      statements.push('create index changes_in_feed_order on changes (transaction_id, position)');
    for (const statement of statements) await sql.raw(statement).execute(tx);
  },
  async down(tx, kind) {
    if (kind === 'postgres') await sql.raw('drop index changes_in_feed_order').execute(tx);
    for (const table of TABLES) await sql.raw(`drop table ${table}`).execute(tx);
  },
};
