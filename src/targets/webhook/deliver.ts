/**
 * The events of one subject, in order, each at least once. One that cannot be delivered is tried for days; then it is put
 * aside (a dead letter, to be looked at and revived) and the next one goes. A receiver that is gone for good (410) has the
 * target paused.
 */
import {
  type Call,
  type EventAdapter,
  TargetClosed,
  TargetForbidden,
  TargetRefusal,
  TargetUnavailable,
} from '../contract.ts';
import { type Failure, failureOf } from '../failing.ts';
import type { TargetStoreParts } from '../parts.ts';
import type { Outcome } from '../reconcile.ts';
import type { Delivery } from '../store.ts';
import type { Target } from '../target.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** Waits between the tries of one event: about three and a half days in all. */
export const DELIVERY_WAITS_MS: readonly number[] = [
  ...[5 * SECOND, MINUTE, 5 * MINUTE, 30 * MINUTE],
  ...[2 * HOUR, 5 * HOUR, 10 * HOUR, 14 * HOUR, 20 * HOUR, 32 * HOUR],
];

const EVENTS_AT_ONCE = 50;

export interface Delivering {
  readonly store: TargetStoreParts;
  readonly target: Target;
  readonly adapter: EventAdapter;
  readonly random: () => number;
  /** Ends the sending, for the reason that the receiver gave. */
  readonly pause: (target: Target, reason: string) => Promise<void>;
}

export interface Delivered {
  /** What the subject was called in the last event that went out. */
  readonly name: string | undefined;
  readonly outcome: Outcome;
  /** Why the last event did not arrive; null: it did, or the receiver asked for no more. */
  readonly failure: Failure | null;
}

export async function deliverSubject(parts: Delivering, call: Call, subjectKey: string): Promise<Delivered> {
  const { store, target } = parts;
  const notes: string[] = [];
  const named: Named = { name: undefined };
  let failure: Failure | null = null;
  for (;;) {
    const waiting = await store.deliveries.waiting(store.reader, target.id, subjectKey, EVENTS_AT_ONCE);
    if (waiting.length === 0) return { ...named, outcome: { kind: 'done', notes }, failure };
    for (const delivery of waiting) {
      const fault = await deliverOne(parts, call, delivery, named);
      failure = fault?.failure ?? null;
      if (fault === undefined) continue;
      if (fault.outcome.kind === 'retry') return { ...named, ...fault };
      notes.push(`Event ${delivery.position} was given up: ${fault.outcome.reason}`);
    }
  }
}

/** The same for every try. */
export function eventIdOf({ id }: Target, position: number): string {
  return `msg_${id}_${position}`;
}

interface Named {
  name: string | undefined;
}

interface Fault {
  /** `refused`: given up. */
  readonly outcome: Extract<Outcome, { kind: 'retry' | 'refused' }>;
  readonly failure: Failure | null;
}

/** Undefined: it arrived. */
async function deliverOne(parts: Delivering, call: Call, delivery: Delivery, named: Named): Promise<Fault | undefined> {
  const { store, target, adapter } = parts;
  const change = await store.deliveries.change(store.reader, delivery.position);
  named.name = change?.subject.name ?? named.name;
  try {
    // A change that is not kept any more has nothing to tell.
    if (change !== undefined) await adapter.deliver(call, { id: eventIdOf(target, delivery.position), change });
  } catch (error) {
    if (error instanceof TargetClosed) {
      await parts.pause(target, error.message);
      // It waits, and is no try that failed: whoever resumes the target has it sent.
      return { outcome: again(`${error.message} The target is paused.`), failure: null };
    }
    // Nobody was asked: no try is used up.
    if (error instanceof TargetForbidden) return { outcome: again(error.message), failure: failureOf(error) };
    if (!(error instanceof TargetRefusal || error instanceof TargetUnavailable)) throw error;
    return saveFailure(parts, delivery, error);
  }
  await store.write((db) => store.deliveries.delivered(db, target.id, delivery.sequence));
  return undefined;
}

function again(reason: string, afterMs?: number): Fault['outcome'] {
  return { kind: 'retry', reason, afterMs };
}

async function saveFailure(
  { store, target, random }: Delivering,
  delivery: Delivery,
  error: TargetRefusal | TargetUnavailable,
): Promise<Fault> {
  const reason = error.message;
  // What a receiver does not take is its own fault: events have one form.
  const failure: Failure = { reason, kind: 'unavailable' };
  const waitMs = DELIVERY_WAITS_MS[delivery.attempts];
  const dead = waitMs === undefined;
  await store.write((db) => store.deliveries.failed(db, target.id, delivery.sequence, reason, dead));
  if (dead) return { outcome: { kind: 'refused', reason }, failure };
  const asked = error instanceof TargetUnavailable ? (error.retryAfterMs ?? 0) : 0;
  const afterMs = Math.max(asked, Math.round(waitMs * (0.8 + 0.4 * random())));
  return { outcome: again(reason, afterMs), failure };
}
