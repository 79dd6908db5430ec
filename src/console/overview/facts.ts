/** What the overview is made from; app/ gathers it. */
import type { Connection, ConnectionToken } from '../../directory/connections/connection.ts';
import type { Mail } from '../../directory/mail.ts';
import type { ChainStanding } from '../../ledger/chain-watch.ts';
import type { LedgerTrouble } from '../../ledger/store.ts';
import type { RefusalCount } from '../../synclog/sync-log.ts';
import type { Timeline } from '../../synclog/timeline.ts';
import type { TargetStatus } from '../../targets/status.ts';

export interface ConnectionFacts {
  readonly connection: Connection;
  /** Live ones: neither revoked nor expired. */
  readonly tokens: readonly ConnectionToken[];
  /** When a token was last used, to the minute; null: never. */
  readonly lastContactAt: number | null;
  readonly users: number;
  readonly groups: number;
}

export interface OverviewFacts {
  readonly now: number;
  readonly connections: readonly ConnectionFacts[];
  /** Of all connections. */
  readonly day: Timeline;
  readonly week: Timeline;
  /** Of the last day. */
  readonly refusals: readonly RefusalCount[];
  readonly people: { readonly active: number; readonly admins: number; readonly seats: number | null };
  readonly ledger: LedgerTrouble & {
    /** Undefined: nobody has walked the chain yet. */
    readonly chain: ChainStanding | undefined;
  };
  readonly targets: readonly TargetStatus[];
  /** Mails that did not arrive, newest first; the first few. */
  readonly failedMails: readonly Mail[];
}

export interface OverviewReader {
  read(organizationId: string): Promise<OverviewFacts>;
}
