/** Teams in SQL. */
import { type RawBuilder, sql } from 'kysely';
import { foldCase } from '../directory/people/user.ts';
import type { Team, TeamQuery, TeamSettings, TeamStore } from '../directory/teams/team.ts';
import type { Engine } from './engine.ts';
import { createIdList } from './id-list.ts';
import { databaseOf, prepare } from './statement.ts';

type Row = Omit<Team, 'storage' | 'settings'> & { readonly storage: string | null; readonly settings: string | null };

const NO_SETTINGS: TeamSettings = { privacy: {}, alerts: {} };

function toTeam({ storage, settings, ...team }: Row): Team {
  return {
    ...team,
    storage: storage === null ? null : JSON.parse(storage),
    settings: settings === null ? NO_SETTINGS : JSON.parse(settings),
  };
}

export function createTeamStore(engine: Engine): TeamStore {
  const { reader, json } = engine;
  const idList = createIdList(engine.kind);
  const select: RawBuilder<Row> = sql`select id, organization_id as "organizationId", name,
    ${json.text(sql.ref('storage'))} as storage, ${json.text(sql.ref('settings'))} as settings,
    created_at as "createdAt", updated_at as "updatedAt", archived_at as "archivedAt" from teams`;
  const byId = prepare<{ organizationId: string; id: string }, Row>(
    reader,
    (param) => sql<Row>`${select} where id = ${param('id')} and organization_id = ${param('organizationId')}`,
  );
  const byName = prepare<{ organizationId: string; key: string }, Row>(
    reader,
    (param) => sql<Row>`${select} where organization_id = ${param('organizationId')} and name_key = ${param('key')}`,
  );
  const maybeTeam = (row: Row | undefined): Team | undefined => row && toTeam(row);
  const matching = ({ search, archived, memberOf, allHidden, afterName }: TeamQuery): RawBuilder<unknown> => {
    const hidden = allHidden ? sql`1` : sql`coalesce(${json.boolean(sql.ref('settings'), ['privacy', 'hideTeam'])}, 0)`;
    return sql`name_key > ${afterName}
      ${search === undefined ? sql`` : sql`and ${json.contains(sql.ref('name_key'), foldCase(search))}`}
      ${archived === undefined ? sql`` : archived ? sql`and archived_at is not null` : sql`and archived_at is null`}
      ${memberOf === null ? sql`` : sql`and (${hidden} = 0 or ${idList.includes(sql.ref('id'), idList.encode(memberOf))})`}`;
  };

  return {
    find: async (db, organizationId, id) => maybeTeam(await byId.first(db, { organizationId, id })),
    findByName: async (db, organizationId, key) => maybeTeam(await byName.first(db, { organizationId, key })),
    async lock(db, organizationId, idOrName) {
      // Not `for update`: grants refer to the team, and adding one elsewhere need not wait.
      const lock = engine.rowLocks ? sql`for no key update` : sql``;
      const statement = sql<Row>`${select} where organization_id = ${organizationId}
        and (id = ${idOrName} or name_key = ${foldCase(idOrName)}) ${lock}`;
      return maybeTeam((await statement.execute(databaseOf(db))).rows[0]);
    },
    async insert(db, { id, organizationId, name, storage, createdAt, updatedAt, archivedAt }) {
      const stored = storage === null ? sql`null` : json.value(JSON.stringify(storage));
      await sql`insert into teams (id, organization_id, name, name_key, storage, created_at, updated_at, archived_at)
        values (${id}, ${organizationId}, ${name}, ${foldCase(name)}, ${stored}, ${createdAt}, ${updatedAt},
          ${archivedAt})`.execute(databaseOf(db));
    },
    async rename(db, id, name, at) {
      const row = { name, name_key: foldCase(name), updated_at: at };
      await databaseOf(db).updateTable('teams').set(row).where('id', '=', id).execute();
    },
    async setArchived(db, id, archivedAt, at) {
      const row = { archived_at: archivedAt, updated_at: at };
      await databaseOf(db).updateTable('teams').set(row).where('id', '=', id).execute();
    },
    async setSettings(db, id, settings, at) {
      await sql`update teams set settings = ${json.value(JSON.stringify(settings))}, updated_at = ${at}
        where id = ${id}`.execute(databaseOf(db));
    },
    async list(db, organizationId) {
      const statement = sql<Row>`${select} where organization_id = ${organizationId} order by name_key`;
      return (await statement.execute(databaseOf(db))).rows.map(toTeam);
    },
    async page(db, organizationId, query) {
      const statement = sql<Row>`${select} where organization_id = ${organizationId} and ${matching(query)}
        order by name_key limit ${query.limit}`;
      return (await statement.execute(databaseOf(db))).rows.map(toTeam);
    },
    async ruleNaming(db, teamId) {
      const statement = sql<{ ruleId: string; connection: string }>`
        select g.rule_id as "ruleId", c.name as connection from grants as g join connections as c on c.id = g.connection_id
        left join groups as p on p.id = g.group_id
        where g.team_id = ${teamId} and g.origin = 'rule' and (p.team_id is null or p.team_id <> g.team_id) limit 1`;
      return (await statement.execute(databaseOf(db))).rows[0];
    },
  };
}
