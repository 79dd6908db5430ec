/** Who is in a team, through what, and who is kept out of it: what pages and lists show. Changes nothing. */
import { AppError } from '../../errors.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { DirectoryParts } from '../parts.ts';
import type { UserCard } from '../people/user.ts';
import { isAllowed } from '../policy.ts';
import type { Principal } from '../principal.ts';
import { effectiveRoles } from '../roles/effective-roles.ts';
import { type Grant, isGivenByHand } from '../roles/grant.ts';
import type { Exclusion } from './exclusion.ts';
import type { Team } from './team.ts';
import { authorizeInTeam } from './team-access.ts';
import type { MemberQuery, TeamMember } from './team-member.ts';

/** @throws AppError `forbidden` */
export async function listMembers(
  parts: DirectoryParts,
  db: Handle,
  principal: Principal,
  team: Team,
  query: MemberQuery,
): Promise<readonly TeamMember[]> {
  await authorizeInTeam(parts, db, principal, 'team_members.list', team);
  return toMembers(parts, db, team, await parts.store.teamMembers.page(db, team.id, query));
}

/**
 * Active people in each of these teams, in one look. Teams whose members the principal may not see are left out.
 * @param teams that the principal may see
 */
export async function countMembers(
  { store }: DirectoryParts,
  db: Handle,
  principal: Principal,
  teams: readonly Team[],
): Promise<ReadonlyMap<string, number>> {
  const shown = teams.filter(({ organizationId, id }) =>
    isAllowed(principal, 'team_members.list', { organizationId, teamId: id }),
  );
  const ids = shown.map(({ id }) => id);
  const counts = await store.teamMembers.countMembers(db, ids);
  return new Map(ids.map((id) => [id, counts.get(id) ?? 0]));
}

/** @throws AppError `forbidden`, `not_found` for somebody who holds nothing in the team and is not kept out of it */
export async function findMember(
  parts: DirectoryParts,
  db: Handle,
  principal: Principal,
  team: Team,
  userId: string,
): Promise<TeamMember> {
  await authorizeInTeam(parts, db, principal, 'team_members.list', team);
  const [member] = await toMembers(parts, db, team, await cardsOf(parts, db, team, [userId]));
  if (member === undefined || (member.sources.length === 0 && member.exclusion === null)) {
    throw new AppError('not_found', `There is no such member of the team ${team.name}.`);
  }
  return member;
}

/** People who are kept out by hand, whether or not anything would give them a role. @throws AppError `forbidden` */
export async function listExclusions(
  parts: DirectoryParts,
  db: Handle,
  principal: Principal,
  team: Team,
  page: { readonly afterUserId: string; readonly limit: number },
): Promise<readonly TeamMember[]> {
  await authorizeInTeam(parts, db, principal, 'team_members.list', team);
  const exclusions = await parts.store.exclusions.ofTeam(db, team.id, page.afterUserId, page.limit);
  const ids = exclusions.map((exclusion) => exclusion.userId);
  return toMembers(parts, db, team, await cardsOf(parts, db, team, ids));
}

function cardsOf(
  { store }: DirectoryParts,
  db: Handle,
  { organizationId }: Team,
  ids: readonly string[],
): Promise<readonly UserCard[]> {
  return store.teamMembers.cards(db, organizationId, ids);
}

/** The people as members of the team; who holds nothing there has no sources. */
export async function toMembers(
  { store }: DirectoryParts,
  db: Handle,
  team: Team,
  users: readonly UserCard[],
): Promise<readonly TeamMember[]> {
  const ids = users.map((user) => user.id);
  const grants = (await store.grants.ofUsers(db, ids)).filter((grant) => grant.teamId === team.id);
  const names = await namesFor({ store }, db, team, grants);
  const held = Map.groupBy(grants, (grant) => grant.userId);
  const exclusions = new Map((await store.exclusions.ofMembers(db, team.id, ids)).map((one) => [one.userId, one]));
  return users.map((user) => toMember(team, user, held.get(user.id) ?? [], names, exclusions.get(user.id) ?? null));
}

type NameOf = (grant: Grant) => { readonly connection: string | null; readonly group: string | null };

async function namesFor(
  { store }: Pick<DirectoryParts, 'store'>,
  db: Handle,
  { organizationId }: Team,
  grants: readonly Grant[],
): Promise<NameOf> {
  const followed = grants.filter((grant) => grant.connectionId !== null);
  if (followed.length === 0) return () => ({ connection: null, group: null });
  const connections = new Map((await store.connections.list(db, organizationId)).map(({ id, name }) => [id, name]));
  const userIds = [...new Set(followed.map((grant) => grant.userId))];
  const groups = new Map(
    [...(await store.users.groupsOf(db, userIds)).values()].flat().map((group) => [group.id, group.name]),
  );
  return ({ connectionId, groupId }) => ({
    connection: connections.get(connectionId ?? '') ?? null,
    group: groups.get(groupId ?? '') ?? null,
  });
}

function toMember(
  team: Team,
  user: UserCard,
  grants: readonly Grant[],
  nameOf: NameOf,
  exclusion: Exclusion | null,
): TeamMember {
  const standing = standingOf(team, user, exclusion);
  const role = standing === 'active' ? (effectiveRoles(grants).teams.get(team.id)?.role ?? null) : null;
  const sources = grants.map((grant) => ({ grant, ...nameOf(grant) }));
  return { user, role, standing, sources, exclusion, removal: grants.every(isGivenByHand) ? 'remove' : 'exclude' };
}

function standingOf(team: Team, user: UserCard, exclusion: Exclusion | null): TeamMember['standing'] {
  if (!user.active) return 'inactive';
  if (exclusion !== null) return 'excluded';
  return team.archivedAt === null ? 'active' : 'archived';
}

export interface AdminWarning {
  /** Active admins of the team. */
  readonly admins: number;
  /** A warning, never a block: an admin of the organization can always manage a team. */
  readonly warning: 'no_admin' | 'one_admin' | null;
}

export async function warnOfAdmins({ store }: DirectoryParts, db: Handle, teamId: string): Promise<AdminWarning> {
  const admins = await store.teamMembers.countAdmins(db, teamId);
  return { admins, warning: admins === 0 ? 'no_admin' : admins === 1 ? 'one_admin' : null };
}
