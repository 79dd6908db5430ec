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
  findExchange(organizationId: string, id: string): Promise<Exchange | undefined>;
  changesOfExchange(organizationId: string, exchangeId: string, limit: number): Promise<readonly Change[]>;
  /** Everything that changed about one subject, newest first. */
  changesOfSubject(organizationId: string, subjectId: string, limit: number): Promise<readonly Change[]>;
  /** Per connection and outcome since a time, for an overview. */
  activity(organizationId: string, since: number): Promise<readonly ConnectionActivity[]>;
  /** Why exchanges were refused or failed since a time, most frequent first; of the newest `limit` ones. */
  refusals(organizationId: string, since: number, limit: number): Promise<readonly RefusalCount[]>;
}

/** Follows the change log by position; on PostgreSQL never skips a transaction that commits late. */
export interface ChangeFeed {
  /** Changes after `position`, oldest first, of one organization or (null) of all. */
  readChanges(after: number, limit: number, organizationId: string | null): Promise<readonly Change[]>;
}
