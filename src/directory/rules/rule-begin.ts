/** How a run begins, and how it is left to a worker: in the transaction of whatever makes the rules give something else. */
import type { Connection } from '../connections/connection.ts';
import type { DirectoryParts } from '../parts.ts';
import type { Work } from '../work.ts';
import type { RuleRun } from './rule-run.ts';
import { RULES_QUEUE } from './rule-run-worker.ts';

/** People, and groups, up to whom what follows is done in the transaction that causes it. */
export const AT_ONCE_MAX = 500;

/** Not stored yet. Whoever works on the run before finds out at the next write. */
export async function beginRun({ store }: DirectoryParts, work: Work, connection: Connection): Promise<RuleRun> {
  const scope = { organizationId: connection.organizationId, connectionId: connection.id };
  const earlier = await store.ruleRuns.lock(work.db, connection.id);
  return {
    ...scope,
    generation: (earlier?.generation ?? 0) + 1,
    ...{ stage: 'teams', cursor: '', total: await store.rulePeople.count(work.db, scope), done: 0 },
    ...{ gained: 0, lost: 0, changed: 0, startedAt: work.at, updatedAt: work.at, finishedAt: null },
  };
}

export async function markRun({ store }: DirectoryParts, work: Work, run: RuleRun): Promise<void> {
  const job = { queue: RULES_QUEUE, key: run.connectionId, organizationId: run.organizationId, dueAt: work.at };
  await store.jobs.mark(work.db, [job], work.at);
}
