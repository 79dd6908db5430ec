/** The ledger in SQL: rows are only ever added. */
import { sql } from 'kysely';
import type { LedgerEntry, LedgerKind } from '../ledger/entry.ts';
import type { LedgerHead, LedgerStore } from '../ledger/store.ts';
import type { Engine } from './engine.ts';
import { createIdList } from './id-list.ts';
import { databaseOf, prepare } from './statement.ts';

const COLUMNS = sql`organization_id as "organizationId", position, id, hash, previous_hash as "previousHash", kind, scope,
  team_id as "teamId", user_id as "userId", at, content, personal, exchange_id as "exchangeId"`;

export function createLedgerStore(engine: Engine): LedgerStore {
  const { reader } = engine;
  const idList = createIdList(engine.kind);
  const head = prepare<{ organizationId: string }, LedgerHead>(
    reader,
    (
      param,
    ) => sql<LedgerHead>`select position, hash from ledger_entries where organization_id = ${param('organizationId')}
      order by position desc limit 1`,
  );
  const append = prepare<LedgerEntry>(
    reader,
    (param) => sql`insert into ledger_entries (organization_id, position, id, hash, previous_hash, kind, scope, team_id,
        user_id, at, content, personal, exchange_id)
      values (${param('organizationId')}, ${param('position')}, ${param('id')}, ${param('hash')}, ${param('previousHash')},
        ${param('kind')}, ${param('scope')}, ${param('teamId')}, ${param('userId')}, ${param('at')}, ${param('content')},
        ${param('personal')}, ${param('exchangeId')})`,
  );
  const page = prepare<{ organizationId: string; after: number; limit: number }, LedgerEntry>(
    reader,
    (param) => sql<LedgerEntry>`select ${COLUMNS} from ledger_entries where organization_id = ${param('organizationId')}
      and position > ${param('after')} order by position limit ${param('limit')}`,
  );
  type Kinds = { organizationId: string; ids: string; teamId: string };
  const lastKinds = prepare<Kinds, { user_id: string; position: number; kind: LedgerKind }>(
    reader,
    (param) => sql<{
      user_id: string;
      position: number;
      kind: LedgerKind;
    }>`select user_id, position, kind from ledger_entries
      where ${idList.includes(sql.ref('user_id'), param('ids'))} and organization_id = ${param('organizationId')}
        and coalesce(team_id, '') = ${param('teamId')}`,
  );
  return {
    head: (db, organizationId) => head.first(db, { organizationId }),
    async append(db, entries) {
      for (const entry of entries) await append.run(db, entry);
    },
    page: (db, organizationId, after, limit) => page.all(db, { organizationId, after, limit }),
    async lastKinds(db, organizationId, userIds, teamId) {
      const rows = await lastKinds.all(db, { organizationId, ids: idList.encode(userIds), teamId: teamId ?? '' });
      // Sorted here: asked to sort, SQLite would walk the whole chain in order instead of the few entries of a user.
      const inOrder = rows.toSorted((a, b) => a.position - b.position);
      return new Map(inOrder.map((row) => [row.user_id, row.kind]));
    },
    async ofUser(db, organizationId, userId) {
      const statement = sql<LedgerEntry>`select ${COLUMNS} from ledger_entries
        where organization_id = ${organizationId} and user_id = ${userId} order by position`;
      return (await statement.execute(databaseOf(db))).rows;
    },
  };
}
