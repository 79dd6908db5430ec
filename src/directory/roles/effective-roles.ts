/** What a user's grants add up to: the strongest one per scope decides. */
import { strongestOrganizationRole, strongestTeamRole } from '../../mapping/roles.ts';
import type { OrganizationRole } from '../people/user.ts';
import type { Grant } from './grant.ts';

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

/** What the grants give now: an exclusion takes everything in its team away, an archived team gives nothing. */
export function effectiveRoles(grants: readonly Grant[]): EffectiveRoles {
  return addUp(grants.filter((grant) => grant.withheld === null));
}

/**
 * What is held, archived teams included: nobody was removed when a team was archived, so this is what the ledger goes by.
 * An exclusion counts here too: it is a removal.
 */
export function heldRoles(grants: readonly Grant[]): EffectiveRoles {
  return addUp(grants.filter((grant) => grant.withheld !== 'excluded'));
}

function addUp(grants: readonly Grant[]): EffectiveRoles {
  const organization = grants.filter((grant) => grant.scope === 'organization').map((grant) => grant.role);
  const byTeam = Map.groupBy(
    grants.filter((grant) => grant.teamId !== null),
    (grant) => grant.teamId ?? '',
  );
  const teams = [...byTeam].map(([id, held]): [string, TeamRole] => [
    id,
    { id, name: held[0]?.teamName ?? id, role: strongestTeamRole(held) },
  ]);
  return {
    organization: organization.length === 0 ? 'member' : strongestOrganizationRole(organization),
    teams: new Map(teams),
  };
}
