/** Roles that people give in teams: which there are, who can take them, the grant that comes of it. */
import { AppError } from '../../errors.ts';
import { isTeamRole } from '../../mapping/roles.ts';
import type { DirectoryParts } from '../parts.ts';
import type { UserCard } from '../people/user.ts';
import type { WantedRole } from '../roles/grants.ts';
import type { Work } from '../work.ts';
import type { Team } from './team.ts';

/**
 * The role by the name that the organization knows, kept from being deleted until the transaction ends.
 * @throws AppError `invalid_value`
 */
export async function lockTeamRole({ store }: DirectoryParts, work: Work, text: string): Promise<string> {
  const wanted = text.trim().toLowerCase();
  if (isTeamRole(wanted)) return wanted;
  const custom = await store.customRoles.lock(work.db, work.context.organizationId, text.trim(), 'use');
  if (custom !== undefined) return custom.name;
  throw new AppError('invalid_value', `"${text}" is no team role. Use admin, member, viewer or a custom role.`);
}

/** The grant that somebody who manages the team gives. */
export function roleByHand(team: Team, role: string, origin: 'admin' | 'invite' = 'admin'): WantedRole {
  const nobodyElse = { ruleId: null, connectionId: null, groupId: null };
  return { scope: 'team', teamId: team.id, teamName: team.name, role, origin, ...nobodyElse };
}

/** @throws AppError `conflict` for who cannot take the role */
export function checkRoleFits(user: UserCard, role: string): void {
  if (user.role === 'viewer' && !isTeamRole(role)) {
    throw new AppError('conflict', `${user.name} is a Viewer of the organization; custom roles are for its members.`);
  }
}
