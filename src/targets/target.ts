/**
 * A target: one system that Drawbridge keeps in step with an organization.
 *
 * Owns: the words of this room. Everything else in targets/ is built on them.
 */
import type { JsonObject } from '../schema/json.ts';
import type { FeedCursor } from '../synclog/sync-log.ts';

export const TARGET_KINDS = ['wandb', 'scim', 'webhook'] as const;
export type TargetKind = (typeof TARGET_KINDS)[number];

export interface Target {
  readonly id: string;
  readonly organizationId: string;
  readonly kind: TargetKind;
  readonly name: string;
  readonly state: 'active' | 'paused';
  /** Why it is paused, where the system itself wanted it so (410 Gone). */
  readonly stateReason: string | null;
  /** Checked by the kind's own schema; holds no secret. */
  readonly settings: JsonObject;
  /** The secrets as JSON, sealed (secret-box.ts). */
  readonly sealed: string;
  /** Up to where the change log was read for this target. */
  readonly cursor: FeedCursor;
  /** First load: the last user whose turn came, `''` before the first one, null once everybody's turn came. */
  readonly loadedUpTo: string | null;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export const SUBJECT_TYPES = ['user', 'team', 'role', 'service_account'] as const;
export type SubjectType = (typeof SUBJECT_TYPES)[number];

/** What is brought in line in one go. */
export interface SubjectRef {
  readonly type: SubjectType;
  readonly id: string;
}

/** The queue of a target's subjects in jobs/. */
export function queueOf(targetId: string): string {
  return `target:${targetId}`;
}

/** `user:<id>`: the key of a subject in its queue. Webhooks have subjects of more types (`group:<id>`). */
export function subjectKey({ type, id }: { readonly type: string; readonly id: string }): string {
  return `${type}:${id}`;
}

export function parseSubjectKey(key: string): { readonly type: string; readonly id: string } {
  const colon = key.indexOf(':');
  return { type: key.slice(0, colon), id: key.slice(colon + 1) };
}

export function isSubjectType(type: string): type is SubjectType {
  return (SUBJECT_TYPES as readonly string[]).includes(type);
}

/** Why a subject became due: the last change about it, and the exchange that brought that. */
export interface Cause {
  readonly position: number;
  readonly exchangeId: string | null;
  /** When the change was made, epoch milliseconds. */
  readonly at: number;
}
