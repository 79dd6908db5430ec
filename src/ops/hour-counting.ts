/** The job that counts hours of the sync log which are over; it marks itself due again for the next one. */
import type { JobResult, JobStore, NewJob } from '../jobs/job.ts';
import type { Handle } from '../synclog/handle.ts';
import { HOUR_MS, SETTLE_MS, type TimelineStore } from '../synclog/timeline.ts';

export const HOUR_QUEUE = 'hour-counting';

export interface HourCountingParts {
  readonly timeline: TimelineStore;
  readonly jobs: JobStore;
  readonly listOrganizations: () => Promise<readonly { readonly id: string }[]>;
  readonly reader: Handle;
  readonly write: <T>(work: (db: Handle) => Promise<T>) => Promise<T>;
  readonly now: () => number;
}

/** Hours of one transaction: a backlog is worked off in pieces that others can write between. */
const HOURS_AT_ONCE = 24;

/** The one job of the whole installation. Marking it again changes nothing. */
export function hourCountingJob(dueAt: number): NewJob {
  return { queue: HOUR_QUEUE, key: 'all', organizationId: '', dueAt };
}

/** Counts what is over and settled of one organization. */
async function countHours(parts: HourCountingParts, organizationId: string, settled: number): Promise<void> {
  const { timeline, reader, write } = parts;
  const first = (await timeline.keptUntil(reader, organizationId)) ?? (await timeline.oldest(reader, organizationId));
  if (first === undefined) return;
  for (let from = Math.floor(first / HOUR_MS) * HOUR_MS; from < settled; from += HOURS_AT_ONCE * HOUR_MS) {
    const until = Math.min(settled, from + HOURS_AT_ONCE * HOUR_MS);
    await write((db) => timeline.keepHours(db, organizationId, from, until));
  }
}

export function createHourCounter(parts: HourCountingParts): () => Promise<JobResult> {
  return async () => {
    const settled = Math.floor((parts.now() - SETTLE_MS) / HOUR_MS) * HOUR_MS;
    for (const { id } of await parts.listOrganizations()) await countHours(parts, id, settled);
    await parts.write((db) => parts.jobs.mark(db, [hourCountingJob(settled + HOUR_MS + SETTLE_MS)], parts.now()));
    return { kind: 'done' };
  };
}
