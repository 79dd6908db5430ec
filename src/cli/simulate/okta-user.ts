/** How Okta creates, changes, deactivates and brings back users. Part of okta.ts. */
import { ENTERPRISE_SCHEMA, USER_SCHEMA } from '../../schema/attribute.ts';
import { isJsonObject, type Json, type JsonObject } from '../../schema/json.ts';
import type { RemoteUser } from './client.ts';
import { type Conversation, toAccepted, toFound } from './conversation.ts';
import { toOktaLookUp } from './okta-look-up.ts';
import { toPatch } from './patch.ts';
import { displayName, type Person } from './people.ts';
import { toToken } from './random.ts';
import type { WireRequest } from './wire.ts';

export function createOktaUserCalls(talk: Conversation, random: () => number) {
  return {
    provisionUser: async (person: Person) => {
      const found = await lookUp(talk, person);
      if (found === null) return create(talk, person, random);
      if (found.active === false) await setActive(talk, found.id, true);
      await put(talk, found.id, toProfile(person));
      return found.id;
    },
    updateUser: ({ id, person }: RemoteUser) => put(talk, id, toProfile(person)),
    setManager: ({ id }: RemoteUser, manager: RemoteUser) =>
      put(talk, id, { [ENTERPRISE_SCHEMA]: { manager: { value: manager.id } } }),
    deactivateUser: ({ id }: RemoteUser) => setActive(talk, id, false),
    reactivateUser: (user: RemoteUser) => reactivate(talk, user, random),
    deleteUser: ({ id }: RemoteUser) => setActive(talk, id, false),
    createDuplicate: async ({ person }: RemoteUser) => {
      await talk.ask(toCreateRequest(person, random), { kind: 'refused', statuses: [409] });
    },
    /** An admin typed `email address` where Okta asks for the unique identifier field. */
    sendMalformedFilter: async () => {
      const path = toOktaLookUp('/Users', 'email address', 'someone@example.com');
      await talk.ask({ method: 'GET', path }, { kind: 'refused', statuses: [400] });
    },
  };
}

async function lookUp({ ask }: Conversation, { userName }: Person) {
  const path = toOktaLookUp('/Users', 'userName', userName);
  return toFound(await ask({ method: 'GET', path }, { kind: 'match', attribute: 'userName', value: userName }));
}

async function create({ ask }: Conversation, person: Person, random: () => number): Promise<string | null> {
  // A user that reads inactive right after a push makes Okta loop ("delay in reactivating remote User").
  const echo = { userName: person.userName, active: true };
  return toAccepted(await ask(toCreateRequest(person, random), { kind: 'created', echo }))?.id ?? null;
}

async function setActive({ ask }: Conversation, id: string, active: boolean): Promise<void> {
  const body = toPatch([{ op: 'replace', value: { active } }]);
  await ask({ method: 'PATCH', path: toUserPath(id), body }, { kind: 'patched', id, echo: { active } });
}

/** Reads the whole resource, merges what changed, and puts all of it back: id, groups and meta included. */
async function put({ ask }: Conversation, id: string, changes: JsonObject): Promise<void> {
  const read = toAccepted(await ask({ method: 'GET', path: toUserPath(id) }, { kind: 'resource', id }));
  if (read === null) return;
  const body = mergeProfile(read, changes);
  await ask(
    { method: 'PUT', path: toUserPath(id), body },
    { kind: 'resource', id, echo: { active: body.active ?? true } },
  );
}

/** Looks up by userName and expects the inactive user under the same id; only when it is hidden it is created again. */
async function reactivate(talk: Conversation, { id, person }: RemoteUser, random: () => number): Promise<void> {
  const found = await lookUp(talk, person);
  const back = found?.id ?? (await create(talk, person, random));
  if (back !== id) {
    const detail = `${person.userName} was deactivated as ${id} and is found again as ${back ?? 'nothing'}.`;
    talk.report.accuse({ rule: 'another-id', detail });
  }
  if (found === null) return;
  await setActive(talk, found.id, true);
  await put(talk, found.id, toProfile(person));
}

function toCreateRequest(person: Person, random: () => number): WireRequest {
  const body = {
    schemas: [USER_SCHEMA, ENTERPRISE_SCHEMA],
    userName: person.userName,
    ...toProfile(person),
    locale: 'en-US',
    externalId: person.externalId,
    groups: [],
    // Always sent, random unless password sync is on.
    password: toToken(random, 8),
    active: true,
  };
  return { method: 'POST', path: '/Users', body };
}

/** What the admin's attribute mapping pushes. */
function toProfile(person: Person): JsonObject {
  return {
    name: { givenName: person.givenName, familyName: person.familyName },
    emails: [{ primary: true, value: person.userName, type: 'work' }],
    displayName: displayName(person),
    title: person.title,
    phoneNumbers: [{ primary: true, value: person.phone, type: 'work' }],
    [ENTERPRISE_SCHEMA]: { employeeNumber: person.employeeNumber, department: person.department },
  };
}

/** Complex attributes are merged, so that a manager set earlier stays. */
function mergeProfile(read: JsonObject, changes: JsonObject): JsonObject {
  const merged: Record<string, Json> = { ...read };
  for (const [name, change] of Object.entries(changes)) {
    const before = merged[name];
    merged[name] = isJsonObject(before) && isJsonObject(change) ? { ...before, ...change } : change;
  }
  return merged;
}

function toUserPath(id: string): string {
  return `/Users/${encodeURIComponent(id)}`;
}
