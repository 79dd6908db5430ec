/**
 * Handles the jobs of one target: one subject each, told by its key. Says how it went to jobs/, writes it into the
 * history, and tells the log, with the exchange that caused it.
 */
import { type Backoff, backoffMs } from '../jobs/backoff.ts';
import type { Job, JobResult } from '../jobs/job.ts';
import type { Call } from './contract.ts';
import { withoutErased } from './erased.ts';
import type { Failure } from './failing.ts';
import type { OpenTarget } from './open.ts';
import type { TargetParts } from './parts.ts';
import { type Outcome, type Reconciled, reconcile } from './reconcile.ts';
import { type Cause, isSubjectType, parseSubjectKey, type Target } from './target.ts';
import { deliverSubject } from './webhook/deliver.ts';

/** How often a refused subject is tried. */
export interface Patience {
  /** Refusals in a row after which a subject is parked. */
  readonly refusals: number;
  readonly backoff: Backoff;
}

/** With these waits, about an hour. */
export const PATIENCE: Patience = { refusals: 8, backoff: { firstMs: 15_000, maxMs: 60 * 60_000 } };
const RETRY_MS = 5_000;

/** How one try went, for the log and the metrics. */
export interface PushTold {
  readonly target: Target;
  readonly subject: { readonly type: string; readonly id: string; readonly name: string };
  readonly cause: Cause | null;
  readonly outcome: Outcome['kind'] | 'parked';
  readonly reason: string | null;
  readonly requests: readonly string[];
  readonly durationMs: number;
}

/** Requests that a push took: one that N subjects shared counts as an Nth. */
export function countRequests(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + 1 / Number(/\(bulk of (\d+)\)$/.exec(line)?.[1] ?? 1), 0);
}

export interface SubjectWorkerParts extends TargetParts {
  readonly open: OpenTarget;
  readonly gatherMs: () => number;
  readonly onPush: (told: PushTold) => void;
  /** The target itself wants to hear nothing more. */
  readonly pause: (target: Target, reason: string) => Promise<void>;
  /** The configuration forbids the target: nothing more is tried for a while. */
  readonly hold: (target: Target) => void;
  /** Default: PATIENCE. */
  readonly patience?: Patience;
}

type Handler = (job: Job, signal: AbortSignal) => Promise<JobResult>;

export function createSubjectHandler(parts: SubjectWorkerParts): Handler {
  const push = createPush(parts);
  return async (job, signal) => {
    try {
      return await push(job, signal);
    } catch (error) {
      // Nothing can be written down about it any more, and nobody waits for it.
      if (await isRemoved(parts, parts.open.target)) return { kind: 'done' };
      throw error;
    }
  };
}

/** Asked in a transaction: a removal that is written but not committed yet counts. */
export async function isRemoved({ store }: TargetParts, { id }: Target): Promise<boolean> {
  return (await store.write((db) => store.targets.findById(db, id))) === undefined;
}

function createPush(parts: SubjectWorkerParts): Handler {
  return async (job, signal) => {
    const startedAt = parts.now();
    const subject = parseSubjectKey(job.key);
    const cause = toCause(job.payload);
    const requests: string[] = [];
    const call: Call = {
      signal,
      requestId: cause?.exchangeId ?? null,
      trace: (line) => {
        requests.push(line);
      },
    };
    const { name, outcome, refusals, failure } = await work(parts, call, job.key, cause);
    const result = toResult(parts, outcome, refusals);
    const told: PushTold = {
      ...{ target: parts.open.target, subject: { ...subject, name }, cause, requests },
      outcome: result.kind === 'park' ? 'parked' : outcome.kind,
      reason: outcome.kind === 'done' ? outcome.notes.join(' ') || null : outcome.reason,
      durationMs: parts.now() - startedAt,
    };
    // A subject that was in step already is no news.
    if (requests.length > 0 || outcome.kind !== 'done') await record(parts, told, startedAt, failure);
    if (failure?.kind === 'forbidden') parts.hold(parts.open.target);
    return result;
  };
}

async function work(parts: SubjectWorkerParts, call: Call, key: string, cause: Cause | null): Promise<Reconciled> {
  const { store, open, now, random } = parts;
  const { target, adapter } = open;
  const { type, id } = parseSubjectKey(key);
  if (adapter.holds === 'events') {
    const { pause } = parts;
    const delivering = { store, target, adapter: adapter.events, random, pause };
    const { name, outcome, failure } = await deliverSubject(delivering, call, key);
    return { name: name ?? id, outcome, refusals: 0, failure };
  }
  if (!isSubjectType(type)) return { name: id, outcome: { kind: 'done', notes: [] }, refusals: 0, failure: null };
  const { gatherMs } = parts;
  return reconcile({ store, target, adapter: adapter.state, now, gatherMs, cause }, call, { type, id });
}

function toResult({ random, patience = PATIENCE }: SubjectWorkerParts, outcome: Outcome, refusals: number): JobResult {
  if (outcome.kind === 'done') return { kind: 'done' };
  const { reason } = outcome;
  if (outcome.kind === 'retry') {
    // Not all at once when the target is back.
    const spreadMs = Math.round(random() * 1_000);
    return { kind: 'retry', reason, afterMs: (outcome.afterMs ?? RETRY_MS) + (outcome.afterMs === 0 ? 0 : spreadMs) };
  }
  if (refusals >= patience.refusals) return { kind: 'park', reason };
  return { kind: 'retry', reason, afterMs: backoffMs(patience.backoff, refusals, random()) };
}

async function record(parts: SubjectWorkerParts, told: PushTold, at: number, failure: Failure | null): Promise<void> {
  const { target, subject, cause, outcome, durationMs } = told;
  const { store } = parts;
  const requests = told.requests.slice(0, REQUESTS_KEPT);
  const given = { key: `${subject.type}:${subject.id}`, name: subject.name, reason: told.reason, requests };
  const push = { targetId: target.id, organizationId: target.organizationId, cause, outcome, durationMs };
  await store.write(async (db) => {
    const { name, reason, requests } = await withoutErased({ store, target }, db, given);
    const kept = { ...push, subject: { ...subject, name }, reason, requests };
    await store.targetPushes.insert(db, { ...kept, id: parts.newId(), at });
    const failed = { targetId: target.id, startedAt: at, at: parts.now() };
    if (failure !== null) await store.targetFailures.add(db, { ...failed, ...failure });
    else if (told.requests.length > 0) await store.targetFailures.clear(db, target.id);
  });
  parts.onPush(told);
}

const REQUESTS_KEPT = 50;

function toCause(payload: unknown): Cause | null {
  return typeof payload === 'object' && payload !== null && 'position' in payload ? (payload as Cause) : null;
}
