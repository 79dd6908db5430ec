/** The ledger's chain in SQL: rows are only ever added, and an erasure replaces what stands beside the chain. */
import { type RawBuilder, sql } from 'kysely';
import type { ChainPoint } from '../ledger/chain.ts';
import type { LedgerEntry } from '../ledger/entry.ts';
import type { LedgerConditions, LedgerRow, LedgerStore } from '../ledger/store.ts';
import type { Engine } from './engine.ts';
import { createIdList } from './id-list.ts';
import { removalColumns, type SelectedRemoval, toRemoval } from './ledger-removals.ts';
import { countRows, databaseOf, prepare, textParam } from './statement.ts';

const COLUMNS = sql`e.organization_id as "organizationId", e.position, e.id, e.hash, e.previous_hash as "previousHash",
  e.kind, e.scope, e.team_id as "teamId", e.user_id as "userId", e.removal_id as "removalId", e.at, e.content, e.actor,
  e.actor_user_id as "actorUserId", e.personal, e.exchange_id as "exchangeId"`;

/** Entries are found by the removals that they tell of: these have an index by user. */
function ofPerson(userId: string): RawBuilder<unknown> {
  return sql`removal_id in (select id from ledger_removals where user_id = ${userId})`;
}

export function createLedgerStore(engine: Engine): LedgerStore {
  const { reader } = engine;
  const head = prepare<{ organizationId: string }, ChainPoint>(
    reader,
    (param) => sql<ChainPoint>`select position, hash from ledger_entries
      where organization_id = ${textParam(param('organizationId'))} order by position desc limit 1`,
  );
  const append = prepare<LedgerEntry>(
    reader,
    (param) => sql`insert into ledger_entries (organization_id, position, id, hash, previous_hash, kind, scope, team_id,
        user_id, removal_id, at, content, actor, actor_user_id, personal, exchange_id)
      values (${param('organizationId')}, ${param('position')}, ${param('id')}, ${param('hash')}, ${param('previousHash')},
        ${param('kind')}, ${param('scope')}, ${param('teamId')}, ${param('userId')}, ${param('removalId')}, ${param('at')},
        ${param('content')}, ${param('actor')}, ${param('actorUserId')}, ${param('personal')}, ${param('exchangeId')})`,
  );
  const page = prepare<{ organizationId: string; after: number; limit: number }, LedgerEntry>(
    reader,
    (param) => sql<LedgerEntry>`select ${COLUMNS} from ledger_entries as e
      where e.organization_id = ${param('organizationId')} and e.position > ${param('after')}
      order by e.position limit ${param('limit')}`,
  );
  const story = prepare<{ removalId: string }, LedgerEntry>(
    reader,
    (
      param,
    ) => sql<LedgerEntry>`select ${COLUMNS} from ledger_entries as e where e.removal_id = ${textParam(param('removalId'))}
      order by e.position`,
  );
  const { list, select } = createLists(engine);
  return {
    head: (db, organizationId) => head.first(db, { organizationId }),
    async append(db, entries) {
      for (const entry of entries) await append.run(db, entry);
    },
    page: (db, organizationId, after, limit) => page.all(db, { organizationId, after, limit }),
    story: (db, removalId) => story.all(db, { removalId }),
    list,
    select,
    async ofUser(db, organizationId, userId) {
      const statement = sql<LedgerEntry>`select ${COLUMNS} from ledger_entries as e
        where e.organization_id = ${organizationId} and ${ofPerson(userId)} order by e.position`;
      return (await statement.execute(databaseOf(db))).rows;
    },
    async countNames(db, organizationId, userId) {
      const subjects = sql`select count(*) as n from ledger_entries where organization_id = ${organizationId}
        and ${ofPerson(userId)} and personal is not null`;
      const actors = sql`select count(*) as n from ledger_entries where organization_id = ${organizationId}
        and actor_user_id = ${userId} and (user_id <> ${userId} or personal is null)`;
      return (await countRows(db, subjects)) + (await countRows(db, actors));
    },
    async replaceNames(db, organizationId, userId, pseudonym) {
      const text = JSON.stringify({ pseudonym });
      const subjects = sql`update ledger_entries set personal = ${text} where organization_id = ${organizationId}
        and ${ofPerson(userId)} and personal is not null`;
      const actors = sql`update ledger_entries set actor = ${text} where organization_id = ${organizationId}
        and actor_user_id = ${userId}`;
      const results = [await subjects.execute(databaseOf(db)), await actors.execute(databaseOf(db))];
      return results.reduce((sum, { numAffectedRows }) => sum + Number(numAffectedRows ?? 0n), 0);
    },
  };
}

function createLists(engine: Engine): Pick<LedgerStore, 'list' | 'select'> {
  const { among } = createIdList(engine.kind);

  function matching(organizationId: string, query: LedgerConditions): RawBuilder<unknown> {
    const { kinds, scope, userIds, teamId, removalId, state, inventory, handover, hold, missing } = query;
    const { since, until } = query;
    const wanted = [
      sql`e.organization_id = ${organizationId}`,
      kinds && among('e.kind', kinds),
      scope && sql`e.scope = ${scope}`,
      userIds && among('r.user_id', userIds),
      teamId && sql`e.team_id = ${teamId}`,
      removalId && sql`e.removal_id = ${removalId}`,
      state && sql`r.state = ${state}`,
      inventory && (inventory === 'none' ? sql`r.inventory is null` : sql`r.inventory = ${inventory}`),
      handover && sql`r.handover = ${handover}`,
      hold === undefined ? undefined : sql`r.hold = ${hold ? 1 : 0}`,
      missing === undefined ? undefined : missing ? sql`r.missing > 0` : sql`r.missing = 0`,
      since === undefined ? undefined : sql`e.at >= ${since}`,
      until === undefined ? undefined : sql`e.at < ${until}`,
    ];
    return sql.join(
      wanted.filter((each) => each !== undefined && each !== ''),
      sql` and `,
    );
  }

  return {
    async list(db, organizationId, { before, limit, ...conditions }) {
      const older = before === undefined ? sql`` : sql`and e.position < ${before}`;
      const statement = sql<ListedRow>`select ${COLUMNS}, ${removalColumns(engine)}, o.personal as person
        from ledger_entries as e join ledger_removals as r on r.id = e.removal_id join ledger_entries as o on o.id = e.removal_id
        where ${matching(organizationId, conditions)} ${older} order by e.position desc limit ${limit}`;
      return (await statement.execute(databaseOf(db))).rows.map(toLedgerRow);
    },
    async select(db, organizationId, conditions, after, limit) {
      const statement = sql<LedgerEntry>`select ${COLUMNS}
        from ledger_entries as e join ledger_removals as r on r.id = e.removal_id
        where ${matching(organizationId, conditions)} and e.position > ${after} order by e.position limit ${limit}`;
      return (await statement.execute(databaseOf(db))).rows;
    },
  };
}

type ListedRow = LedgerEntry & SelectedRemoval & { readonly person: string | null };

function toLedgerRow(row: ListedRow): LedgerRow {
  const { organizationId, position, id, hash, previousHash, kind, scope, teamId, userId, removalId, at } = row;
  const { content, actor, actorUserId, personal, exchangeId } = row;
  return {
    entry: {
      ...{ organizationId, position, id, hash, previousHash, kind, scope, teamId, userId, removalId, at },
      ...{ content, actor, actorUserId, personal, exchangeId },
    },
    removal: toRemoval(row),
    person: row.person,
  };
}
