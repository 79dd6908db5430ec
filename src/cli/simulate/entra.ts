/**
 * Microsoft Entra ID's provisioning service, as documented (entra-docs, use-scim-to-provision-users-and-groups) and as
 * captured: probes with random values, form-encoded queries, no User-Agent, capitalised operations, booleans as strings,
 * users first and references later, groups without members first. With the flag `aadOptscim062020` the newer shapes.
 * Made by run.ts.
 */
import { GROUP_SCHEMA } from '../../schema/attribute.ts';
import { chunk, type IdpClient, type MemberChange, type RemoteGroup, type RemoteUser } from './client.ts';
import { toAccepted, toFound } from './conversation.ts';
import { createEntraUserCalls } from './entra-user.ts';
import { type EntraParts, toEntraLookUp, toForm } from './entra-wire.ts';
import { type Operation, toPatch } from './patch.ts';
import type { GroupSeed } from './people.ts';
import { toGuid } from './random.ts';
import type { RetryPolicy } from './wire.ts';

/** On requests with a body; the others carry nothing but the token. */
export const ENTRA_BODY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Type': 'application/scim+json; charset=utf-8',
};

/** A marker without attributes that the service still sends with every group. */
export const LEGACY_GROUP_SCHEMA = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group';

/** How many members the first push puts into one PATCH; later changes come one member per request, several at once. */
const MEMBERS_PER_PATCH = 20;
const MOST_TRIES = 5;
const DEFAULT_WAIT_MS = 10_000;

/** Retry-After is understood in seconds; after five tries the object is left for the next cycle. */
export const entraRetry: RetryPolicy = (retryAfter, attempt) => {
  if (attempt >= MOST_TRIES) return null;
  return retryAfter !== null && /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : DEFAULT_WAIT_MS;
};

export function createEntraClient(parts: EntraParts): IdpClient {
  const { talk, random } = parts;
  return {
    name: 'Entra ID',
    concurrency: 8,
    sendsReferencesLater: true,
    pushesAgain: false,
    deletesUsers: true,
    testConnection: async () => {
      const probe = toEntraLookUp('/Users', 'userName', toGuid(random));
      await talk.ask({ method: 'GET', path: probe }, { kind: 'no match' });
      // Anything but an empty list here puts the provisioning job in quarantine.
      await talk.ask({ method: 'GET', path: toGroupLookUp(toGuid(random)) }, { kind: 'no match' });
    },
    ...createEntraUserCalls(parts),
    ...createGroupCalls(parts),
  };
}

function toGroupLookUp(name: string): string {
  return `/Groups?excludedAttributes=members&filter=${toForm(`displayName eq ${JSON.stringify(name)}`)}`;
}

function createGroupCalls(parts: EntraParts) {
  const { ask } = parts.talk;
  const findGroup = async (name: string) => {
    const expectation = { kind: 'match', attribute: 'displayName', value: name } as const;
    return toFound(await ask({ method: 'GET', path: toGroupLookUp(name) }, expectation))?.id ?? null;
  };
  const patch = async ({ id }: RemoteGroup, operations: readonly Operation[]) => {
    await ask({ method: 'PATCH', path: toGroupPath(id), body: toPatch(operations) }, { kind: 'patched', id });
  };
  const add = (users: readonly RemoteUser[]): Operation => ({
    op: parts.flag ? 'add' : 'Add',
    path: 'members',
    value: users.map(toMember),
  });
  return {
    findGroup,
    provisionGroup: async (group: GroupSeed) => (await findGroup(group.name)) ?? (await createGroup(parts, group)),
    pushMembers: async (group: RemoteGroup, members: readonly RemoteUser[]) => {
      for (const part of chunk(members, MEMBERS_PER_PATCH)) await patch(group, [add(part)]);
    },
    changeMembers: async (group: RemoteGroup, change: MemberChange) => {
      const operations = [
        ...change.remove.map((user) => toRemoval(parts, user)),
        ...change.add.map((user) => add([user])),
      ];
      await Promise.all(operations.map((operation) => patch(group, [operation])));
    },
    renameGroup: async (group: RemoteGroup) => {
      const { id, name } = group;
      await ask({ method: 'GET', path: `${toGroupPath(id)}?excludedAttributes=members` }, { kind: 'resource', id });
      await patch(group, [{ op: parts.flag ? 'replace' : 'Replace', path: 'displayName', value: name }]);
    },
    deleteGroup: async ({ id }: RemoteGroup) => {
      await ask({ method: 'DELETE', path: toGroupPath(id) }, { kind: 'deleted' });
    },
    addUnknownMember: async ({ id }: RemoteGroup) => {
      const value = [{ $ref: null, value: toGuid(parts.random) }];
      const body = toPatch([{ op: parts.flag ? 'add' : 'Add', path: 'members', value }]);
      await ask({ method: 'PATCH', path: toGroupPath(id), body }, { kind: 'refused', statuses: [400, 404] });
    },
  };
}

async function createGroup({ talk }: EntraParts, { externalId, name }: GroupSeed): Promise<string | null> {
  const schemas = [GROUP_SCHEMA, LEGACY_GROUP_SCHEMA];
  const body = { schemas, externalId, displayName: name, meta: { resourceType: 'Group' } };
  const echo = { displayName: name, externalId };
  return toAccepted(await talk.ask({ method: 'POST', path: '/Groups', body }, { kind: 'created', echo }))?.id ?? null;
}

/** Without the flag the member stands in `value`; read by the RFC alone, that would empty the group. */
function toRemoval({ flag }: EntraParts, user: RemoteUser): Operation {
  if (flag) return { op: 'remove', path: `members[value eq "${user.id}"]` };
  return { op: 'Remove', path: 'members', value: [toMember(user)] };
}

function toGroupPath(id: string): string {
  return `/Groups/${encodeURIComponent(id)}`;
}

function toMember({ id }: RemoteUser) {
  return { $ref: null, value: id };
}
