/**
 * The job that keeps the promise: asks the tracker again and compares with the inventory on record. Asked for by a person,
 * or by the schedule, which marks itself for its next time. Nobody is told twice of the same loss.
 */
import type { Job, JobResult, JobStore } from '../jobs/job.ts';
import type { Handle } from '../synclog/handle.ts';
import { contentOf } from './entry.ts';
import { type Comparison, compareInventories } from './inventory/comparison.ts';
import type { Inventory } from './inventory/contract.ts';
import { SCHEDULE_QUEUE, VERIFICATION_QUEUE } from './inventory/queue.ts';
import type { RecordedProject } from './inventory/recorded.ts';
import { readSubject } from './inventory/subject.ts';
import { storyOf, TRACKER_ACTOR, type TrackerWorkParts } from './inventory/take-inventory.ts';
import { TrackerError } from './inventory/tracker-client.ts';
import { isKept, type Removal } from './removal.ts';
import type { RemovalStore } from './store.ts';

/** What admins are told, in the transaction of the entry. */
export interface MissingRuns {
  readonly removal: Removal;
  readonly missing: number;
  readonly expected: number;
  /** How many of them are new since the last look. */
  readonly fresh: number;
}

export interface VerificationParts extends TrackerWorkParts {
  readonly tellMissing: (db: Handle, missing: MissingRuns) => Promise<void>;
}

/** Tries before "the tracker could not be asked" goes on record. */
const MAX_TRIES = 8;

export function createVerificationHandler(
  parts: VerificationParts,
): (job: Job, signal: AbortSignal) => Promise<JobResult> {
  const { reader, removals, source } = parts;
  return async ({ key, organizationId, attempts }, signal) => {
    const removal = await removals.find(reader, organizationId, key);
    const askedAt = await removals.verificationAskedAt(reader, key);
    if (removal === undefined || askedAt === null) return { kind: 'done' };
    const subject = await readSubject(reader, parts, removal);
    if (subject === undefined || removal.inventoryEntryId === null) {
      await parts.write((db) => removals.askVerification(db, [key], null));
      return { kind: 'done' };
    }
    try {
      const inventory = await source.take(subject.owner, subject.scope, signal);
      await parts.write((db) => writeVerification(parts, db, removal, askedAt, inventory));
      return { kind: 'done' };
    } catch (error) {
      if (!(error instanceof TrackerError)) throw error;
      if (attempts + 1 < MAX_TRIES) return { kind: 'retry', reason: error.message };
      const failures = [{ place: 'tracker', reason: error.message }];
      const nothing: Inventory = { tracker: source.kind, trackerUser: null, projects: [], failures };
      await parts.write((db) => writeVerification(parts, db, removal, askedAt, nothing));
      return { kind: 'done' };
    }
  };
}

/**
 * Compares and puts the result on record, unless that was done meanwhile. Called by the job, and by whoever reports by
 * themselves (`askedAt` undefined).
 */
export async function writeVerification(
  parts: Pick<
    VerificationParts,
    'ledger' | 'entries' | 'removals' | 'digests' | 'lockOrganization' | 'now' | 'tellMissing'
  >,
  db: Handle,
  { id, organizationId }: Removal,
  askedAt: number | undefined,
  inventory: Inventory,
  actor: Parameters<typeof parts.ledger.append>[4][number]['actor'] = TRACKER_ACTOR,
): Promise<Comparison | undefined> {
  await parts.lockOrganization(db, organizationId);
  const removal = await parts.removals.find(db, organizationId, id);
  if (removal === undefined || removal.inventoryEntryId === null || removal.erasedAt !== null) return undefined;
  if (askedAt !== undefined) {
    if ((await parts.removals.verificationAskedAt(db, id)) !== askedAt) return undefined;
    await parts.removals.askVerification(db, [id], null);
  }
  const story = await parts.entries.story(db, id);
  const recorded = story.find((entry) => entry.id === removal.inventoryEntryId);
  const projects = (recorded === undefined ? [] : contentOf(recorded).details.projects) as unknown;
  const digests = await parts.digests.ofEntry(db, removal.inventoryEntryId);
  const wholly = inventory.failures.some(({ place }) => place === 'tracker');
  const comparison = compareInventories(wholly ? [] : (projects as readonly RecordedProject[]), digests, inventory);
  const { details, missing, expected } = comparison;
  const draft = {
    ...storyOf(removal),
    kind: 'verified',
    cause: inventory.tracker,
    details,
    actor,
    person: null,
  } as const;
  await parts.ledger.append(db, organizationId, parts.now(), null, [draft]);
  const fresh = missing - removal.missing;
  if (fresh > 0 && isKept(removal, parts.now())) await parts.tellMissing(db, { removal, missing, expected, fresh });
  return comparison;
}

/** Asks for another look at these removals. */
export async function askVerification(
  { removals, jobs }: { readonly removals: RemovalStore; readonly jobs: Pick<JobStore, 'mark'> },
  db: Handle,
  wanted: readonly Removal[],
  at: number,
): Promise<void> {
  if (wanted.length === 0) return;
  await removals.askVerification(
    db,
    wanted.map(({ id }) => id),
    at,
  );
  const marks = wanted.map(({ id, organizationId }) => ({
    queue: VERIFICATION_QUEUE,
    key: id,
    organizationId,
    dueAt: at,
  }));
  await jobs.mark(db, marks, at);
}

export interface ScheduleParts {
  readonly removals: RemovalStore;
  readonly jobs: Pick<JobStore, 'mark'>;
  readonly write: <T>(work: (db: Handle) => Promise<T>) => Promise<T>;
  readonly now: () => number;
  /** How old a look may become before the next. */
  readonly everyMs: number;
}

/** Removals that are marked in one go, and the longest time until the schedule looks again. */
const BATCH = 500;
const MAX_REST_MS = 60 * 60_000;

/** Marks what is due, and itself for later. */
export function createScheduleHandler(parts: ScheduleParts): (job: Job, signal: AbortSignal) => Promise<JobResult> {
  const { removals, jobs, write, now, everyMs } = parts;
  const markBatch = (organizationId: string): Promise<number> =>
    write(async (db) => {
      const due = await removals.dueForVerification(db, organizationId, now() - everyMs, now(), BATCH);
      await askVerification(parts, db, due, now());
      return due.length;
    });
  return async ({ key, organizationId }, signal) => {
    while ((await markBatch(organizationId)) === BATCH) signal.throwIfAborted();
    const dueAt = now() + Math.min(everyMs, MAX_REST_MS);
    await write((db) => jobs.mark(db, [{ queue: SCHEDULE_QUEUE, key, organizationId, dueAt }], now()));
    return { kind: 'done' };
  };
}
