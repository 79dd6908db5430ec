/** What a team uses: people by role, seats, and the runs that are kept for whoever left. */
import type { Handle } from '../../synclog/handle.ts';
import type { DirectoryParts } from '../parts.ts';
import type { Principal } from '../principal.ts';
import type { KeptRuns } from './kept-runs.ts';
import type { Team } from './team.ts';
import { authorizeInTeam } from './team-access.ts';
import type { RoleCount } from './team-member.ts';

export interface TeamUsage {
  /** Active people; service accounts are not among them. */
  readonly members: number;
  readonly byRole: readonly RoleCount[];
  readonly admins: number;
  readonly seats: {
    /** Seats that the team's people use: one each, whatever other teams they are in. */
    readonly team: number;
    readonly organization: number;
    /** Null: no limit. */
    readonly limit: number | null;
  };
  readonly keptRuns: readonly KeptRuns[];
}

/** @throws AppError `forbidden` */
export async function usageOfTeam(
  parts: DirectoryParts,
  db: Handle,
  principal: Principal,
  team: Team,
): Promise<TeamUsage> {
  const { store, seats, keptRuns } = parts;
  await authorizeInTeam(parts, db, principal, 'teams.usage', team);
  const byRole = await store.teamMembers.countByRole(db, team.id);
  const members = byRole.reduce((sum, { members: count }) => sum + count, 0);
  return {
    members,
    byRole,
    admins: await store.teamMembers.countAdmins(db, team.id),
    seats: { team: members, organization: await store.users.countActive(db, team.organizationId), limit: seats },
    keptRuns: await keptRuns.ofTeam(db, team),
  };
}
