/** The teams that rules would find or make, in the order in which they would be asked for: as rule-teams.ts, without making any. */
import { nextFreeTeamName, toSafeTeamName } from '../../mapping/team-name.ts';
import type { Handle } from '../../synclog/handle.ts';
import { foldCase } from '../people/user.ts';
import type { DirectoryStore } from '../store.ts';
import type { RuleGroup } from './rule-people.ts';
import type { NamedTeam, TeamsOfRules } from './rule-teams.ts';

export interface ForeseenTeams extends TeamsOfRules {
  /** Names of teams that are not there yet. */
  readonly made: readonly string[];
}

export async function foreseeTeams(store: DirectoryStore, db: Handle, organizationId: string): Promise<ForeseenTeams> {
  const teams = await store.teams.list(db, organizationId);
  const byKey = new Map<string, NamedTeam>(teams.map((team) => [foldCase(team.name), team]));
  const byId = new Map<string, NamedTeam>(teams.map((team) => [team.id, team]));
  const made: string[] = [];
  const ownOf = new Map<string, NamedTeam>();
  const holderOf = new Map<string, string>();

  function make(name: string): NamedTeam {
    // No id of a team that is there looks like this.
    const team = { id: `new ${name}`, name };
    byKey.set(foldCase(name), team);
    made.push(name);
    return team;
  }

  async function isFree(team: NamedTeam, group: RuleGroup): Promise<boolean> {
    const holder = holderOf.get(team.id) ?? (await store.groups.findByTeam(db, team.id))?.id;
    return holder === undefined || holder === group.id;
  }

  async function choose(group: RuleGroup): Promise<NamedTeam> {
    const bound = group.teamId === null ? undefined : byId.get(group.teamId);
    if (bound !== undefined) return bound;
    const name = toSafeTeamName(group.displayName);
    const team = byKey.get(foldCase(name));
    if (team !== undefined && (await isFree(team, group))) return team;
    return make(nextFreeTeamName(name, (taken) => byKey.has(foldCase(taken))));
  }

  return {
    made,
    async named(wanted) {
      const name = toSafeTeamName(wanted);
      return byKey.get(foldCase(name)) ?? make(name);
    },
    async own(group) {
      const team = ownOf.get(group.id) ?? (await choose(group));
      ownOf.set(group.id, team);
      holderOf.set(team.id, group.id);
      return team;
    },
  };
}
