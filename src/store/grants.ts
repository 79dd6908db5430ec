/** Grants in SQL. */
import { type RawBuilder, sql } from 'kysely';
import { type Grant, grantIdentity, type NewGrant } from '../directory/grant.ts';
import type { GrantStore } from '../directory/store.ts';
import type { Engine } from './engine.ts';
import { createIdList } from './id-list.ts';
import { databaseOf, prepare } from './statement.ts';
import type { Tables } from './tables.ts';

const SELECT: RawBuilder<Grant> = sql`select g.id, g.organization_id as "organizationId", g.user_id as "userId", g.scope,
  g.team_id as "teamId", t.name as "teamName", g.role, g.origin, g.rule_id as "ruleId", g.connection_id as "connectionId",
  g.group_id as "groupId", g.created_at as "createdAt" from grants as g left join teams as t on t.id = g.team_id`;

function toRow(grant: NewGrant): Tables['grants'] {
  return {
    id: grant.id,
    organization_id: grant.organizationId,
    user_id: grant.userId,
    scope: grant.scope,
    team_id: grant.teamId,
    role: grant.role,
    origin: grant.origin,
    rule_id: grant.ruleId,
    connection_id: grant.connectionId,
    group_id: grant.groupId,
    identity: grantIdentity(grant),
    created_at: grant.createdAt,
  };
}

export function createGrantStore(engine: Engine): GrantStore {
  const { reader } = engine;
  const idList = createIdList(engine.kind);
  const addOne = prepare<Tables['grants'], { id: string }>(
    reader,
    (param) => sql<{
      id: string;
    }>`insert into grants (id, organization_id, user_id, scope, team_id, role, origin, rule_id,
        connection_id, group_id, identity, created_at)
      values (${param('id')}, ${param('organization_id')}, ${param('user_id')}, ${param('scope')}, ${param('team_id')},
        ${param('role')}, ${param('origin')}, ${param('rule_id')}, ${param('connection_id')}, ${param('group_id')},
        ${param('identity')}, ${param('created_at')})
      on conflict (identity) do nothing returning id`,
  );
  const ofUsers = prepare<{ ids: string }, Grant>(
    reader,
    (param) =>
      sql<Grant>`${SELECT} where ${idList.includes(sql.ref('g.user_id'), param('ids'))} order by g.user_id, g.id`,
  );
  const ofGroupMembers = prepare<{ groupId: string; ids: string }, Grant>(
    reader,
    (param) => sql<Grant>`${SELECT} where g.group_id = ${param('groupId')}
      and ${idList.includes(sql.ref('g.user_id'), param('ids'))}`,
  );
  const remove = prepare<{ ids: string }>(
    reader,
    (param) => sql`delete from grants where ${idList.includes(sql.ref('id'), param('ids'))}`,
  );

  return {
    async add(db, grants) {
      const rows = grants.map(toRow);
      const [only] = rows;
      if (only === undefined) return [];
      if (rows.length === 1) return (await addOne.all(db, only)).length === 0 ? [] : grants;
      const added = await databaseOf(db)
        .insertInto('grants')
        .values(rows)
        .onConflict((conflict) => conflict.column('identity').doNothing())
        .returning('id')
        .execute();
      const ids = new Set(added.map((row) => row.id));
      return grants.filter((grant) => ids.has(grant.id));
    },
    async remove(db, ids) {
      if (ids.length > 0) await remove.run(db, { ids: idList.encode(ids) });
    },
    ofUser: (db, userId) => ofUsers.all(db, { ids: idList.encode([userId]) }),
    ofUsers: (db, userIds) => ofUsers.all(db, { ids: idList.encode(userIds) }),
    ofGroupMembers: (db, groupId, userIds) => ofGroupMembers.all(db, { groupId, ids: idList.encode(userIds) }),
  };
}
