/** Sessions in SQL. The look-up by hash is on the path of every page and of every request behind a reverse proxy. */
import { type RawBuilder, sql } from 'kysely';
import type { LiveAt, Session, SessionStore, SessionUser } from '../directory/entry/session.ts';
import type { OrganizationRole } from '../directory/people/user.ts';
import type { Engine } from './engine.ts';
import { databaseOf, prepare } from './statement.ts';
import type { Tables } from './tables.ts';

const COLUMNS: RawBuilder<unknown> = sql`s.id, s.organization_id as "organizationId", s.user_id as "userId",
  s.connector, s.issuer, s.provider_session as "providerSession", s.provider_subject as "providerSubject",
  s.created_at as "createdAt", s.expires_at as "expiresAt", s.last_seen_at as "lastSeenAt",
  s.user_agent as "userAgent", s.remote_address as "remoteAddress"`;

interface Joined extends Session {
  readonly userName: string;
  readonly displayName: string | null;
  readonly email: string | null;
  readonly role: string;
  readonly organization: string;
}

function split(row: Joined): { session: Session; user: SessionUser } {
  const { userName, displayName, email, role, organization, ...session } = row;
  const name = displayName ?? userName;
  return {
    session,
    user: { id: session.userId, userName, name, email, role: role as OrganizationRole, organization },
  };
}

function toRow(session: Parameters<SessionStore['insert']>[1]): Tables['sessions'] {
  return {
    id: session.id,
    hash: session.hash,
    organization_id: session.organizationId,
    user_id: session.userId,
    connector: session.connector,
    issuer: session.issuer,
    provider_session: session.providerSession,
    provider_subject: session.providerSubject,
    provider_hint: session.providerHint,
    created_at: session.createdAt,
    expires_at: session.expiresAt,
    last_seen_at: session.lastSeenAt,
    user_agent: session.userAgent,
    remote_address: session.remoteAddress,
  };
}

export function createSessionStore({ reader }: Engine): SessionStore {
  const findLive = prepare<LiveAt & { hash: string }, Joined>(
    reader,
    (param) => sql<Joined>`select ${COLUMNS}, u.user_name as "userName", u.display_name as "displayName",
        u.email_key as email, u.organization_role as role, o.name as organization
      from sessions as s join users as u on u.id = s.user_id join organizations as o on o.id = s.organization_id
      where s.hash = ${param('hash')} and s.expires_at > ${param('at')} and s.last_seen_at > ${param('seenAfter')}
        and u.active = 1 and u.deleted_at is null`,
  );
  const ofUser = prepare<LiveAt & { userId: string }, Session>(
    reader,
    (param) => sql<Session>`select ${COLUMNS} from sessions as s where s.user_id = ${param('userId')}
      and s.expires_at > ${param('at')} and s.last_seen_at > ${param('seenAfter')} order by s.id desc limit 200`,
  );

  return {
    async insert(db, session) {
      await databaseOf(db).insertInto('sessions').values(toRow(session)).execute();
    },
    async providerHint(db, id) {
      const query = databaseOf(db).selectFrom('sessions').select('provider_hint').where('id', '=', id);
      return (await query.executeTakeFirst())?.provider_hint ?? null;
    },
    async findLive(db, hash, live) {
      const row = await findLive.first(db, { ...live, hash });
      return row && split(row);
    },
    ofUser: (db, userId, live) => ofUser.all(db, { ...live, userId }),
    async touch(db, id, at) {
      await databaseOf(db).updateTable('sessions').set({ last_seen_at: at }).where('id', '=', id).execute();
    },
    async end(db, userId, id) {
      const statement = sql<Session>`select ${COLUMNS} from sessions as s where s.user_id = ${userId} and s.id = ${id}`;
      const session = (await statement.execute(databaseOf(db))).rows[0];
      if (session !== undefined) await databaseOf(db).deleteFrom('sessions').where('id', '=', id).execute();
      return session;
    },
    async endOfUser(db, userId, exceptId) {
      const result = await databaseOf(db)
        .deleteFrom('sessions')
        .where('user_id', '=', userId)
        .$if(exceptId !== null, (query) => query.where('id', '!=', exceptId ?? ''))
        .executeTakeFirst();
      return Number(result.numDeletedRows);
    },
    async ofProvider(db, issuer, { session, subject }) {
      if (session === null && subject === null) return [];
      const bySession = session === null ? sql`` : sql`and s.provider_session = ${session}`;
      const bySubject = subject === null ? sql`` : sql`and s.provider_subject = ${subject}`;
      const statement = sql<Session>`select ${COLUMNS} from sessions as s
        where s.issuer = ${issuer} ${bySession} ${bySubject} order by s.id`;
      return (await statement.execute(databaseOf(db))).rows;
    },
    async prune(db, before, limit) {
      const result = await sql`delete from sessions where id in
        (select id from sessions where expires_at <= ${before} order by expires_at limit ${limit})`.execute(
        databaseOf(db),
      );
      return Number(result.numAffectedRows ?? 0n);
    },
  };
}
