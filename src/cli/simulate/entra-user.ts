/** How Entra ID matches, creates, changes, disables and deletes users. Part of entra.ts. */
import { ENTERPRISE_SCHEMA, USER_SCHEMA } from '../../schema/attribute.ts';
import type { Json, JsonObject } from '../../schema/json.ts';
import type { RemoteUser } from './client.ts';
import { type Conversation, toAccepted, toFound } from './conversation.ts';
import { type EntraParts, toEntraLookUp } from './entra-wire.ts';
import { type Operation, toPatch } from './patch.ts';
import { displayName, type Person } from './people.ts';

type Attributes = Readonly<Record<string, string>>;

export function createEntraUserCalls(parts: EntraParts) {
  const { talk, flag } = parts;
  return {
    provisionUser: async (person: Person) => {
      const found = await match(talk, person);
      if (found === null) return create(talk, person);
      if (found.active === false) await setActive(parts, found.id, true);
      await patch(talk, found.id, toOperations(toAttributes(person), flag));
      return found.id;
    },
    updateUser: async ({ id, person }: RemoteUser, before: Person) => {
      const changes = toChanges(toAttributes(before), toAttributes(person));
      if (Object.keys(changes).length > 0) await patch(talk, id, toOperations(changes, flag));
    },
    /** As the service sends it: the bare id under the enterprise URN, in a request of its own. */
    setManager: ({ id }: RemoteUser, manager: RemoteUser) =>
      patch(talk, id, [{ op: flag ? 'add' : 'Add', path: `${ENTERPRISE_SCHEMA}:manager`, value: manager.id }]),
    deactivateUser: ({ id }: RemoteUser) => setActive(parts, id, false),
    reactivateUser: async ({ id }: RemoteUser) => {
      // The id is cached: a restored person is read by it and not looked up.
      await talk.ask({ method: 'GET', path: toUserPath(id) }, { kind: 'resource', id, echo: { active: false } });
      await setActive(parts, id, true);
    },
    deleteUser: async ({ id }: RemoteUser) => {
      await talk.ask({ method: 'DELETE', path: toUserPath(id) }, { kind: 'deleted' });
    },
    createDuplicate: async ({ person }: RemoteUser) => {
      const body = toUser(person);
      await talk.ask({ method: 'POST', path: '/Users', body }, { kind: 'refused', statuses: [409] });
    },
    /** An admin's matching attribute with its expression left open. */
    sendMalformedFilter: async () => {
      const path = '/Users?filter=emails%5Btype+eq+%22work%22.value+eq+%22someone%40example.com%22';
      await talk.ask({ method: 'GET', path }, { kind: 'refused', statuses: [400] });
    },
  };
}

/** By externalId first, then by userName: two matching attributes, in the order of their precedence. */
async function match({ ask }: Conversation, { externalId, userName }: Person) {
  for (const [attribute, value] of [
    ['externalId', externalId],
    ['userName', userName],
  ] as const) {
    const path = toEntraLookUp('/Users', attribute, value);
    const found = toFound(await ask({ method: 'GET', path }, { kind: 'match', attribute, value }));
    if (found !== null) return found;
  }
  return null;
}

async function create({ ask }: Conversation, person: Person): Promise<string | null> {
  const echo = { userName: person.userName, externalId: person.externalId, active: true };
  const answer = await ask({ method: 'POST', path: '/Users', body: toUser(person) }, { kind: 'created', echo });
  return toAccepted(answer)?.id ?? null;
}

async function patch(
  { ask }: Conversation,
  id: string,
  operations: readonly Operation[],
  echo: JsonObject = {},
): Promise<void> {
  await ask({ method: 'PATCH', path: toUserPath(id), body: toPatch(operations) }, { kind: 'patched', id, echo });
}

/** The string `"False"` without the flag (mapping `Switch([IsSoftDeleted], , "False","True","True","False")`). */
async function setActive({ talk, flag }: EntraParts, id: string, active: boolean): Promise<void> {
  const operation: Operation = flag
    ? { op: 'replace', path: 'active', value: active }
    : { op: 'Replace', path: 'active', value: active ? 'True' : 'False' };
  await patch(talk, id, [operation], { active });
}

/** The manager is a reference and comes later. */
function toUser(person: Person): JsonObject {
  return {
    schemas: [USER_SCHEMA, ENTERPRISE_SCHEMA],
    externalId: person.externalId,
    userName: person.userName,
    active: true,
    displayName: displayName(person),
    title: person.title,
    emails: [{ primary: true, type: 'work', value: person.userName }],
    phoneNumbers: [{ type: 'work', value: person.phone }],
    preferredLanguage: null,
    addresses: null,
    meta: { resourceType: 'User' },
    name: { formatted: displayName(person), familyName: person.familyName, givenName: person.givenName },
    roles: [],
    [ENTERPRISE_SCHEMA]: { employeeNumber: person.employeeNumber, department: person.department },
  };
}

/** The default mapping by PATCH path. */
function toAttributes(person: Person): Attributes {
  return {
    userName: person.userName,
    displayName: displayName(person),
    title: person.title,
    'emails[type eq "work"].value': person.userName,
    'phoneNumbers[type eq "work"].value': person.phone,
    'name.givenName': person.givenName,
    'name.familyName': person.familyName,
    'name.formatted': displayName(person),
    [`${ENTERPRISE_SCHEMA}:employeeNumber`]: person.employeeNumber,
    [`${ENTERPRISE_SCHEMA}:department`]: person.department,
  };
}

function toChanges(before: Attributes, after: Attributes): Attributes {
  return Object.fromEntries(Object.entries(after).filter(([path, value]) => before[path] !== value));
}

/** One operation each; with the flag one path-less operation with dotted keys, and the bracketed paths by themselves. */
function toOperations(changes: Attributes, flag: boolean): readonly Operation[] {
  const entries = Object.entries(changes);
  if (!flag) return entries.map(([path, value]) => ({ op: 'Replace', path, value }));
  const bracketed = entries.filter(([path]) => path.includes('['));
  const plain: Readonly<Record<string, Json>> = Object.fromEntries(entries.filter(([path]) => !path.includes('[')));
  const operations: Operation[] = bracketed.map(([path, value]) => ({ op: 'replace', path, value }));
  if (Object.keys(plain).length > 0) operations.push({ op: 'replace', value: plain });
  return operations;
}

function toUserPath(id: string): string {
  return `/Users/${encodeURIComponent(id)}`;
}
