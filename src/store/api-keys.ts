/** API keys in SQL, by hash. */
import { type RawBuilder, sql } from 'kysely';
import type { ApiKey, ApiKeyStore } from '../directory/keys/api-key.ts';
import type { Scope } from '../directory/principal.ts';
import type { Engine } from './engine.ts';
import { databaseOf, prepare, textParam } from './statement.ts';

type KeyRow = Omit<ApiKey, 'scopes'> & { readonly scopes: string };

const SELECT: RawBuilder<KeyRow> = sql`select id, organization_id as "organizationId", owner_kind as "ownerKind",
  owner_id as "ownerId", name, hint, scopes, created_at as "createdAt", expires_at as "expiresAt",
  revoked_at as "revokedAt", last_used_at as "lastUsedAt" from api_keys`;

function toKey(row: KeyRow): ApiKey {
  return { ...row, scopes: row.scopes.split(',') as Scope[] };
}

export function createApiKeyStore({ reader }: Engine): ApiKeyStore {
  const byHash = prepare<{ hash: string }, KeyRow>(
    reader,
    (param) => sql<KeyRow>`${SELECT} where hash = ${param('hash')}`,
  );
  const ofOwner = prepare<{ ownerId: string }, KeyRow>(
    reader,
    (param) => sql<KeyRow>`${SELECT} where owner_id = ${textParam(param('ownerId'))} order by id`,
  );
  return {
    async findByHash(db, hash) {
      const row = await byHash.first(db, { hash });
      return row && toKey(row);
    },
    async find(db, organizationId, id) {
      const statement = sql<KeyRow>`${SELECT} where id = ${id} and organization_id = ${organizationId}`;
      return (await statement.execute(databaseOf(db))).rows.map(toKey)[0];
    },
    async ofOwner(db, ownerId) {
      return (await ofOwner.all(db, { ownerId })).map(toKey);
    },
    async insert(db, key) {
      const { id, organizationId, ownerKind, ownerId, name, hash, hint, scopes } = key;
      const owner = { organization_id: organizationId, owner_kind: ownerKind, owner_id: ownerId };
      const times = {
        created_at: key.createdAt,
        expires_at: key.expiresAt,
        revoked_at: key.revokedAt,
        last_used_at: key.lastUsedAt,
      };
      const row = { id, ...owner, name, hash, hint, scopes: scopes.join(','), ...times };
      await databaseOf(db).insertInto('api_keys').values(row).execute();
    },
    async revoke(db, id, at) {
      const revoked = await databaseOf(db)
        .updateTable('api_keys')
        .set({ revoked_at: at })
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .returning('id')
        .executeTakeFirst();
      return revoked !== undefined;
    },
    async touch(db, id, at) {
      await databaseOf(db).updateTable('api_keys').set({ last_used_at: at }).where('id', '=', id).execute();
    },
  };
}
