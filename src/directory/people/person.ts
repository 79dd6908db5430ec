/** A person of the organization as admins see them: across all connections, invited and removed ones too. */
import type { Handle } from '../../synclog/handle.ts';
import type { OrganizationRole, User, UserCard } from './user.ts';

/** `removed`: deleted by an identity provider or an admin; the row stays, so that removed stays removed. */
export type PersonStatus = 'active' | 'deactivated' | 'removed';

export interface Person {
  readonly id: string;
  readonly organizationId: string;
  /** The connection that manages the person; null for nobody. */
  readonly connectionId: string | null;
  readonly userName: string;
  readonly name: string;
  /** What lists are sorted by. */
  readonly nameKey: string;
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

export const PERSON_SORTS = ['name', 'email', 'created', 'last_seen'] as const;
export type PersonSort = (typeof PERSON_SORTS)[number];

/** Characters from which on a text is looked for in the middle of names, too. */
export const MIDDLE_LENGTH = 3;

export interface PersonQuery {
  /**
   * How the name, the last word of the name, the userName or the e-mail address begins. Where fewer than fifty people's do,
   * also what one of them contains (three characters or more, in organizations of up to 100 000 people).
   */
  readonly text?: string;
  readonly statuses: readonly PersonStatus[];
  readonly role?: OrganizationRole;
  /** Id of a connection; null for people whom nobody manages. */
  readonly connectionId?: string | null;
  readonly sort: PersonSort;
  readonly descending: boolean;
  readonly limit: number;
  /** The last one of the page before. */
  readonly after?: PersonPosition;
}

/** Where somebody stands in a list. */
export interface PersonPosition {
  /** What the list is sorted by: text, or a number for times. */
  readonly key: string | number;
  readonly id: string;
}

/** What a tracker may know people by. */
export type HeldName = 'userName' | 'emails';

export interface PersonStore {
  find(db: Handle, organizationId: string, id: string): Promise<Person | undefined>;
  /** As `find`, and keeps others from changing the row until the transaction ends. */
  lock(db: Handle, organizationId: string, id: string): Promise<Person | undefined>;
  /** Addresses of active admins. */
  adminEmails(db: Handle, organizationId: string, limit: number): Promise<readonly string[]>;
  /** Puts a pseudonym in the place of everything that names a removed person. */
  replaceNames(db: Handle, id: string, pseudonym: string, at: number): Promise<void>;
  page(db: Handle, organizationId: string, query: PersonQuery): Promise<readonly Person[]>;
  /** Those of an address, primary or not, whoever manages them; removed ones by their primary address; oldest first. */
  ofEmail(db: Handle, organizationId: string, emailKey: string): Promise<readonly Person[]>;
  /** Those of a userName, which each connection has once, and removed ones, of whom there may be several; oldest first. */
  ofUserName(db: Handle, organizationId: string, userNameKey: string): Promise<readonly Person[]>;
  /** Ids of the active people who have this userName, or this address among theirs; the key in lower case. */
  activeHolders(db: Handle, organizationId: string, what: HeldName, key: string): Promise<readonly string[]>;
  /** Position of the change since which each of them has theirs: made, brought back, or called otherwise. */
  heldSince(db: Handle, ids: readonly string[], what: HeldName): Promise<ReadonlyMap<string, number>>;
  /** A user whom `UserStore` does not see any more. */
  findRemoved(db: Handle, organizationId: string, id: string): Promise<User | undefined>;
  /** Makes a removed row visible again; what is in it is written by `UserStore.update`. @throws AppError `uniqueness` */
  restore(db: Handle, id: string): Promise<void>;
  /** Notes that they were here. */
  touch(db: Handle, id: string, at: number): Promise<void>;
}

/** Of `ada byron`: `byron`. People are looked for by family name, which no identity provider has to send. */
export function lastWord(nameKey: string): string {
  return nameKey.split(/\s+/).at(-1) ?? nameKey;
}

/** Tells two states of a person apart. Grants change the role, and a deletion the status, without a new version of the row. */
export function versionOf({ version, role, status }: Person): string {
  return `${version}-${role}-${status}`;
}

export function cardOf(person: Person): UserCard {
  const { id, organizationId, userName, name, externalId, email, role } = person;
  return { id, organizationId, userName, name, externalId, email, active: person.status === 'active', role };
}
