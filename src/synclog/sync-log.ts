/**
 * The sync log: what identity providers sent, what that changed, and why.
 *
 * Owns: the words for exchanges and changes, redaction, the batch writer for exchanges that changed nothing, and
 * reading both back. Does not own: deciding what is a change (directory/ does), SQL (store/ does).
 * Called by scim/ (to record), console/, api/ and cli/ (to read), targets/ (to follow changes).
 */
import type { Change } from './change.ts';
import type { Exchange, ExchangeQuery, Outcome } from './exchange.ts';

/** A line of the list: everything but the bodies. */
export type ExchangeSummary = Omit<Exchange, 'requestBody' | 'responseBody'>;

export interface ConnectionActivity {
  readonly connectionId: string;
  readonly outcome: Outcome;
  readonly count: number;
  /** Epoch milliseconds of the newest one. */
  readonly lastAt: number;
}

/** Refused and failed exchanges of one cause. */
export interface RefusalCount {
  readonly connectionId: string | null;
  readonly errorCode: string;
  readonly count: number;
  readonly newestId: string;
}

export interface SyncLogReader {
  /** Newest first. Never shows another organization's rows. */
  listExchanges(query: ExchangeQuery): Promise<readonly ExchangeSummary[]>;
  /**
   * The oldest exchange that `listExchanges` looks at for a search by text, which reads SEARCHED_MAX of them at a time; what
   * is older is asked for with it as `before`. Undefined: nothing is left out.
   */
  searchedDownTo(query: Omit<ExchangeQuery, 'limit'>): Promise<string | undefined>;
  findExchange(organizationId: string, id: string): Promise<Exchange | undefined>;
  /**
   * In their order.
   * @param after only changes behind this position
   */
  changesOfExchange(
    organizationId: string,
    exchangeId: string,
    limit: number,
    after?: number,
  ): Promise<readonly Change[]>;
  /**
   * Everything that changed about one subject, newest first.
   * @param before only changes before this position
   */
  changesOfSubject(
    organizationId: string,
    subjectId: string,
    limit: number,
    before?: number,
  ): Promise<readonly Change[]>;
  /** Per connection and outcome since a time, for an overview. */
  activity(organizationId: string, since: number): Promise<readonly ConnectionActivity[]>;
  /** Why exchanges were refused or failed since a time, most frequent first; of the newest `limit` ones. */
  refusals(organizationId: string, since: number, limit: number): Promise<readonly RefusalCount[]>;
}

/**
 * Where a reader of the feed stands. Text that only the feed itself understands: on SQLite a position, on PostgreSQL the
 * writing transaction and a position. A position alone would not do there: a transaction that began earlier and inserted
 * later is read first, and whatever took a smaller position meanwhile would be skipped.
 */
export type FeedCursor = string;

export interface FeedPage {
  /** In the order of the feed: oldest transaction first, within one by position. */
  readonly changes: readonly Change[];
  /** Where to go on; the given one when there was nothing. */
  readonly cursor: FeedCursor;
}

/** Follows the change log; on PostgreSQL never skips a transaction that commits late. */
export interface ChangeFeed {
  /** Changes after the cursor, of one organization or (null) of all. */
  readChanges(after: FeedCursor, limit: number, organizationId: string | null): Promise<FeedPage>;
  /** The end of what can be read now. */
  head(): Promise<FeedCursor>;
  /** From where every change after `position` is read (again); a few before it may come along. */
  cursorAfter(position: number): Promise<FeedCursor>;
  /** How many changes wait after the cursor, counted up to `limit`, and when the first of them happened. */
  waiting(after: FeedCursor, limit: number, organizationId: string): Promise<FeedLag>;
  /** How many of each kind of change wait after the cursor, of the first `limit` that do. */
  kindsWaiting(after: FeedCursor, limit: number, organizationId: string): Promise<ReadonlyMap<string, number>>;
}

export interface FeedLag {
  readonly count: number;
  /** Epoch milliseconds; null when nothing waits. */
  readonly oldestAt: number | null;
}
