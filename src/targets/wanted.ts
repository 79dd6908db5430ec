/**
 * What a target shall look like: the state of one subject as the directory has it now. Pure forms; a `WantedStore`
 * (store.ts) reads them.
 */
import type { OrganizationRole } from '../directory/people/user.ts';
import type { JsonObject } from '../schema/json.ts';

/** What an active person uses of a tracker's licence. */
export type Seat = 'full' | 'viewer' | 'none';

export interface WantedUser {
  readonly id: string;
  readonly userName: string;
  readonly displayName: string;
  /** The address that the person is reached at, as sent; null for none. */
  readonly email: string | null;
  /** False for deactivated and for deleted people. */
  readonly active: boolean;
  readonly deleted: boolean;
  readonly role: OrganizationRole;
  readonly seat: Seat;
  /** The user's id of whom the identity provider calls the manager, as sent; null for none. May be nobody here. */
  readonly managerId: string | null;
  /** Everything that the identity provider sent: core and enterprise SCIM attributes. */
  readonly attributes: JsonObject;
  /** Team name -> role, for people to read; memberships are pushed by team. */
  readonly teams: readonly { readonly name: string; readonly role: string }[];
}

export interface WantedTeam {
  readonly id: string;
  readonly name: string;
  readonly archived: boolean;
  /** Where the tracker keeps the team's files; null: its own place. */
  readonly storageBucket: JsonObject | null;
}

export interface WantedServiceAccount {
  readonly id: string;
  readonly name: string;
  /** Null: of the organization. */
  readonly teamId: string | null;
  readonly removed: boolean;
}

/** A role that an organization made for itself; it gives what `inheritsFrom` gives, and more. */
export interface WantedRole {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly inheritsFrom: 'viewer' | 'member';
  /** `object:operation` */
  readonly permissions: readonly string[];
  readonly deleted: boolean;
}

/** The seat that an organization role needs. */
export function seatOf(role: OrganizationRole): Seat {
  return role === 'viewer' ? 'viewer' : 'full';
}
