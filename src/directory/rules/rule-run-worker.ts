/** Runs of mapping rules as jobs: the handler of their queue, how far one is, and trying a parked one again. */
import { isAppError } from '../../errors.ts';
import type { Job, JobResult } from '../../jobs/job.ts';
import type { Handle } from '../../synclog/handle.ts';
import { breathe } from '../breath.ts';
import type { Connection } from '../connections/connection.ts';
import type { DirectoryParts } from '../parts.ts';
import type { Work } from '../work.ts';
import type { RuleRun } from './rule-run.ts';
import { advanceRun, type StepSizes } from './rule-steps.ts';

/** A key is a connection. */
export const RULES_QUEUE = 'mapping-rules';

/** Takes steps until the run is over; a last admin who would lose the role parks it. */
export function createRuleRunHandler(
  parts: DirectoryParts,
  sizes?: StepSizes,
): (job: Job, signal: AbortSignal) => Promise<JobResult> {
  const { store } = parts;
  return async ({ key }, signal) => {
    let run = await store.ruleRuns.find(store.reader, key);
    try {
      while (run !== undefined && run.stage !== 'done') {
        signal.throwIfAborted();
        run = await advanceRun(parts, run, sizes, signal);
        await breathe();
      }
    } catch (error) {
      if (!isAppError(error, 'last_admin')) throw error;
      return { kind: 'park', reason: `The next step would take the role from the last admin. ${error.message}` };
    }
    return { kind: 'done' };
  };
}

export interface RuleRunState extends RuleRun {
  /** `waiting`: the last try failed, and it is tried again by itself. `parked`: somebody has to look at it. */
  readonly state: 'running' | 'waiting' | 'parked' | 'done';
  /** Why it waits or is parked. */
  readonly reason: string | null;
}

/** The newest run; undefined where there was none since the connection was made. */
export async function readRuleRun(
  { store }: DirectoryParts,
  db: Handle,
  connectionId: string,
): Promise<RuleRunState | undefined> {
  const found = await store.ruleRuns.find(db, connectionId);
  if (found === undefined) return undefined;
  // More may have come since it began.
  const run = { ...found, total: Math.max(found.total, found.done) };
  if (run.stage === 'done') return { ...run, state: 'done', reason: null };
  const job = await store.jobs.find(db, { queue: RULES_QUEUE, key: connectionId });
  const reason = job?.lastError ?? null;
  const state = job?.state === 'parked' ? 'parked' : reason === null ? 'running' : 'waiting';
  return { ...run, state, reason };
}

/** Goes on with a parked run where it stopped. Others are left alone. */
export async function retryRuleRun({ store }: DirectoryParts, work: Work, { id, name }: Connection): Promise<void> {
  if ((await store.jobs.unpark(work.db, RULES_QUEUE, id, work.at)) === 0) return;
  work.changes.push({ kind: 'connection.rules_retried', subject: { type: 'connection', id, name } });
}
