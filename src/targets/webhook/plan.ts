/**
 * The dry run of a webhook: the events that wait, and those that the reader would make of the changes after its cursor, in
 * the order in which they go for one subject, with the body that each would be sent with. Reads only.
 */
import { AppError } from '../../errors.ts';
import type { Change } from '../../synclog/change.ts';
import type { FeedCursor } from '../../synclog/sync-log.ts';
import type { EventAdapter } from '../contract.ts';
import type { PlannedRequest } from '../http/dry-client.ts';
import type { TargetStoreParts } from '../parts.ts';
import type { DryRun, DryRunQuery, PlannedSubject } from '../planned.ts';
import type { Delivery } from '../store.ts';
import { subjectKey, type Target } from '../target.ts';

export interface EventPlanning {
  readonly store: TargetStoreParts;
  readonly target: Target;
  readonly wantsEvent: EventAdapter['wantsEvent'];
  /** What would be sent for it. */
  readonly requestsOf: (change: Change) => Promise<readonly PlannedRequest[]>;
}

const CHANGES_AT_ONCE = 500;
/** Changes that one look goes through, since a filter may pass over many. */
const CHANGES_LOOKED_MAX = 5_000;
const COUNTED_MAX = 10_000;

export async function planEvents(parts: EventPlanning, query: DryRunQuery): Promise<DryRun> {
  const { store, target } = parts;
  const place = toPlace(query.after ?? '', target);
  const subject = query.subject ?? null;
  const queue = await queuedAfter(parts, place, subject, query.limit);
  const planned: PlannedSubject[] = [];
  for (const delivery of queue) {
    const change = await store.deliveries.change(store.reader, delivery.position);
    // As when it is delivered: a change that is not kept any more has nothing to tell.
    if (change !== undefined) planned.push(await toPlanned(parts, change, reasonOf(delivery)));
  }
  const last = queue.at(-1);
  if (last !== undefined && queue.length === query.limit) {
    const behind = await store.deliveries.waitingAfter(store.reader, target.id, last.sequence);
    const more = subject === null ? behind + (await countEvents(parts, target.cursor)) : null;
    return { planned, looked: queue.length, next: `delivery:${last.sequence}`, more };
  }
  const read = await readEvents(parts, place.cursor, subject, query.limit - queue.length);
  for (const change of read.found) planned.push(await toPlanned(parts, change, null));
  const looked = queue.length + read.looked;
  if (read.isEnd) return { planned, looked, next: null, more: 0 };
  const more = subject === null ? await countEvents(parts, read.cursor) : null;
  return { planned, looked, next: `change:${read.cursor}`, more };
}

interface Place {
  /** Null: the queue was looked at. */
  readonly sequence: number | null;
  readonly cursor: FeedCursor;
}

function toPlace(after: string, { cursor }: Target): Place {
  if (after === '') return { sequence: 0, cursor };
  const [, queued, read] = /^(?:delivery:(\d{1,15})|change:([\d:]{1,60}))$/.exec(after) ?? [];
  if (queued !== undefined) return { sequence: Number(queued), cursor };
  if (read !== undefined) return { sequence: null, cursor: read };
  throw new AppError('invalid_value', `"${after}" is no place to go on from: take it from the page before.`);
}

async function queuedAfter(
  { store, target }: EventPlanning,
  { sequence }: Place,
  subject: string | null,
  limit: number,
): Promise<readonly Delivery[]> {
  if (sequence === null) return [];
  return store.deliveries.page(store.reader, {
    ...{ targetId: target.id, afterSequence: sequence, subjectKey: subject, limit },
  });
}

function reasonOf({ state, attempts, lastError }: Delivery): string | null {
  if (state === 'waiting') return null;
  return `Given up after ${attempts} tries: ${lastError ?? 'nobody knows why.'} It goes only when it is tried again.`;
}

async function toPlanned(parts: EventPlanning, change: Change, reason: string | null): Promise<PlannedSubject> {
  const { kind, subject } = change;
  const requests = await parts.requestsOf(change);
  return { subject: subjectKey(subject), name: `${kind}: ${subject.name}`, requests, reason };
}

interface Read {
  readonly found: readonly Change[];
  /** Changes that were looked at, wanted or not. */
  readonly looked: number;
  readonly cursor: FeedCursor;
  readonly isEnd: boolean;
}

async function readEvents(
  { store: { changeFeed }, target, wantsEvent }: EventPlanning,
  from: FeedCursor,
  subject: string | null,
  limit: number,
): Promise<Read> {
  const isWanted = (change: Change): boolean =>
    wantsEvent(change.kind) && (subject === null || subjectKey(change.subject) === subject);
  const found: Change[] = [];
  let cursor = from;
  for (let looked = 0; ; ) {
    const page = await changeFeed.readChanges(cursor, CHANGES_AT_ONCE, target.organizationId);
    const wanted = page.changes.filter(isWanted);
    const left = limit - found.length;
    found.push(...wanted.slice(0, left));
    if (wanted.length > left) {
      // The place behind the last one that is told: found by reading up to it.
      const upTo = page.changes.findIndex((change) => change === wanted[left - 1]) + 1;
      const shorter = await changeFeed.readChanges(cursor, upTo, target.organizationId);
      return { found, looked: looked + upTo, cursor: shorter.cursor, isEnd: false };
    }
    looked += page.changes.length;
    cursor = page.cursor;
    if (page.changes.length < CHANGES_AT_ONCE) return { found, looked, cursor, isEnd: true };
    if (found.length === limit || looked >= CHANGES_LOOKED_MAX) return { found, looked, cursor, isEnd: false };
  }
}

/** Counted up to `COUNTED_MAX` changes. */
async function countEvents({ store, target, wantsEvent }: EventPlanning, after: FeedCursor): Promise<number> {
  const kinds = await store.changeFeed.kindsWaiting(after, COUNTED_MAX, target.organizationId);
  return [...kinds].reduce((sum, [kind, count]) => sum + (wantsEvent(kind) ? count : 0), 0);
}
