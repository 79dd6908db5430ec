/** The state of removals in SQL: one row each, beside the chain. */
import { type RawBuilder, sql } from 'kysely';
import type { HeldTeam } from '../ledger/draft.ts';
import type { HandoverState, InventoryState, Removal, RemovalState, VerificationState } from '../ledger/removal.ts';
import type { PersonKeys, RemovalStore } from '../ledger/store.ts';
import type { Engine } from './engine.ts';
import { createIdList } from './id-list.ts';
import { createLedgerTotals } from './ledger-totals.ts';
import { databaseOf, prepare, textParam } from './statement.ts';
import type { Tables } from './tables.ts';

/** Columns with a prefix, so that they can stand beside those of an entry. */
const NAMES = [
  ...['id', 'organization_id', 'position', 'user_id', 'scope', 'team_id', 'team_name', 'connection_id', 'cause', 'at'],
  ...['state', 'closed_at', 'successor_id', 'inventory', 'inventory_entry_id', 'inventory_at', 'inventory_reason'],
  ...['runs', 'projects', 'first_run_at', 'last_run_at', 'verification', 'verified_at', 'missing', 'hold'],
  ...['keep_until', 'handover', 'heir_kind', 'heir_id', 'erased_at', 'last_position'],
] as const;

export type SelectedRemoval = {
  readonly [K in keyof Omit<
    Tables['ledger_removals'],
    'user_name_key' | 'email_key' | 'external_id' | 'asked_at'
  > as `r_${K}`]: Tables['ledger_removals'][K];
};

export function removalColumns({ json }: Engine): RawBuilder<unknown> {
  const plain = NAMES.map((name) => sql`${sql.ref(`r.${name}`)} as ${sql.ref(`r_${name}`)}`);
  return sql.join([...plain, sql`${json.text(sql.ref('r.held_teams'))} as r_held_teams`]);
}

export function toRemoval(row: SelectedRemoval): Removal {
  return {
    id: row.r_id,
    organizationId: row.r_organization_id,
    position: row.r_position,
    userId: row.r_user_id,
    scope: row.r_scope as Removal['scope'],
    teamId: row.r_team_id,
    teamName: row.r_team_name,
    connectionId: row.r_connection_id,
    cause: row.r_cause,
    at: row.r_at,
    heldTeams: JSON.parse(row.r_held_teams) as readonly HeldTeam[],
    state: row.r_state as RemovalState,
    closedAt: row.r_closed_at,
    successorId: row.r_successor_id,
    inventory: row.r_inventory as InventoryState | null,
    inventoryEntryId: row.r_inventory_entry_id,
    inventoryAt: row.r_inventory_at,
    inventoryReason: row.r_inventory_reason,
    runs: row.r_runs,
    projects: row.r_projects,
    firstRunAt: row.r_first_run_at,
    lastRunAt: row.r_last_run_at,
    verification: row.r_verification as VerificationState | null,
    verifiedAt: row.r_verified_at,
    missing: row.r_missing,
    hold: row.r_hold === 1,
    keepUntil: row.r_keep_until,
    handover: row.r_handover as HandoverState | null,
    heirKind: row.r_heir_kind as Removal['heirKind'],
    heirId: row.r_heir_id,
    erasedAt: row.r_erased_at,
    lastPosition: row.r_last_position,
  };
}

type RemovalRow = Omit<Tables['ledger_removals'], 'asked_at'>;

function toRow(removal: Removal, keys: PersonKeys | undefined): RemovalRow {
  return {
    id: removal.id,
    organization_id: removal.organizationId,
    position: removal.position,
    user_id: removal.userId,
    scope: removal.scope,
    team_id: removal.teamId,
    team_name: removal.teamName,
    connection_id: removal.connectionId,
    cause: removal.cause,
    at: removal.at,
    held_teams: JSON.stringify(removal.heldTeams),
    state: removal.state,
    closed_at: removal.closedAt,
    successor_id: removal.successorId,
    inventory: removal.inventory,
    inventory_entry_id: removal.inventoryEntryId,
    inventory_at: removal.inventoryAt,
    inventory_reason: removal.inventoryReason,
    runs: removal.runs,
    projects: removal.projects,
    first_run_at: removal.firstRunAt,
    last_run_at: removal.lastRunAt,
    verification: removal.verification,
    verified_at: removal.verifiedAt,
    missing: removal.missing,
    hold: removal.hold ? 1 : 0,
    keep_until: removal.keepUntil,
    handover: removal.handover,
    heir_kind: removal.heirKind,
    heir_id: removal.heirId,
    erased_at: removal.erasedAt,
    last_position: removal.lastPosition,
    user_name_key: keys?.userNameKey ?? null,
    email_key: keys?.emailKey ?? null,
    external_id: keys?.externalId ?? null,
  };
}

export function createRemovalStore(engine: Engine): RemovalStore {
  const { reader, json } = engine;
  const idList = createIdList(engine.kind);
  const columns = removalColumns(engine);
  const insertNames = [...NAMES, 'held_teams', 'user_name_key', 'email_key', 'external_id'] as const;
  /** What a story changes; the rest says how it began. */
  const changing = NAMES.slice(NAMES.indexOf('state'));
  const insert = prepare<RemovalRow>(reader, (param) => {
    const value = (name: (typeof insertNames)[number]): RawBuilder<unknown> =>
      name === 'held_teams' ? json.value(param('held_teams')) : sql`${param(name)}`;
    return sql`insert into ledger_removals (${sql.join(insertNames.map((name) => sql.ref(name)))})
      values (${sql.join(insertNames.map(value))})`;
  });
  const update = prepare<RemovalRow>(reader, (param) => {
    const set = changing.map((name) => sql`${sql.ref(name)} = ${param(name)}`);
    return sql`update ledger_removals set ${sql.join(set)} where id = ${param('id')}`;
  });
  const find = prepare<{ organizationId: string; id: string }, SelectedRemoval>(
    reader,
    (param) => sql<SelectedRemoval>`select ${columns} from ledger_removals as r where r.id = ${param('id')}
      and r.organization_id = ${param('organizationId')}`,
  );
  type Open = { organizationId: string; ids: string; teamId: string };
  const open = prepare<Open, SelectedRemoval>(
    reader,
    (param) => sql<SelectedRemoval>`select ${columns} from ledger_removals as r
      where ${idList.includes(sql.ref('r.user_id'), param('ids'))} and coalesce(r.team_id, '') = ${param('teamId')}
        and r.state = 'left' and r.organization_id = ${param('organizationId')}`,
  );
  const openByExternalId = prepare<{ connectionId: string; externalId: string }, SelectedRemoval>(
    reader,
    (param) => sql<SelectedRemoval>`select ${columns} from ledger_removals as r
      where r.connection_id = ${textParam(param('connectionId'))} and r.external_id = ${textParam(param('externalId'))}
        and r.state = 'left' and r.scope = 'organization' and r.external_id is not null order by r.position`,
  );

  async function select(db: Parameters<RemovalStore['find']>[0], rest: RawBuilder<unknown>): Promise<Removal[]> {
    const statement = sql<SelectedRemoval>`select ${columns} from ledger_removals as r ${rest}`;
    return (await statement.execute(databaseOf(db))).rows.map(toRemoval);
  }
  const { among } = idList;

  return {
    async find(db, organizationId, id) {
      const row = await find.first(db, { organizationId, id });
      return row && toRemoval(row);
    },
    async save(db, removal, keys) {
      await (keys === undefined ? update : insert).run(db, toRow(removal, keys));
    },
    async open(db, organizationId, userIds, teamId) {
      const rows = await open.all(db, { organizationId, ids: idList.encode(userIds), teamId: teamId ?? '' });
      return new Map(rows.map((row) => [row.r_user_id, toRemoval(row)]));
    },
    ofUsers: (db, organizationId, userIds) =>
      select(
        db,
        sql`where ${among('r.user_id', userIds)} and r.organization_id = ${organizationId} order by r.position`,
      ),
    async findPeople(db, organizationId, text) {
      const key = text.toLowerCase();
      const statement = sql<{ id: string }>`select distinct user_id as id from ledger_removals
        where organization_id = ${organizationId} and (user_id = ${text} or user_name_key = ${key} or email_key = ${key}
          or external_id = ${text} or id = ${text}) order by user_id`;
      return (await statement.execute(databaseOf(db))).rows.map(({ id }) => id);
    },
    async openByExternalId(db, connectionId, externalId) {
      return (await openByExternalId.all(db, { connectionId, externalId })).map(toRemoval);
    },
    openByEmail: (db, organizationId, emailKey) =>
      select(
        db,
        sql`where r.email_key = ${emailKey} and r.organization_id = ${organizationId} and r.state = 'left'
        and r.scope = 'organization' order by r.position`,
      ),
    async dropKeys(db, organizationId, userId) {
      await sql`update ledger_removals set user_name_key = null, email_key = null, external_id = null
        where organization_id = ${organizationId} and user_id = ${userId}`.execute(databaseOf(db));
    },
    withoutInventory: (db, afterId, limit) =>
      select(
        db,
        sql`where (r.inventory is null or r.inventory <> 'taken') and r.erased_at is null and r.id > ${afterId}
        order by r.id limit ${limit}`,
      ),
    dueForVerification: (db, organizationId, before, now, limit) =>
      select(
        db,
        sql`where r.organization_id = ${organizationId} and r.state = 'left'
        and r.inventory_entry_id is not null and r.runs > 0 and r.erased_at is null and r.asked_at is null
        and (r.hold = 1 or r.keep_until is null or r.keep_until > ${now})
        and coalesce(r.verified_at, r.inventory_at) <= ${before} order by r.id limit ${limit}`,
      ),
    async askVerification(db, ids, at) {
      await sql`update ledger_removals set asked_at = ${at} where ${among('id', ids)}`.execute(databaseOf(db));
    },
    async verificationAskedAt(db, id) {
      const statement = sql<{ at: number | null }>`select asked_at as at from ledger_removals where id = ${id}`;
      return (await statement.execute(databaseOf(db))).rows[0]?.at ?? null;
    },
    async askedFor(db, organizationId, limit) {
      const statement = sql<{ id: string }>`select id from ledger_removals where organization_id = ${organizationId}
        and asked_at is not null order by id limit ${limit}`;
      return (await statement.execute(databaseOf(db))).rows.map(({ id }) => id);
    },
    async countAsked(db, organizationId, most) {
      const statement = sql<{ n: number }>`select count(*) as n from (select 1 from ledger_removals
        where organization_id = ${organizationId} and asked_at is not null limit ${most}) as waiting`;
      return Number((await statement.execute(databaseOf(db))).rows[0]?.n ?? 0);
    },
    async trouble(db, organizationId) {
      // Conditions as in the indexes: only what is in trouble is looked at.
      const missing = sql<{ n: number; runs: number }>`select count(*) as n, coalesce(sum(missing), 0) as runs
        from ledger_removals where organization_id = ${organizationId} and missing > 0`;
      const failed = sql<{ n: number }>`select count(*) as n from ledger_removals
        where (inventory is null or inventory <> 'taken') and inventory = 'failed' and organization_id = ${organizationId}`;
      const [lost] = (await missing.execute(databaseOf(db))).rows;
      const [gone] = (await failed.execute(databaseOf(db))).rows;
      return { failed: Number(gone?.n ?? 0), missingIn: Number(lost?.n ?? 0), missingRuns: Number(lost?.runs ?? 0) };
    },
    ...createLedgerTotals(engine),
  };
}
