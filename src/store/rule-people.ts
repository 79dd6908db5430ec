/** The people of a connection's mapping rules in SQL. */
import { type RawBuilder, sql } from 'kysely';
import type { HeldGift, RuleGroup, RulePeople, RulePerson } from '../directory/rules/rule-people.ts';
import type { Visibility } from '../directory/visibility.ts';
import type { Engine } from './engine.ts';
import { createIdList } from './id-list.ts';
import { prepare, textParam } from './statement.ts';
import { CARD_COLUMNS, type CardRow, toCard } from './user-card.ts';

type Row = CardRow & { readonly connection_id: string | null; readonly attributes: string };
type Param = (name: 'organizationId' | 'connectionId') => string;

export function createRulePeople({ kind, reader, json, rowLocks }: Engine): RulePeople {
  const idList = createIdList(kind);
  const columns = sql`${CARD_COLUMNS}, u.connection_id, ${json.text(sql.ref('u.attributes'))} as attributes`;
  // The same order everywhere, so that two who ask for the same people do not block each other.
  const kept = rowLocks ? sql`order by u.id for no key update` : sql`order by u.id`;

  // A cross join, because SQLite keeps its order: from people to their groups, and not from every group of the connection.
  /** Where the connection manages somebody, nothing else is looked at. */
  const concerned = (param: Param): RawBuilder<unknown> => {
    const connectionId = textParam(param('connectionId'));
    return sql`u.organization_id = ${textParam(param('organizationId'))} and u.deleted_at is null
      and (u.connection_id = ${connectionId}
        or exists (select 1 from group_members as m cross join groups as g
          where m.user_id = u.id and g.id = m.group_id and g.connection_id = ${connectionId})
        or exists (select 1 from grants as r where r.user_id = u.id and r.connection_id = ${connectionId}))`;
  };

  const count = prepare<Visibility, { n: number }>(
    reader,
    (param) => sql<{ n: number }>`select count(*) as n from users as u where ${concerned(param)}`,
  );
  const page = prepare<Visibility & { afterId: string; limit: number }, Row>(
    reader,
    (param) => sql<Row>`select ${columns} from users as u where ${concerned(param)}
      and u.id > ${textParam(param('afterId'))} order by u.id limit ${param('limit')}`,
  );
  const lock = prepare<{ organizationId: string; ids: string }, Row>(
    reader,
    (param) => sql<Row>`select ${columns} from users as u where ${idList.includes(sql.ref('u.id'), param('ids'))}
      and u.organization_id = ${param('organizationId')} and u.deleted_at is null ${kept}`,
  );
  const admins = prepare<{ organizationId: string; afterId: string; limit: number }, Row>(
    reader,
    (param) => sql<Row>`select ${columns} from users as u where u.organization_id = ${param('organizationId')}
      and u.organization_role = 'admin' and u.active = 1 and u.deleted_at is null and u.id > ${param('afterId')}
      order by u.id limit ${param('limit')}`,
  );
  type Membership = RuleGroup & { readonly userId: string };
  const memberships = prepare<{ connectionId: string; ids: string }, Membership>(
    reader,
    (param) => sql<Membership>`select m.user_id as "userId", g.id, g.organization_id as "organizationId",
        g.connection_id as "connectionId", g.display_name as "displayName", g.team_id as "teamId"
      from group_members as m cross join groups as g where g.id = m.group_id
      and ${idList.includes(sql.ref('m.user_id'), param('ids'))} and g.connection_id = ${textParam(param('connectionId'))}
      order by m.user_id, g.id`,
  );
  const held = prepare<{ connectionId: string; ids: string }, HeldGift>(
    reader,
    (param) => sql<HeldGift>`select r.id, r.user_id as "userId", r.scope, r.team_id as "teamId", t.name as "teamName",
        r.role, r.rule_id as "ruleId", r.group_id as "groupId"
      from grants as r left join teams as t on t.id = r.team_id
      where ${idList.includes(sql.ref('r.user_id'), param('ids'))} and r.connection_id = ${textParam(param('connectionId'))}
        and r.origin = 'rule' order by r.user_id, r.id`,
  );

  const toPerson = (row: Row, connectionId: string): RulePerson => ({
    ...toCard(row),
    isManaged: row.connection_id === connectionId,
    attributes: row.attributes,
  });

  return {
    async count(db, { organizationId, connectionId }) {
      return Number((await count.first(db, { organizationId, connectionId }))?.n ?? 0);
    },
    async page(db, { organizationId, connectionId }, afterId, limit) {
      const rows = await page.all(db, { organizationId, connectionId, afterId, limit });
      return rows.map((row) => toPerson(row, connectionId));
    },
    async lock(db, { organizationId, connectionId }, ids) {
      const rows = await lock.all(db, { organizationId, ids: idList.encode(ids) });
      return rows.map((row) => toPerson(row, connectionId));
    },
    async admins(db, { organizationId, connectionId }, afterId, limit) {
      const rows = await admins.all(db, { organizationId, afterId, limit });
      return rows.map((row) => toPerson(row, connectionId));
    },
    async groupsOf(db, connectionId, ids) {
      return Map.groupBy(await memberships.all(db, { connectionId, ids: idList.encode(ids) }), (row) => row.userId);
    },
    async heldBy(db, connectionId, ids) {
      return Map.groupBy(await held.all(db, { connectionId, ids: idList.encode(ids) }), (row) => row.userId);
    },
  };
}
