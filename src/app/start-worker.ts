/** How rooms of the background get their workers: over the store, the clock and the log of this server. */
import type { Worker, WorkerOptions } from '../jobs/worker.ts';

export type StartWorker = (options: WorkerOptions) => Worker;
