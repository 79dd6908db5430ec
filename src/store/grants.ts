/** Grants in SQL. */
import { type RawBuilder, sql } from 'kysely';
import { type Grant, grantIdentity, type NewGrant } from '../directory/roles/grant.ts';
import type { GrantStore } from '../directory/store.ts';
import type { Handle } from '../synclog/handle.ts';
import type { Engine } from './engine.ts';
import { createIdList } from './id-list.ts';
import { databaseOf, prepare } from './statement.ts';
import type { Tables } from './tables.ts';

type Ref = RawBuilder<unknown>;

/** Whether the grant counts: an exclusion stands before everything, also for grants that come later. */
function withheldOf(userId: Ref, teamId: Ref, archivedAt: Ref): RawBuilder<Grant['withheld']> {
  return sql`case when ${teamId} is null then null
    when exists (select 1 from team_exclusions as e where e.user_id = ${userId} and e.team_id = ${teamId}) then 'excluded'
    when ${archivedAt} is not null then 'archived' end`;
}

/** The roles that are always there spare the look-up. */
function inheritsOf(organizationId: Ref, role: Ref): RawBuilder<Grant['inherits']> {
  return sql`case when ${role} in ('admin', 'member', 'viewer', 'service') then null else (select r.inherits
    from custom_roles as r where r.organization_id = ${organizationId} and r.name = ${role} and r.deleted_at is null) end`;
}

const WITHHELD = withheldOf(sql`g.user_id`, sql`g.team_id`, sql`t.archived_at`);
const INHERITS = inheritsOf(sql`g.organization_id`, sql`g.role`);

/** The same of a grant that is written now. */
const NEW_WITHHELD = withheldOf(
  sql`grants.user_id`,
  sql`grants.team_id`,
  sql`(select t.archived_at from teams as t where t.id = grants.team_id)`,
);
const NEW_INHERITS = inheritsOf(sql`grants.organization_id`, sql`grants.role`);

const SELECT: RawBuilder<Grant> = sql`select g.id, g.organization_id as "organizationId", g.user_id as "userId", g.scope,
  g.team_id as "teamId", t.name as "teamName", g.role, ${INHERITS} as inherits, ${WITHHELD} as withheld, g.origin,
  g.rule_id as "ruleId", g.connection_id as "connectionId", g.group_id as "groupId", g.created_at as "createdAt"
  from grants as g left join teams as t on t.id = g.team_id`;

type Standing = Pick<Grant, 'id' | 'inherits' | 'withheld'>;

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
  const { reader, roundTrips } = engine;
  const idList = createIdList(engine.kind);
  const addOne = prepare<Tables['grants'], Standing>(
    reader,
    (param) => sql<Standing>`insert into grants (id, organization_id, user_id, scope, team_id, role, origin, rule_id,
        connection_id, group_id, identity, created_at)
      values (${param('id')}, ${param('organization_id')}, ${param('user_id')}, ${param('scope')}, ${param('team_id')},
        ${param('role')}, ${param('origin')}, ${param('rule_id')}, ${param('connection_id')}, ${param('group_id')},
        ${param('identity')}, ${param('created_at')})
      on conflict (identity) do nothing returning id,
        ${NEW_INHERITS} as inherits, ${NEW_WITHHELD} as withheld`,
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

  async function addEach(db: Handle, rows: readonly Tables['grants'][]): Promise<readonly Standing[]> {
    const added: Standing[] = [];
    for (const row of rows) added.push(...(await addOne.all(db, row)));
    return added;
  }
  const addMany = (db: Handle, rows: readonly Tables['grants'][]): Promise<readonly Standing[]> =>
    databaseOf(db)
      .insertInto('grants')
      .values(rows)
      .onConflict((conflict) => conflict.column('identity').doNothing())
      .returning(['id', NEW_INHERITS.as('inherits'), NEW_WITHHELD.as('withheld')])
      .execute();

  return {
    async add(db, grants) {
      const rows = grants.map(toRow);
      if (rows.length === 0) return [];
      const added = rows.length === 1 || !roundTrips ? await addEach(db, rows) : await addMany(db, rows);
      const standings = new Map(added.map((row) => [row.id, row]));
      return grants.flatMap((grant) => {
        const standing = standings.get(grant.id);
        return standing === undefined ? [] : [{ ...grant, inherits: standing.inherits, withheld: standing.withheld }];
      });
    },
    async remove(db, ids) {
      if (ids.length > 0) await remove.run(db, { ids: idList.encode(ids) });
    },
    ofUser: (db, userId) => ofUsers.all(db, { ids: idList.encode([userId]) }),
    ofUsers: (db, userIds) => ofUsers.all(db, { ids: idList.encode(userIds) }),
    ofGroupMembers: (db, groupId, userIds) => ofGroupMembers.all(db, { groupId, ids: idList.encode(userIds) }),
  };
}
