/**
 * Teams as people manage them: storage, settings and picture of a team, people kept out of one by hand, custom roles, and
 * the privacy that an organization enforces.
 */
import { sql } from 'kysely';
import type { Database } from '../../src/store/engine.ts';
import type { Migration } from '../../src/store/migrate.ts';
import { type ColumnTypes, columnTypes } from './column-types.ts';

const up = ({ text, integer, json, bytes, tableEnd, clusteredTableEnd }: ColumnTypes) => [
  `alter table teams add column storage ${json}`,
  `alter table teams add column settings ${json}`,
  `create table team_avatars (
    team_id ${text} not null primary key references teams (id),
    etag ${text} not null,
    image ${bytes} not null,
    updated_at ${integer} not null
  ) ${tableEnd}`,
  // Read with every grant, by its key; nearly always without a row.
  `create table team_exclusions (
    user_id ${text} not null references users (id),
    team_id ${text} not null references teams (id),
    organization_id ${text} not null,
    actor_name ${text} not null,
    reason ${text},
    created_at ${integer} not null,
    primary key (user_id, team_id)
  ) ${clusteredTableEnd}`,
  'create index team_exclusions_of_team on team_exclusions (team_id, user_id)',
  `create table custom_roles (
    id ${text} not null primary key,
    organization_id ${text} not null,
    name ${text} not null,
    name_key ${text} not null,
    description ${text} not null,
    inherits ${text} not null,
    permissions ${json} not null,
    created_at ${integer} not null,
    updated_at ${integer} not null,
    deleted_at ${integer}
  ) ${tableEnd}`,
  'create unique index custom_roles_name on custom_roles (organization_id, name_key) where deleted_at is null',
  `create table enforced_privacy (
    organization_id ${text} not null,
    switch ${text} not null,
    enforced_at ${integer} not null,
    primary key (organization_id, switch)
  ) ${clusteredTableEnd}`,
  `create index grants_of_team_admins on grants (team_id) where role = 'admin' and team_id is not null`,
  `create index grants_of_custom_role on grants (organization_id, role)
    where role not in ('admin', 'member', 'viewer', 'service')`,
];

/** As in 0001: without these SQLite takes the index over a whole team for as good as the one over its admins. */
const STATISTICS: readonly (readonly [index: string, counts: string])[] = [
  ['grants_identity', '200000 1'],
  ['grants_of_user', '200000 3'],
  ['grants_of_team', '200000 500 1'],
  ['grants_of_team_admins', '1000 3'],
  ['grants_of_group', '200000 500 1'],
  ['grants_of_rule', '200000 50000 10000'],
  ['grants_of_custom_role', '2000 1000 200'],
];

async function seedStatistics(tx: Database): Promise<void> {
  await sql`delete from sqlite_stat1 where tbl = 'grants'`.execute(tx);
  for (const [index, counts] of STATISTICS) {
    await sql`insert into sqlite_stat1 (tbl, idx, stat) values ('grants', ${index}, ${counts})`.execute(tx);
  }
  await sql.raw('analyze sqlite_schema').execute(tx);
}

const DOWN = [
  'drop index grants_of_custom_role',
  'drop index grants_of_team_admins',
  'drop table enforced_privacy',
  'drop table custom_roles',
  'drop table team_exclusions',
  'drop table team_avatars',
  'alter table teams drop column settings',
  'alter table teams drop column storage',
];

export const teams: Migration = {
  name: '0004-teams',
  async up(tx, kind) {
    for (const statement of up(columnTypes(kind))) await sql.raw(statement).execute(tx);
    if (kind === 'sqlite') await seedStatistics(tx);
  },
  async down(tx) {
    for (const statement of DOWN) await sql.raw(statement).execute(tx);
  },
};
