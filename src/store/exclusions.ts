/** Exclusions in SQL. The grants read them too: store/grants.ts. */
import { type RawBuilder, sql } from 'kysely';
import type { Exclusion, ExclusionStore } from '../directory/teams/exclusion.ts';
import type { Engine } from './engine.ts';
import { createIdList } from './id-list.ts';
import { databaseOf, prepare } from './statement.ts';

const COLUMNS = sql`e.user_id as "userId", e.team_id as "teamId", e.organization_id as "organizationId",
  e.actor_name as "actorName", e.reason, e.created_at as "createdAt"`;
const SELECT: RawBuilder<Exclusion> = sql`select ${COLUMNS} from team_exclusions as e`;

export function createExclusionStore({ reader, kind }: Engine): ExclusionStore {
  const idList = createIdList(kind);
  const one = prepare<{ teamId: string; userId: string }, Exclusion>(
    reader,
    (param) => sql<Exclusion>`${SELECT} where e.user_id = ${param('userId')} and e.team_id = ${param('teamId')}`,
  );
  return {
    find: (db, teamId, userId) => one.first(db, { teamId, userId }),
    async insert(db, { userId, teamId, organizationId, actorName, reason, createdAt }) {
      const names = { user_id: userId, team_id: teamId, organization_id: organizationId, actor_name: actorName };
      const row = { ...names, reason, created_at: createdAt };
      await databaseOf(db)
        .insertInto('team_exclusions')
        .values(row)
        .onConflict((conflict) => conflict.columns(['user_id', 'team_id']).doNothing())
        .execute();
    },
    async delete(db, teamId, userId) {
      const { numDeletedRows } = await databaseOf(db)
        .deleteFrom('team_exclusions')
        .where('team_id', '=', teamId)
        .where('user_id', '=', userId)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
    async ofUser(db, userId) {
      const statement = sql<Exclusion & { readonly teamName: string }>`select ${COLUMNS}, t.name as "teamName"
        from team_exclusions as e join teams as t on t.id = e.team_id where e.user_id = ${userId} order by e.team_id`;
      return (await statement.execute(databaseOf(db))).rows;
    },
    async ofMembers(db, teamId, userIds) {
      const statement = sql<Exclusion>`${SELECT} where e.team_id = ${teamId}
        and ${idList.includes(sql.ref('e.user_id'), idList.encode(userIds))}`;
      return (await statement.execute(databaseOf(db))).rows;
    },
    async ofTeam(db, teamId, afterUserId, limit) {
      const statement = sql<Exclusion>`${SELECT} where e.team_id = ${teamId} and e.user_id > ${afterUserId}
        order by e.user_id limit ${limit}`;
      return (await statement.execute(databaseOf(db))).rows;
    },
  };
}
