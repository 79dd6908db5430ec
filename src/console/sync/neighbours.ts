/** The exchanges next to one, within the same filter. */
import type { ExchangeQuery } from '../../synclog/exchange.ts';
import type { ExchangeSummary, SyncLogReader } from '../../synclog/sync-log.ts';

export interface Neighbours {
  readonly newer: string | undefined;
  readonly older: string | undefined;
}

type List = SyncLogReader['listExchanges'];
type Query = Omit<ExchangeQuery, 'limit' | 'before'>;

const PAGE = 200;
const MAX_PAGES = 10;

/** The reader goes backwards only, so the next newer one is looked for in spans that grow: most are found in the first. */
async function findNewer(
  list: List,
  query: Query,
  of: Pick<ExchangeSummary, 'id' | 'at'>,
): Promise<string | undefined> {
  for (const spanMs of [1_000, 60_000, 3_600_000, Number.POSITIVE_INFINITY]) {
    const until = Math.min(query.until ?? Number.POSITIVE_INFINITY, of.at + spanMs);
    const span = { ...query, from: Math.max(query.from ?? 0, of.at), ...(Number.isFinite(until) ? { until } : {}) };
    const found = await closestNewer(list, span, of.id);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function closestNewer(list: List, query: Query, id: string): Promise<string | undefined> {
  let closest: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const rows = await list({ ...query, limit: PAGE, ...(closest === undefined ? {} : { before: closest }) });
    const newer = rows.filter((row) => row.id > id);
    closest = newer.at(-1)?.id ?? closest;
    if (newer.length < PAGE) return closest;
  }
  return closest;
}

export async function findNeighbours(
  syncLog: Pick<SyncLogReader, 'listExchanges'>,
  query: Query,
  of: Pick<ExchangeSummary, 'id' | 'at'>,
): Promise<Neighbours> {
  const list: List = (asked) => syncLog.listExchanges(asked);
  const [newer, older] = await Promise.all([findNewer(list, query, of), list({ ...query, before: of.id, limit: 1 })]);
  return { newer, older: older[0]?.id };
}
