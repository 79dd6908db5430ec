/** Who a principal is, as another system is told: a tracker behind a reverse proxy, a person on their own page. */

import { isNameOfPerson } from '../keys/service-accounts.ts';
import type { DirectoryParts } from '../parts.ts';
import type { Principal } from '../principal.ts';
import { effectiveRoles } from '../roles/effective-roles.ts';

export interface Described {
  /** Stable: the id of the user or service account. */
  readonly id: string;
  readonly userName: string;
  readonly email: string | null;
  /** Organization role; `service` and `none` for service accounts. */
  readonly role: string;
  readonly organization: string;
  /** Names. */
  readonly teams: readonly string[];
}

/**
 * Undefined when there is nobody behind the principal any more, and for a service account that is called as a person is
 * meanwhile: nobody is told that a program is that person.
 */
export async function describePrincipal(parts: DirectoryParts, principal: Principal): Promise<Described | undefined> {
  const { store } = parts;
  const { id, organizationId, role } = principal;
  if (id === null) return undefined;
  const organization = (await store.organizations.find(store.reader, organizationId))?.name ?? '';
  if (principal.kind === 'user') {
    const person = await store.persons.find(store.reader, organizationId, id);
    if (person === undefined) return undefined;
    const roles = effectiveRoles(await store.grants.ofUser(store.reader, id));
    const teams = [...roles.teams.values()].map((team) => team.name);
    return { id, userName: person.userName, email: person.email, role, organization, teams };
  }
  const account = await store.serviceAccounts.find(store.reader, organizationId, id);
  if (account === undefined || (await isNameOfPerson(parts, store.reader, organizationId, account.name)))
    return undefined;
  const team =
    account.teamId === null ? undefined : await store.teams.find(store.reader, organizationId, account.teamId);
  const teams = team === undefined ? [] : [team.name];
  return { id, userName: account.name, email: null, role, organization, teams };
}
