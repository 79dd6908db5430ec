/** What a principal is in one team at this moment: read where it is decided, so that a role that was taken away is gone. */
import { AppError } from '../../errors.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { DirectoryParts } from '../parts.ts';
import { type Action, authorize, isAllowed, type PolicySubject } from '../policy.ts';
import type { Principal } from '../principal.ts';
import { effectiveRoles } from '../roles/effective-roles.ts';
import type { Team, TeamQuery } from './team.ts';
import { effectivePrivacy, type TeamPrivacy } from './team-privacy.ts';

export async function privacyOf({ store }: DirectoryParts, db: Handle, team: Team): Promise<TeamPrivacy> {
  return effectivePrivacy(team.settings.privacy, await store.enforcedPrivacy.of(db, team.organizationId));
}

/**
 * The principal with the role that they hold in the team now. Two admins who demote each other at once are asked one
 * after the other, because whoever manages a team has locked it: the second is no admin any more.
 */
async function asTheyStand(
  { store }: DirectoryParts,
  db: Handle,
  principal: Principal,
  team: Team,
): Promise<Principal> {
  if (principal.kind !== 'user' || principal.id === null) return principal;
  const grants = await store.grants.ofUser(db, principal.id);
  const role = effectiveRoles(grants).teams.get(team.id)?.role;
  const teams = new Map(principal.teams);
  // Here a custom role is what it builds on: it adds nothing over people.
  const inherits = grants.find((grant) => grant.teamId === team.id && grant.role === role)?.inherits ?? null;
  if (role === undefined) teams.delete(team.id);
  else teams.set(team.id, inherits ?? role);
  return { ...principal, teams };
}

/** @throws AppError `forbidden`, with the reason */
export async function authorizeInTeam(
  parts: DirectoryParts,
  db: Handle,
  principal: Principal,
  action: Action,
  team: Team,
  subject: PolicySubject = {},
): Promise<void> {
  const place = { organizationId: team.organizationId, teamId: team.id, ...subject };
  authorize(await asTheyStand(parts, db, principal, team), action, place);
}

/** The same as a question, for what is offered or goes further than asked. */
export async function mayInTeam(
  parts: DirectoryParts,
  db: Handle,
  principal: Principal,
  action: Action,
  team: Team,
): Promise<boolean> {
  const standing = await asTheyStand(parts, db, principal, team);
  return isAllowed(standing, action, { organizationId: team.organizationId, teamId: team.id });
}

/** Whether the team does not exist for the principal: every use-case that is given its name has to answer so. */
export async function isHiddenFrom(
  parts: DirectoryParts,
  db: Handle,
  principal: Principal,
  team: Team,
): Promise<boolean> {
  if (principal.kind === 'operator' || seesAll(principal) || principal.teams.has(team.id)) return false;
  if (!(await privacyOf(parts, db, team)).hideTeam.value) return false;
  return !(await asTheyStand(parts, db, principal, team)).teams.has(team.id);
}

/**
 * A team that the principal may see. A hidden one does not exist for those who are not in it.
 * @param idOrName as people write it
 * @throws AppError `not_found`, `forbidden`
 */
export async function findVisibleTeam(
  parts: DirectoryParts,
  db: Handle,
  principal: Principal,
  idOrName: string,
): Promise<Team> {
  const { teams } = parts.store;
  const team =
    (await teams.find(db, principal.organizationId, idOrName)) ??
    (await teams.findByName(db, principal.organizationId, idOrName.toLowerCase()));
  if (team === undefined || (await isHiddenFrom(parts, db, principal, team))) {
    throw new AppError('not_found', `There is no team "${idOrName}".`);
  }
  await authorizeInTeam(parts, db, principal, 'teams.read', team);
  return team;
}

export interface TeamListQuery extends Pick<TeamQuery, 'search' | 'archived'> {
  readonly afterName: string;
  readonly limit: number;
}

/** Teams that the principal may see, by name. */
export async function listTeams(
  parts: DirectoryParts,
  db: Handle,
  principal: Principal,
  query: TeamListQuery,
): Promise<readonly Team[]> {
  const { store } = parts;
  const { organizationId } = principal;
  authorize(principal, 'teams.list', { organizationId });
  const enforced = await store.enforcedPrivacy.of(db, organizationId);
  const memberOf = seesAll(principal) ? null : [...principal.teams.keys()];
  return store.teams.page(db, organizationId, { ...query, memberOf, allHidden: enforced.has('hideTeam') });
}

/** Whoever may make teams sees every team. */
function seesAll(principal: Principal): boolean {
  return isAllowed({ ...principal, scopes: new Set(['everything']) }, 'teams.create', {
    organizationId: principal.organizationId,
  });
}
