/** People in teams, in SQL. */
import { type RawBuilder, sql } from 'kysely';
import { foldCase, type UserCard } from '../directory/people/user.ts';
import type { MemberQuery, RoleCount, TeamMemberStore } from '../directory/teams/team-member.ts';
import type { Handle } from '../synclog/handle.ts';
import type { Engine } from './engine.ts';
import { createIdList } from './id-list.ts';
import { databaseOf } from './statement.ts';
import { CARD_COLUMNS, type CardRow, toCard } from './user-card.ts';

/** The strongest first, then by name, as mapping/roles.ts weighs it: the smallest of a person's keys is what they hold. */
const KEY = sql`case g.role when 'admin' then '0' when 'member' then '2' when 'viewer' then '4' when 'service' then '5'
  else case (select r.inherits from custom_roles as r where r.organization_id = g.organization_id and r.name = g.role
    and r.deleted_at is null) when 'member' then '1' else '3' end end || g.role`;

const COUNTING = sql`u.active = 1 and u.deleted_at is null
  and not exists (select 1 from team_exclusions as e where e.user_id = g.user_id and e.team_id = g.team_id)`;

const adminsOf = (teamId: string): RawBuilder<unknown> => sql`from grants as g join users as u on u.id = g.user_id
  where g.team_id = ${teamId} and g.role = 'admin' and ${COUNTING}`;

export function createTeamMemberStore(engine: Engine): TeamMemberStore {
  const { json } = engine;
  const idList = createIdList(engine.kind);
  const kept = engine.rowLocks ? sql`for no key update` : sql``;

  const matching = ({ search }: MemberQuery): RawBuilder<unknown> => {
    if (search === undefined) return sql``;
    const key = foldCase(search);
    return sql`and (${json.contains(sql.ref('u.user_name_key'), key)} or ${json.contains(sql.ref('u.name_key'), key)}
      or ${json.contains(sql<string>`coalesce(u.email_key, '')`, key)})`;
  };

  const readCards = async (
    db: Handle,
    organizationId: string,
    ids: readonly string[],
    lock: RawBuilder<unknown>,
  ): Promise<readonly UserCard[]> => {
    const statement = sql<CardRow>`select ${CARD_COLUMNS} from users as u
      where ${idList.includes(sql.ref('u.id'), idList.encode(ids))} and u.organization_id = ${organizationId}
        and u.deleted_at is null order by u.id ${lock}`;
    return (await statement.execute(databaseOf(db))).rows.map(toCard);
  };

  return {
    cards: (db, organizationId, ids) => readCards(db, organizationId, ids, sql``),
    lockCards: (db, organizationId, ids) => readCards(db, organizationId, ids, kept),
    async byName(db, organizationId, text) {
      const key = foldCase(text);
      const statement = sql<CardRow>`select ${CARD_COLUMNS} from users as u
        where u.organization_id = ${organizationId} and u.deleted_at is null and (u.user_name_key = ${key} or u.id in (
          select user_id from user_emails where organization_id = ${organizationId} and value_key = ${key}))
        order by u.id limit 10`;
      return (await statement.execute(databaseOf(db))).rows.map(toCard);
    },
    async page(db, teamId, query) {
      // The inner part walks grants_of_team in order and stops where the page is full: who is deleted holds no grants, so it
      // is full with the people on it. With a search only the people themselves tell.
      const bound = query.search === undefined ? sql`order by user_id limit ${query.limit}` : sql``;
      const statement = sql<CardRow>`select ${CARD_COLUMNS} from (select distinct user_id from grants
          where team_id = ${teamId} and user_id > ${query.afterUserId} ${bound}) as m
        join users as u on u.id = m.user_id where u.deleted_at is null ${matching(query)}
        order by u.id limit ${query.limit}`;
      return (await statement.execute(databaseOf(db))).rows.map(toCard);
    },
    async countAdmins(db, teamId) {
      const statement = sql<{ n: number }>`select count(distinct g.user_id) as n ${adminsOf(teamId)}`;
      return (await statement.execute(databaseOf(db))).rows[0]?.n ?? 0;
    },
    async adminEmails(db, teamId, limit) {
      const statement = sql<{ email: string }>`select distinct u.email_key as email ${adminsOf(teamId)}
        and u.email_key is not null order by u.email_key limit ${limit}`;
      return (await statement.execute(databaseOf(db))).rows.map((row) => row.email);
    },
    async countMembers(db, teamIds) {
      const statement = sql<{ id: string; n: number }>`select g.team_id as id, count(distinct g.user_id) as n
        from grants as g join users as u on u.id = g.user_id
        where ${idList.includes(sql.ref('g.team_id'), idList.encode(teamIds))} and ${COUNTING} group by g.team_id`;
      const { rows } = await statement.execute(databaseOf(db));
      return new Map(rows.map(({ id, n }) => [id, Number(n)]));
    },
    async countByRole(db, teamId) {
      const statement = sql<RoleCount>`select substr(held.key, 2) as role, count(*) as members, (select r.inherits
          from custom_roles as r join teams as t on t.organization_id = r.organization_id
          where t.id = ${teamId} and r.name = substr(held.key, 2) and r.deleted_at is null) as inherits
        from (select min(${KEY}) as key from grants as g join users as u on u.id = g.user_id
          where g.team_id = ${teamId} and ${COUNTING} group by g.user_id) as held
        group by held.key order by members desc, role`;
      return (await statement.execute(databaseOf(db))).rows;
    },
  };
}
