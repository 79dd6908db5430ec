/**
 * Okta's SCIM client, as documented (okta-developer-docs, reference/scim/scim-20) and as seen on the wire: looks up by
 * userName, creates with a password and empty groups, updates by PUT of what it has just read, deactivates by a path-less
 * PATCH, never deletes a user, and sends the group's name along with every membership update. Made by run.ts.
 */
import { GROUP_SCHEMA } from '../../schema/attribute.ts';
import { chunk, type IdpClient, type MemberChange, type RemoteGroup, type RemoteUser } from './client.ts';
import { type Conversation, toAccepted, toFound } from './conversation.ts';
import { toOktaLookUp } from './okta-look-up.ts';
import { createOktaUserCalls } from './okta-user.ts';
import { type Operation, toPatch } from './patch.ts';
import type { GroupSeed } from './people.ts';
import type { RetryPolicy } from './wire.ts';

export const OKTA_HEADERS: Readonly<Record<string, string>> = {
  'User-Agent': 'Okta SCIM Client 1.0.0',
  Accept: 'application/scim+json',
  'Accept-Charset': 'utf-8',
  // On every request, also on those without a body.
  'Content-Type': 'application/scim+json; charset=utf-8',
};

/** About 1,000 members in one PATCH are reported. */
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
  return {
    name: 'Okta',
    concurrency: 5,
    sendsReferencesLater: false,
    pushesAgain: true,
    deletesUsers: false,
    testConnection: async () => {
      await talk.ask({ method: 'GET', path: '/Users?startIndex=1&count=2' }, { kind: 'list' });
      await talk.ask({ method: 'GET', path: '/Groups?startIndex=1&count=100' }, { kind: 'list' });
    },
    ...createOktaUserCalls(talk, random),
    ...createGroupCalls(talk),
  };
}

function createGroupCalls({ ask }: Conversation) {
  const findGroup = async (name: string) => {
    const path = toOktaLookUp('/Groups', 'displayName', name);
    const answer = await ask({ method: 'GET', path }, { kind: 'match', attribute: 'displayName', value: name });
    return toFound(answer)?.id ?? null;
  };
  const patch = async (group: RemoteGroup, operations: readonly Operation[]) => {
    const path = toGroupPath(group);
    await ask({ method: 'PATCH', path, body: toPatch(operations) }, { kind: 'patched', id: group.id });
  };
  /** Path-less and with the id inside; a server that reads this as "replace the group" empties it. */
  const rename = (group: RemoteGroup) =>
    patch(group, [{ op: 'replace', value: { id: group.id, displayName: group.name } }]);
  return {
    findGroup,
    provisionGroup: async ({ name }: GroupSeed) => {
      const found = await findGroup(name);
      if (found !== null) return found;
      const body = { schemas: [GROUP_SCHEMA], displayName: name, members: [] };
      const answer = await ask(
        { method: 'POST', path: '/Groups', body },
        { kind: 'created', echo: { displayName: name } },
      );
      return toAccepted(answer)?.id ?? null;
    },
    renameGroup: rename,
    /** "Push now": the whole membership, the first part as a replace. */
    pushMembers: async (group: RemoteGroup, members: readonly RemoteUser[]) => {
      const [first = [], ...more] = chunk(members, MEMBERS_PER_PATCH);
      await rename(group);
      await patch(group, [{ op: 'replace', path: 'members', value: first.map(toMember) }]);
      for (const part of more) await patch(group, [{ op: 'add', path: 'members', value: part.map(toMember) }]);
    },
    changeMembers: async (group: RemoteGroup, { add, remove }: MemberChange) => {
      const operations: Operation[] = remove.map(({ id }) => ({ op: 'remove', path: `members[value eq "${id}"]` }));
      if (add.length > 0) operations.push({ op: 'add', path: 'members', value: add.map(toMember) });
      await rename(group);
      await patch(group, operations);
    },
    deleteGroup: async (group: RemoteGroup) => {
      await ask({ method: 'DELETE', path: toGroupPath(group) }, { kind: 'deleted' });
    },
    addUnknownMember: async (group: RemoteGroup) => {
      const value = [{ value: 'removed-by-hand-1042', display: 'someone.gone@example.com' }];
      const body = toPatch([{ op: 'add', path: 'members', value }]);
      await ask({ method: 'PATCH', path: toGroupPath(group), body }, { kind: 'refused', statuses: [400, 404] });
    },
  };
}

function toGroupPath({ id }: RemoteGroup): string {
  return `/Groups/${encodeURIComponent(id)}`;
}

/** Without `type`. */
function toMember({ id, person }: RemoteUser) {
  return { value: id, display: person.userName };
}
