/**
 * Dialects: from what an identity provider really sends to a request of RFC 7643 and 7644, with the list of repairs.
 *
 * Owns: the order of repair and the contract. Does not own: single repairs (one file each), which dialect has which
 * (dialect.ts), and judging the result: what cannot be repaired is passed on for the strict parser to refuse.
 * Called by the SCIM door after authentication and before parsing. Pure: never throws, never changes its input, and
 * gives back the same body when nothing was repaired.
 */
import type { Dialect } from '../../directory/connection.ts';
import type { Repair } from '../../synclog/exchange.ts';

/** A request as it came in: which resource type its address names, what it asks for, and the JSON body. */
export interface RawRequest {
  readonly resource: 'User' | 'Group' | null;
  readonly kind: 'create' | 'replace' | 'patch' | 'bulk' | 'search' | 'other';
  readonly body: unknown;
}

export interface RepairedRequest {
  /** The very same value that came in when there was nothing to repair. */
  readonly body: unknown;
  readonly repairs: Repair[];
}

/** Repairs a request as far as the dialect goes; `strict` repairs nothing. */
export function repairRequest(dialect: Dialect, request: RawRequest): RepairedRequest {
  if (dialect === 'strict') return { body: request.body, repairs: [] };
  return { body: request.body, repairs: [] };
}
