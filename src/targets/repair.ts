/** Repairing drift: what differs becomes due again, with what is really there in place of what we believed. */
import { authorize } from '../directory/policy.ts';
import type { Principal } from '../directory/principal.ts';
import type { Work } from '../directory/work.ts';
import type { Difference } from './drift.ts';
import type { TargetParts } from './parts.ts';
import { isSubjectType, parseSubjectKey, queueOf, type SubjectRef, subjectKey, type Target } from './target.ts';
import { record } from './targets.ts';

/**
 * @param chosen of a drift that was found a moment ago; others of it are left as they are
 * @returns how many differences are being repaired
 */
export async function repairDrift(
  parts: TargetParts,
  work: Work,
  principal: Principal,
  target: Target,
  chosen: readonly Difference[],
): Promise<number> {
  authorize(principal, 'targets.change');
  if (chosen.length === 0) return 0;
  const { store, now } = parts;
  const subjects = new Map<string, SubjectRef>();
  for (const difference of chosen) {
    const [first = '', member] = difference.id.split('/');
    const subject = toSubject(first);
    if (subject === undefined) continue;
    subjects.set(first, subject);
    if (member === undefined) await store.targetLinks.forget(work.db, target.id, [subject]);
    else await correctMember(parts, work.db, target, subject.id, member, difference);
  }
  const jobs = [...subjects.values()].map((subject) => ({
    ...{ queue: queueOf(target.id), key: subjectKey(subject), organizationId: target.organizationId, dueAt: now() },
  }));
  await store.jobs.mark(work.db, jobs, now());
  record(work, 'target.repaired', target, { repaired: chosen.length });
  return chosen.length;
}

function toSubject(key: string): SubjectRef | undefined {
  const { type, id } = parseSubjectKey(key);
  return isSubjectType(type) ? { type, id } : undefined;
}

function correctMember(
  { store }: TargetParts,
  db: Work['db'],
  target: Target,
  teamId: string,
  member: string,
  { fields }: Difference,
): Promise<void> {
  const there = fields.find(({ field }) => field === 'role')?.there;
  const role = typeof there === 'string' ? there : null;
  return store.targetMembers.correct(db, target.id, teamId, parseSubjectKey(member).id, role);
}
