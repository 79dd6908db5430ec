/** Users by what they are looked up by: id, userName, externalId, a list of ids. Built once. */
import { sql } from 'kysely';
import { foldCase } from '../directory/people/user.ts';
import type { UserStore } from '../directory/store.ts';
import type { Engine } from './engine.ts';
import { createIdList } from './id-list.ts';
import { databaseOf, prepare } from './statement.ts';
import { anywhere } from './text.ts';
import { CARD_COLUMNS, type CardRow, toCard } from './user-card.ts';
import { toUser, type UserRow, userColumns } from './user-row.ts';

type Lookups = Pick<
  UserStore,
  | 'find'
  | 'lock'
  | 'candidates'
  | 'cards'
  | 'groupsOf'
  | 'findInOrganization'
  | 'search'
  | 'countActive'
  | 'countActiveAdmins'
  | 'isAdoptionApproved'
>;

export function createUserLookups(engine: Engine): Lookups {
  const { reader, json } = engine;
  const columns = userColumns(json);
  const idList = createIdList(engine.kind);
  const forUpdate = engine.rowLocks ? sql`for update` : sql``;

  type ById = { id: string; organizationId: string; connectionId: string };
  const byId = (lock: boolean) =>
    prepare<ById, UserRow>(
      reader,
      (param) => sql<UserRow>`
        select ${columns} from users as u
        where u.id = ${param('id')} and u.organization_id = ${param('organizationId')} and u.deleted_at is null
          and (u.connection_id = ${param('connectionId')} or u.connection_id is null) ${lock ? forUpdate : sql``}`,
    );
  const found = byId(false);
  const locked = byId(true);

  type Candidate = { organizationId: string; connectionId: string; key: string; externalId: string | null };
  const candidates = prepare<Candidate, UserRow>(
    reader,
    (param) => sql<UserRow>`
      select ${columns} from users as u where u.id in (
        select id from users where connection_id = ${param('connectionId')} and user_name_key = ${param('key')} and deleted_at is null
        union all
        select id from users where organization_id = ${param('organizationId')} and user_name_key = ${param('key')}
          and connection_id is null and deleted_at is null
        union all
        select id from users where connection_id = ${param('connectionId')} and external_id = ${param('externalId')} and deleted_at is null
      )`,
  );

  // Whoever asks goes on to change what these people hold, so the rows stay theirs: who was a member before and after is
  // then the same for everybody who asks. In the order of ids, so that two who ask for the same people do not block each other.
  const kept = engine.rowLocks ? sql`order by u.id for no key update` : sql``;
  type Cards = { ids: string; organizationId: string; connectionId: string };
  const cards = prepare<Cards, CardRow>(
    reader,
    (param) => sql<CardRow>`
      select ${CARD_COLUMNS} from users as u
      where ${idList.includes(sql.ref('u.id'), param('ids'))} and u.organization_id = ${param('organizationId')}
        and (u.connection_id = ${param('connectionId')} or u.connection_id is null) and u.deleted_at is null ${kept}`,
  );

  const groupsOf = prepare<{ ids: string }, { user_id: string; id: string; name: string }>(
    reader,
    (param) => sql<{ user_id: string; id: string; name: string }>`
      select m.user_id, g.id, g.display_name as name from group_members as m join groups as g on g.id = m.group_id
      where ${idList.includes(sql.ref('m.user_id'), param('ids'))} order by m.user_id, g.id`,
  );

  const named = prepare<{ organizationId: string; text: string; key: string }, UserRow>(
    reader,
    (param) => sql<UserRow>`
      select ${columns} from users as u
      where u.organization_id = ${param('organizationId')} and u.deleted_at is null
        and (u.id = ${param('text')} or u.user_name_key = ${param('key')} or u.email_key = ${param('key')}
          or u.display_name_key = ${param('key')})
      order by u.id limit 50`,
  );

  const countActive = prepare<{ organizationId: string }, { n: number }>(
    reader,
    (param) => sql<{ n: number }>`
      select count(*) as n from users where organization_id = ${param('organizationId')} and active = 1 and deleted_at is null`,
  );
  const countAdmins = prepare<{ organizationId: string }, { n: number }>(
    reader,
    (param) => sql<{ n: number }>`
      select count(*) as n from users where organization_id = ${param('organizationId')} and organization_role = 'admin'
        and active = 1 and deleted_at is null`,
  );

  return {
    async find(db, { organizationId, connectionId }, id) {
      const row = await found.first(db, { id, organizationId, connectionId });
      return row && toUser(row);
    },
    async lock(db, { organizationId, connectionId }, id) {
      const row = await locked.first(db, { id, organizationId, connectionId });
      return row && toUser(row);
    },
    async candidates(db, { organizationId, connectionId }, key, externalId) {
      return (await candidates.all(db, { organizationId, connectionId, key, externalId })).map(toUser);
    },
    async cards(db, { organizationId, connectionId }, ids) {
      return (await cards.all(db, { ids: idList.encode(ids), organizationId, connectionId })).map(toCard);
    },
    async groupsOf(db, ids) {
      return Map.groupBy(await groupsOf.all(db, { ids: idList.encode(ids) }), (row) => row.user_id);
    },
    async findInOrganization(db, organizationId, text) {
      return (await named.all(db, { organizationId, text, key: foldCase(text) })).map(toUser);
    },
    async search(db, organizationId, text, limit) {
      const pattern = anywhere(foldCase(text));
      const statement = sql<UserRow>`select ${columns} from users as u where u.organization_id = ${organizationId}
        and (u.id = ${text} or u.user_name_key like ${pattern} escape '\\' or u.email_key like ${pattern} escape '\\'
          or u.display_name_key like ${pattern} escape '\\') order by u.id limit ${limit}`;
      return (await statement.execute(databaseOf(db))).rows.map(toUser);
    },
    async countActive(db, organizationId) {
      return (await countActive.first(db, { organizationId }))?.n ?? 0;
    },
    async countActiveAdmins(db, organizationId) {
      return (await countAdmins.first(db, { organizationId }))?.n ?? 0;
    },
    async isAdoptionApproved(db, userId, connectionId) {
      const row = await databaseOf(db)
        .selectFrom('users')
        .select('id')
        .where('id', '=', userId)
        .where('adoption_connection_id', '=', connectionId)
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}
