/** Memberships as they were pushed to a target, in SQL. One row per team and user, whatever the size of the team. */
import { type RawBuilder, sql } from 'kysely';
import type { TargetMember, TargetMemberStore } from '../targets/store.ts';
import type { Engine } from './engine.ts';
import { databaseOf } from './statement.ts';

const SELECT: RawBuilder<TargetMember> = sql`select m.team_id as "teamId", m.user_id as "userId", m.role, m.version
  from target_members as m`;

const MADE_DUE = sql`on conflict (target_id, team_id, user_id) do update
  set is_due = 1, version = target_members.version + 1`;

export function createTargetMemberStore(_engine: Engine): TargetMemberStore {
  const into = sql`insert into target_members (target_id, team_id, user_id, role, is_due, version)`;
  return {
    async mark(db, targetId, members) {
      for (const { teamId, userId } of members) {
        await sql`${into} values (${targetId}, ${teamId}, ${userId}, null, 1, 1) ${MADE_DUE}`.execute(databaseOf(db));
      }
    },
    async markTeam(db, targetId, teamId, forgotten) {
      const role = forgotten ? sql`, role = null` : sql``;
      await sql`update target_members set is_due = 1, version = version + 1 ${role} where target_id = ${targetId}
        and team_id = ${teamId}`.execute(databaseOf(db));
      await sql`${into} select distinct ${targetId}, team_id, user_id, cast(null as text), 1, 1 from grants
        where team_id = ${teamId} ${MADE_DUE}`.execute(databaseOf(db));
    },
    async markUser(db, targetId, userId, forgotten) {
      const role = forgotten ? sql`, role = null` : sql``;
      await sql`update target_members set is_due = 1, version = version + 1 ${role} where target_id = ${targetId}
        and user_id = ${userId}`.execute(databaseOf(db));
      await sql`${into} select distinct ${targetId}, team_id, user_id, cast(null as text), 1, 1 from grants
        where user_id = ${userId} and team_id is not null ${MADE_DUE}`.execute(databaseOf(db));
      const teams = await sql<{ team_id: string }>`select team_id from target_members where target_id = ${targetId}
        and user_id = ${userId}`.execute(databaseOf(db));
      return teams.rows.map((row) => row.team_id);
    },
    async removeUser(db, targetId, userId) {
      await sql`delete from target_members where target_id = ${targetId} and user_id = ${userId}`.execute(
        databaseOf(db),
      );
    },
    async due(db, { targetId, teamId, afterUserId, limit }) {
      const statement = sql<TargetMember>`${SELECT} join target_links as l on l.target_id = m.target_id
          and l.subject_type = 'user' and l.subject_id = m.user_id and l.remote_id is not null
        where m.target_id = ${targetId} and m.team_id = ${teamId} and m.is_due = 1
          and m.user_id > ${afterUserId} order by m.user_id limit ${limit}`;
      return (await statement.execute(databaseOf(db))).rows;
    },
    async settle(db, targetId, members) {
      for (const { teamId, userId, role, version } of members) {
        await sql`update target_members set role = ${role}, is_due = case when version = ${version} then 0 else 1 end
          where target_id = ${targetId} and team_id = ${teamId} and user_id = ${userId}`.execute(databaseOf(db));
      }
      // Whoever is no member and not due is not remembered.
      for (const { teamId, userId, role } of members) {
        if (role !== null) continue;
        await sql`delete from target_members where target_id = ${targetId} and team_id = ${teamId}
          and user_id = ${userId} and is_due = 0`.execute(databaseOf(db));
      }
    },
    async teamsWaitingFor(db, targetId, userId) {
      const teams = await sql<{ team_id: string }>`select team_id from target_members where target_id = ${targetId}
        and user_id = ${userId} and is_due = 1`.execute(databaseOf(db));
      return teams.rows.map((row) => row.team_id);
    },
    async page(db, { targetId, teamId, afterUserId, limit }) {
      const statement = sql<TargetMember>`${SELECT} where m.target_id = ${targetId} and m.team_id = ${teamId}
        and m.role is not null and m.user_id > ${afterUserId} order by m.user_id limit ${limit}`;
      return (await statement.execute(databaseOf(db))).rows;
    },
    async correct(db, targetId, teamId, userId, role) {
      await sql`${into} values (${targetId}, ${teamId}, ${userId}, ${role}, 1, 1)
        on conflict (target_id, team_id, user_id) do update
        set role = excluded.role, is_due = 1, version = target_members.version + 1`.execute(databaseOf(db));
    },
  };
}
