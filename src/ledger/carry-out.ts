/** The job that puts another name on a person's runs, or the old one back, where the tracker lets it. */
import type { Job, JobResult } from '../jobs/job.ts';
import type { JsonObject } from '../schema/json.ts';
import type { Handle } from '../synclog/handle.ts';
import { canonicalJson, contentOf, type LedgerEntry } from './entry.ts';
import type { HandoverResult, Heir } from './inventory/contract.ts';
import { toFailures } from './inventory/recorded.ts';
import { readSubject } from './inventory/subject.ts';
import { storyOf, TRACKER_ACTOR, type TrackerWorkParts } from './inventory/take-inventory.ts';
import { TrackerError } from './inventory/tracker-client.ts';
import type { Removal } from './removal.ts';

export interface CarryOutParts extends TrackerWorkParts {
  /** Undefined: the user or team is not there any more. */
  readonly findHeir: (
    db: Handle,
    organizationId: string,
    heir: { readonly kind: 'user' | 'team'; readonly id: string },
  ) => Promise<Heir | undefined>;
}

export function createCarryOutHandler(parts: CarryOutParts): (job: Job, signal: AbortSignal) => Promise<JobResult> {
  const { reader, removals, source } = parts;
  return async ({ key, organizationId }, signal) => {
    const removal = await removals.find(reader, organizationId, key);
    if (removal === undefined || !isWanted(removal) || source.handOver === undefined) return { kind: 'done' };
    const subject = await readSubject(reader, parts, removal);
    const { heirKind, heirId } = removal;
    if (subject === undefined || heirKind === null || heirId === null) return { kind: 'done' };
    const heir = await parts.findHeir(reader, organizationId, { kind: heirKind, id: heirId });
    if (heir === undefined) return { kind: 'park', reason: 'Whoever was to get the runs is not there any more.' };
    const decision = await lastDecision(parts, reader, removal);
    const undo = decision?.kind === 'handover_undone';
    try {
      const result = await source.handOver({ owner: subject.owner, heir, undo }, signal);
      await parts.write((db) => writeResult(parts, db, removal, decision, result));
      const [failure] = result.failures;
      return failure === undefined
        ? { kind: 'done' }
        : { kind: 'retry', reason: `${failure.place}: ${failure.reason}` };
    } catch (error) {
      if (!(error instanceof TrackerError)) throw error;
      return { kind: 'retry', reason: error.message };
    }
  };
}

function isWanted({ handover }: Removal): boolean {
  return handover === 'recorded' || handover === 'undoing' || handover === 'partial';
}

/** What was decided last: to hand over, or to take that back. */
async function lastDecision(
  { entries }: CarryOutParts,
  db: Handle,
  removal: Removal,
): Promise<LedgerEntry | undefined> {
  const story = await entries.story(db, removal.id);
  return story.findLast(({ kind }) => kind === 'handed_over' || kind === 'handover_undone');
}

/** Nothing when another decision came meanwhile (the job runs again), or when the same was told before. */
async function writeResult(
  parts: CarryOutParts,
  db: Handle,
  { id, organizationId }: Removal,
  decision: LedgerEntry | undefined,
  { changed, unchanged, failures }: HandoverResult,
): Promise<void> {
  await parts.lockOrganization(db, organizationId);
  const removal = await parts.removals.find(db, organizationId, id);
  if (removal === undefined || !isWanted(removal)) return;
  if ((await lastDecision(parts, db, removal))?.id !== decision?.id) return;
  const direction = decision?.kind === 'handover_undone' ? 'undo' : 'hand over';
  const details: JsonObject = {
    ...{ direction, changed, unchanged, failed: failures.length },
    failures: toFailures(failures.slice(0, 100)),
  };
  const last = (await parts.entries.story(db, id)).at(-1);
  if (last?.kind === 'handover_carried_out' && canonicalJson(contentOf(last).details) === canonicalJson(details))
    return;
  const draft = {
    ...storyOf(removal),
    ...({ kind: 'handover_carried_out', cause: parts.source.kind, details, person: null } as const),
    actor: TRACKER_ACTOR,
  };
  await parts.ledger.append(db, organizationId, parts.now(), null, [draft]);
}
