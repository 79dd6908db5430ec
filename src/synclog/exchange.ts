/**
 * One inbound SCIM request with its answer, as recorded. Bodies are redacted before they get here (redact.ts).
 */
export const OUTCOMES = ['changed', 'unchanged', 'read', 'refused', 'failed'] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** One bend that the door made in a request, and why (house rule: nothing is bent silently). */
export interface Repair {
  /** Stable name of the repair: `string-boolean`, `operation-case`, `dotted-key`, ... */
  readonly code: string;
  /** Which attribute, path or operation: `active`, `Operations[0].op`. */
  readonly at: string;
  /** In words: what came and what it was read as. */
  readonly detail: string;
}

export interface Exchange {
  /** UUIDv7; also the request id in the log and in the `X-Request-Id` header of the answer. */
  readonly id: string;
  /** Null when no token could be matched. */
  readonly organizationId: string | null;
  readonly connectionId: string | null;
  readonly tokenId: string | null;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly durationUs: number;
  readonly method: string;
  /** Path and query below /scim/v2. */
  readonly path: string;
  /** `users.create`, `users.read`, `users.list`, `users.replace`, `users.patch`, `users.delete`, the same for groups; `bulk`, `discovery`, `unknown`. */
  readonly operation: string;
  readonly status: number;
  readonly outcome: Outcome;
  readonly errorCode: string | null;
  readonly errorDetail: string | null;
  readonly subject: { readonly type: 'user' | 'group'; readonly id: string; readonly name: string } | null;
  /** What happened in words: `Okta added Ada Byron to group vision`. */
  readonly summary: string;
  readonly repairs: readonly Repair[];
  readonly requestBody: string | null;
  readonly responseBody: string | null;
  readonly changeCount: number;
  readonly userAgent: string | null;
  readonly remoteAddress: string | null;
}

/** How many exchanges a search by text that gives no beginning reads at a time, newest first. */
export const SEARCHED_MAX = 200_000;

/** What the console, the API and the CLI may ask for. All given conditions hold together. */
export interface ExchangeQuery {
  readonly organizationId: string;
  readonly connectionId?: string;
  readonly outcome?: Outcome;
  readonly operation?: string;
  /** AppError code of what was refused or failed. */
  readonly errorCode?: string;
  /** A user id: exchanges about that person (plain reads left out) or that changed something about them. */
  readonly userId?: string;
  /** Epoch milliseconds, inclusive. */
  readonly from?: number;
  /** Epoch milliseconds, exclusive. */
  readonly until?: number;
  /** Case-insensitive; all words must occur. */
  readonly text?: string;
  /** Newest first; the exchanges older than this id. */
  readonly before?: string;
  readonly limit: number;
}
