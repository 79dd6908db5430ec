/** The ledger's background work, put together: inventories, verifications, hand-overs, and the schedule that asks again. */
import { createTellBreak } from '../directory/removals/broken-chain.ts';
import { findHeir } from '../directory/removals/handovers.ts';
import { tellMissingRuns } from '../directory/removals/missing-runs.ts';
import type { NewJob } from '../jobs/job.ts';
import { createWorker, type Worker, type WorkerOptions } from '../jobs/worker.ts';
import { type CarryOutParts, createCarryOutHandler } from '../ledger/carry-out.ts';
import { createChainWatch } from '../ledger/chain-watch.ts';
import type { InventorySource } from '../ledger/inventory/contract.ts';
import { HANDOVER_QUEUE, INVENTORY_QUEUE, SCHEDULE_QUEUE, VERIFICATION_QUEUE } from '../ledger/inventory/queue.ts';
import { createInventoryHandler } from '../ledger/inventory/take-inventory.ts';
import { createScheduleHandler, createVerificationHandler, type VerificationParts } from '../ledger/verification.ts';
import type { Handle } from '../synclog/handle.ts';
import type { Core } from './core.ts';
import { openTracker } from './tracker.ts';

const DAY_MS = 24 * 60 * 60_000;

/**
 * A tracker that does not answer is asked for as long as it takes, at most every few hours. The lease is renewed while an
 * inventory runs, so it may be short: it is how long the work of a killed process lies still.
 */
const PATIENCE = {
  leaseMs: 15_000,
  maxAttempts: Number.POSITIVE_INFINITY,
  backoff: { firstMs: 5_000, maxMs: 4 * 60 * 60_000 },
};

/** Walks the chains of all organizations: the handler of its queue. */
export function chainWatch({
  store,
  directory,
}: Pick<Core, 'store' | 'directory'>): ReturnType<typeof createChainWatch> {
  const { now, ledger } = directory;
  return createChainWatch({
    ...{ ledger, now, standings: store.chainStandings, jobs: store.jobs, reader: store.reader },
    listOrganizations: () => store.organizations.list(store.reader),
    write: (work) => store.write(work),
    tellBreak: createTellBreak(directory),
  });
}

/** One worker per queue; none without a tracker that can be asked. */
export function ledgerWorkers({ store, directory, config }: Core): readonly WorkerOptions[] {
  const source = openTracker(config.tracker);
  if (source === null) return [];
  const parts = workParts({ store, directory, config }, source);
  const verification = {
    queue: VERIFICATION_QUEUE,
    handle: createVerificationHandler(parts),
    concurrency: 2,
    ...PATIENCE,
  };
  const workers: WorkerOptions[] = [
    { queue: INVENTORY_QUEUE, handle: createInventoryHandler(parts), concurrency: 2, ...PATIENCE },
    verification,
    { queue: HANDOVER_QUEUE, handle: createCarryOutHandler(parts), concurrency: 1, ...PATIENCE },
  ];
  const { verifyDays } = config.ledger;
  if (verifyDays === 0) return workers;
  const handle = createScheduleHandler({ ...parts, jobs: store.jobs, everyMs: verifyDays * DAY_MS });
  return [...workers, { queue: SCHEDULE_QUEUE, handle, concurrency: 1, pollMs: 60_000 }];
}

function workParts(
  { store, directory, config }: Pick<Core, 'store' | 'directory' | 'config'>,
  source: InventorySource,
): VerificationParts & CarryOutParts {
  return {
    ledger: directory.ledger,
    entries: store.ledger,
    removals: store.removals,
    digests: store.runDigests,
    reader: store.reader,
    write: (work) => store.write(work),
    lockOrganization: (db, id) => store.organizations.lock(db, id),
    now: directory.now,
    source,
    keepRunIds: config.tracker?.keepRunIds ?? false,
    tellMissing: (db, missing) => tellMissingRuns(directory, db, missing),
    findHeir: (db, organizationId, heir) => findHeir(directory, db, organizationId, heir),
  };
}

/** Removals in one transaction while the queue is filled at the start. */
const BATCH = 500;

/**
 * At the start: whatever has no whole inventory is asked for (a tracker may have been configured only now), and the schedule
 * is set going. Marking what is marked already changes nothing.
 */
export async function markLedgerWork({ store, directory, config }: Core): Promise<void> {
  const now = directory.now();
  let after = '';
  for (;;) {
    const removals = await store.removals.withoutInventory(store.reader, after, BATCH);
    const last = removals.at(-1);
    if (last === undefined) break;
    const jobs = removals.map(({ id, organizationId }) => ({
      queue: INVENTORY_QUEUE,
      key: id,
      organizationId,
      dueAt: now,
    }));
    await store.write((db) => store.jobs.mark(db, jobs, now));
    after = last.id;
  }
  if (config.ledger.verifyDays === 0) return;
  const schedules: NewJob[] = (await store.organizations.list(store.reader)).map(({ id }) => ({
    ...{ queue: SCHEDULE_QUEUE, key: id, organizationId: id, dueAt: now },
  }));
  await store.write((db) => store.jobs.mark(db, schedules, now));
}

/** Sets everything going; without a tracker that can be asked nothing runs, and what is marked waits for one. */
export function startLedgerWork(
  core: Core,
  startWorker: (options: WorkerOptions) => Worker,
  onError: (error: unknown) => void,
): readonly Worker[] {
  const workers = ledgerWorkers(core).map(startWorker);
  if (workers.length === 0) return [];
  void markLedgerWork(core)
    .then(() => {
      for (const worker of workers) worker.wake();
    })
    .catch(onError);
  return workers;
}

/** Does the verifications that are due here and now: for the command line, whether or not a server works on them, too. */
export async function runVerifications(core: Core): Promise<void> {
  const { store, directory } = core;
  const options = ledgerWorkers(core).find(({ queue }) => queue === VERIFICATION_QUEUE);
  if (options === undefined) return;
  const parts = {
    ...{ jobs: store.jobs, reader: store.reader, now: directory.now, newId: directory.newId },
    write: <T>(work: (db: Handle) => Promise<T>) => store.write(work),
    // A failed try stands in the job, and what it is about is told as not answered yet.
    onError: () => undefined,
  };
  const worker = createWorker(parts, options);
  await worker.idle();
  await worker.stop();
}
