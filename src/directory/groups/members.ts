/**
 * Membership of pushed groups, as deltas: adding or removing one member touches that member's rows only, whatever the
 * size of the group. Long lists are worked off in chunks, inside the one transaction.
 */
import { AppError } from '../../errors.ts';
import type { DirectoryParts } from '../parts.ts';
import type { User, UserCard } from '../people/user.ts';
import { giveRoles, takeGrants, type WantedRole } from '../roles/grants.ts';
import type { Work } from '../work.ts';
import type { Group, GroupMember } from './group.ts';

/** Members that are handled in one go: bounds the size of a statement. */
const CHUNK = 500;

/**
 * Adds members; who is one already stays one.
 * @returns how many were added
 * @throws AppError `invalid_value` naming the ids that the connection cannot see
 */
export async function addMembers(
  parts: DirectoryParts,
  work: Work,
  group: Group,
  members: readonly GroupMember[],
  wanted: readonly WantedRole[],
): Promise<number> {
  let count = 0;
  for (const chunk of chunksOf(members)) {
    const cards = await visibleCards(parts, work, group, chunk);
    const added = new Set(await parts.store.members.add(work.db, group, chunk, work.at));
    const users = chunk.flatMap((member) => (added.has(member.userId) ? (cards.get(member.userId) ?? []) : []));
    for (const user of users) recordMembership(work, group, user, 'membership.added');
    await giveRoles(parts, work, users, wanted);
    count += users.length;
  }
  return count;
}

async function visibleCards(
  { store }: DirectoryParts,
  { db }: Work,
  group: Group,
  members: readonly GroupMember[],
): Promise<ReadonlyMap<string, UserCard>> {
  const found = await store.users.cards(
    db,
    group,
    members.map((member) => member.userId),
  );
  const cards = new Map(found.map((card) => [card.id, card]));
  const unknown = members.filter((member) => !cards.has(member.userId)).map((member) => `"${member.userId}"`);
  if (unknown.length > 0) {
    const more = unknown.length > 5 ? ` and ${unknown.length - 5} more` : '';
    const ids = `${unknown.slice(0, 5).join(', ')}${more}`;
    throw new AppError(
      'invalid_value',
      `members: no user with the id ${ids}. Nothing was changed; create the user first.`,
    );
  }
  return cards;
}

/**
 * Removes members; who is none is passed over.
 * @returns how many were removed
 */
export async function removeMembers(
  parts: DirectoryParts,
  work: Work,
  group: Group,
  userIds: readonly string[],
): Promise<number> {
  const { store } = parts;
  let count = 0;
  for (const chunk of chunksOf(userIds)) {
    const removed = await store.members.remove(work.db, group.id, chunk);
    if (removed.length === 0) continue;
    const users = await store.users.cards(work.db, group, removed);
    for (const user of users) recordMembership(work, group, user, 'membership.removed');
    await takeGrants(parts, work, users, await store.grants.ofGroupMembers(work.db, group.id, removed));
    count += removed.length;
  }
  return count;
}

/** Makes the members exactly these. Reads the whole list, as the client named a whole list. */
export async function replaceMembers(
  parts: DirectoryParts,
  work: Work,
  group: Group,
  members: readonly GroupMember[],
  wanted: readonly WantedRole[],
): Promise<number> {
  const kept = new Set(members.map((member) => member.userId));
  const gone: string[] = [];
  for await (const member of eachMember(parts, work, group.id)) if (!kept.has(member.userId)) gone.push(member.userId);
  const added = await addMembers(parts, work, group, members, wanted);
  return added + (await removeMembers(parts, work, group, gone));
}

/** Every member in the order of ids, read in pages. */
export async function* eachMember(
  { store }: DirectoryParts,
  { db }: Pick<Work, 'db'>,
  groupId: string,
): AsyncGenerator<GroupMember> {
  let after = '';
  for (;;) {
    const page = await store.members.page(db, groupId, after, CHUNK);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < CHUNK) return;
    after = last.userId;
  }
}

/** Takes a user who is deleted out of their groups, so that no group lists them and each group's version moves on. */
export async function leaveGroups(
  { store }: DirectoryParts,
  work: Work,
  user: User,
  groupIds: readonly string[],
): Promise<void> {
  for (const groupId of groupIds) {
    const group = await store.groups.lockInOrganization(work.db, user.organizationId, groupId);
    if (group === undefined) continue;
    await store.members.remove(work.db, groupId, [user.id]);
    await store.groups.update(work.db, { ...group, version: group.version + 1, updatedAt: work.at });
    recordMembership(work, group, { id: user.id, name: user.displayName ?? user.userName }, 'membership.removed');
  }
}

function recordMembership(
  work: Work,
  group: Group,
  user: Pick<UserCard, 'id' | 'name'>,
  kind: 'membership.added' | 'membership.removed',
): void {
  work.changes.push({
    kind,
    subject: { type: 'user', id: user.id, name: user.name },
    related: { type: 'group', id: group.id, name: group.displayName },
    before: { member: kind === 'membership.removed' },
    after: { member: kind === 'membership.added' },
  });
}

function* chunksOf<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += CHUNK) yield items.slice(start, start + CHUNK);
}
