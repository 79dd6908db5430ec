/** Having something pushed or sent again: parked subjects, dead letters, events from a position. */
import { authorize } from '../directory/policy.ts';
import type { Principal } from '../directory/principal.ts';
import type { Work } from '../directory/work.ts';
import { AppError } from '../errors.ts';
import type { TargetParts } from './parts.ts';
import { queueOf, type Target } from './target.ts';
import { record } from './targets.ts';

/**
 * Makes parked subjects (one, or all) due again; without a subject also the events of a webhook that were given up.
 * @returns how many
 */
export async function retryParked(
  { store, now }: TargetParts,
  work: Work,
  principal: Principal,
  target: Target,
  subject: string | null,
): Promise<number> {
  authorize(principal, 'targets.change');
  const { db } = work;
  const unparked = await store.jobs.unpark(db, queueOf(target.id), subject, now());
  const revived = subject === null ? await store.deliveries.revive(db, target.id, null) : [];
  const jobs = revived.map((key) => ({
    ...{ queue: queueOf(target.id), key, organizationId: target.organizationId, dueAt: now() },
  }));
  await store.jobs.mark(db, jobs, now());
  const retried = unparked + revived.length;
  if (retried > 0) record(work, 'target.retried', target, { retried });
  return retried;
}

/**
 * Has a webhook's events after `position` sent again. A receiver tells repetitions by their ids.
 * @throws AppError `not_implemented` for other kinds
 */
export async function replayEvents(
  { store }: TargetParts,
  work: Work,
  principal: Principal,
  target: Target,
  position: number,
): Promise<void> {
  authorize(principal, 'targets.change');
  if (target.kind !== 'webhook') throw new AppError('not_implemented', 'Only webhooks are sent events; use repair.');
  const cursor = await store.changeFeed.cursorAfter(position);
  const current = await store.targets.findById(work.db, target.id);
  if (current === undefined) throw new AppError('not_found');
  await store.targets.moveCursor(work.db, target.id, current.cursor, cursor);
  record(work, 'target.replayed', target, { position });
}
