/**
 * Follows the sync log for those who watch it: one poll per filter, however many watch, and none when nobody does.
 * Owns timers and the set of what was shown; does not own HTTP (sync-events.ts does).
 */
import type { ExchangeQuery } from '../../synclog/exchange.ts';
import type { ExchangeSummary, SyncLogReader } from '../../synclog/sync-log.ts';

export interface LiveRows {
  /** Newest first. */
  readonly rows: readonly ExchangeSummary[];
  /** More came than are shown; what is missing has to be looked up. */
  readonly gap: boolean;
}

export type Listener = (news: LiveRows) => void;

interface Feed {
  readonly query: ExchangeQuery;
  readonly listeners: Set<Listener>;
  /** Ids that were shown or were there before; an exchange may be written after one with a later id. */
  seen: ReadonlySet<string>;
  timer: NodeJS.Timeout | undefined;
  ready: Promise<void>;
}

export interface LiveFeeds {
  /** Resolves once the feed is running. Undefined: too many listen already. */
  subscribe(key: string, query: Omit<ExchangeQuery, 'limit'>, listener: Listener): Promise<(() => void) | undefined>;
}

const PAGE = 100;
const REMEMBERED = 1000;

export interface LiveFeedParts {
  readonly syncLog: Pick<SyncLogReader, 'listExchanges'>;
  readonly pollMs: number;
  readonly maxListeners: number;
  reportFault(error: unknown): void;
}

export function createLiveFeeds({ syncLog, pollMs, maxListeners, reportFault }: LiveFeedParts): LiveFeeds {
  const feeds = new Map<string, Feed>();
  let listening = 0;

  async function look(feed: Feed): Promise<LiveRows> {
    const rows = await syncLog.listExchanges(feed.query);
    const fresh = rows.filter(({ id }) => !feed.seen.has(id));
    feed.seen = new Set([...fresh.map(({ id }) => id), ...feed.seen].slice(0, REMEMBERED));
    return { rows: fresh, gap: fresh.length === PAGE };
  }

  /** Waits ten times as long as a look took when that is longer: a slow filter must not eat the database. */
  function plan(feed: Feed, tookMs: number): void {
    if (feed.listeners.size === 0) return;
    feed.timer = setTimeout(() => void poll(feed), Math.max(pollMs, tookMs * 10));
  }

  async function poll(feed: Feed): Promise<void> {
    const started = performance.now();
    try {
      const news = await look(feed);
      if (news.rows.length > 0) for (const listener of feed.listeners) listener(news);
    } catch (error) {
      reportFault(error);
    }
    plan(feed, performance.now() - started);
  }

  function open(query: Omit<ExchangeQuery, 'limit'>): Feed {
    const feed: Feed = {
      query: { ...query, limit: PAGE },
      listeners: new Set(),
      seen: new Set(),
      timer: undefined,
      ready: Promise.resolve(),
    };
    feed.ready = look(feed).then(() => plan(feed, 0));
    return feed;
  }

  function leave(key: string, feed: Feed, listener: Listener): void {
    if (!feed.listeners.delete(listener)) return;
    listening -= 1;
    if (feed.listeners.size > 0) return;
    clearTimeout(feed.timer);
    if (feeds.get(key) === feed) feeds.delete(key);
  }

  return {
    async subscribe(key, query, listener) {
      if (listening >= maxListeners) return undefined;
      const feed = feeds.get(key) ?? open(query);
      feeds.set(key, feed);
      feed.listeners.add(listener);
      listening += 1;
      const unsubscribe = (): void => leave(key, feed, listener);
      try {
        await feed.ready;
      } catch (error) {
        unsubscribe();
        throw error;
      }
      return unsubscribe;
    },
  };
}

/** How long after its id was given an exchange may still be written. */
const LATE_MS = 10_000;

/** What a page that has rows up to `last` may not have, newest first: what is newer, and what may have been written late. */
export async function catchUp(
  syncLog: Pick<SyncLogReader, 'listExchanges'>,
  query: Omit<ExchangeQuery, 'limit'>,
  last: string | undefined,
): Promise<LiveRows> {
  const rows = await syncLog.listExchanges({ ...query, limit: PAGE });
  const anchor = last === undefined ? undefined : rows.find(({ id }) => id <= last);
  if (last === undefined || anchor === undefined) return { rows, gap: rows.length === PAGE };
  const missed = rows.filter((row) => row.id > last || (row !== anchor && row.at > anchor.at - LATE_MS));
  return { rows: missed, gap: false };
}
