/** All that a database holds, as text: two of them are equal when nothing was written in between. */
import { sql } from 'kysely';
import type { TestBridge } from './bridge.ts';

/** Written by work that goes on in the background, whatever is asked. */
const BACKGROUND = /^(jobs|exchange|read_|target_|mails$)/;
const MOVING = new Set(['last_seen_at', 'last_used_at', 'feed_cursor']);

export async function rowsOf({ core }: TestBridge): Promise<ReadonlyMap<string, string>> {
  const db = core.engine.reader;
  const tables = await db.introspection.getTables();
  const kept = new Map<string, string>();
  for (const { name } of tables.filter((table) => !BACKGROUND.test(table.name))) {
    const { rows } = await sql<Record<string, unknown>>`select * from ${sql.table(name)}`.execute(db);
    const lines = rows.map((row) =>
      JSON.stringify(Object.fromEntries(Object.entries(row).filter(([column]) => !MOVING.has(column)))),
    );
    kept.set(name, lines.toSorted().join('\n'));
  }
  return kept;
}

/** Names of the tables that differ. */
export function differenceOf(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  return [...after].filter(([name, rows]) => rows !== before.get(name)).map(([name]) => name);
}
