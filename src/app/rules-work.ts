/** The worker that applies mapping rules to many people. */
import { createRuleRunHandler, RULES_QUEUE } from '../directory/rules/rule-run-worker.ts';
import type { WorkerOptions } from '../jobs/worker.ts';
import { createWorker } from '../jobs/worker.ts';
import type { Core } from './core.ts';

/** The lease is renewed while a run goes on, so it may be short: it is how long the run of a killed process lies still. */
export function rulesWorker({ directory }: Pick<Core, 'directory'>): WorkerOptions {
  return { queue: RULES_QUEUE, handle: createRuleRunHandler(directory), concurrency: 2, leaseMs: 15_000 };
}

/** Takes the runs that are due here and now to their end: for the command line, whether or not a server works on them, too. */
export async function runRules({ store, directory }: Core): Promise<void> {
  const { now, newId } = directory;
  const parts = {
    ...{ jobs: store.jobs, reader: store.reader, now, newId },
    write: <T>(work: Parameters<typeof store.write<T>>[0]) => store.write(work),
    // A failed try stands in the job, and is told with the run.
    onError: () => undefined,
  };
  const worker = createWorker(parts, rulesWorker({ directory }));
  await worker.idle();
  await worker.stop();
}
