/** Invites and their links in SQL. */
import { type RawBuilder, sql } from 'kysely';
import type { Invite, InviteQuery, InviteStore } from '../directory/invites/invite.ts';
import { MIDDLE_LENGTH, type PersonQuery } from '../directory/people/person.ts';
import { foldCase } from '../directory/people/user.ts';
import type { Engine } from './engine.ts';
import { createIdList } from './id-list.ts';
import type { JsonDialect } from './json.ts';
import { databaseOf, prepare } from './statement.ts';

type InviteRow = Omit<Invite, 'teams' | 'invitedBy'> & {
  readonly teams: string;
  readonly invitedById: string | null;
  readonly invitedByName: string;
};

function toInvite({ teams, invitedById, invitedByName, ...row }: InviteRow): Invite {
  return { ...row, teams: JSON.parse(teams), invitedBy: { id: invitedById, name: invitedByName } };
}

/** Where an address stands among people: it has no name, and was never seen. */
function positionOf(sort: PersonQuery['sort']): RawBuilder<unknown> {
  if (sort === 'created') return sql`i.id`;
  return sort === 'last_seen' ? sql`abs(0)` : sql`i.email_key`;
}

function openConditions(
  json: JsonDialect,
  organizationId: string,
  query: Omit<PersonQuery, 'statuses'>,
  now: number,
): RawBuilder<unknown> {
  const { text, role, sort, descending, after } = query;
  const parts = [sql`i.organization_id = ${organizationId} and i.state = 'pending' and i.expires_at > ${now}`];
  if (role !== undefined) parts.push(sql`i.role = ${role}`);
  if (text !== undefined && text.trim() !== '') {
    const part = foldCase(text.trim());
    const begins = sql`i.email_key >= ${part} and i.email_key < ${`${part}\u{10ffff}`}`;
    parts.push(part.length < MIDDLE_LENGTH ? begins : json.contains(sql.ref('i.email_key'), part));
  }
  if (after !== undefined) {
    const beyond = descending ? sql`<` : sql`>`;
    parts.push(sql`(${positionOf(sort)}, i.id) ${beyond} (${after.key}, ${after.id})`);
  }
  return sql.join(parts, sql` and `);
}

/** Nothing writes down that time has passed. */
function stateNow(state: InviteQuery['state'], now: number): RawBuilder<unknown> {
  if (state === undefined) return sql`1 = 1`;
  if (state === 'pending') return sql`i.state = 'pending' and i.expires_at > ${now}`;
  if (state === 'expired') return sql`(i.state = 'expired' or (i.state = 'pending' and i.expires_at <= ${now}))`;
  return sql`i.state = ${state}`;
}

export function createInviteStore({ kind, reader, rowLocks, json }: Engine): InviteStore {
  const { among } = createIdList(kind);
  const columns = sql`i.id, i.organization_id as "organizationId", i.email, i.email_key as "emailKey", i.role,
    ${json.text(sql.ref('i.teams'))} as teams, i.state, i.invited_by_id as "invitedById",
    i.invited_by_name as "invitedByName", i.created_at as "createdAt", i.updated_at as "updatedAt",
    i.expires_at as "expiresAt", i.accepted_user_id as "acceptedUserId"`;
  const byId = (lock: RawBuilder<unknown>) =>
    prepare<{ organizationId: string; id: string }, InviteRow>(
      reader,
      (param) => sql<InviteRow>`select ${columns} from invites as i
        where i.id = ${param('id')} and i.organization_id = ${param('organizationId')} ${lock}`,
    );
  const found = byId(sql``);
  const locked = byId(rowLocks ? sql`for update` : sql``);
  // Asked at each creation of a user.
  const pending = prepare<{ organizationId: string; emailKey: string }, InviteRow>(
    reader,
    (param) => sql<InviteRow>`select ${columns} from invites as i where i.organization_id = ${param('organizationId')}
      and i.email_key = ${param('emailKey')} and i.state = 'pending'`,
  );
  return {
    async idsOfPerson(db, { organizationId, userId, names }) {
      const statement = sql<{ id: string }>`select id from invites where organization_id = ${organizationId}
        and (accepted_user_id = ${userId} or (state <> 'pending' and ${among('email_key', names.map(foldCase))}))`;
      return (await statement.execute(databaseOf(db))).rows.map(({ id }) => id);
    },
    async replaceNames(db, ids, pseudonym) {
      await sql`update invites set email = ${pseudonym}, email_key = ${pseudonym} where ${among('id', ids)}`.execute(
        databaseOf(db),
      );
    },
    async find(db, organizationId, id) {
      const row = await found.first(db, { organizationId, id });
      return row && toInvite(row);
    },
    async lock(db, organizationId, id) {
      const row = await locked.first(db, { organizationId, id });
      return row && toInvite(row);
    },
    async findPending(db, organizationId, emailKey) {
      const row = await pending.first(db, { organizationId, emailKey });
      return row && toInvite(row);
    },
    async findByLink(db, hash) {
      const statement = sql<InviteRow & { endedAt: number | null }>`select ${columns}, l.ended_at as "endedAt"
        from invite_links as l join invites as i on i.id = l.invite_id where l.hash = ${hash}`;
      const row = (await statement.execute(databaseOf(db))).rows[0];
      if (row === undefined) return undefined;
      const { endedAt, ...invite } = row;
      return { invite: toInvite(invite), endedAt };
    },
    async openPage(db, organizationId, query, now) {
      const direction = query.descending ? sql`desc` : sql`asc`;
      const statement = sql<InviteRow>`select ${columns} from invites as i where ${openConditions(json, organizationId, query, now)}
        order by ${positionOf(query.sort)} ${direction}, i.id ${direction} limit ${query.limit}`;
      return (await statement.execute(databaseOf(db))).rows.map(toInvite);
    },
    async page(db, organizationId, { state, beforeId, limit }, now) {
      const statement = sql<InviteRow>`select ${columns} from invites as i where i.organization_id = ${organizationId}
        and ${stateNow(state, now)}
        ${beforeId === undefined ? sql`` : sql`and i.id < ${beforeId}`} order by i.id desc limit ${limit}`;
      return (await statement.execute(databaseOf(db))).rows.map(toInvite);
    },
    async pendingNaming(db, organizationId, text, limit) {
      const names = json.contains(json.text(sql.ref('i.teams')), JSON.stringify(text));
      const statement = sql<InviteRow>`select ${columns} from invites as i where i.organization_id = ${organizationId}
        and i.state = 'pending' and ${names} order by i.id limit ${limit}`;
      return (await statement.execute(databaseOf(db))).rows.map(toInvite);
    },
    async countOpen(db, organizationId, now) {
      const statement = sql<{ n: number }>`select count(*) as n from invites where organization_id = ${organizationId}
        and state = 'pending' and expires_at > ${now}`;
      return (await statement.execute(databaseOf(db))).rows[0]?.n ?? 0;
    },
    async insert(db, invite) {
      const { id, organizationId, email, emailKey, role, teams, state, invitedBy } = invite;
      await sql`insert into invites (id, organization_id, email, email_key, role, teams, state, invited_by_id,
          invited_by_name, created_at, updated_at, expires_at, accepted_user_id)
        values (${id}, ${organizationId}, ${email}, ${emailKey}, ${role}, ${json.value(JSON.stringify(teams))}, ${state},
          ${invitedBy.id}, ${invitedBy.name}, ${invite.createdAt}, ${invite.updatedAt}, ${invite.expiresAt},
          ${invite.acceptedUserId})`.execute(databaseOf(db));
    },
    async update(db, { id, teams, state, expiresAt, updatedAt, acceptedUserId }) {
      await sql`update invites set teams = ${json.value(JSON.stringify(teams))}, state = ${state},
        expires_at = ${expiresAt}, updated_at = ${updatedAt}, accepted_user_id = ${acceptedUserId}
        where id = ${id}`.execute(databaseOf(db));
    },
    async insertLink(db, { hash, inviteId, createdAt }) {
      const row = { hash, invite_id: inviteId, created_at: createdAt, ended_at: null };
      await databaseOf(db).insertInto('invite_links').values(row).execute();
    },
    async endLinks(db, inviteId, at) {
      const links = databaseOf(db).updateTable('invite_links').set({ ended_at: at });
      await links.where('invite_id', '=', inviteId).where('ended_at', 'is', null).execute();
    },
  };
}
