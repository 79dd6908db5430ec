/** What the ledger asks of a store. */
import type { Handle } from '../synclog/handle.ts';
import type { LedgerEntry, LedgerKind } from './entry.ts';

export interface LedgerHead {
  readonly position: number;
  readonly hash: string;
}

export interface LedgerStore {
  /** The newest entry's position and hash; position 0 and the genesis hash for an empty chain. Lock the organization first. */
  head(db: Handle, organizationId: string): Promise<LedgerHead | undefined>;
  append(db: Handle, entries: readonly LedgerEntry[]): Promise<void>;
  /** In order of position, after one. */
  page(db: Handle, organizationId: string, afterPosition: number, limit: number): Promise<readonly LedgerEntry[]>;
  /** The newest kind per user within one scope (a team, or the organization for null): is a removal still open? */
  lastKinds(
    db: Handle,
    organizationId: string,
    userIds: readonly string[],
    teamId: string | null,
  ): Promise<ReadonlyMap<string, LedgerKind>>;
  ofUser(db: Handle, organizationId: string, userId: string): Promise<readonly LedgerEntry[]>;
}
