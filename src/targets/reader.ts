/**
 * Follows the change log for one target and marks what became due, all in one transaction with the new position: a
 * change is never passed over, and seen twice at most, which does no harm. Any process may read for any target.
 */
import type { NewJob } from '../jobs/job.ts';
import type { Handle } from '../synclog/handle.ts';
import { causeOf, toDue } from './due.ts';
import type { TargetStoreParts } from './parts.ts';
import { type Cause, queueOf, subjectKey, type Target } from './target.ts';

const CHANGES_AT_ONCE = 500;
const USERS_AT_ONCE = 500;

export interface Reading {
  readonly store: TargetStoreParts;
  readonly now: () => number;
  /** How long a subject waits for further changes, so that a burst becomes one push. */
  readonly gatherMs: number;
  /** Whether the target wants each change as an event, and which. */
  readonly wantsEvent: ((kind: string) => boolean) | undefined;
}

/** Reads what waits, one page. True: there may be more. */
export async function readOnce(parts: Reading, target: Target): Promise<boolean> {
  if (target.loadedUpTo !== null && parts.wantsEvent === undefined) return loadOnce(parts, target, target.loadedUpTo);
  const { store } = parts;
  const { changes, cursor } = await store.changeFeed.readChanges(target.cursor, CHANGES_AT_ONCE, target.organizationId);
  if (changes.length === 0) return false;
  await store.write(async (db) => {
    // Another process read the same page: its marks are as good.
    if (!(await store.targets.moveCursor(db, target.id, target.cursor, cursor))) return;
    if (parts.wantsEvent === undefined) await markDue(parts, db, target, toDue(changes));
    else {
      const wanted = changes.filter(({ kind }) => parts.wantsEvent?.(kind));
      const events = wanted.map((change) => ({ subjectKey: subjectKey(change.subject), position: change.position }));
      await store.deliveries.add(db, target.id, events, parts.now());
      const last = new Map(wanted.map((change) => [subjectKey(change.subject), causeOf(change)]));
      const jobs = [...last].map(([key, cause]) => jobOf(target, key, parts.now(), cause));
      await store.jobs.mark(db, jobs, parts.now());
    }
  });
  return changes.length === CHANGES_AT_ONCE;
}

async function markDue({ store, now, gatherMs }: Reading, db: Handle, target: Target, due: ReturnType<typeof toDue>) {
  const dueAt = now() + gatherMs;
  await store.targetMembers.mark(db, target.id, due.members);
  const jobs = [...due.subjects].map(([key, { cause }]) => jobOf(target, key, dueAt, cause));
  await store.jobs.mark(db, jobs, now());
}

/** First load: everything that is there becomes due, teams, roles and service accounts first, then people in pages. */
async function loadOnce({ store, now }: Reading, target: Target, after: string): Promise<boolean> {
  const { organizationId } = target;
  const users = await store.wanted.userIds(store.reader, organizationId, after, USERS_AT_ONCE);
  const roles = after === '' ? await store.wanted.roleIds(store.reader, organizationId) : [];
  const teams = after === '' ? await store.wanted.teamIds(store.reader, organizationId) : [];
  const accounts = after === '' ? await store.wanted.serviceAccountIds(store.reader, organizationId) : [];
  const keys = [
    ...roles.map((id) => subjectKey({ type: 'role', id })),
    ...teams.map((id) => subjectKey({ type: 'team', id })),
    ...accounts.map((id) => subjectKey({ type: 'service_account', id })),
    ...users.map((id) => subjectKey({ type: 'user', id })),
  ];
  const isLast = users.length < USERS_AT_ONCE;
  await store.write(async (db) => {
    const jobs = keys.map((key) => jobOf(target, key, now(), null));
    await store.jobs.mark(db, jobs, now());
    await store.targets.setLoadedUpTo(db, target.id, isLast ? null : (users.at(-1) ?? null));
  });
  return true;
}

export function jobOf(target: Target, key: string, dueAt: number, cause: Cause | null): NewJob {
  const job = { queue: queueOf(target.id), key, organizationId: target.organizationId, dueAt };
  return cause === null ? job : { ...job, payload: cause };
}
