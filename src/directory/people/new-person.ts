/**
 * A person whom nobody manages: who accepted an invite, signed in for the first time, or was the first admin. Takes a seat.
 * Their roles are given afterwards, each with its origin.
 */
import { AppError } from '../../errors.ts';
import type { JsonObject } from '../../schema/json.ts';
import type { DirectoryParts } from '../parts.ts';
import type { Work } from '../work.ts';
import { takeSeat } from './seats.ts';
import { foldCase, type UserCard } from './user.ts';
import { primaryEmail, toUserFields } from './user-fields.ts';

export interface NewPerson {
  /** Unique among the people whom nobody manages; the e-mail address where there is no other name. */
  readonly userName: string;
  /** Null: the userName is shown. */
  readonly displayName: string | null;
  readonly email: string | null;
}

/** @throws AppError `seat_limit`, `uniqueness`, `invalid_value` */
export async function createPerson(
  parts: DirectoryParts,
  work: Work,
  { userName, displayName, email }: NewPerson,
): Promise<UserCard> {
  const { organizationId } = work.context;
  if (userName.trim() === '') throw new AppError('invalid_value', 'A person needs a userName.');
  await takeSeat(parts, work);
  const attributes: JsonObject = {
    userName,
    ...(displayName === null ? {} : { displayName }),
    ...(email === null ? {} : { emails: [{ value: email, primary: true }] }),
    active: true,
  };
  const fields = toUserFields(attributes);
  const { externalId, active, emails, displayNameKey } = fields;
  const id = parts.newId();
  const user = {
    ...{ id, organizationId, connectionId: null, userName, externalId, active, displayNameKey, emails },
    ...{ displayName: fields.displayName, attributes: fields.attributes, role: 'member' as const },
    ...{ version: 1, createdAt: work.at, updatedAt: work.at },
  };
  await parts.store.users.insert(work.db, user);
  const name = fields.displayName;
  work.changes.push({
    kind: 'user.created',
    subject: { type: 'user', id, name },
    after: JSON.parse(fields.attributes),
  });
  const address = primaryEmail(emails);
  const card = { id, organizationId, userName, name, externalId, active, role: user.role };
  return { ...card, email: address === null ? null : foldCase(address) };
}
