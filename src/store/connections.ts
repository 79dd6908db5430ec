/** Connections and their tokens in SQL. */
import { type RawBuilder, sql } from 'kysely';
import type { Connection, ConnectionToken } from '../directory/connections/connection.ts';
import type { ConnectionStore, TokenMatch } from '../directory/store.ts';
import type { Handle } from '../synclog/handle.ts';
import type { Engine } from './engine.ts';
import { databaseOf, prepare } from './statement.ts';

const SELECT: RawBuilder<Connection> = sql`select id, organization_id as "organizationId", name, dialect, state,
  created_at as "createdAt", updated_at as "updatedAt" from connections`;

const SELECT_TOKEN: RawBuilder<ConnectionToken> = sql`select id, connection_id as "connectionId", hint,
  created_at as "createdAt", expires_at as "expiresAt", revoked_at as "revokedAt", last_used_at as "lastUsedAt"
  from connection_tokens`;

interface TokenRow {
  readonly id: string;
  readonly connectionId: string;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
}

/** Tokens that are kept between two commits. */
const TOKENS_MAX = 1000;

export function createConnectionStore(engine: Engine): ConnectionStore {
  const { reader, json } = engine;
  // Two look-ups by key, not one join: SQLite plans a join with a parameter anew at each run, which costs five times as much.
  const byTokenHash = prepare<{ hash: string }, TokenRow>(
    reader,
    (
      param,
    ) => sql<TokenRow>`select id, connection_id as "connectionId", expires_at as "expiresAt", revoked_at as "revokedAt"
      from connection_tokens where hash = ${param('hash')}`,
  );
  const byId = prepare<{ id: string }, Connection>(
    reader,
    (param) => sql<Connection>`${SELECT} where id = ${param('id')}`,
  );
  const shared = engine.rowLocks ? sql`for share` : sql``;
  const version = prepare<{ id: string }, { version: number }>(
    reader,
    (param) =>
      sql<{ version: number }>`select updated_at as version from connections where id = ${param('id')} ${shared}`,
  );

  async function readToken(db: Handle, hash: string): Promise<TokenMatch | undefined> {
    const token = await byTokenHash.first(db, { hash });
    const connection = token && (await byId.first(db, { id: token.connectionId }));
    if (token === undefined || connection === undefined) return undefined;
    return { tokenId: token.id, expiresAt: token.expiresAt, revokedAt: token.revokedAt, connection };
  }

  /** Tokens as they were at one commit: any commit of any process, so also a revocation, makes all of this void. */
  const atCommit = { token: -1, matches: new Map<string, TokenMatch>() };

  async function findToken(db: Handle, hash: string): Promise<TokenMatch | undefined> {
    const token = db.isTransaction ? undefined : engine.commitToken?.();
    if (token === undefined) return readToken(db, hash);
    if (atCommit.token !== token || atCommit.matches.size >= TOKENS_MAX) {
      atCommit.token = token;
      atCommit.matches.clear();
    }
    const known = atCommit.matches.get(hash);
    if (known !== undefined) return known;
    const match = await readToken(db, hash);
    if (match !== undefined) atCommit.matches.set(hash, match);
    return match;
  }

  return {
    findByTokenHash: findToken,
    async find(db, organizationId, idOrName) {
      const statement = sql<Connection>`${SELECT} where organization_id = ${organizationId}
        and (id = ${idOrName} or name = ${idOrName})`;
      return (await statement.execute(databaseOf(db))).rows[0];
    },
    async list(db, organizationId) {
      const statement = sql<Connection>`${SELECT} where organization_id = ${organizationId} order by id`;
      return (await statement.execute(databaseOf(db))).rows;
    },
    async insert(db, connection, rules) {
      const { id, organizationId, name, dialect, state, createdAt, updatedAt } = connection;
      await sql`insert into connections (id, organization_id, name, dialect, state, rules, created_at, updated_at)
        values (${id}, ${organizationId}, ${name}, ${dialect}, ${state}, ${json.value(rules)}, ${createdAt}, ${updatedAt})`.execute(
        databaseOf(db),
      );
    },
    async setState(db, id, state, at) {
      await databaseOf(db).updateTable('connections').set({ state, updated_at: at }).where('id', '=', id).execute();
    },
    async version(db, id) {
      return (await version.first(db, { id }))?.version ?? 0;
    },
    async touchRules(db, organizationId, at) {
      await sql`update connections set updated_at = case when updated_at >= ${at} then updated_at + 1 else ${at} end
        where organization_id = ${organizationId}`.execute(databaseOf(db));
    },
    async rules(db, id) {
      const statement = sql<{
        rules: string;
      }>`select ${json.text(sql.ref('rules'))} as rules from connections where id = ${id}`;
      return (await statement.execute(databaseOf(db))).rows[0]?.rules ?? '{"rules":[]}';
    },
    async setRules(db, id, rules, at) {
      await sql`update connections set rules = ${json.value(rules)}, updated_at = ${at} where id = ${id}`.execute(
        databaseOf(db),
      );
    },
    async tokens(db, connectionId) {
      const statement = sql<ConnectionToken>`${SELECT_TOKEN} where connection_id = ${connectionId}
        and is_test = 0 order by id`;
      return (await statement.execute(databaseOf(db))).rows;
    },
    async findToken(db, organizationId, id) {
      const statement = sql<ConnectionToken>`${SELECT_TOKEN} where id = ${id} and organization_id = ${organizationId}`;
      return (await statement.execute(databaseOf(db))).rows[0];
    },
    async insertToken(db, token) {
      const { id, connectionId, organizationId, hash, hint, createdAt, expiresAt, revokedAt, lastUsedAt, isTest } =
        token;
      const times = { created_at: createdAt, expires_at: expiresAt, revoked_at: revokedAt, last_used_at: lastUsedAt };
      const row = {
        id,
        connection_id: connectionId,
        organization_id: organizationId,
        hash,
        hint,
        ...times,
        is_test: isTest ? 1 : 0,
      };
      await databaseOf(db).insertInto('connection_tokens').values(row).execute();
    },
    async expireToken(db, id, expiresAt) {
      await databaseOf(db)
        .updateTable('connection_tokens')
        .set({ expires_at: expiresAt })
        .where('id', '=', id)
        .execute();
    },
    async revokeToken(db, id, at) {
      const revoked = await databaseOf(db)
        .updateTable('connection_tokens')
        .set({ revoked_at: at })
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .executeTakeFirst();
      return revoked.numUpdatedRows > 0n;
    },
    async touchTokens(db, lastUsed) {
      for (const [id, at] of lastUsed) {
        await databaseOf(db).updateTable('connection_tokens').set({ last_used_at: at }).where('id', '=', id).execute();
      }
    },
    async countManaged(db, connectionId) {
      const counted = await sql<{ users: number; groups: number }>`select
        (select count(*) from users where connection_id = ${connectionId} and deleted_at is null) as users,
        (select count(*) from groups where connection_id = ${connectionId}) as groups`.execute(databaseOf(db));
      return { users: Number(counted.rows[0]?.users ?? 0), groups: Number(counted.rows[0]?.groups ?? 0) };
    },
  };
}
