/** What the JSON API is built from; put together in app/. */

import type { SessionLimits } from '../directory/entry/sessions.ts';
import type { DirectoryParts } from '../directory/parts.ts';
import type { Principal } from '../directory/principal.ts';
import type { DrawAvatar } from '../directory/teams/avatar-image.ts';
import type { CursorSeal } from '../http/cursor.ts';
import type { KeptAnswerStore } from '../http/kept-answers.ts';
import type { ChangeFeed, SyncLogReader } from '../synclog/sync-log.ts';
import type { TargetParts } from '../targets/parts.ts';
import type { Authenticator } from './authenticator.ts';

export interface ApiLimits {
  readonly maxBodyBytes: number;
  /** Requests per minute for one credential; 0: no limit. */
  readonly ratePerMinute: number;
  readonly idempotencyHours: number;
}

/** What the environment decides, so that it cannot be changed here. */
export interface ApiEnvironment {
  readonly provisionOnSignIn: boolean;
  readonly seats: number | null;
  readonly version: string;
}

export interface ApiParts {
  readonly directory: DirectoryParts;
  readonly syncLog: SyncLogReader;
  readonly changeFeed: ChangeFeed;
  readonly keptAnswers: KeptAnswerStore;
  readonly targets: TargetParts;
  readonly drawAvatar: DrawAvatar;
  readonly sessionLimits: SessionLimits;
  /** Asked in order; the first that knows the kind of credentials answers. */
  readonly authenticators: readonly Authenticator[];
  readonly cursors: CursorSeal;
  readonly limits: ApiLimits;
  readonly environment: ApiEnvironment;
  /** Where the outside finds this installation, without a slash at the end. */
  readonly publicUrl: () => string;
  /** Told of each request, for metrics and the log. */
  readonly onRequest: (event: ApiEvent) => void;
}

export interface ApiEvent {
  readonly id: string;
  /** Of the endpoint; `unknown` where none fits. */
  readonly operation: string;
  readonly status: number;
  readonly durationSeconds: number;
  /** `user:<id>`; null when nobody was recognised. */
  readonly principal: string | null;
  readonly organizationId: string | null;
  readonly errorCode: string | null;
  /** For the log only. */
  readonly cause: unknown;
}

export function nameOf({ kind, id }: Principal): string {
  return `${kind}:${id ?? 'operator'}`;
}
