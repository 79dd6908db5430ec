/**
 * The job that asks a tracker what a removed person left behind. It runs outside any transaction, and may be killed at any
 * moment: what is written depends on what the removal has come to by then, so nothing is lost and nothing is told twice.
 */
import type { Job, JobResult } from '../../jobs/job.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { LedgerDraft } from '../draft.ts';
import { canonicalJson, contentOf } from '../entry.ts';
import type { Ledger } from '../ledger.ts';
import type { Removal } from '../removal.ts';
import type { LedgerStore, RemovalStore, RunDigestStore } from '../store.ts';
import type { Inventory, InventorySource } from './contract.ts';
import { recordInventory } from './recorded.ts';
import { readSubject } from './subject.ts';
import { TrackerError } from './tracker-client.ts';

export interface TrackerWorkParts {
  readonly ledger: Pick<Ledger, 'append'>;
  readonly entries: LedgerStore;
  readonly removals: RemovalStore;
  readonly digests: RunDigestStore;
  readonly reader: Handle;
  readonly write: <T>(work: (db: Handle) => Promise<T>) => Promise<T>;
  readonly lockOrganization: (db: Handle, organizationId: string) => Promise<void>;
  readonly now: () => number;
  readonly source: InventorySource;
  /** Whether the ids of runs are kept, too, and not only their fingerprints. */
  readonly keepRunIds: boolean;
}

/** Who writes what the tracker told. */
export const TRACKER_ACTOR = { kind: 'system', id: null, name: 'tracker' } as const;

export function createInventoryHandler(parts: TrackerWorkParts): (job: Job, signal: AbortSignal) => Promise<JobResult> {
  const { reader, removals, source } = parts;
  return async ({ key, organizationId }, signal) => {
    const removal = await removals.find(reader, organizationId, key);
    if (removal === undefined || removal.inventory === 'taken') return { kind: 'done' };
    const subject = await readSubject(reader, parts, removal);
    if (subject === undefined) return { kind: 'done' };
    try {
      const inventory = await source.take(subject.owner, subject.scope, signal);
      await parts.write((db) => writeInventory(parts, db, removal, inventory));
      const [failure] = inventory.failures;
      if (failure === undefined) return { kind: 'done' };
      return { kind: 'retry', reason: `${failure.place}: ${failure.reason}` };
    } catch (error) {
      if (!(error instanceof TrackerError)) throw error;
      await parts.write((db) => writeFailure(parts, db, removal, error.message));
      return { kind: 'retry', reason: error.message };
    }
  };
}

/** Writes an inventory of a removal that has no whole one yet. Called by the job, and by whoever reports by themselves. */
export async function writeInventory(
  parts: Pick<
    TrackerWorkParts,
    'ledger' | 'entries' | 'removals' | 'digests' | 'lockOrganization' | 'now' | 'keepRunIds'
  >,
  db: Handle,
  { id, organizationId }: Removal,
  inventory: Inventory,
  actor: LedgerDraft['actor'] = TRACKER_ACTOR,
): Promise<void> {
  await parts.lockOrganization(db, organizationId);
  const removal = await parts.removals.find(db, organizationId, id);
  if (removal === undefined || removal.inventory === 'taken' || removal.erasedAt !== null) return;
  const { details, digests } = recordInventory(inventory, parts.keepRunIds);
  if (removal.inventoryEntryId !== null) {
    const story = await parts.entries.story(db, id);
    const before = story.find((entry) => entry.id === removal.inventoryEntryId);
    if (before !== undefined && canonicalJson(contentOf(before).details) === canonicalJson(details)) return;
  }
  const person = inventory.trackerUser === null ? null : { trackerUser: inventory.trackerUser };
  const draft = {
    ...storyOf(removal),
    kind: 'inventory_taken',
    cause: inventory.tracker,
    details,
    actor,
    person,
  } as const;
  const [entry] = await parts.ledger.append(db, organizationId, parts.now(), null, [draft]);
  if (entry !== undefined) await parts.digests.insert(db, entry.id, digests);
}

/** On record once per reason: a tracker that is down for a week is one fact, not a thousand. */
async function writeFailure(
  parts: TrackerWorkParts,
  db: Handle,
  { id, organizationId }: Removal,
  reason: string,
): Promise<void> {
  await parts.lockOrganization(db, organizationId);
  const removal = await parts.removals.find(db, organizationId, id);
  if (removal === undefined || removal.inventoryEntryId !== null || removal.inventoryReason === reason) return;
  const draft = {
    ...storyOf(removal),
    ...({ kind: 'inventory_failed', cause: parts.source.kind, details: { reason }, person: null } as const),
    actor: TRACKER_ACTOR,
  };
  await parts.ledger.append(db, organizationId, parts.now(), null, [draft]);
}

/** What every later entry of a removal's story says of it. */
export function storyOf(removal: Removal): Pick<LedgerDraft, 'scope' | 'team' | 'userId' | 'removalId' | 'reason'> {
  const { id, scope, teamId, teamName, userId } = removal;
  const team = teamId === null ? null : { id: teamId, name: teamName ?? teamId };
  return { scope, team, userId, removalId: id, reason: null };
}
