/**
 * People put into a team, and taken out of it, by hand.
 *
 * Owns: who may do it, what follows for the person. Does not own: memberships that mapping rules give (rule-grants.ts),
 * inviting (invites.ts), what an exclusion is (exclusions.ts). Called by api/ and console/.
 *
 * A team needs no admin: an admin of the organization manages every team. So the last one may step down, with a warning;
 * two who demote each other at once leave one, because the second is no admin any more when their turn comes.
 */
import { AppError } from '../../errors.ts';
import { shownRole } from '../../mapping/roles.ts';
import type { DirectoryParts } from '../parts.ts';
import type { UserCard } from '../people/user.ts';
import type { Principal } from '../principal.ts';
import { effectiveRoles } from '../roles/effective-roles.ts';
import { type Grant, isGivenByHand } from '../roles/grant.ts';
import { giveRoles, takeGrants } from '../roles/grants.ts';
import type { Work } from '../work.ts';
import { excludeMember, letIn } from './exclusions.ts';
import type { Team } from './team.ts';
import { authorizeInTeam } from './team-access.ts';
import { type MemberSource, type TeamMember, versionOfMember } from './team-member.ts';
import { checkRoleFits, lockTeamRole, roleByHand } from './team-roles.ts';
import { toMembers } from './team-roster.ts';
import { lockActiveTeam, lockTeam, type TeamRef } from './teams.ts';

/**
 * Gives a member another role. What the identity provider gives cannot be lowered here: that is refused, and says what
 * gives it.
 * @param matchVersion throws when whoever asks has seen another version (`versionOfMember`)
 * @throws AppError `forbidden`, `not_found`, `invalid_value`, `conflict`
 */
export async function changeMemberRole(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  ref: TeamRef,
  userId: string,
  newRole: string,
  matchVersion: (version: string) => void = () => undefined,
): Promise<TeamMember> {
  const team = await lockActiveTeam(parts, work, principal, ref);
  await authorizeInTeam(parts, work.db, principal, 'team_members.change_role', team);
  const role = await lockTeamRole(parts, work, newRole);
  const member = await lockMember(parts, work, team, userId);
  matchVersion(versionOfMember(member));
  if (member.exclusion !== null) throw new AppError('conflict', `${member.user.name} is kept out of the team by hand.`);
  checkRoleFits(member.user, role);
  await giveRoles(parts, work, [member.user], [roleByHand(team, role)]);
  const others = handGrants(member).filter((grant) => grant.role !== role);
  await takeGrants(parts, work, [member.user], others);
  const [changed = member] = await toMembers(parts, work.db, team, [member.user]);
  const holds = effectiveRoles(changed.sources.map(({ grant }) => grant)).teams.get(team.id)?.role;
  if (holds === role) return changed;
  throw new AppError(
    'conflict',
    `${member.user.name} holds ${shownRole(holds ?? '')} here ${reasonOf(changed, holds)}`,
  );
}

function reasonOf({ sources }: TeamMember, role: string | undefined): string {
  const source = sources.find(({ grant }) => grant.role === role && !isGivenByHand(grant));
  return `${source === undefined ? '' : `through ${tellSource(source)}; `}that is changed where it comes from.`;
}

/** Where a membership comes from, for people: `the group vision of the connection Okta (rule default)`, `rule staff of the connection Okta`. */
export function tellSource({ grant, group, connection }: MemberSource): string {
  if (grant.origin === 'signin') return 'what sign-in says';
  if (grant.origin !== 'rule') return grant.origin === 'invite' ? 'an invite' : 'an admin';
  const rule = `rule ${grant.ruleId ?? '(gone)'}`;
  const of = `of the connection ${connection ?? '(gone)'}`;
  return group === null ? `${rule} ${of}` : `the group ${group} ${of} (${rule})`;
}

export interface RemovedMember {
  /** `excluded`: the identity provider still says that they belong; they are kept out until somebody lifts that. */
  readonly outcome: 'removed' | 'excluded';
  readonly user: UserCard;
  /** What would have brought them back with the next sync. */
  readonly keptOutOf: readonly MemberSource[];
}

/**
 * Takes a person out of the team. Their runs are kept: the ledger gets an entry in the same transaction.
 * @throws AppError `forbidden`, `not_found`
 */
export async function removeMember(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  ref: TeamRef,
  userId: string,
): Promise<RemovedMember> {
  const team = await lockTeam(parts, work, principal, ref);
  await authorizeInTeam(parts, work.db, principal, 'team_members.remove', team, { userId });
  const member = await lockMember(parts, work, team, userId);
  const { user, sources, exclusion } = member;
  const keptOutOf = sources.filter(({ grant }) => !isGivenByHand(grant));
  // First the exclusion: taking the grants of somebody who is kept out is no second removal.
  if (keptOutOf.length > 0 && exclusion === null) await excludeMember(parts, work, team, user);
  await takeGrants(parts, work, [user], handGrants(member));
  return { outcome: keptOutOf.length > 0 ? 'excluded' : 'removed', user, keptOutOf };
}

async function lockMember(parts: DirectoryParts, work: Work, team: Team, userId: string): Promise<TeamMember> {
  const cards = await parts.store.teamMembers.lockCards(work.db, team.organizationId, [userId]);
  const [member] = await toMembers(parts, work.db, team, cards);
  if (member === undefined || member.sources.length === 0) {
    throw new AppError('not_found', `There is no such member of the team ${team.name}.`);
  }
  return member;
}

function handGrants({ sources }: TeamMember): readonly Grant[] {
  return sources.map(({ grant }) => grant).filter(isGivenByHand);
}

/**
 * Puts a person of the organization into the team; somebody who was kept out is let in again when `mayLetIn`.
 * @param user kept from changing in this transaction
 * @throws AppError `conflict` with the reason when it makes no sense
 */
export async function addMember(
  parts: DirectoryParts,
  work: Work,
  team: Team,
  user: UserCard,
  wanted: { readonly role: string; readonly mayLetIn: boolean },
): Promise<TeamMember> {
  const { role, mayLetIn } = wanted;
  if (!user.active) throw new AppError('conflict', `${user.name} is deactivated. Bring them back first.`);
  checkRoleFits(user, role);
  const [member] = await toMembers(parts, work.db, team, [user]);
  if (member?.exclusion && !mayLetIn) {
    throw new AppError('conflict', `${user.name} is kept out of the team; an admin of the team can lift that.`);
  }
  const [held] = member === undefined ? [] : handGrants(member);
  if (held !== undefined && member?.exclusion === null) {
    throw new AppError(
      'conflict',
      `${user.name} is a member already, as ${shownRole(held.role)}. Change the role instead.`,
    );
  }
  if (member?.exclusion) await letIn(parts, work, team, user);
  await giveRoles(parts, work, [user], [roleByHand(team, role)]);
  const [added] = await toMembers(parts, work.db, team, [user]);
  if (added === undefined) throw new AppError('internal');
  return added;
}
