/**
 * Teams as mapping rules need them: found or made by a name that is safe for the tracker. Who only wants to know takes
 * `findTeams`; what a preview says is in foreseen-teams.ts.
 */
import { AppError } from '../../errors.ts';
import { nextFreeTeamName, toSafeTeamName } from '../../mapping/team-name.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { Group } from '../groups/group.ts';
import type { DirectoryParts } from '../parts.ts';
import { foldCase } from '../people/user.ts';
import type { DirectoryStore } from '../store.ts';
import type { Team } from '../teams/team.ts';
import { insertTeam } from '../teams/teams.ts';
import type { Work } from '../work.ts';
import type { RuleGroup } from './rule-people.ts';

export type NamedTeam = Pick<Team, 'id' | 'name'>;

/** Where the teams that rules ask for come from. */
export interface TeamsOfRules {
  /** By the name that a rule gives. */
  named(wanted: string): Promise<NamedTeam>;
  /** A group's own. */
  own(group: RuleGroup): Promise<NamedTeam>;
}

/** Stands for a team that is not there. */
const NO_TEAM: NamedTeam = { id: '', name: '' };

export function isThere(teamId: string | null): boolean {
  return teamId !== NO_TEAM.id;
}

/** Looks teams up and makes none; see `isThere`. For one look: what it found it keeps. */
export function findTeams(store: DirectoryStore, db: Handle, organizationId: string): TeamsOfRules {
  const found = new Map<string, NamedTeam>();
  return {
    async named(wanted) {
      const key = foldCase(toSafeTeamName(wanted));
      const team = found.get(key) ?? (await store.teams.findByName(db, organizationId, key)) ?? NO_TEAM;
      found.set(key, team);
      return team;
    },
    own: async ({ teamId, displayName }) => (teamId === null ? NO_TEAM : { id: teamId, name: displayName }),
  };
}

/** Makes what is missing, and binds groups to their own teams. For one transaction: what it found it keeps. */
export function makeTeams(parts: DirectoryParts, work: Work): TeamsOfRules {
  const [named, own] = [new Map<string, NamedTeam>(), new Map<string, NamedTeam>()];
  return {
    async named(wanted) {
      const team = named.get(wanted) ?? (await ensureTeam(parts, work, wanted));
      named.set(wanted, team);
      return team;
    },
    async own(group) {
      const team = own.get(group.id) ?? (await bindOwnTeam(parts, work, group));
      own.set(group.id, team);
      return team;
    },
  };
}

async function bindOwnTeam(parts: DirectoryParts, work: Work, { organizationId, id }: RuleGroup): Promise<NamedTeam> {
  const { groups } = parts.store;
  const group = await groups.lockInOrganization(work.db, organizationId, id);
  if (group === undefined) throw new AppError('conflict', 'The group was deleted at the same moment; try again.');
  const team = await ownTeam(parts, work, group);
  if (team.id !== group.teamId) await groups.update(work.db, { ...group, teamId: team.id });
  return team;
}

/** The team of this name, made if need be. For rules that name a team: several groups may feed the same one. */
export async function ensureTeam(parts: DirectoryParts, work: Work, wanted: string): Promise<Team> {
  const name = toSafeTeamName(wanted);
  const find = () => parts.store.teams.findByName(work.db, work.context.organizationId, foldCase(name));
  const known = await find();
  if (known !== undefined) return known;
  // Another transaction may be making it at this moment.
  await parts.store.organizations.lock(work.db, work.context.organizationId);
  return (await find()) ?? (await insertTeam(parts, work, name, null));
}

/**
 * The team of a group's own name (the default rule). A team of that name that no other group is bound to is taken over;
 * where another group has it, the next free name is used: two groups never end in one team by accident.
 */
export async function ownTeam(parts: DirectoryParts, work: Work, group: RuleGroup): Promise<Team> {
  const { store } = parts;
  if (group.teamId !== null) {
    const bound = await store.teams.find(work.db, group.organizationId, group.teamId);
    if (bound !== undefined) return bound;
  }
  await store.organizations.lock(work.db, group.organizationId);
  return (
    (await freeTeam(parts, work, group)) ??
    insertTeam(parts, work, await freeName(parts, work, group.displayName), null)
  );
}

async function freeTeam({ store }: DirectoryParts, work: Work, group: RuleGroup): Promise<Team | undefined> {
  const key = foldCase(toSafeTeamName(group.displayName));
  const team = await store.teams.findByName(work.db, group.organizationId, key);
  if (team === undefined) return undefined;
  const holder = await store.groups.findByTeam(work.db, team.id);
  return holder === undefined || holder.id === group.id ? team : undefined;
}

async function freeName({ store }: DirectoryParts, work: Work, wanted: string): Promise<string> {
  const teams = await store.teams.list(work.db, work.context.organizationId);
  const taken = new Set(teams.map((team) => foldCase(team.name)));
  return nextFreeTeamName(toSafeTeamName(wanted), (name) => taken.has(foldCase(name)));
}

/** A renamed group takes its own team along, unless a target knows teams by their first name for good. */
export async function renameOwnTeam(parts: DirectoryParts, work: Work, group: Group): Promise<void> {
  if (group.teamId === null) return;
  const team = await parts.store.teams.find(work.db, group.organizationId, group.teamId);
  const safe = toSafeTeamName(group.displayName);
  if (team === undefined || team.name === safe) return;
  if ((await parts.teamNames.fixedBy(work.db, group.organizationId)) !== undefined) return;
  await parts.store.organizations.lock(work.db, group.organizationId);
  const name = foldCase(team.name) === foldCase(safe) ? safe : await freeName(parts, work, group.displayName);
  await parts.store.teams.rename(work.db, team.id, name, Math.max(work.at, team.updatedAt + 1));
  const subject = { type: 'team', id: team.id, name } as const;
  work.changes.push({ kind: 'team.renamed', subject, before: { name: team.name }, after: { name } });
}
