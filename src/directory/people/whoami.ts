/** Who a principal is, as another system is told: a tracker behind a reverse proxy, a person on their own page. */

import { isNameOfPerson } from '../keys/service-accounts.ts';
import type { DirectoryParts } from '../parts.ts';
import type { Principal } from '../principal.ts';
import { effectiveRoles } from '../roles/effective-roles.ts';
import type { HeldName } from './person.ts';
import { foldCase } from './user.ts';

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

/**
 * A person as a tracker may be told of them, which knows people by name: each connection gives its own names, and one of
 * them could call somebody of its own like somebody of another. Of active people with one user name it is told of the one
 * who has had it longest, and of an address likewise.
 * @returns `namesake` where the user name is somebody else's
 */
export async function toldToTracker(
  parts: DirectoryParts,
  organizationId: string,
  who: Described,
): Promise<Described | 'namesake'> {
  const { id, userName, email } = who;
  const isTheirs = (what: HeldName, name: string) => hadItFirst(parts, organizationId, id, what, foldCase(name));
  if (!(await isTheirs('userName', userName))) return 'namesake';
  return email === null || (await isTheirs('emails', email)) ? who : { ...who, email: null };
}

async function hadItFirst(
  { store }: DirectoryParts,
  organizationId: string,
  id: string,
  what: HeldName,
  key: string,
): Promise<boolean> {
  const holders = await store.persons.activeHolders(store.reader, organizationId, what, key);
  const others = holders.filter((holder) => holder !== id);
  if (others.length === 0) return true;
  const since = await store.persons.heldSince(store.reader, [id, ...others], what);
  const own = since.get(id) ?? Infinity;
  return others.every((other) => own < (since.get(other) ?? Infinity));
}
