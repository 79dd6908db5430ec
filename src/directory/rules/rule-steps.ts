/**
 * The steps of a run: looks at a page of groups, then of people, without keeping anybody from writing, and opens a
 * transaction only for those for whom something differs.
 *
 * That a look without a lock finds nothing to do is final: whatever writes later goes by the rules that are there by then,
 * and whatever makes them give something else begins a new generation. What it does find is worked out again under the lock of the people.
 */
import type { ChangeKind } from '../../synclog/change.ts';
import type { Context } from '../actor.ts';
import type { DirectoryParts } from '../parts.ts';
import { changeGrants } from '../roles/grants.ts';
import type { Visibility } from '../visibility.ts';
import { runWork, type Work } from '../work.ts';
import { groupsAfter } from './group-walk.ts';
import { createRuleReader } from './person-differences.ts';
import { wantedOfGroup } from './rule-grants.ts';
import type { RuleRun } from './rule-run.ts';
import { findTeams, isThere, makeTeams } from './rule-teams.ts';

export interface StepSizes {
  /** Groups or people that are looked at in one step. */
  readonly page: number;
  /** People who are changed in one transaction: bounds how long other writers wait. */
  readonly chunk: number;
}

export const STEP_SIZES: StepSizes = { page: 500, chunk: 100 };

/** How old the stored state may become while there is nothing to write. */
const KEPT_EVERY_MS = 1_000;

/**
 * One step on from here. What is returned may be ahead of what is stored.
 * @throws AppError `last_admin`
 */
export async function advanceRun(
  parts: DirectoryParts,
  run: RuleRun,
  sizes: StepSizes = STEP_SIZES,
  signal?: AbortSignal,
): Promise<RuleRun> {
  if (run.stage === 'done') return run;
  return run.stage === 'teams' ? advanceTeams(parts, run, sizes) : advancePeople(parts, run, sizes, signal);
}

async function advanceTeams(parts: DirectoryParts, run: RuleRun, { page }: StepSizes): Promise<RuleRun> {
  const { store } = parts;
  const db = store.reader;
  const groups = await groupsAfter(store, db, scopeOf(run), run.cursor, page);
  const rules = await parts.rules.of(db, run.connectionId);
  const reader = createRuleReader(store, db, {
    ...{ connectionId: run.connectionId, rules },
    teams: findTeams(store, db, run.organizationId),
  });
  const lacking: string[] = [];
  for (const group of groups) {
    if ((await reader.ofGroup(group)).some(({ teamId }) => !isThere(teamId))) lacking.push(group.id);
  }
  const isLast = groups.length < page;
  const place = isLast ? ({ stage: 'people', cursor: '' } as const) : { cursor: groups.at(-1)?.id ?? run.cursor };
  if (lacking.length === 0) return keepNowAndThen(parts, { ...run, ...place });
  return changeRun(parts, run, async (work, current) => {
    await makeTeamsOf(parts, work, current, lacking);
    return { ...current, ...place };
  });
}

async function advancePeople(
  parts: DirectoryParts,
  run: RuleRun,
  { page, chunk }: StepSizes,
  signal?: AbortSignal,
): Promise<RuleRun> {
  const { store } = parts;
  const db = store.reader;
  const people = await store.rulePeople.page(db, scopeOf(run), run.cursor, page);
  const rules = await parts.rules.of(db, run.connectionId);
  const teams = findTeams(store, db, run.organizationId);
  const reader = createRuleReader(store, db, { connectionId: run.connectionId, rules, teams });
  const differing = (await reader.differencesOf(people)).map(({ person }) => person.id);
  let at = run;
  for (let start = 0; start < differing.length; start += chunk) {
    signal?.throwIfAborted();
    const ids = differing.slice(start, start + chunk);
    const last = ids.at(-1) ?? run.cursor;
    const done = run.done + people.findIndex(({ id }) => id === last) + 1;
    at = await changeRun(parts, at, (work, current) =>
      alignPeople(parts, work, { ...current, stage: 'people', cursor: last, done }, ids),
    );
    if (at.generation !== run.generation || at.cursor !== last) return at;
  }
  const isLast = people.length < page;
  const next = { ...at, cursor: people.at(-1)?.id ?? run.cursor, done: run.done + people.length };
  return isLast ? finishRun(parts, next) : keepNowAndThen(parts, next);
}

/** Makes the teams that these groups' rules ask for. A group that is gone by now asks for none. */
export async function makeTeamsOf(
  parts: DirectoryParts,
  work: Work,
  { organizationId, connectionId }: RuleRun,
  groupIds: readonly string[],
): Promise<void> {
  const rules = await parts.rules.of(work.db, connectionId);
  const teams = makeTeams(parts, work);
  for (const id of groupIds) {
    const group = await parts.store.groups.lockInOrganization(work.db, organizationId, id);
    if (group !== undefined) await wantedOfGroup(teams, rules, group);
  }
}

/** Brings these people in line; gives the run with what that did. @throws AppError `last_admin` */
export async function alignPeople(
  parts: DirectoryParts,
  work: Work,
  run: RuleRun,
  ids: readonly string[],
): Promise<RuleRun> {
  const { store } = parts;
  const rules = await parts.rules.of(work.db, run.connectionId);
  const people = await store.rulePeople.lock(work.db, scopeOf(run), ids);
  const reader = createRuleReader(store, work.db, {
    ...{ connectionId: run.connectionId, rules },
    teams: makeTeams(parts, work),
  });
  const changes = await reader.differencesOf(people);
  const did = await changeGrants(
    parts,
    work,
    changes.map(({ person, given, taken }) => ({ user: person, given, taken })),
  );
  const counts = { gained: run.gained + did.gained, lost: run.lost + did.lost, changed: run.changed + did.people };
  return { ...run, ...counts, updatedAt: work.at };
}

function finishRun(parts: DirectoryParts, run: RuleRun): Promise<RuleRun> {
  return changeRun(parts, run, async ({ at }, { gained, lost, changed }) => ({
    ...{ ...run, gained, lost, changed, stage: 'done', total: run.done, updatedAt: at, finishedAt: at },
  }));
}

/** So that others see how far it is, and whoever goes on after a crash begins not far behind. */
async function keepNowAndThen(parts: DirectoryParts, run: RuleRun): Promise<RuleRun> {
  const at = parts.now();
  if (at - run.updatedAt < KEPT_EVERY_MS) return run;
  const { stage, cursor, done } = run;
  return changeRun(parts, run, async (_work, current) => ({ ...current, stage, cursor, done, updatedAt: at }));
}

/**
 * Changes the run in a transaction, in the name of whoever began it. When other rules were saved, or another process
 * has gone further, nothing is changed and the run as it is by now is given.
 */
async function changeRun(
  parts: DirectoryParts,
  run: RuleRun,
  change: (work: Work, current: RuleRun) => Promise<RuleRun>,
): Promise<RuleRun> {
  const { store } = parts;
  const context = await contextOf(parts, run);
  return runWork(
    parts,
    context,
    async (work) => {
      // First the rules: whoever saves others waits until this is done, and then begins anew.
      await store.connections.version(work.db, run.connectionId);
      const current = await store.ruleRuns.lock(work.db, run.connectionId);
      if (current === undefined) return { ...run, stage: 'done' as const };
      if (current.generation !== run.generation || isFurther(current, run)) return current;
      const changed = await change(work, current);
      await store.ruleRuns.save(work.db, changed);
      return changed;
    },
    run.connectionId,
  );
}

const STAGES: readonly RuleRun['stage'][] = ['teams', 'people', 'done'];

function isFurther(current: RuleRun, run: RuleRun): boolean {
  const ahead = STAGES.indexOf(current.stage) - STAGES.indexOf(run.stage);
  return ahead > 0 || (ahead === 0 && current.cursor > run.cursor);
}

/** Who began the run, through what and why, as the newest change that begins one says it. */
async function contextOf({ store }: DirectoryParts, { organizationId, connectionId }: RuleRun): Promise<Context> {
  const newest = (kind: ChangeKind) => store.changes.ofSubject(store.reader, connectionId, kind, 1);
  const begun = [...(await newest('connection.rules_changed')), ...(await newest('connection.rules_rerun'))];
  const [change] = begun.toSorted((left, right) => right.position - left.position);
  if (change === undefined) return { organizationId, actor: SYSTEM, exchangeId: null };
  const { actor, exchangeId } = change;
  const reason = typeof change.after?.because === 'string' ? change.after.because : change.reason;
  const said = reason === null ? {} : { reason };
  return { organizationId, actor: actor as Context['actor'], exchangeId, ...said };
}

const SYSTEM: Context['actor'] = { kind: 'system', id: null, name: 'mapping rules' };

export function scopeOf({ organizationId, connectionId }: RuleRun): Visibility {
  return { organizationId, connectionId };
}
