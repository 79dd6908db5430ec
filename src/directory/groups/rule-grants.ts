/** What mapping rules give: to the members of a group, and to users by a condition on themselves. */
import type { CompiledRules, WantedGrant } from '../../mapping/resolve.ts';
import type { JsonObject } from '../../schema/json.ts';
import type { DirectoryParts } from '../parts.ts';
import type { UserCard } from '../people/user.ts';
import { giveRoles, takeGrants, type WantedRole } from '../roles/grants.ts';
import type { Work } from '../work.ts';
import type { Group } from './group.ts';
import { ensureTeam, ownTeam } from './rule-teams.ts';

/** The roles that members of this group get now, and the group with the team that the default rule bound to it. */
export async function rolesOfGroup(
  parts: DirectoryParts,
  work: Work,
  group: Group,
): Promise<{ readonly wanted: readonly WantedRole[]; readonly group: Group }> {
  const rules = await parts.rules.of(work.db, group.connectionId);
  let bound = group;
  const wanted: WantedRole[] = [];
  for (const grant of rules.grantsOfGroup({ displayName: group.displayName })) {
    const role = await toWantedRole(parts, work, grant, bound.connectionId, bound);
    if (grant.scope === 'team' && grant.ownTeam) bound = { ...bound, teamId: role.teamId };
    wanted.push(role);
  }
  return { wanted, group: bound };
}

async function toWantedRole(
  parts: DirectoryParts,
  work: Work,
  grant: WantedGrant,
  connectionId: string,
  group: Group | null,
): Promise<WantedRole> {
  const origin = { origin: 'rule', ruleId: grant.ruleId, connectionId, groupId: group?.id ?? null } as const;
  if (grant.scope === 'organization') {
    return { scope: 'organization', teamId: null, teamName: null, role: grant.role, ...origin };
  }
  const own = grant.ownTeam && group !== null;
  const team = own ? await ownTeam(parts, work, group) : await ensureTeam(parts, work, grant.team);
  return { scope: 'team', teamId: team.id, teamName: team.name, role: grant.role, ...origin };
}

/** Brings the grants that user conditions give to one user in line with what the rules say now. */
export async function applyUserRules(
  parts: DirectoryParts,
  work: Work,
  connectionId: string,
  user: UserCard,
  attributes: JsonObject,
): Promise<void> {
  const rules = await parts.rules.of(work.db, connectionId);
  // Without such rules nobody holds such grants: changing the rules took them away.
  if (rules.hasUserRules) await reconcileUserRules(parts, work, connectionId, rules, user, attributes);
}

export async function reconcileUserRules(
  parts: DirectoryParts,
  work: Work,
  connectionId: string,
  rules: CompiledRules,
  user: UserCard,
  attributes: JsonObject,
): Promise<void> {
  const wanted: WantedRole[] = [];
  for (const grant of rules.grantsOfUser(attributes)) {
    wanted.push(await toWantedRole(parts, work, grant, connectionId, null));
  }
  const held = await parts.store.grants.ofUser(work.db, user.id);
  const stale = held.filter(
    (grant) =>
      grant.origin === 'rule' &&
      grant.groupId === null &&
      grant.connectionId === connectionId &&
      !wanted.some((role) => role.ruleId === grant.ruleId && role.teamId === grant.teamId && role.role === grant.role),
  );
  await giveRoles(parts, work, [user], wanted);
  await takeGrants(parts, work, [user], stale);
}
