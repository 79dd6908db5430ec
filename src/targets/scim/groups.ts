/** Teams as groups: members are added and removed one by one or in chunks, and the list is never read for it. */
import { isJsonObject, type JsonObject } from '../../schema/json.ts';
import {
  type Call,
  type Link,
  type MemberChange,
  type MemberResult,
  type Push,
  type Pushed,
  TargetGone,
} from '../contract.ts';
import { sendOrSplit } from '../split.ts';
import type { WantedTeam } from '../wanted.ts';
import type { ScimParts } from './parts.ts';
import { GROUP_SCHEMA, PATCH_SCHEMA } from './provider.ts';
import {
  idOf,
  idOfMade,
  isSuccess,
  quote,
  refusalOf,
  resourcesOf,
  type ScimAnswer,
  type ScimRequest,
} from './scim-client.ts';

const WITHOUT_MEMBERS = 'excludedAttributes=members';

export async function pushTeam(parts: ScimParts, call: Call, push: Push<WantedTeam>): Promise<Pushed> {
  const { wanted, link } = push;
  if (!parts.settings.teams) return { link: undefined, notes: ['Teams are switched off for this target.'] };
  const found = await findGroup(parts, call, push);
  if (wanted.archived) {
    if (found === undefined || !parts.settings.deleteTeams) return { link: found && toLink(found, wanted), notes: [] };
    await write(parts, call, 'Deleting the group', { method: 'DELETE', path: pathOf(found) });
    return { link: undefined, notes: [] };
  }
  if (found === undefined) {
    const created = await createGroup(parts, call, wanted);
    return { link: created, replaced: link !== undefined, notes: [] };
  }
  await renameGroup(parts, call, wanted, found);
  return { link: toLink(found, wanted), replaced: link !== undefined && link.remoteId !== found.id, notes: [] };
}

interface FoundGroup {
  readonly id: string;
  readonly body: JsonObject;
}

async function findGroup({ client }: ScimParts, call: Call, { wanted, link, book }: Push<WantedTeam>) {
  if (link !== undefined) {
    const path = `/Groups/${encodeURIComponent(link.remoteId)}?${WITHOUT_MEMBERS}`;
    const answer = await client.send(call, { method: 'GET', path });
    if (isSuccess(answer)) {
      idOfMade('The group', answer.body);
      return { id: link.remoteId, body: answer.body };
    }
    if (answer.status !== 404) throw refusalOf('Reading the group', answer);
  }
  const filter = encodeURIComponent(`displayName eq ${quote(wanted.name)}`);
  const answer = await client.send(call, { method: 'GET', path: `/Groups?filter=${filter}&${WITHOUT_MEMBERS}` });
  if (!isSuccess(answer)) throw refusalOf('Looking for the group', answer);
  for (const body of resourcesOf(answer.body)) {
    const id = idOf(body);
    if (id === undefined) continue;
    const owner = await book.ownerOf('team', id);
    if (owner === undefined || owner === wanted.id) return { id, body };
  }
  return undefined;
}

async function createGroup(parts: ScimParts, call: Call, wanted: WantedTeam): Promise<Link> {
  const body = { schemas: [GROUP_SCHEMA], externalId: wanted.id, displayName: wanted.name };
  const answer = await write(parts, call, 'Creating the group', { method: 'POST', path: '/Groups', body });
  return { remoteId: idOfMade('The created group', answer.body), remoteName: wanted.name, memo: {} };
}

async function renameGroup(parts: ScimParts, call: Call, wanted: WantedTeam, found: FoundGroup): Promise<void> {
  if (found.body.displayName === wanted.name) return;
  const { patch } = await parts.provider(call);
  const operation = { op: 'replace', path: 'displayName', value: wanted.name };
  const request: ScimRequest = patch
    ? { method: 'PATCH', path: pathOf(found), body: { schemas: [PATCH_SCHEMA], Operations: [operation] } }
    : {
        method: 'PUT',
        path: pathOf(found),
        body: { ...(await readWhole(parts, call, found.id)), displayName: wanted.name },
      };
  await write(parts, call, 'Renaming the group', request);
}

export async function pushMembers(
  parts: ScimParts,
  call: Call,
  team: Link,
  changes: readonly MemberChange[],
): Promise<readonly MemberResult[]> {
  // A role means nothing to a group: whoever is in stays in.
  const moved = changes.filter(({ from, to }) => (from === null) !== (to === null));
  const { patch } = await parts.provider(call);
  const send = patch ? patchMembers : putMembers;
  const results = await sendOrSplit(moved, (some) => send(parts, call, team, some));
  const refused = new Map(results.map((result) => [result.userId, result]));
  return changes.map(({ userId }) => refused.get(userId) ?? { userId });
}

async function patchMembers(parts: ScimParts, call: Call, team: Link, changes: readonly MemberChange[]) {
  const added = changes.filter(({ to }) => to !== null).map(({ remoteId }) => ({ value: remoteId }));
  const removed = changes.filter(({ to }) => to === null);
  const operations = [
    ...(added.length > 0 ? [{ op: 'add', path: 'members', value: added }] : []),
    ...removed.map(({ remoteId }) => ({ op: 'remove', path: `members[value eq ${quote(remoteId)}]` })),
  ];
  const path = `/Groups/${encodeURIComponent(team.remoteId)}`;
  const body = { schemas: [PATCH_SCHEMA], Operations: operations };
  await write(parts, call, 'Changing the members', { method: 'PATCH', path, body });
}

/** Without PATCH the whole list has to be read and written. */
async function putMembers(parts: ScimParts, call: Call, team: Link, changes: readonly MemberChange[]) {
  const whole = await readWhole(parts, call, team.remoteId);
  const there = (Array.isArray(whole.members) ? (whole.members as unknown[]) : []).filter(isJsonObject);
  const ids = new Set(there.map(({ value }) => String(value)));
  for (const { remoteId, to } of changes) {
    if (to === null) ids.delete(remoteId);
    else ids.add(remoteId);
  }
  const body = { ...whole, members: [...ids].map((value) => ({ value })) };
  const path = `/Groups/${encodeURIComponent(team.remoteId)}`;
  await write(parts, call, 'Changing the members', { method: 'PUT', path, body });
}

async function readWhole({ client }: ScimParts, call: Call, id: string): Promise<JsonObject> {
  const answer = await client.send(call, { method: 'GET', path: `/Groups/${encodeURIComponent(id)}` });
  if (answer.status === 404) throw new TargetGone('The group is gone.');
  if (!isSuccess(answer)) throw refusalOf('Reading the group', answer);
  const { meta: _meta, ...body } = answer.body;
  return body;
}

async function write(parts: ScimParts, call: Call, what: string, request: ScimRequest): Promise<ScimAnswer> {
  const answer = await parts.client.send(call, request);
  if (answer.status === 404 && request.method !== 'POST') {
    if (request.method === 'DELETE') return answer;
    throw new TargetGone('The group is gone.');
  }
  if (!isSuccess(answer)) throw refusalOf(what, answer);
  return answer;
}

function pathOf({ id }: FoundGroup): string {
  return `/Groups/${encodeURIComponent(id)}`;
}

function toLink({ id }: FoundGroup, wanted: WantedTeam): Link {
  return { remoteId: id, remoteName: wanted.name, memo: {} };
}
