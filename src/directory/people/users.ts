/**
 * Users as a connection provisions them: create (or bring back, or adopt), change, delete.
 *
 * Owns: who may be touched by whom, uniqueness, activation and deactivation with their ledger entries. Does not own: the
 * form of attributes (scim/ has checked them), PATCH (scim/ applies it and hands over the new attributes).
 */
import { AppError } from '../../errors.ts';
import type { JsonObject } from '../../schema/json.ts';
import type { Connection } from '../connections/connection.ts';
import { redeemInviteOf } from '../invites/invite-acceptance.ts';
import type { DirectoryParts } from '../parts.ts';
import { applyUserRules } from '../rules/rule-grants.ts';
import type { Work } from '../work.ts';
import { adoptUser } from './adoption.ts';
import { keepAnAdmin } from './last-admin.ts';
import { recordRemoval, recordReturn, removeUser } from './removal.ts';
import { recordReturnByExternalId } from './returns.ts';
import { takeSeat } from './seats.ts';
import { foldCase, type User } from './user.ts';
import { type AttributeDifference, differenceOf, toCard, toUserFields, type UserFields } from './user-fields.ts';

export interface CreatedUser {
  readonly user: User;
  /** `restored`: an inactive user came back under the same id; `adopted`: nobody managed the user before. */
  readonly outcome: 'created' | 'restored' | 'adopted';
}

/**
 * @param attributes checked SCIM attributes
 * @throws AppError `uniqueness`, `seat_limit`, `approval_required`
 */
export async function createUser(
  parts: DirectoryParts,
  work: Work,
  connection: Connection,
  attributes: JsonObject,
): Promise<CreatedUser> {
  const fields = toUserFields(attributes);
  const scope = { organizationId: connection.organizationId, connectionId: connection.id };
  // Whoever is made by a sign-in at this moment is seen afterwards, and adopted.
  await parts.store.organizations.lockNewcomers(work.db, connection.organizationId, 'shared');
  const candidates = await parts.store.users.candidates(work.db, scope, foldCase(fields.userName), fields.externalId);
  const match = chooseMatch(candidates, fields);
  if (match === undefined)
    return { user: await insertUser(parts, work, connection, fields, attributes), outcome: 'created' };
  const outcome = match.connectionId === null ? 'adopted' : 'restored';
  const locked = await parts.store.users.lock(work.db, scope, match.id);
  if (locked === undefined) throw new AppError('conflict', 'The user changed at the same moment; try again.');
  return { user: await updateUser(parts, work, connection, locked, attributes), outcome };
}

/** Which existing user a POST means: nobody, one to bring back or adopt, or a collision. */
function chooseMatch(candidates: readonly User[], fields: UserFields): User | undefined {
  const key = foldCase(fields.userName);
  const byName = candidates.find((user) => foldCase(user.userName) === key);
  const byExternalId = candidates.filter((user) => user.connectionId !== null && user.externalId === fields.externalId);
  if (byName === undefined) return chooseByExternalId(byExternalId, fields);
  if (byName.connectionId === null) return byName;
  const taken = `userName "${fields.userName}" is already in use`;
  if (byName.active) throw new AppError('uniqueness', `${taken}.`);
  const otherPerson =
    byName.externalId !== null && fields.externalId !== null && byName.externalId !== fields.externalId;
  if (otherPerson)
    throw new AppError('uniqueness', `${taken} by an inactive user with another externalId; delete that user first.`);
  if (byExternalId.some((user) => user.id !== byName.id)) {
    throw new AppError('uniqueness', `${taken} by one user and externalId "${fields.externalId}" by another.`);
  }
  return byName;
}

function chooseByExternalId(matches: readonly User[], fields: UserFields): User | undefined {
  if (fields.externalId === null || matches.length === 0) return undefined;
  const [match, ...others] = matches;
  if (match?.active === true || others.length > 0) {
    throw new AppError('uniqueness', `externalId "${fields.externalId}" is already in use.`);
  }
  return match;
}

async function insertUser(
  parts: DirectoryParts,
  work: Work,
  connection: Connection,
  fields: UserFields,
  attributes: JsonObject,
): Promise<User> {
  if (fields.active) await takeSeat(parts, work);
  const { organizationId } = connection;
  const { userName, externalId, displayName, active, emails } = fields;
  const identity = { id: parts.newId(), organizationId, connectionId: connection.id, role: 'member' as const };
  const user: User = {
    ...identity,
    userName,
    externalId,
    displayName,
    active,
    attributes: fields.attributes,
    version: 1,
    createdAt: work.at,
    updatedAt: work.at,
  };
  await parts.store.users.insert(work.db, { ...user, displayNameKey: fields.displayNameKey, emails });
  work.changes.push({ kind: 'user.created', subject: subjectOf(user), after: JSON.parse(fields.attributes) });
  if (active) await recordReturnByExternalId(parts, work, user);
  const card = toCard(user, fields);
  await applyUserRules(parts, work, connection.id, card, attributes);
  await redeemInviteOf(parts, work, card);
  return user;
}

/**
 * Gives a user new attributes (PUT, PATCH, coming back by POST). Writes nothing when nothing differs.
 * @param user locked in this transaction
 * @param attributes the whole new set
 * @throws AppError `uniqueness`, `last_admin`, `seat_limit`, `approval_required`
 */
export async function updateUser(
  parts: DirectoryParts,
  work: Work,
  connection: Connection,
  user: User,
  attributes: JsonObject,
): Promise<User> {
  const adopted = user.connectionId === null;
  if (adopted) await adoptUser(parts, work, connection, user);
  const fields = toUserFields(attributes);
  const before = JSON.parse(user.attributes) as JsonObject;
  const after = JSON.parse(fields.attributes) as JsonObject;
  const difference = differenceOf(before, after);
  if (difference === undefined && !adopted) return user;
  await checkIdentifiers(parts, work, connection, user, fields);
  await checkActivation(parts, work, user, fields);
  const { userName, externalId, displayName, active } = fields;
  const updated: User = {
    ...user,
    ...{ userName, externalId, displayName, active, attributes: fields.attributes },
    connectionId: connection.id,
    version: user.version + 1,
    updatedAt: work.at,
  };
  const emailsChanged = JSON.stringify(before.emails) !== JSON.stringify(after.emails);
  const keepsNames =
    !adopted &&
    userName === user.userName &&
    externalId === user.externalId &&
    displayName === user.displayName &&
    before.displayName === after.displayName;
  const row = { ...updated, displayNameKey: fields.displayNameKey, keepsNames };
  await parts.store.users.update(work.db, user.id, emailsChanged ? { ...row, emails: fields.emails } : row);
  if (difference !== undefined) recordUpdate(work, updated, difference);
  await recordActivation(parts, work, user, updated, fields);
  await applyUserRules(parts, work, connection.id, toCard(updated, fields), attributes);
  return updated;
}

async function checkIdentifiers(
  { store }: DirectoryParts,
  { db }: Work,
  connection: Connection,
  user: User,
  fields: UserFields,
): Promise<void> {
  const key = foldCase(fields.userName);
  if (key === foldCase(user.userName) && fields.externalId === user.externalId) return;
  const scope = { organizationId: user.organizationId, connectionId: connection.id };
  for (const other of await store.users.candidates(db, scope, key, fields.externalId)) {
    if (other.id === user.id) continue;
    if (foldCase(other.userName) === key)
      throw new AppError('uniqueness', `userName "${fields.userName}" is already in use.`);
    if (fields.externalId !== user.externalId) {
      throw new AppError('uniqueness', `externalId "${fields.externalId}" is already in use.`);
    }
  }
}

async function checkActivation(parts: DirectoryParts, work: Work, user: User, fields: UserFields): Promise<void> {
  if (user.active && !fields.active) await keepAnAdmin(parts, work, user);
  if (!user.active && fields.active) await takeSeat(parts, work);
}

function recordUpdate(work: Work, user: User, difference: AttributeDifference): void {
  const [before, after] = [withoutActive(difference.before), withoutActive(difference.after)];
  if (Object.keys(before).length + Object.keys(after).length === 0) return;
  work.changes.push({ kind: 'user.updated', subject: subjectOf(user), before, after });
}

/** Activation is a change of its own kind. */
function withoutActive(state: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(state).filter(([key]) => key !== 'active'));
}

async function recordActivation(
  parts: DirectoryParts,
  work: Work,
  was: User,
  is: User,
  fields: UserFields,
): Promise<void> {
  if (was.active === is.active) return;
  const subject = subjectOf(is);
  const kind = is.active ? 'user.reactivated' : 'user.deactivated';
  work.changes.push({ kind, subject, before: { active: was.active }, after: { active: is.active } });
  if (is.active) {
    await recordReturn(parts, work, toCard(is, fields));
    await recordReturnByExternalId(parts, work, is);
  } else await recordRemoval(parts, work, toCard(was, fields), 'deactivated');
}

/**
 * Deletes for good, at the word of the connection.
 * @param user locked in this transaction
 * @throws AppError `last_admin`, `approval_required`
 */
export async function deleteUser(parts: DirectoryParts, work: Work, connection: Connection, user: User): Promise<void> {
  if (user.connectionId === null) await adoptUser(parts, work, connection, user);
  await removeUser(parts, work, user);
}

function subjectOf(user: User): { type: 'user'; id: string; name: string } {
  return { type: 'user', id: user.id, name: user.displayName ?? user.userName };
}
