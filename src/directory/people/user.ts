/** A person of the organization. */
import type { JsonObject } from '../../schema/json.ts';

export const ORGANIZATION_ROLES = ['admin', 'member', 'viewer'] as const;
export type OrganizationRole = (typeof ORGANIZATION_ROLES)[number];

export interface User {
  readonly id: string;
  readonly organizationId: string;
  /** The connection that manages the user; null for nobody (invited, signed in). */
  readonly connectionId: string | null;
  readonly userName: string;
  readonly externalId: string | null;
  /** The name that people read (`shownName`). */
  readonly displayName: string | null;
  readonly active: boolean;
  readonly role: OrganizationRole;
  /** The SCIM attributes as sent, JSON text: core and enterprise, without id, meta, schemas, groups, password. */
  readonly attributes: string;
  /** Grows with each change of the user; the ETag is made of it. */
  readonly version: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

/** As much of a user as an answer shows. */
export type ShownUser = Pick<User, 'id' | 'attributes' | 'version' | 'createdAt' | 'updatedAt'>;

/** One e-mail address of a user, as the identity provider sent it. */
export interface UserEmail {
  readonly value: string;
  readonly type: string | null;
  readonly primary: boolean;
}

export interface NewUser extends User {
  /** The attribute displayName in the form that it is compared in; null where it was not sent. */
  readonly displayNameKey: string | null;
  readonly emails: readonly UserEmail[];
}

/** The new state of a user row; `emails` only when they changed. */
export interface UserUpdate {
  /**
   * Whether the row holds the same userName, externalId, displayName and connection already: then their indexes are left
   * alone, which are most of what an update writes.
   */
  readonly keepsNames?: boolean;
  readonly connectionId: string | null;
  readonly userName: string;
  readonly externalId: string | null;
  readonly displayName: string | null;
  readonly displayNameKey: string | null;
  readonly active: boolean;
  readonly attributes: string;
  readonly emails?: readonly UserEmail[];
  readonly organizationId: string;
  readonly version: number;
  readonly updatedAt: number;
}

/** Enough of a user to name them, to weigh their grants and to put them into the ledger. */
export interface UserCard {
  readonly id: string;
  readonly organizationId: string;
  readonly userName: string;
  readonly name: string;
  readonly externalId: string | null;
  readonly email: string | null;
  readonly active: boolean;
  readonly role: OrganizationRole;
}

/** The name that people read: displayName, else the parts of name, else userName. */
export function shownName(attributes: JsonObject, userName: string): string {
  if (typeof attributes.displayName === 'string' && attributes.displayName.trim() !== '') return attributes.displayName;
  const name = attributes.name as JsonObject | undefined;
  const parts = [name?.givenName, name?.familyName].filter((part) => typeof part === 'string' && part !== '');
  if (typeof name?.formatted === 'string' && name.formatted !== '') return name.formatted;
  return parts.length > 0 ? parts.join(' ') : userName;
}

/** Upper and lower case fold alike for every key that is compared without regard to case. */
export function foldCase(text: string): string {
  return text.toLowerCase();
}
