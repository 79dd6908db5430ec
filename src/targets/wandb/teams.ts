/**
 * Teams at W&B. A team cannot be renamed or deleted there; members are added in chunks and removed by
 * `members[value eq "..."]`, never by a bare `members`, which empties the team; the role in a team is set at the user.
 */
import {
  type Call,
  type Link,
  type MemberChange,
  type MemberResult,
  type Push,
  type Pushed,
  TargetGone,
  TargetRefusal,
} from '../contract.ts';
import { GROUP_SCHEMA, PATCH_SCHEMA } from '../scim/provider.ts';
import { idOf, idOfMade, isSuccess, quote, resourcesOf, type ScimAnswer } from '../scim/scim-client.ts';
import { sendOrSplit } from '../split.ts';
import type { WantedTeam } from '../wanted.ts';
import type { WandbParts } from './parts.ts';
import { wandbRefusal } from './refusal.ts';
import { readMemberIds } from './user-shape.ts';

export async function pushTeam(parts: WandbParts, call: Call, push: Push<WantedTeam>): Promise<Pushed> {
  const { wanted, link } = push;
  if (!parts.settings.teams) return { link: undefined, notes: ['Teams are switched off for this target.'] };
  const found = await findTeam(parts, call, push);
  if (found === undefined && wanted.archived) return { link: undefined, notes: [] };
  const made = found ?? (await createTeam(parts, call, wanted));
  return { link: made, replaced: link !== undefined && link.remoteId !== made.remoteId, notes: notesOf(wanted, made) };
}

function notesOf(wanted: WantedTeam, { remoteName }: Link): readonly string[] {
  if (wanted.archived) return ['W&B deletes no teams by SCIM: its members are taken out, and the team stays.'];
  if (remoteName !== wanted.name) return [`It keeps the name "${remoteName}" there: W&B renames no teams.`];
  return [];
}

async function findTeam({ client }: WandbParts, call: Call, { wanted, link, book }: Push<WantedTeam>) {
  if (link !== undefined) {
    const answer = await client.send(call, { method: 'GET', path: `/Groups/${encodeURIComponent(link.remoteId)}` });
    if (isSuccess(answer)) {
      idOfMade('The team', answer.body);
      return link;
    }
    if (answer.status !== 404) throw wandbRefusal('Reading the team', answer);
  }
  const filter = encodeURIComponent(`displayName eq ${quote(wanted.name)}`);
  const answer = await client.send(call, { method: 'GET', path: `/Groups?filter=${filter}` });
  if (!isSuccess(answer)) throw wandbRefusal('Looking for the team', answer);
  for (const body of resourcesOf(answer.body)) {
    const id = idOf(body);
    if (id === undefined) continue;
    const owner = await book.ownerOf('team', id);
    if (owner === undefined || owner === wanted.id) return toLink(id, String(body.displayName ?? wanted.name));
  }
  return undefined;
}

async function createTeam(parts: WandbParts, call: Call, { name, storageBucket }: WantedTeam): Promise<Link> {
  const body = {
    ...{ schemas: [GROUP_SCHEMA], displayName: name, members: [] },
    ...(storageBucket === null ? {} : { storageBucket }),
  };
  const answer = await parts.client.send(call, { method: 'POST', path: '/Groups', body });
  if (!isSuccess(answer)) throw wandbRefusal('Creating the team', answer);
  return toLink(idOfMade('The created team', answer.body), name);
}

function toLink(remoteId: string, remoteName: string): Link {
  return { remoteId, remoteName, memo: {} };
}

export async function pushMembers(
  parts: WandbParts,
  call: Call,
  team: Link,
  changes: readonly MemberChange[],
): Promise<readonly MemberResult[]> {
  const refused = new Map<string, string>();
  const keep = (results: readonly MemberResult[]): void => {
    for (const { userId, refusal } of results) if (refusal !== undefined) refused.set(userId, refusal);
  };
  const added = changes.filter(({ from, to }) => from === null && to !== null);
  keep(await sendOrSplit(added, (some) => addMembers(parts, call, team, some)));
  for (const change of changes.filter(({ to }) => to === null)) {
    keep(await sendOrSplit([change], () => removeMember(parts, call, team, change)));
  }
  for (const change of changes.filter((each) => needsRole(parts, each) && !refused.has(each.userId))) {
    keep(await sendOrSplit([change], () => setRole(parts, call, team, change)));
  }
  return changes.map(({ userId }) => {
    const refusal = refused.get(userId);
    return refusal === undefined ? { userId } : { userId, refusal };
  });
}

function needsRole({ settings }: WandbParts, { from, to }: MemberChange): boolean {
  return to !== null && to !== (from ?? settings.addedRole);
}

async function patchTeam({ client }: WandbParts, call: Call, team: Link, operation: object): Promise<ScimAnswer> {
  const path = `/Groups/${encodeURIComponent(team.remoteId)}`;
  const body = { schemas: [PATCH_SCHEMA], Operations: [operation] };
  return client.send(call, { method: 'PATCH', path, body });
}

async function addMembers(parts: WandbParts, call: Call, team: Link, added: readonly MemberChange[]): Promise<void> {
  const value = added.map(({ remoteId }) => ({ value: remoteId }));
  const answer = await patchTeam(parts, call, team, { op: 'add', path: 'members', value });
  if (isSuccess(answer)) return;
  if (answer.status === 404) await checkTeam(parts, call, team);
  throw wandbRefusal('Adding to the team', answer);
}

/** Whoever is not in the team any more is out of it. */
async function removeMember(parts: WandbParts, call: Call, team: Link, { remoteId }: MemberChange): Promise<void> {
  const operation = { op: 'remove', path: `members[value eq ${quote(remoteId)}]` };
  const answer = await patchTeam(parts, call, team, operation);
  if (isSuccess(answer)) return;
  const members = await checkTeam(parts, call, team);
  if (members.includes(remoteId)) throw wandbRefusal('Removing from the team', answer);
}

async function checkTeam({ client }: WandbParts, call: Call, team: Link): Promise<readonly string[]> {
  const answer = await client.send(call, { method: 'GET', path: `/Groups/${encodeURIComponent(team.remoteId)}` });
  if (answer.status === 404) throw new TargetGone(`The team ${team.remoteName} is gone there.`);
  if (!isSuccess(answer)) throw wandbRefusal('Reading the team', answer);
  return readMemberIds(answer.body);
}

/** A list of one: W&B takes one team role per operation. */
async function setRole({ client }: WandbParts, call: Call, team: Link, change: MemberChange): Promise<void> {
  const value = [{ teamName: team.remoteName, roleName: change.to }];
  const operation = { op: 'replace', path: 'teamRoles', value };
  const path = `/Users/${encodeURIComponent(change.remoteId)}`;
  const body = { schemas: [PATCH_SCHEMA], Operations: [operation] };
  const answer = await client.send(call, { method: 'PATCH', path, body });
  if (isSuccess(answer)) return;
  throw new TargetRefusal(wandbRefusal(`Setting the role ${change.to} in ${team.remoteName}`, answer).message);
}
