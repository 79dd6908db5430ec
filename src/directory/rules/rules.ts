/**
 * Mapping rules of a connection: saving them, and the run that brings everybody's roles in line with them.
 *
 * Owns: what follows from other rules, in this folder. Does not own: the form of rules and what they give (mapping/). Called
 * by api/, console/ and cli/; a worker (app/) takes the steps of long runs.
 *
 * The save checks, writes the rules and begins a run, in one short transaction. Where few people are concerned the run ends
 * in it; else it goes on as a job, and until it is over those whom it has not reached hold what the rules before gave them.
 * Whatever an identity provider sends meanwhile follows the new rules at once. Saving again begins the run anew.
 */
import { AppError } from '../../errors.ts';
import { compileRules } from '../../mapping/resolve.ts';
import { type MappingRule, parseRules } from '../../mapping/rule.ts';
import type { Connection } from '../connections/connection.ts';
import type { DirectoryParts } from '../parts.ts';
import type { Work } from '../work.ts';
import { adminAfter } from './admin-after.ts';
import { eachGroup } from './group-walk.ts';
import { AT_ONCE_MAX, beginRun, markRun } from './rule-begin.ts';
import type { RuleRun } from './rule-run.ts';
import { RULES_QUEUE } from './rule-run-worker.ts';
import { alignPeople, makeTeamsOf, scopeOf } from './rule-steps.ts';

/**
 * @param atOnceMax people, and groups, up to whom the run ends in this transaction
 * @returns the run: `done`, or to be gone on with by a worker of RULES_QUEUE
 * @throws AppError `invalid_value` for a role that is not there, `last_admin` when nobody would be an admin in the end
 */
export async function setRules(
  parts: DirectoryParts,
  work: Work,
  connection: Connection,
  rules: readonly MappingRule[],
  atOnceMax = AT_ONCE_MAX,
): Promise<RuleRun> {
  const { store } = parts;
  const version = await store.connections.version(work.db, connection.id);
  const before = JSON.parse(await store.connections.rules(work.db, connection.id)) as { rules: unknown };
  // Under the lock on the version: a custom role that was deleted since the rules were read is none any more.
  const customRoles = await store.customRoles.namesForConnection(work.db, connection.id);
  parseRules({ rules }, customRoles);
  const scope = { organizationId: connection.organizationId, connectionId: connection.id };
  const after = await adminAfter(store, work.db, scope, compileRules(rules, customRoles));
  if (after.kind === 'none') throw new AppError('last_admin');
  await store.connections.setRules(work.db, connection.id, JSON.stringify({ rules }), Math.max(work.at, version + 1));
  work.changes.push({
    kind: 'connection.rules_changed',
    subject: { type: 'connection', id: connection.id, name: connection.name },
    before,
    after: { rules },
  });
  const run = await beginRun(parts, work, connection);
  // Before anybody else loses the role: there is an admin at every moment.
  const first = after.kind === 'heir' ? await alignPeople(parts, work, run, [after.person.id]) : run;
  const begun = await goOn(parts, work, first, atOnceMax);
  await store.ruleRuns.save(work.db, begun);
  return begun;
}

/** To the end where that is near, else by a job. */
async function goOn(parts: DirectoryParts, work: Work, run: RuleRun, atOnceMax: number): Promise<RuleRun> {
  const { store } = parts;
  const { groups } = await store.connections.countManaged(work.db, run.connectionId);
  if (run.total > atOnceMax || groups > atOnceMax) {
    await markRun(parts, work, run);
    return run;
  }
  for await (const group of eachGroup(store, work.db, scopeOf(run))) await makeTeamsOf(parts, work, run, [group.id]);
  const people = await store.rulePeople.page(work.db, scopeOf(run), '', atOnceMax);
  const ids = people.map(({ id }) => id);
  const aligned = await alignPeople(parts, work, run, ids);
  await store.jobs.cancel(work.db, { queue: RULES_QUEUE, key: run.connectionId });
  const { length } = people;
  return { ...aligned, stage: 'done', cursor: ids.at(-1) ?? '', done: length, total: length, finishedAt: work.at };
}
