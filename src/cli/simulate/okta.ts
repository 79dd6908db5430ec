/**
 * Okta's SCIM client, as documented (okta-developer-docs, reference/scim/scim-20) and as seen on the wire: looks up by
 * userName, creates with a password and empty groups, updates by PUT of what it has just read, deactivates by a path-less
 * PATCH, never deletes a user, and sends the group's name along with every membership update.
 */
import { ENTERPRISE_SCHEMA, GROUP_SCHEMA, USER_SCHEMA } from '../../schema/attribute.ts';
import { isJsonObject, type Json, type JsonObject } from '../../schema/json.ts';
import { chunk, type IdpClient, type MemberChange, type RemoteGroup, type RemoteUser } from './client.ts';
import { type Conversation, toAccepted, toFound } from './conversation.ts';
import { displayName, type Person } from './people.ts';
import { toToken } from './random.ts';
import type { RetryPolicy } from './wire.ts';

export const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

export const OKTA_HEADERS: Readonly<Record<string, string>> = {
  'User-Agent': 'Okta SCIM Client 1.0.0',
  Accept: 'application/scim+json',
  'Accept-Charset': 'utf-8',
  // On every request, also on those without a body.
  'Content-Type': 'application/scim+json; charset=utf-8',
};

/** Members in one PATCH; about 1,000 are reported. */
const MEMBERS_PER_PATCH = 1_000;
const FIVE_MINUTES_MS = 300_000;
const MOST_TRIES = 10;

/** Whole seconds are honoured, a date is not; then five minutes, doubled each time; ten tries. */
export const oktaRetry: RetryPolicy = (retryAfter, attempt) => {
  if (attempt >= MOST_TRIES) return null;
  if (retryAfter !== null && /^\d+$/.test(retryAfter)) return Number(retryAfter) * 1000;
  return FIVE_MINUTES_MS * 2 ** (attempt - 1);
};

export function createOktaClient(talk: Conversation, random: () => number): IdpClient {
  const users = createUserCalls(talk, random);
  return { name: 'Okta', concurrency: 5, deletesUsers: false, ...users, ...createGroupCalls(talk) };
}

function createUserCalls({ ask }: Conversation, random: () => number) {
  const lookUp = async (userName: string) =>
    toFound(
      await ask({ method: 'GET', path: lookUpPath('/Users', 'userName', userName) }, { kind: 'match', attribute: 'userName', value: userName }),
    );
  const create = (person: Person) => ({ method: 'POST', path: '/Users', body: toUser(person, random) }) as const;
  /** Reads the whole resource, merges what changed, and puts all of it back: id, groups and meta included. */
  const put = async (id: string, changes: JsonObject) => {
    const path = `/Users/${encodeURIComponent(id)}`;
    const read = toAccepted(await ask({ method: 'GET', path }, { kind: 'resource', id }));
    if (read !== null) await ask({ method: 'PUT', path, body: mergeProfile(read, changes) }, { kind: 'resource', id, echo: { active: true } });
  };
  const setActive = async (id: string, active: boolean) => {
    const body = toPatch([{ op: 'replace', value: { active } }]);
    await ask({ method: 'PATCH', path: `/Users/${encodeURIComponent(id)}`, body }, { kind: 'patched', id, echo: { active } });
  };
  return {
    testConnection: async () => {
      await ask({ method: 'GET', path: '/Users?startIndex=1&count=2' }, { kind: 'list' });
      await ask({ method: 'GET', path: '/Groups?startIndex=1&count=100' }, { kind: 'list' });
    },
    provisionUser: async (person: Person) => {
      const found = await lookUp(person.userName);
      if (found !== null) {
        if (found.active === false) await setActive(found.id, true);
        await put(found.id, toProfile(person));
        return found.id;
      }
      const echo = { userName: person.userName, active: true };
      return toAccepted(await ask(create(person), { kind: 'created', echo }))?.id ?? null;
    },
    updateUser: ({ id, person }: RemoteUser) => put(id, toProfile(person)),
    setManager: ({ id }: RemoteUser, manager: RemoteUser) => put(id, { [ENTERPRISE_SCHEMA]: { manager: { value: manager.id } } }),
    deactivateUser: ({ id }: RemoteUser) => setActive(id, false),
    reactivateUser: async ({ id, person }: RemoteUser) => {
      const found = await lookUp(person.userName);
      if (found?.id !== id) {
        const detail = `${person.userName} was deactivated with id ${id} and came back as ${found?.id ?? 'nothing'}.`;
        reportLostId(detail);
        if (found === null) await ask(create(person), { kind: 'created', echo: { userName: person.userName } });
        return;
      }
      await setActive(id, true);
      await put(id, toProfile(person));
    },
    deleteUser: ({ id }: RemoteUser) => setActive(id, false),
    createDuplicate: async ({ person }: RemoteUser) => {
      await ask(create(person), { kind: 'refused', statuses: [409] });
    },
    sendMalformedFilter: async () => {
      // An admin typed the unique identifier field as `email address` instead of `userName`.
      const filter = encodeURIComponent('email address eq "someone@example.com"');
      await ask({ method: 'GET', path: `/Users?filter=${filter}&startIndex=1&count=100` }, { kind: 'refused', statuses: [400] });
    },
  };
}
