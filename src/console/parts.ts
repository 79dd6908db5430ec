/** What the console is built from. app.ts implements these over the store; tests over memory. */
import type { RequestHandler } from 'express';
import type { Connection, ConnectionToken } from '../directory/connections/connection.ts';
import type { Principal } from '../directory/principal.ts';
import type { SyncLogReader } from '../synclog/sync-log.ts';
import type { TimelineReader } from '../synclog/timeline.ts';
import type { Cookies } from '../web/cookies.ts';
import type { Place } from '../web/notice.ts';
import type { SessionFinder } from '../web/visitor.ts';
import type { OverviewReader } from './overview/facts.ts';
import type { SentPush } from './targets/push-table.ts';

export interface Person {
  readonly id: string;
  readonly name: string;
  /** Tells namesakes apart. */
  readonly userName: string;
}

export interface ConsoleParts {
  readonly syncLog: SyncLogReader;
  readonly timeline: TimelineReader;
  readonly overview: OverviewReader;
  readonly connections: {
    list(organizationId: string): Promise<readonly Connection[]>;
    /** Expired and revoked tokens too: an old exchange still names the one that it came with. */
    findToken(organizationId: string, tokenId: string): Promise<ConnectionToken | undefined>;
  };
  readonly people: {
    /**
     * Users whose name, userName or e-mail contains the text, without regard to case; a user id finds exactly that user.
     * Deactivated and deleted ones too: they are whom one looks for in a log.
     */
    find(organizationId: string, text: string, limit: number): Promise<readonly Person[]>;
  };
  /** What went out to targets because of one exchange, oldest first; nothing to whoever may not see targets. */
  sentBecauseOf(asker: Principal, exchangeId: string): Promise<readonly SentPush[]>;
  /** Rooms of the console, each a router of its own: connections, people, teams, ... */
  readonly rooms: readonly RequestHandler[];
  readonly place: Place;
  readonly cookies: Cookies;
  /** Asked again while a live view is open. */
  readonly sessions: SessionFinder;
  /** What the code of a refused sign-in means, and what to do. */
  readonly explainRefusal: (code: string) => { readonly meaning: string; readonly advice: string } | undefined;
  /** Epoch milliseconds. */
  now(): number;
  /** Where identity providers find this installation, without a slash at the end. */
  readonly publicUrl: string;
  /** Aborted when the process stops: live views end, so that the server can close. */
  readonly stopping: AbortSignal;
  /** A fault that a page could only apologise for; for the log. */
  reportFault(error: unknown): void;
  /** Defaults: poll every 1000 ms, heartbeat every 15 000 ms, 64 listeners. */
  readonly live?: { readonly pollMs?: number; readonly heartbeatMs?: number; readonly maxListeners?: number };
}
