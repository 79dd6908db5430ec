/** What runs beside the doors: pruning, and a worker for each queue of jobs. */
import { createWorker, type Worker, type WorkerOptions } from '../jobs/worker.ts';
import type { Logger } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import { startPruning } from '../synclog/pruning.ts';
import type { Core } from './core.ts';

export interface Background {
  /** Interrupts what runs; jobs that are not done stay due. */
  stop(): Promise<void>;
}

export type StartWorker = (options: WorkerOptions) => Worker;

export function startBackground(core: Core, log: Logger, metrics: Metrics): Background {
  const { store, config } = core;
  const pruning = startPruning({
    store,
    retentionDays: config.syncLog.retentionDays,
    now: Date.now,
    onError: (error) => log.error({ err: error }, 'pruning the sync log failed'),
  });
  const workers: Worker[] = [];
  return {
    async stop() {
      pruning.stop();
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}

/** A worker over the core's store, with its errors in the log and its results counted. */
export function workerStarter({ store, directory }: Core, log: Logger, metrics: Metrics): StartWorker {
  return (options) =>
    createWorker(
      {
        jobs: store.jobs,
        reader: store.reader,
        write: (work) => store.write(work),
        now: directory.now,
        newId: directory.newId,
        onError: (error, job) => log.error({ err: error, queue: options.queue, key: job?.key }, 'a job failed'),
        onResult: ({ queue, key, attempts }, result) => {
          metrics.jobResult(queue, result.kind);
          if (result.kind === 'park') log.warn({ queue, key, attempts, reason: result.reason }, 'a job was parked');
        },
      },
      options,
    );
}
