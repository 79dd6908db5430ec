/** What the SCIM door is built from; put together in app.ts. */
import type { IncomingMessage } from 'node:http';
import type { DirectoryParts } from '../directory/parts.ts';
import type { CursorSeal } from '../http/cursor.ts';
import type { ExchangeRecorder } from '../synclog/recorder.ts';
import type { ScimLimits } from './limits.ts';

export interface ScimParts {
  readonly directory: DirectoryParts;
  readonly recorder: ExchangeRecorder;
  readonly limits: ScimLimits;
  readonly cursors: CursorSeal;
  /** How much of a body is kept in the sync log. */
  readonly log: { readonly bodyMaxBytes: number };
  /** Requests per second for one connection; 0: no limit. */
  readonly rateLimit: number;
  /** Where the outside finds /scim/v2, without a slash at the end. */
  readonly baseUrl: () => string;
  /** Who is at the other end, past the proxies that are believed. */
  readonly addressOf: (request: IncomingMessage) => string | null;
  /** Told of each exchange, for metrics and the log. */
  readonly onExchange: (event: ScimEvent) => void;
}

export interface ScimEvent {
  readonly id: string;
  readonly operation: string;
  readonly status: number;
  readonly dialect: string;
  readonly connection: string | null;
  readonly durationUs: number;
  readonly repairs: readonly string[];
  readonly changes: readonly string[];
  readonly errorCode: string | null;
  /** Whether it is for the on-call engineer, not for the client, to do something. */
  readonly isFailure: boolean;
  /** For the log only. */
  readonly cause: unknown;
}
