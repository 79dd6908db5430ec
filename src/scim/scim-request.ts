/** A request after the door: authenticated, read, repaired. What handlers work on. */
import type { Connection } from '../directory/connections/connection.ts';
import type { Visibility } from '../directory/visibility.ts';
import type { Repair } from '../synclog/exchange.ts';
import type { Query } from './query.ts';
import type { DialectTraits } from './repair/dialect-traits.ts';

export interface ScimRequest {
  readonly method: string;
  /** Below /scim/v2, decoded: `['Users', '0190...']`. */
  readonly path: readonly string[];
  readonly query: Query;
  /** Parsed JSON after repair; undefined without a body. */
  readonly body: unknown;
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly connection: Connection;
  readonly scope: Visibility;
  readonly traits: DialectTraits;
  /** Repairs that were made so far; handlers may add to it. */
  readonly repairs: Repair[];
  /** Exchange id. */
  readonly id: string;
}
