/** Who an identity provider's subject is here: by connector, issuer and subject, which never change. */
import type { Handle } from '../../synclog/handle.ts';
import type { User, UserCard } from '../people/user.ts';

export interface LinkKey {
  readonly organizationId: string;
  /** `oidc`, `saml`, `ldap`, `email` */
  readonly connector: string;
  /** Who vouches: the same subject of another issuer is another person. */
  readonly issuer: string;
  readonly subject: string;
}

export interface IdentityLink extends LinkKey {
  readonly userId: string;
  /** The address that the issuer vouched for when the link was made, lower case. */
  readonly vouchedEmail: string | null;
  readonly createdAt: number;
}

/** A user whom a sign-in may mean; deleted ones too, since removed stays removed. */
export interface Candidate {
  readonly user: User;
  readonly isDeleted: boolean;
  /** Primary address, lower case. */
  readonly emailKey: string | null;
  /** Somebody signs in to it already. */
  readonly hasLinks: boolean;
  /** One of those links came with this very address, vouched for. */
  readonly isAddressVouched: boolean;
}

/**
 * Whether an address, or a name that is one, is more than what somebody said of themselves at a first sign-in: a connection, an invite, an admin or
 * an identity provider says so. Else whoever takes another's address first would get what that person signs in to later.
 */
export function ownsAddress(
  { user, emailKey, hasLinks, isAddressVouched }: Candidate,
  address: string | null,
): boolean {
  return user.connectionId !== null || !hasLinks || (isAddressVouched && emailKey === address);
}

export function cardOf({ user, emailKey }: Candidate): UserCard {
  const { id, organizationId, userName, displayName, externalId, active, role } = user;
  return { id, organizationId, userName, name: displayName ?? userName, externalId, email: emailKey, active, role };
}

/** What candidates are looked up by, in the form in which keys are compared; null: not at all. */
export interface CandidateKeys {
  readonly email: string | null;
  readonly userName: string | null;
  readonly externalId: string | null;
}

export interface StoredSignInRules {
  /** JSON text */
  readonly rules: string;
  /** Grows with each change. */
  readonly version: number;
}

export interface IdentityLinkStore {
  find(db: Handle, key: LinkKey): Promise<IdentityLink | undefined>;
  /** Makes the link, or leads it to another user. */
  set(db: Handle, link: IdentityLink): Promise<void>;
  ofUser(db: Handle, userId: string): Promise<readonly IdentityLink[]>;
  /** Live users with this address, user name or external id, and deleted ones with this address or user name. */
  candidates(db: Handle, organizationId: string, keys: CandidateKeys): Promise<readonly Candidate[]>;
  /** Locked until the transaction ends. */
  lockUser(db: Handle, organizationId: string, userId: string): Promise<Candidate | undefined>;
  /** Mapping rules for groups that come with a sign-in; undefined: none were set. */
  rules(db: Handle, organizationId: string): Promise<StoredSignInRules | undefined>;
  setRules(db: Handle, organizationId: string, stored: StoredSignInRules): Promise<void>;
}
