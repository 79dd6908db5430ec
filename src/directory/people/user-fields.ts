/** From SCIM attributes to the columns that are looked up: one place, so that row and attributes never disagree. */
import { AppError } from '../../errors.ts';
import type { JsonObject } from '../../schema/json.ts';
import { foldCase, shownName, type User, type UserCard, type UserEmail } from './user.ts';

export interface UserFields {
  readonly userName: string;
  readonly externalId: string | null;
  /** For people to read. */
  readonly displayName: string;
  readonly displayNameKey: string | null;
  readonly active: boolean;
  readonly emails: readonly UserEmail[];
  /** JSON text of the attributes, `active` always present. */
  readonly attributes: string;
}

function toEmails(value: unknown): readonly UserEmail[] {
  if (!Array.isArray(value)) return [];
  return (value as readonly JsonObject[]).flatMap((email) =>
    typeof email.value === 'string' && email.value !== ''
      ? [
          {
            value: email.value,
            type: typeof email.type === 'string' ? email.type : null,
            primary: email.primary === true,
          },
        ]
      : [],
  );
}

/** Identifiers are keys of indexes, whose entries have a bound on PostgreSQL; no real one comes near it. */
const IDENTIFIER_MAX = 512;

/** @throws AppError `invalid_value` naming the attribute */
export function checkIdentifier(name: string, value: string | null | undefined): void {
  if (value === null || value === undefined || value.length <= IDENTIFIER_MAX) return;
  throw new AppError('invalid_value', `${name} is longer than ${IDENTIFIER_MAX} characters.`);
}

/**
 * @throws AppError `invalid_value` for an identifier that is too long
 * @param attributes checked SCIM attributes (scim/resource.ts): userName is there and not empty
 */
export function toUserFields(attributes: JsonObject): UserFields {
  const userName = attributes.userName as string;
  const complete = attributes.active === undefined ? { ...attributes, active: true } : attributes;
  const externalId = typeof complete.externalId === 'string' && complete.externalId !== '' ? complete.externalId : null;
  const displayNameKey = typeof complete.displayName === 'string' ? foldCase(complete.displayName) : null;
  const emails = toEmails(complete.emails);
  checkIdentifier('userName', userName);
  checkIdentifier('externalId', externalId);
  checkIdentifier('displayName', displayNameKey);
  for (const [index, email] of emails.entries()) checkIdentifier(`emails[${index}].value`, email.value);
  return {
    userName,
    externalId,
    displayName: shownName(complete, userName),
    displayNameKey,
    active: complete.active === true,
    emails,
    attributes: JSON.stringify(complete),
  };
}

/** The address that people are reached at: the primary one, else the first. */
export function primaryEmail(emails: readonly UserEmail[]): string | null {
  return (emails.find((email) => email.primary) ?? emails[0])?.value ?? null;
}

/** @param fields of the user as they are, or as they will be */
export function toCard(user: User, fields: UserFields): UserCard {
  const { id, organizationId, userName, externalId, active, role } = user;
  const name = user.displayName ?? userName;
  return { id, organizationId, userName, name, externalId, email: primaryEmail(fields.emails), active, role };
}

export interface AttributeDifference {
  readonly before: Record<string, unknown>;
  readonly after: Record<string, unknown>;
}

/** Top-level attributes that differ, side by side; undefined when none does. */
export function differenceOf(before: JsonObject, after: JsonObject): AttributeDifference | undefined {
  const difference: AttributeDifference = { before: {}, after: {} };
  for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (JSON.stringify(before[key]) === JSON.stringify(after[key])) continue;
    if (before[key] !== undefined) difference.before[key] = before[key];
    if (after[key] !== undefined) difference.after[key] = after[key];
  }
  const changed = Object.keys(difference.before).length + Object.keys(difference.after).length;
  return changed === 0 ? undefined : difference;
}
