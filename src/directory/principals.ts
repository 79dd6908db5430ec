/** Builds principals from what the store holds: the strongest of the grants, and only of people who are active. */
import type { Handle } from '../synclog/handle.ts';
import type { ServiceAccount } from './keys/service-account.ts';
import type { DirectoryParts } from './parts.ts';
import type { Person } from './people/person.ts';
import type { Principal, Scope } from './principal.ts';
import { effectiveRoles } from './roles/effective-roles.ts';

/** @param person active: the caller has refused everybody else */
export async function principalOfPerson(
  { store }: DirectoryParts,
  db: Handle,
  person: Person,
  scopes: readonly Scope[],
): Promise<Principal> {
  const roles = effectiveRoles(await store.grants.ofUser(db, person.id));
  return {
    kind: 'user',
    id: person.id,
    name: person.name,
    organizationId: person.organizationId,
    role: person.role,
    teams: new Map([...roles.teams.values()].map((team) => [team.id, team.role])),
    scopes: new Set(scopes),
  };
}

export function principalOfServiceAccount(account: ServiceAccount, scopes: readonly Scope[]): Principal {
  const { id, name, organizationId, teamId } = account;
  return {
    kind: 'service_account',
    id,
    name,
    organizationId,
    role: teamId === null ? 'service' : 'none',
    teams: teamId === null ? new Map() : new Map([[teamId, 'service']]),
    scopes: new Set(scopes),
  };
}
