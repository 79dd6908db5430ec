/** Members of groups: every statement touches the named rows only, whatever the size of the group. */
import { sql } from 'kysely';
import type { MemberStore } from '../directory/store.ts';
import type { Engine } from './engine.ts';
import { createIdList } from './id-list.ts';
import { databaseOf, prepare, textParam } from './statement.ts';

export function createMemberStore(engine: Engine): MemberStore {
  const { reader } = engine;
  const idList = createIdList(engine.kind);
  type One = { groupId: string; userId: string; organizationId: string; display: string | null; at: number };
  const addOne = prepare<One, { user_id: string }>(
    reader,
    (param) => sql<{
      user_id: string;
    }>`insert into group_members (group_id, user_id, organization_id, display, added_at)
      values (${param('groupId')}, ${param('userId')}, ${param('organizationId')}, ${param('display')}, ${param('at')})
      on conflict (group_id, user_id) do nothing returning user_id`,
  );
  const remove = prepare<{ groupId: string; ids: string }, { user_id: string }>(
    reader,
    (param) => sql<{ user_id: string }>`delete from group_members where group_id = ${param('groupId')}
      and ${idList.includes(sql.ref('user_id'), param('ids'))} returning user_id`,
  );
  const page = prepare<{ groupId: string; after: string; limit: number }, { userId: string; display: string | null }>(
    reader,
    (param) => sql<{ userId: string; display: string | null }>`select user_id as "userId", display from group_members
      where group_id = ${textParam(param('groupId'))} and user_id > ${textParam(param('after'))} order by user_id limit ${param('limit')}`,
  );

  return {
    async add(db, group, members, at) {
      const { id: groupId, organizationId } = group;
      // The same order everywhere, so that two transactions never wait for each other in a circle.
      const sorted = members.toSorted((a, b) => (a.userId < b.userId ? -1 : 1));
      if (sorted.length === 1 || !engine.roundTrips) {
        const ids: string[] = [];
        for (const member of sorted) {
          const added = await addOne.first(db, { ...member, groupId, organizationId, at });
          if (added !== undefined) ids.push(added.user_id);
        }
        return ids;
      }
      const added = await databaseOf(db)
        .insertInto('group_members')
        .values(
          sorted.map(({ userId, display }) => ({
            group_id: groupId,
            user_id: userId,
            organization_id: organizationId,
            display,
            added_at: at,
          })),
        )
        .onConflict((conflict) => conflict.columns(['group_id', 'user_id']).doNothing())
        .returning('user_id')
        .execute();
      return added.map((row) => row.user_id);
    },
    async remove(db, groupId, userIds) {
      const rows = await remove.all(db, { groupId, ids: idList.encode(userIds) });
      return rows.map((row) => row.user_id);
    },
    page: (db, groupId, after, limit) => page.all(db, { groupId, after, limit }),
    async groupIdsOf(db, userId) {
      const query = databaseOf(db).selectFrom('group_members').select('group_id').where('user_id', '=', userId);
      return (await query.orderBy('group_id').execute()).map((row) => row.group_id);
    },
  };
}
