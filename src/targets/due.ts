/**
 * From changes to what became due by them. Told by what a change is about, not by its kind, so that a new kind of change
 * needs no line here: a user and a team are a membership, else each is a subject of its own.
 */
import type { Change, Subject } from '../synclog/change.ts';
import type { MemberRef } from './store.ts';
import { type Cause, isSubjectType, type SubjectRef, subjectKey } from './target.ts';

export interface Due {
  /** By subject key; the cause is the last change. */
  readonly subjects: ReadonlyMap<string, { readonly subject: SubjectRef; readonly cause: Cause }>;
  readonly members: readonly MemberRef[];
}

export function toDue(changes: readonly Change[]): Due {
  const subjects = new Map<string, { subject: SubjectRef; cause: Cause }>();
  const members = new Map<string, MemberRef>();
  for (const change of changes) {
    const cause = causeOf(change);
    const membership = membershipOf(change);
    if (membership !== undefined) members.set(`${membership.teamId} ${membership.userId}`, membership);
    for (const subject of subjectsOf(change, membership)) subjects.set(subjectKey(subject), { subject, cause });
  }
  return { subjects, members: [...members.values()] };
}

export function causeOf({ position, exchangeId, at }: Change): Cause {
  return { position, exchangeId, at };
}

function membershipOf({ subject, related }: Change): MemberRef | undefined {
  const both: readonly (Subject | undefined)[] = [subject, related];
  const user = both.find((each) => each?.type === 'user');
  const team = both.find((each) => each?.type === 'team');
  return user === undefined || team === undefined ? undefined : { teamId: team.id, userId: user.id };
}

/** A membership of a pushed group is no permission: what it gives is told by the grants that follow. */
function subjectsOf({ kind, subject, related }: Change, membership: MemberRef | undefined): SubjectRef[] {
  if (membership !== undefined) return [{ type: 'team', id: membership.teamId }];
  if (kind.startsWith('membership.')) return [];
  const both: readonly (Subject | undefined)[] = [subject, related];
  return both.flatMap((each) =>
    each !== undefined && isSubjectType(each.type) ? [{ type: each.type, id: each.id }] : [],
  );
}
