/** What mapping rules give: to the members of a group, and to users by a condition on themselves. */
import { differenceOfGifts } from '../../mapping/difference.ts';
import type { CompiledRules, WantedGrant } from '../../mapping/resolve.ts';
import type { JsonObject } from '../../schema/json.ts';
import { breathe } from '../breath.ts';
import type { Group } from '../groups/group.ts';
import type { DirectoryParts } from '../parts.ts';
import type { UserCard } from '../people/user.ts';
import { changeGrants, type WantedRole } from '../roles/grants.ts';
import type { Work } from '../work.ts';
import type { RuleGroup } from './rule-people.ts';
import { ensureTeam, makeTeams, ownTeam, type TeamsOfRules } from './rule-teams.ts';

/** What each member of the group gets. */
export async function wantedOfGroup(
  teams: TeamsOfRules,
  rules: CompiledRules,
  group: RuleGroup,
): Promise<readonly WantedRole[]> {
  const wanted: WantedRole[] = [];
  for (const grant of rules.grantsOfGroup({ displayName: group.displayName })) {
    wanted.push(await toWantedRole(teams, grant, group.connectionId, group));
  }
  return wanted;
}

/** What a user whom the connection manages gets by conditions on users. */
export async function wantedOfUser(
  teams: TeamsOfRules,
  rules: CompiledRules,
  connectionId: string,
  attributes: JsonObject,
): Promise<readonly WantedRole[]> {
  const wanted: WantedRole[] = [];
  for (const grant of rules.grantsOfUser(attributes)) {
    wanted.push(await toWantedRole(teams, grant, connectionId, null));
  }
  return wanted;
}

async function toWantedRole(
  teams: TeamsOfRules,
  grant: WantedGrant,
  connectionId: string,
  group: RuleGroup | null,
): Promise<WantedRole> {
  const origin = { origin: 'rule', ruleId: grant.ruleId, connectionId, groupId: group?.id ?? null } as const;
  if (grant.scope === 'organization') {
    return { scope: 'organization', teamId: null, teamName: null, role: grant.role, ...origin };
  }
  const team = grant.ownTeam && group !== null ? await teams.own(group) : await teams.named(grant.team);
  return { scope: 'team', teamId: team.id, teamName: team.name, role: grant.role, ...origin };
}

/** The roles that members of this group get now, and the group with the team that the default rule bound to it. */
export async function rolesOfGroup(
  parts: DirectoryParts,
  work: Work,
  group: Group,
): Promise<{ readonly wanted: readonly WantedRole[]; readonly group: Group }> {
  let bound = group;
  const teams: TeamsOfRules = {
    named: (wanted) => ensureTeam(parts, work, wanted),
    async own() {
      const team = await ownTeam(parts, work, bound);
      bound = { ...bound, teamId: team.id };
      return team;
    },
  };
  const wanted = await wantedOfGroup(teams, await parts.rules.of(work.db, group.connectionId), group);
  return { wanted, group: bound };
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
  // Without such rules nobody gets anything here; what earlier rules gave is taken by their run.
  if (!rules.hasUserRules) return;
  const wanted = await wantedOfUser(makeTeams(parts, work), rules, connectionId, attributes);
  const held = await parts.store.grants.ofUser(work.db, user.id);
  const own = held.filter(
    (grant) => grant.origin === 'rule' && grant.groupId === null && grant.connectionId === connectionId,
  );
  await changeGrants(parts, work, [{ user, ...differenceOfGifts(own, wanted) }]);
}

/** Members in one go: bounds the size of a statement. */
const CHUNK = 100;

/** Gives every member of a group what its rules give now, and takes what they gave before; others' grants stay. */
export async function alignMembers(
  parts: DirectoryParts,
  work: Work,
  group: Group,
  wanted: readonly WantedRole[],
): Promise<void> {
  const { store } = parts;
  let after = '';
  for (;;) {
    await breathe();
    const page = await store.members.page(work.db, group.id, after, CHUNK);
    const ids = page.map((member) => member.userId);
    const users = await store.users.cards(work.db, group, ids);
    const held = Map.groupBy(await store.grants.ofGroupMembers(work.db, group.id, ids), (grant) => grant.userId);
    const changes = users.map((user) => ({ user, ...differenceOfGifts(held.get(user.id) ?? [], wanted) }));
    await changeGrants(
      parts,
      work,
      changes.filter(({ given, taken }) => given.length + taken.length > 0),
    );
    const last = ids.at(-1);
    if (last === undefined || ids.length < CHUNK) return;
    after = last;
  }
}
