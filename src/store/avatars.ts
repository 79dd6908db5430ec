/** Pictures of teams in SQL. */
import { sql } from 'kysely';
import type { Avatar, AvatarStore } from '../directory/teams/avatar.ts';
import { databaseOf } from './statement.ts';

export function createAvatarStore(): AvatarStore {
  return {
    async find(db, organizationId, teamId) {
      const statement = sql<Avatar>`select a.team_id as "teamId", a.etag, a.image, a.updated_at as "updatedAt"
        from team_avatars as a join teams as t on t.id = a.team_id
        where a.team_id = ${teamId} and t.organization_id = ${organizationId}`;
      return (await statement.execute(databaseOf(db))).rows[0];
    },
    async etagOf(db, teamId) {
      const statement = sql<{ etag: string }>`select etag from team_avatars where team_id = ${teamId}`;
      return (await statement.execute(databaseOf(db))).rows[0]?.etag;
    },
    async set(db, { teamId, etag, image, updatedAt }) {
      const row = { etag, image, updated_at: updatedAt };
      await databaseOf(db)
        .insertInto('team_avatars')
        .values({ team_id: teamId, ...row })
        .onConflict((conflict) => conflict.column('team_id').doUpdateSet(row))
        .execute();
    },
    async delete(db, teamId) {
      const { numDeletedRows } = await databaseOf(db)
        .deleteFrom('team_avatars')
        .where('team_id', '=', teamId)
        .executeTakeFirst();
      return numDeletedRows > 0n;
    },
  };
}
