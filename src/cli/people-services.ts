/** The verbs for people over the core, whether or not a server runs. */

import { findOrganization } from '../directory/connections/organizations.ts';
import type { DirectoryParts } from '../directory/parts.ts';
import { changeOrganizationRole } from '../directory/people/organization-role.ts';
import { listPeople } from '../directory/people/people.ts';
import { removePerson } from '../directory/people/person-removal.ts';
import { reactivatePerson } from '../directory/people/person-return.ts';
import { readSeats } from '../directory/people/seats.ts';
import { foldCase } from '../directory/people/user.ts';
import { actorOf, operatorOf, type Principal } from '../directory/principal.ts';
import { findPerson } from '../directory/roles/explain.ts';
import { runWork, type Work } from '../directory/work.ts';
import { isAppError } from '../errors.ts';
import type { PeopleServices, PersonRef } from './people-contract.ts';

/** One use-case in the name of the operator. */
export async function asOperator<T>(
  directory: DirectoryParts,
  name: string,
  run: (work: Work, operator: Principal) => Promise<T>,
  reason?: string,
): Promise<T> {
  const operator = operatorOf((await findOrganization(directory, name)).id);
  const context = { organizationId: operator.organizationId, actor: actorOf(operator), exchangeId: null };
  return runWork(directory, reason === undefined ? context : { ...context, reason }, (work) => run(work, operator));
}

export function createPeopleServices(directory: DirectoryParts): PeopleServices {
  const { store } = directory;

  async function idOf({ organization: name, person }: PersonRef): Promise<string> {
    const { id } = await findOrganization(directory, name);
    try {
      return (await findPerson(directory, id, person)).id;
    } catch (error) {
      const removed = isAppError(error, 'not_found') ? await findRemoved(id, person) : undefined;
      if (removed === undefined) throw error;
      return removed;
    }
  }

  /** The one of this name or address who was removed; the last one. */
  async function findRemoved(organizationId: string, text: string): Promise<string | undefined> {
    const byId = await store.persons.find(store.reader, organizationId, text);
    if (byId !== undefined) return byId.id;
    const byName = await store.persons.ofUserName(store.reader, organizationId, foldCase(text));
    const byAddress = await store.persons.ofEmail(store.reader, organizationId, foldCase(text));
    return [...byAddress, ...byName].findLast(({ status }) => status === 'removed')?.id;
  }

  return {
    async list(name, { search, status, role, limit }) {
      const { id } = await findOrganization(directory, name);
      const connections = await store.connections.list(store.reader, id);
      const names = new Map(connections.map((connection) => [connection.id, connection.name]));
      const { items } = await listPeople(directory, operatorOf(id), {
        ...{ sort: 'name', descending: false, limit },
        ...(search === undefined ? {} : { text: search }),
        ...(status === undefined ? {} : { statuses: [status] }),
        ...(role === undefined ? {} : { role }),
      });
      return items.map(({ details, createdAt: _createdAt, ...line }) => ({
        ...line,
        connection: names.get(details?.connectionId ?? '') ?? null,
        lastSeenAt: details?.lastSeenAt ?? null,
      }));
    },
    seats: async (name) => readSeats(directory, operatorOf((await findOrganization(directory, name)).id)),
    async setRole(ref, role) {
      const id = await idOf(ref);
      return asOperator(directory, ref.organization, (work, operator) =>
        changeOrganizationRole(directory, work, operator, id, role),
      );
    },
    async remove(ref, reason) {
      const id = await idOf(ref);
      const run = (work: Work, operator: Principal) => removePerson(directory, work, operator, id);
      return asOperator(directory, ref.organization, run, reason);
    },
    async reactivate(ref, options) {
      const id = await idOf(ref);
      return asOperator(directory, ref.organization, (work, operator) =>
        reactivatePerson(directory, work, operator, id, options),
      );
    },
  };
}
