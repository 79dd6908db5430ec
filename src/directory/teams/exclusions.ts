/**
 * Keeping a person out of a team by hand, and letting them in again.
 *
 * What the identity provider says stays on record as grants, which give nothing while the exclusion stands; so the next
 * sync undoes nothing, and lifting the exclusion gives back what the identity provider says by then.
 */
import { AppError } from '../../errors.ts';
import type { DirectoryParts } from '../parts.ts';
import type { UserCard } from '../people/user.ts';
import type { Principal } from '../principal.ts';
import { effectiveRoles } from '../roles/effective-roles.ts';
import type { Grant } from '../roles/grant.ts';
import { recordTeams } from '../roles/grants.ts';
import type { Work } from '../work.ts';
import type { Team } from './team.ts';
import { authorizeInTeam } from './team-access.ts';
import { lockTeam, subjectOfTeam, type TeamRef } from './teams.ts';

/** @param user kept from changing in this transaction */
export async function excludeMember(parts: DirectoryParts, work: Work, team: Team, user: UserCard): Promise<void> {
  const { store } = parts;
  const before = await store.grants.ofUser(work.db, user.id);
  const { context, at: createdAt } = work;
  const place = { userId: user.id, teamId: team.id, organizationId: team.organizationId };
  const said = { actorName: context.actor.name, reason: context.reason ?? null, createdAt };
  await store.exclusions.insert(work.db, { ...place, ...said });
  await recordExclusion(parts, work, team, user, before, 'exclusion.added');
}

/**
 * @throws AppError `forbidden`, `not_found` when the person is not kept out
 */
export async function liftExclusion(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  ref: TeamRef,
  userId: string,
): Promise<void> {
  const team = await lockTeam(parts, work, principal, ref);
  await authorizeInTeam(parts, work.db, principal, 'team_members.change_role', team);
  const [user] = await parts.store.teamMembers.lockCards(work.db, team.organizationId, [userId]);
  if (user === undefined || !(await letIn(parts, work, team, user))) {
    throw new AppError('not_found', `Nobody is kept out of the team ${team.name} under this id.`);
  }
}

/**
 * Lifts the exclusion of a person; says whether there was one.
 * @param user kept from changing in this transaction
 */
export async function letIn(parts: DirectoryParts, work: Work, team: Team, user: UserCard): Promise<boolean> {
  const { store } = parts;
  const before = await store.grants.ofUser(work.db, user.id);
  if (!(await store.exclusions.delete(work.db, team.id, user.id))) return false;
  await recordExclusion(parts, work, team, user, before, 'exclusion.lifted');
  return true;
}

/** Whoever comes back as another user is kept out of the same teams: making a person anew must not undo it. */
export async function carryExclusions(
  { store }: DirectoryParts,
  work: Work,
  formerUserId: string,
  userId: string,
): Promise<void> {
  const carried = await store.exclusions.ofUser(work.db, formerUserId);
  if (carried.length === 0) return;
  const [user] = await store.teamMembers.lockCards(work.db, work.context.organizationId, [userId]);
  if (user === undefined) return;
  for (const { teamName, ...exclusion } of carried) {
    await store.exclusions.insert(work.db, { ...exclusion, userId });
    work.changes.push({
      kind: 'exclusion.added',
      subject: { type: 'user', id: user.id, name: user.name },
      related: { type: 'team', id: exclusion.teamId, name: teamName },
      before: { effectiveRole: null },
      after: { effectiveRole: null, carriedFrom: formerUserId },
    });
  }
}

async function recordExclusion(
  parts: DirectoryParts,
  work: Work,
  team: Team,
  user: UserCard,
  before: readonly Grant[],
  kind: 'exclusion.added' | 'exclusion.lifted',
): Promise<void> {
  const after = await parts.store.grants.ofUser(work.db, user.id);
  const roleIn = (grants: readonly Grant[]) => effectiveRoles(grants).teams.get(team.id)?.role ?? null;
  work.changes.push({
    kind,
    subject: { type: 'user', id: user.id, name: user.name },
    related: subjectOfTeam(team),
    before: { effectiveRole: roleIn(before) },
    after: { effectiveRole: roleIn(after) },
  });
  await recordTeams(parts, work, user, before, after);
}
