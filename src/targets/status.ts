/** How far behind a target is, and what is the matter with its subjects. */
import { authorize } from '../directory/policy.ts';
import type { Principal } from '../directory/principal.ts';
import { type Failing, failingOf } from './failing.ts';
import type { TargetParts } from './parts.ts';
import type { PushOutcome, PushRecord } from './store.ts';
import { parseSubjectKey, queueOf, type Target } from './target.ts';

export interface TargetStatus {
  readonly target: Target;
  /** Changes and subjects that are not over there yet; counted up to `LAG_MAX`. */
  readonly lagChanges: number;
  /** Age of the oldest of them; 0 for none. */
  readonly lagSeconds: number;
  readonly due: number;
  readonly parked: number;
  /** The first load is under way. */
  readonly loading: boolean;
  /** Subjects by how their last push went. */
  readonly subjects: Readonly<Record<PushOutcome, number>>;
  /** For webhooks. */
  readonly deliveries: { readonly waiting: number; readonly dead: number };
  /** Every try fails, whoever is pushed; null: it works, is paused, or it is too early to tell. */
  readonly failing: Failing | null;
}

const LAG_MAX = 10_000;

export async function statusOf({ store, now }: TargetParts, target: Target): Promise<TargetStatus> {
  const unread = await store.changeFeed.waiting(target.cursor, LAG_MAX, target.organizationId);
  const queue = await store.targets.waiting(store.reader, target.id);
  const kept = target.state === 'active' ? await store.targetFailures.find(store.reader, target.id) : undefined;
  const oldest = Math.min(unread.oldestAt ?? Infinity, queue.oldestAt ?? Infinity);
  return {
    target,
    lagChanges: unread.count + queue.due,
    lagSeconds: Number.isFinite(oldest) ? Math.max(0, Math.round((now() - oldest) / 1000)) : 0,
    due: queue.due,
    parked: queue.parked,
    loading: target.loadedUpTo !== null && target.kind !== 'webhook',
    subjects: await store.targetLinks.counts(store.reader, target.id),
    deliveries: await store.deliveries.counts(store.reader, target.id),
    failing: failingOf(kept, queue.nextAt, now()),
  };
}

export async function listTargets(parts: TargetParts, principal: Principal): Promise<readonly TargetStatus[]> {
  authorize(principal, 'targets.read');
  const targets = await parts.store.targets.list(parts.store.reader, principal.organizationId);
  return Promise.all(targets.map((target) => statusOf(parts, target)));
}

export interface ParkedSubject {
  /** `user:<id>` */
  readonly subject: string;
  readonly name: string;
  readonly reason: string;
  readonly since: number;
}

/** Given up after several refusals, with the last reason; in the order of keys, after one. */
export async function parkedOf(
  { store }: TargetParts,
  principal: Principal,
  target: Target,
  page: { readonly after: string; readonly limit: number },
): Promise<readonly ParkedSubject[]> {
  authorize(principal, 'targets.read');
  const jobs = await store.jobs.page(store.reader, queueOf(target.id), 'parked', page.after, page.limit);
  return Promise.all(
    jobs.map(async ({ key, lastError, updatedAt }) => {
      const { type, id } = parseSubjectKey(key);
      const name = await nameOf(store, target, type, id);
      return { subject: key, name: name ?? id, reason: lastError ?? '', since: updatedAt };
    }),
  );
}

type Stores = TargetParts['store'];

async function nameOf(
  { wanted, reader }: Stores,
  { organizationId }: Target,
  type: string,
  id: string,
): Promise<string | undefined> {
  if (type === 'user') return (await wanted.user(reader, organizationId, id))?.displayName;
  if (type === 'role') return (await wanted.role(reader, organizationId, id))?.name;
  if (type === 'service_account') return (await wanted.serviceAccount(reader, organizationId, id))?.name;
  return (await wanted.team(reader, organizationId, id))?.name;
}

/** What went out, newest first. */
export function pushesOf(
  { store }: TargetParts,
  principal: Principal,
  target: Target,
  page: { readonly beforeId: string | null; readonly limit: number },
): Promise<readonly PushRecord[]> {
  authorize(principal, 'targets.read');
  return store.targetPushes.ofTarget(store.reader, { targetId: target.id, ...page });
}

/** What became of one request of an identity provider, in every target. */
export function pushesOfExchange(
  { store }: TargetParts,
  principal: Principal,
  exchangeId: string,
): Promise<readonly PushRecord[]> {
  authorize(principal, 'targets.read');
  return store.targetPushes.ofExchange(store.reader, principal.organizationId, exchangeId, 200);
}

export interface DeadLetter {
  readonly sequence: number;
  readonly position: number;
  /** `user:<id>` */
  readonly subject: string;
  readonly name: string;
  readonly attempts: number;
  readonly reason: string | null;
  readonly since: number;
}

/** Events of a webhook that were given up, oldest first, after one. */
export async function deadLettersOf(
  { store }: TargetParts,
  principal: Principal,
  target: Target,
  page: { readonly after: number; readonly limit: number },
): Promise<readonly DeadLetter[]> {
  authorize(principal, 'targets.read');
  const list = await store.deliveries.dead(store.reader, target.id, page.after, page.limit);
  return list.map(({ sequence, position, subjectKey, subjectName, attempts, lastError, createdAt }) => ({
    ...{ sequence, position, subject: subjectKey, name: subjectName ?? parseSubjectKey(subjectKey).id },
    ...{ attempts, reason: lastError, since: createdAt },
  }));
}
