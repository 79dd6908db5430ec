/**
 * Groups as a connection pushes them: create, change (name, external id, members as steps), delete.
 *
 * Owns: keeping grants in line with groups. Does not own: the form of a PATCH (scim/ turns it into steps).
 */

import { AppError } from '../../errors.ts';
import { givesTheSame } from '../../mapping/resolve.ts';
import type { Filter } from '../../schema/filter.ts';
import { matchFilter } from '../../schema/match-filter.ts';
import type { Connection } from '../connections/connection.ts';
import type { DirectoryParts } from '../parts.ts';
import { foldCase } from '../people/user.ts';
import { checkIdentifier } from '../people/user-fields.ts';
import type { WantedRole } from '../roles/grants.ts';
import { AT_ONCE_MAX } from '../rules/rule-begin.ts';
import { alignMembers, rolesOfGroup } from '../rules/rule-grants.ts';
import { rerunRulesOfRenamed } from '../rules/rule-rerun.ts';
import { renameOwnTeam } from '../rules/rule-teams.ts';
import type { Work } from '../work.ts';
import type { Group, GroupMember } from './group.ts';
import { addMembers, eachMember, removeMembers, replaceMembers } from './members.ts';

export interface GroupInput {
  readonly displayName: string;
  readonly externalId: string | null;
  /** Undefined: leave alone (an empty group on creation); empty: nobody. */
  readonly members: readonly GroupMember[] | undefined;
}

/** One step of a change, in the order in which the client named them. */
export type GroupStep =
  | { readonly kind: 'set'; readonly displayName?: string; readonly externalId?: string | null }
  | { readonly kind: 'add'; readonly members: readonly GroupMember[] }
  | { readonly kind: 'remove'; readonly userIds: readonly string[] }
  | { readonly kind: 'removeMatching'; readonly filter: Filter }
  | { readonly kind: 'replace'; readonly members: readonly GroupMember[] }
  | { readonly kind: 'clear' };

/** @throws AppError `uniqueness`, `invalid_value` */
export async function createGroup(
  parts: DirectoryParts,
  work: Work,
  connection: Connection,
  input: GroupInput,
): Promise<Group> {
  const { displayName, externalId } = input;
  checkIdentifier('displayName', displayName);
  checkIdentifier('externalId', externalId);
  await checkName(parts, work, connection, displayName, null);
  const base = { id: parts.newId(), organizationId: connection.organizationId, connectionId: connection.id };
  const created: Group = {
    ...base,
    displayName,
    externalId,
    teamId: null,
    version: 1,
    createdAt: work.at,
    updatedAt: work.at,
  };
  const { wanted, group } = await rolesOfGroup(parts, work, created);
  await parts.store.groups.insert(work.db, group);
  work.changes.push({ kind: 'group.created', subject: subjectOf(group), after: { displayName, externalId } });
  if (input.members !== undefined) await addMembers(parts, work, group, input.members, wanted);
  return group;
}

/**
 * Takes the steps of a PATCH or PUT, all or none. Version and time move only when something changed. What another name
 * gives to those who are members already follows at once in a small group, and by a run of the rules in a large one.
 * @param group locked in this transaction
 * @param atOnceMax members up to whom a group is small
 * @throws AppError `uniqueness`, `invalid_value`, `last_admin`
 */
export async function changeGroup(
  parts: DirectoryParts,
  work: Work,
  connection: Connection,
  group: Group,
  steps: readonly GroupStep[],
  atOnceMax = AT_ONCE_MAX,
): Promise<Group> {
  const named = await applyNames(parts, work, connection, group, steps);
  const roles = await rolesOfGroup(parts, work, named);
  const renamed = named.displayName !== group.displayName;
  const rules = await parts.rules.of(work.db, group.connectionId);
  const regiven = renamed && !givesTheSame(rules, group, named);
  const large = regiven && (await isLargerThan(parts, work, group, atOnceMax));
  if (regiven && !large) await alignMembers(parts, work, roles.group, roles.wanted);
  let moved = 0;
  for (const step of steps) moved += await applyMemberStep(parts, work, roles.group, step, roles.wanted);
  const changed = named !== group || moved > 0 || roles.group.teamId !== group.teamId;
  if (!changed) return group;
  const updated = { ...roles.group, version: group.version + 1, updatedAt: work.at };
  await parts.store.groups.update(work.db, updated);
  if (renamed) await renameOwnTeam(parts, work, updated);
  if (large) await rerunRulesOfRenamed(parts, work, connection, updated, group.displayName);
  return updated;
}

async function isLargerThan({ store }: DirectoryParts, work: Work, { id }: Group, size: number): Promise<boolean> {
  return (await store.members.page(work.db, id, '', size + 1)).length > size;
}

async function applyNames(
  parts: DirectoryParts,
  work: Work,
  connection: Connection,
  group: Group,
  steps: readonly GroupStep[],
): Promise<Group> {
  let { displayName, externalId } = group;
  for (const step of steps) {
    if (step.kind !== 'set') continue;
    displayName = step.displayName ?? displayName;
    externalId = step.externalId === undefined ? externalId : step.externalId;
  }
  if (displayName === group.displayName && externalId === group.externalId) return group;
  checkIdentifier('displayName', displayName);
  checkIdentifier('externalId', externalId);
  if (displayName !== group.displayName) await checkName(parts, work, connection, displayName, group.id);
  const before = { displayName: group.displayName, externalId: group.externalId };
  work.changes.push({
    kind: 'group.updated',
    subject: { type: 'group', id: group.id, name: displayName },
    before,
    after: { displayName, externalId },
  });
  return { ...group, displayName, externalId };
}

async function applyMemberStep(
  parts: DirectoryParts,
  work: Work,
  group: Group,
  step: GroupStep,
  wanted: readonly WantedRole[],
): Promise<number> {
  switch (step.kind) {
    case 'set':
      return 0;
    case 'add':
      return addMembers(parts, work, group, step.members, wanted);
    case 'remove':
      return removeMembers(parts, work, group, step.userIds);
    case 'removeMatching':
      return removeMembers(parts, work, group, await matchingMembers(parts, work, group, step.filter));
    case 'replace':
      return replaceMembers(parts, work, group, step.members, wanted);
    case 'clear':
      return replaceMembers(parts, work, group, [], wanted);
    default:
      return step satisfies never;
  }
}

async function matchingMembers(parts: DirectoryParts, work: Work, group: Group, filter: Filter): Promise<string[]> {
  const ids: string[] = [];
  for await (const { userId, display } of eachMember(parts, work, group.id)) {
    const member = { value: userId, type: 'User', ...(display === null ? {} : { display }) };
    if (matchFilter({ kind: 'element', attribute: MEMBERS, filter }, { members: [member] })) ids.push(userId);
  }
  return ids;
}

const MEMBERS = { name: 'members', multiValued: true, type: 'complex', caseExact: false } as const;

/** @param group locked in this transaction */
export async function deleteGroup(parts: DirectoryParts, work: Work, group: Group): Promise<void> {
  await replaceMembers(parts, work, group, [], []);
  await parts.store.groups.delete(work.db, group.id);
  const { displayName, externalId } = group;
  work.changes.push({ kind: 'group.deleted', subject: subjectOf(group), before: { displayName, externalId } });
}

async function checkName(
  { store }: DirectoryParts,
  { db }: Work,
  connection: Connection,
  displayName: string,
  ownId: string | null,
): Promise<void> {
  const scope = { organizationId: connection.organizationId, connectionId: connection.id };
  const other = await store.groups.findByName(db, scope, foldCase(displayName));
  if (other !== undefined && other.id !== ownId) {
    throw new AppError(
      'uniqueness',
      `displayName "${displayName}" is already in use by another group of this connection.`,
    );
  }
}

function subjectOf(group: Group): { type: 'group'; id: string; name: string } {
  return { type: 'group', id: group.id, name: group.displayName };
}
