/** What the overview is made from; app/ gathers it. */
import type { Connection, ConnectionToken } from '../../directory/connections/connection.ts';
import type { QueueCount } from '../../jobs/job.ts';
import type { RefusalCount } from '../../synclog/sync-log.ts';
import type { Timeline } from '../../synclog/timeline.ts';

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
  readonly jobs: readonly QueueCount[];
}

export interface OverviewReader {
  read(organizationId: string): Promise<OverviewFacts>;
}
