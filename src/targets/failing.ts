/**
 * A target that cannot be worked with, whoever is pushed to it: what is kept of that, and from when on it is told.
 *
 * One try that fails is no news: a connection breaks, a server restarts, and the next try mends it. An address that the
 * configuration forbids, and secrets or settings that cannot be used, do not mend themselves, and are told at once.
 */
import { SubjectWaits, TargetForbidden, TargetUnavailable } from './contract.ts';

/**
 * `forbidden`: the configuration does not let the target be asked (`TARGET_NETWORKS`); `unopened`: its secrets do not open,
 * or its settings are not right any more.
 */
export const FAILURE_KINDS = ['unavailable', 'forbidden', 'unopened'] as const;
export type FailureKind = (typeof FAILURE_KINDS)[number];

/** Why one try failed. */
export interface Failure {
  readonly reason: string;
  readonly kind: FailureKind;
}

/** Null: the target is not to blame. */
export function failureOf(error: unknown): Failure | null {
  if (!(error instanceof TargetUnavailable) || error instanceof SubjectWaits) return null;
  return { reason: error.message, kind: error instanceof TargetForbidden ? 'forbidden' : 'unavailable' };
}

/** Kept from the first try that failed until one that does not. */
export interface KeptFailure extends Failure {
  /** Epoch milliseconds. */
  readonly since: number;
  readonly lastAt: number;
  /** In a row, each begun after the one before had failed. */
  readonly tries: number;
  /** Until when nothing goes out to the target; null for no hold. */
  readonly heldUntil: number | null;
}

export interface Failing extends Failure {
  readonly since: number;
  readonly tries: number;
  /** Not after now: it is being tried. Null: nothing waits that would be tried, or somebody has to mend it first. */
  readonly nextTryAt: number | null;
}

/** How long a forbidden address is left alone; a start of the process, and new settings, try it at once. */
export const FORBIDDEN_WAIT_MS = 10 * 60_000;

const TOLD_AFTER = { tries: 2, ms: 10_000 };

/**
 * @param dueAt when the first of what waits is due; null: nothing waits
 * @returns null where it is too early to tell
 */
export function failingOf(kept: KeptFailure | undefined, dueAt: number | null, now: number): Failing | null {
  if (kept === undefined) return null;
  const { since, lastAt, tries, reason, kind, heldUntil } = kept;
  if (kind === 'unopened') return { since, tries, reason, kind, nextTryAt: null };
  if (kind === 'forbidden') return { since, tries, reason, kind, nextTryAt: lastAt + FORBIDDEN_WAIT_MS };
  if (tries < TOLD_AFTER.tries || now - since < TOLD_AFTER.ms) return null;
  return { since, tries, reason, kind, nextTryAt: dueAt === null ? null : Math.max(dueAt, heldUntil ?? 0) };
}
