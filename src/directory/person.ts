/** A person of the organization as admins see them: across all connections, removed ones too. */
import type { Handle } from '../synclog/handle.ts';
import type { OrganizationRole } from './user.ts';

/** `removed`: deleted by an identity provider or an admin; the row stays, so that removed stays removed. */
export type PersonStatus = 'active' | 'deactivated' | 'removed';

export interface Person {
  readonly id: string;
  readonly organizationId: string;
  /** The connection that manages the person; null for nobody. */
  readonly connectionId: string | null;
  readonly userName: string;
  readonly name: string;
  /** Primary address, in lower case. */
  readonly email: string | null;
  readonly externalId: string | null;
  readonly role: OrganizationRole;
  readonly status: PersonStatus;
  readonly lastSeenAt: number | null;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Grows with each change of the person. */
  readonly version: number;
}

export interface PersonStore {
  find(db: Handle, organizationId: string, id: string): Promise<Person | undefined>;
  /** As `find`, and keeps others from changing the row until the transaction ends. */
  lock(db: Handle, organizationId: string, id: string): Promise<Person | undefined>;
  /** Addresses of active admins. */
  adminEmails(db: Handle, organizationId: string, limit: number): Promise<readonly string[]>;
  /** Puts a pseudonym in the place of everything that names a removed person. */
  replaceNames(db: Handle, id: string, pseudonym: string, at: number): Promise<void>;
  /** Notes that they were here. */
  touch(db: Handle, id: string, at: number): Promise<void>;
}
