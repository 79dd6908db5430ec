/** What the removals come to, in SQL: one row for each organization. */
import { sql } from 'kysely';
import type { LedgerCounts, RemovalStore } from '../ledger/store.ts';
import { type LedgerTotals, NO_TOTALS } from '../ledger/totals.ts';
import type { Engine } from './engine.ts';
import { databaseOf, prepare } from './statement.ts';

/** Name in the ledger -> column. */
const COLUMNS: Readonly<Record<keyof LedgerTotals, string>> = {
  ...{ removals: 'removals', left: 'open', holds: 'holds', taken: 'taken', partial: 'partial', failed: 'failed' },
  ...{ runsKept: 'runs_kept', runsMissing: 'runs_missing' },
};
const NAMES = Object.keys(COLUMNS) as readonly (keyof LedgerTotals)[];

export function createLedgerTotals({ reader }: Engine): Pick<RemovalStore, 'addTotals' | 'counts'> {
  const add = prepare<LedgerTotals & { organizationId: string }>(reader, (param) => {
    const columns = NAMES.map((name) => sql.ref(COLUMNS[name]));
    const added = NAMES.map((name) => {
      const column = sql.ref(COLUMNS[name]);
      return sql`${column} = ledger_totals.${column} + excluded.${column}`;
    });
    return sql`insert into ledger_totals (organization_id, ${sql.join(columns)})
      values (${param('organizationId')}, ${sql.join(NAMES.map((name) => sql`${param(name)}`))})
      on conflict (organization_id) do update set ${sql.join(added)}`;
  });
  const sums = sql.join(NAMES.map((name) => sql`sum(${sql.ref(COLUMNS[name])}) as ${sql.ref(name)}`));
  return {
    async addTotals(db, organizationId, added) {
      await add.run(db, { ...added, organizationId });
    },
    async counts(db) {
      const database = databaseOf(db);
      const totals = await sql<Sums>`select ${sums} from ledger_totals`.execute(database);
      // Positions have no gaps, so the last one is the count: one look-up in place of a walk.
      const entries = await sql<{ n: number }>`select coalesce(sum((select max(e.position) from ledger_entries as e
        where e.organization_id = o.id)), 0) as n from organizations as o`.execute(database);
      const oldest = await sql<{ at: number }>`select coalesce(verified_at, inventory_at) as at from ledger_removals
        where state = 'left' and runs > 0 and coalesce(verified_at, inventory_at) > 0
        order by coalesce(verified_at, inventory_at) limit 1`.execute(database);
      return toCounts(Number(entries.rows[0]?.n ?? 0), totals.rows[0], oldest.rows[0]?.at ?? null);
    },
  };
}

/** Sums come as text from PostgreSQL, and as null over no rows. */
type Sums = Readonly<Record<keyof LedgerTotals, number | string | null>>;

function toCounts(entries: number, sums: Sums | undefined, oldestVerifiedAt: number | null): LedgerCounts {
  const of = (name: keyof LedgerTotals): number => Number(sums?.[name] ?? NO_TOTALS[name]);
  const known = { taken: of('taken'), partial: of('partial'), failed: of('failed') };
  const none = of('removals') - known.taken - known.partial - known.failed;
  return {
    ...{ entries, left: of('left'), holds: of('holds'), inventories: { none, ...known } },
    ...{ runsKept: of('runsKept'), runsMissing: of('runsMissing'), oldestVerifiedAt },
  };
}
