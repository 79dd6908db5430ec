/** What the form of mapping rules offers while one types: groups that were pushed, teams, roles. Anything else can be typed as well. */
import type { Connection } from '../../directory/connections/connection.ts';
import type { DirectoryParts } from '../../directory/parts.ts';
import type { Principal } from '../../directory/principal.ts';
import { listCustomRoles } from '../../directory/roles/custom-roles.ts';
import { listTeams } from '../../directory/teams/team-access.ts';
import { shownRole, TEAM_ROLES } from '../../mapping/roles.ts';
import { type View, view } from '../../web/view.ts';

export interface RuleChoices {
  /** Of the connection. */
  readonly groups: readonly string[];
  readonly teams: readonly string[];
  readonly customRoles: readonly string[];
}

export const CHOICES_MAX = 200;

/** The first ones by name. */
export async function readChoices(
  directory: DirectoryParts,
  asker: Principal,
  { organizationId, id: connectionId }: Connection,
): Promise<RuleChoices> {
  const { store } = directory;
  const first = { archived: false, afterName: '', limit: CHOICES_MAX };
  const [groups, teams, roles] = await Promise.all([
    store.groups.names(store.reader, { organizationId, connectionId }, CHOICES_MAX),
    listTeams(directory, store.reader, asker, first),
    listCustomRoles(directory, store.reader, asker),
  ]);
  return { groups, teams: teams.map(({ name }) => name), customRoles: roles.map(({ name }) => name) };
}

function renderList(id: string, options: readonly View[]): View {
  return view`<datalist id="${id}">${options}</datalist>`;
}

export function renderChoices({ groups, teams, customRoles }: RuleChoices): View {
  const named = (name: string): View => view`<option value="${name}"></option>`;
  const role = (name: string): View => view`<option value="${name}">${shownRole(name)}</option>`;
  return view`${renderList('groups', groups.map(named))}${renderList('teams', teams.map(named))}${renderList('roles', [...TEAM_ROLES.map(role), ...customRoles.map(named)])}`;
}
