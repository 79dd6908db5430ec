/**
 * The events of one subject, in order, each at least once. One that cannot be delivered is tried for days; then it is put
 * aside (a dead letter, to be looked at and revived) and the next one goes. A receiver that is gone for good (410) has the
 * target paused.
 */
import { type Call, type EventAdapter, TargetClosed, TargetRefusal, TargetUnavailable } from '../contract.ts';
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

/** @returns how it went, and what the subject was called in the last event that went out */
export async function deliverSubject(
  parts: Delivering,
  call: Call,
  subjectKey: string,
): Promise<{ readonly name: string | undefined; readonly outcome: Outcome }> {
  const { store, target } = parts;
  const notes: string[] = [];
  const named: Named = { name: undefined };
  for (;;) {
    const waiting = await store.deliveries.waiting(store.reader, target.id, subjectKey, EVENTS_AT_ONCE);
    if (waiting.length === 0) return { ...named, outcome: { kind: 'done', notes } };
    for (const delivery of waiting) {
      const fault = await deliverOne(parts, call, delivery, named);
      if (fault === undefined) continue;
      if (fault.kind === 'retry') return { ...named, outcome: fault };
      notes.push(`Event ${delivery.position} was given up: ${fault.reason}`);
    }
  }
}

interface Named {
  name: string | undefined;
}

type Fault = Extract<Outcome, { kind: 'retry' | 'refused' }>;

/** Undefined: it arrived. `refused`: given up. */
async function deliverOne(parts: Delivering, call: Call, delivery: Delivery, named: Named): Promise<Fault | undefined> {
  const { store, target, adapter } = parts;
  const change = await store.deliveries.change(store.reader, delivery.position);
  named.name = change?.subject.name ?? named.name;
  try {
    // A change that is not kept any more has nothing to tell.
    if (change !== undefined) await adapter.deliver(call, { id: `msg_${target.id}_${delivery.position}`, change });
  } catch (error) {
    if (error instanceof TargetClosed) {
      await parts.pause(target, error.message);
      // It waits, and is no try that failed: whoever resumes the target has it sent.
      return { kind: 'retry', reason: `${error.message} The target is paused.`, afterMs: undefined };
    }
    if (!(error instanceof TargetRefusal || error instanceof TargetUnavailable)) throw error;
    return saveFailure(parts, delivery, error);
  }
  await store.write((db) => store.deliveries.delivered(db, target.id, delivery.sequence));
  return undefined;
}

async function saveFailure(
  { store, target, random }: Delivering,
  delivery: Delivery,
  error: TargetRefusal | TargetUnavailable,
): Promise<Fault> {
  const reason = error.message;
  const waitMs = DELIVERY_WAITS_MS[delivery.attempts];
  const dead = waitMs === undefined;
  await store.write((db) => store.deliveries.failed(db, target.id, delivery.sequence, reason, dead));
  if (dead) return { kind: 'refused', reason };
  const asked = error instanceof TargetUnavailable ? (error.retryAfterMs ?? 0) : 0;
  return { kind: 'retry', reason, afterMs: Math.max(asked, Math.round(waitMs * (0.8 + 0.4 * random()))) };
}
