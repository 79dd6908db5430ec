/** What a user's grants add up to: the strongest one per scope decides. */
import { strongestOrganizationRole, strongestTeamRole } from '../mapping/roles.ts';
import type { Grant } from './grant.ts';
import type { OrganizationRole } from './user.ts';

export interface TeamRole {
  readonly id: string;
  readonly name: string;
  readonly role: string;
}

export interface EffectiveRoles {
  readonly organization: OrganizationRole;
  /** By team id. */
  readonly teams: ReadonlyMap<string, TeamRole>;
}

export function effectiveRoles(grants: readonly Grant[]): EffectiveRoles {
  const organization = grants.filter((grant) => grant.scope === 'organization').map((grant) => grant.role);
  const byTeam = Map.groupBy(
    grants.filter((grant) => grant.teamId !== null),
    (grant) => grant.teamId ?? '',
  );
  const teams = [...byTeam].map(([id, held]): [string, TeamRole] => [
    id,
    { id, name: held[0]?.teamName ?? id, role: strongestTeamRole(held.map((grant) => grant.role)) },
  ]);
  return {
    organization: organization.length === 0 ? 'member' : strongestOrganizationRole(organization),
    teams: new Map(teams),
  };
}
