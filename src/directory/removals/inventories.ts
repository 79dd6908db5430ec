/** Inventories that are told instead of asked for, and asking for another look. */
import { AppError } from '../../errors.ts';
import type { Inventory } from '../../ledger/inventory/contract.ts';
import type { ReportedInventory } from '../../ledger/inventory/reported.ts';
import { writeInventory } from '../../ledger/inventory/take-inventory.ts';
import type { Removal } from '../../ledger/removal.ts';
import { askVerification, type MissingRuns, writeVerification } from '../../ledger/verification.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { DirectoryParts } from '../parts.ts';
import type { Work } from '../work.ts';
import { tellMissingRuns } from './missing-runs.ts';
import { findRemovedPerson } from './removal-story.ts';

export interface ReportResult {
  readonly userId: string;
  /** One per removal that the report says something about. */
  readonly removals: readonly {
    readonly removalId: string;
    /** The first report is the inventory; those after it are compared with it. */
    readonly outcome: 'recorded' | 'compared';
    readonly missing: number;
  }[];
}

/**
 * Takes what a tracker or a script says about somebody who left: for each of their open removals, what lies in its team (or
 * everything, for that from the organization).
 * @throws AppError `not_found`, `conflict`
 */
export async function reportInventory(
  parts: DirectoryParts,
  work: Work,
  report: ReportedInventory,
): Promise<ReportResult> {
  const { organizationId, actor } = work.context;
  const userId = await findRemovedPerson(parts, organizationId, report.user);
  const all = await parts.store.removals.ofUsers(work.db, organizationId, [userId]);
  const open = all.filter(({ state, erasedAt }) => state === 'left' && erasedAt === null);
  if (open.length === 0)
    throw new AppError('conflict', 'This person came back, or was erased: there is nothing to keep.');
  const removals: ReportResult['removals'][number][] = [];
  for (const removal of open) {
    const inventory = inventoryFor(removal, report);
    if (removal.inventory === 'taken') {
      const comparison = await writeVerification(
        ledgerParts(parts, work),
        work.db,
        removal,
        undefined,
        inventory,
        actor,
      );
      removals.push({ removalId: removal.id, outcome: 'compared', missing: comparison?.missing ?? 0 });
    } else {
      await writeInventory(ledgerParts(parts, work), work.db, removal, inventory, actor);
      removals.push({ removalId: removal.id, outcome: 'recorded', missing: 0 });
    }
  }
  return { userId, removals };
}

function inventoryFor(removal: Removal, { projects }: ReportedInventory): Inventory {
  const own =
    removal.scope === 'organization'
      ? projects
      : projects.filter(({ team }) => team?.toLowerCase() === removal.teamName?.toLowerCase());
  return { tracker: 'reported', trackerUser: null, projects: own.filter(({ runs }) => runs > 0), failures: [] };
}

function ledgerParts(parts: DirectoryParts, { at }: Work) {
  const { store, ledger, tracker } = parts;
  return {
    ledger,
    entries: store.ledger,
    removals: store.removals,
    digests: store.runDigests,
    lockOrganization: store.organizations.lock,
    now: () => at,
    keepRunIds: tracker?.keepsRunIds ?? false,
    tellMissing: (db: Handle, missing: MissingRuns) => tellMissingRuns(parts, db, missing),
  };
}

/**
 * Asks the tracker again: for one removal, or for all open ones with runs.
 * @returns how many were asked for
 * @throws AppError `conflict` when there is nothing to compare with, or nobody to ask
 */
export async function requestVerification(parts: DirectoryParts, work: Work, removal?: Removal): Promise<number> {
  const { store, tracker } = parts;
  if (tracker === null || !tracker.canBeAsked)
    throw new AppError('conflict', 'There is no tracker to ask: TRACKER is not set, or it reports by itself.');
  const { organizationId } = work.context;
  if (removal !== undefined) {
    if (removal.erasedAt !== null)
      throw new AppError('conflict', 'This person was erased: nobody knows whom the tracker should be asked for.');
    if (removal.inventoryEntryId === null)
      throw new AppError('conflict', 'There is no inventory yet that the tracker could be compared with.');
    await askVerification({ removals: store.removals, jobs: store.jobs }, work.db, [removal], work.at);
    return 1;
  }
  let asked = 0;
  for (;;) {
    const due = await store.removals.dueForVerification(work.db, organizationId, work.at, work.at, 500);
    await askVerification({ removals: store.removals, jobs: store.jobs }, work.db, due, work.at);
    asked += due.length;
    if (due.length < 500) return asked;
  }
}
