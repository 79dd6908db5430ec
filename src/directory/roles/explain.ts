/** Why a person has a role: every grant with its origin, and the change and exchange that made it. */
import { AppError } from '../../errors.ts';
import type { DirectoryParts } from '../parts.ts';
import type { User } from '../people/user.ts';
import type { Exclusion } from '../teams/exclusion.ts';
import { effectiveRoles } from './effective-roles.ts';
import type { Grant } from './grant.ts';

export interface ExplainedGrant {
  readonly grant: Grant;
  /** Name of the group that fed the rule; null for none, or where the group is gone. */
  readonly group: string | null;
  /** Position of the change that gave it, and its exchange. */
  readonly position: number | null;
  readonly exchangeId: string | null;
}

export interface ExplainedScope {
  /** Null for the organization. */
  readonly team: { readonly id: string; readonly name: string } | null;
  /** What the grants add up to; null where they give nothing at present. */
  readonly role: string | null;
  readonly grants: readonly ExplainedGrant[];
  /** Who keeps the person out of the team by hand, since when and why. */
  readonly exclusion: Exclusion | null;
  readonly archived: boolean;
}

/**
 * @param text id, userName, e-mail address or displayName
 * @throws AppError `not_found`, `conflict` when several people answer to it
 */
export async function findPerson({ store }: DirectoryParts, organizationId: string, text: string): Promise<User> {
  const found = await store.users.findInOrganization(store.reader, organizationId, text);
  const [user, ...others] = found;
  if (user === undefined) throw new AppError('not_found', `There is no user "${text}" in this organization.`);
  if (others.length > 0) {
    const list = found.map((other) => `${other.userName} (${other.id})`).join(', ');
    throw new AppError('conflict', `"${text}" fits several users: ${list}. Name one by id.`);
  }
  return user;
}

export async function explainUser(parts: DirectoryParts, user: Pick<User, 'id'>): Promise<readonly ExplainedScope[]> {
  const { store } = parts;
  const grants = await store.grants.ofUser(store.reader, user.id);
  const changes = await store.changes.ofSubject(store.reader, user.id, 'grant.added', 1000);
  const groupNames = new Map(
    (await store.users.groupsOf(store.reader, [user.id])).get(user.id)?.map((group) => [group.id, group.name]),
  );
  const explain = (grant: Grant): ExplainedGrant => {
    const change = changes.find(({ after }) => (after?.grant as { id?: unknown } | undefined)?.id === grant.id);
    const group = grant.groupId === null ? null : (groupNames.get(grant.groupId) ?? null);
    return { grant, group, position: change?.position ?? null, exchangeId: change?.exchangeId ?? null };
  };
  const roles = effectiveRoles(grants);
  const organization: ExplainedScope = {
    ...{ team: null, role: roles.organization, exclusion: null, archived: false },
    grants: grants.filter((grant) => grant.teamId === null).map(explain),
  };
  const exclusions = await store.exclusions.ofUser(store.reader, user.id);
  const names = new Map([
    ...grants.flatMap(({ teamId, teamName }): [string, string][] =>
      teamId === null ? [] : [[teamId, teamName ?? teamId]],
    ),
    ...exclusions.map(({ teamId, teamName }): [string, string] => [teamId, teamName]),
  ]);
  const teams = [...names].map(([id, name]): ExplainedScope => {
    const own = grants.filter((grant) => grant.teamId === id);
    return {
      team: { id, name },
      role: roles.teams.get(id)?.role ?? null,
      grants: own.map(explain),
      exclusion: exclusions.find(({ teamId }) => teamId === id) ?? null,
      archived: own.some((grant) => grant.withheld === 'archived'),
    };
  });
  const nameOf = ({ team }: ExplainedScope): string => team?.name ?? '';
  return [organization, ...teams.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1))];
}
