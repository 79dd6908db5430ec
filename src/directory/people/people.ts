/**
 * People of the organization, across all connections: listed, searched and looked at.
 *
 * Owns: what each role is shown of a person. Does not own: changing them (organization-role.ts, person-removal.ts,
 * person-return.ts), inviting (invites.ts), users as one connection sees them (users.ts). Called by api/, console/, cli/.
 */
import { AppError } from '../../errors.ts';
import type { Invite } from '../invites/invite.ts';
import type { DirectoryParts } from '../parts.ts';
import { authorize, isAllowed } from '../policy.ts';
import type { Principal } from '../principal.ts';
import { type ExplainedScope, explainUser } from '../roles/explain.ts';
import {
  type Person,
  type PersonPosition,
  type PersonQuery,
  type PersonSort,
  type PersonStatus,
  versionOf,
} from './person.ts';
import type { OrganizationRole, User } from './user.ts';

export type MemberStatus = PersonStatus | 'invited';

/** A line of the list: a person, or an address that is invited. */
export interface ListedPerson {
  /** Of the user, or of the invite. */
  readonly id: string;
  readonly status: MemberStatus;
  readonly name: string;
  /** Null for an invited address. */
  readonly userName: string | null;
  readonly email: string | null;
  readonly role: OrganizationRole;
  readonly createdAt: number;
  /** Null for those who may not see it. */
  readonly details: {
    /** Id; null for nobody. */
    readonly connectionId: string | null;
    readonly lastSeenAt: number | null;
    readonly externalId: string | null;
  } | null;
}

export interface PeopleQuery extends Omit<PersonQuery, 'statuses'> {
  /** Without it: everybody who is not removed. */
  readonly statuses?: readonly MemberStatus[];
}

export interface PeoplePage {
  readonly items: readonly ListedPerson[];
  /** For `after` of the next page; null at the end. */
  readonly next: PersonPosition | null;
}

const ALL_BUT_REMOVED: readonly MemberStatus[] = ['invited', 'active', 'deactivated'];

/** @throws AppError `forbidden` */
export async function listPeople(
  { store, now }: DirectoryParts,
  principal: Principal,
  { statuses = ALL_BUT_REMOVED, ...query }: PeopleQuery,
): Promise<PeoplePage> {
  authorize(principal, 'people.list');
  // Whom a filter leaves, and in which order, tells as much as the value itself.
  if (query.connectionId !== undefined || query.sort === 'last_seen') authorize(principal, 'people.details');
  const { organizationId } = principal;
  const wanted = { ...query, limit: query.limit + 1 };
  const users = statuses.filter((status) => status !== 'invited');
  const persons = await store.persons.page(store.reader, organizationId, { ...wanted, statuses: users });
  // Nobody manages an invited address, and nobody has seen it.
  const invited = statuses.includes('invited') && (query.connectionId ?? null) === null;
  const invites = invited ? await store.invites.openPage(store.reader, organizationId, wanted, now()) : [];
  const details = isAllowed(principal, 'people.details');
  const merged = [
    ...persons.map((person) => ({ at: positionOf(person, query.sort), line: toLine(person, details) })),
    ...invites.map((invite) => ({ at: invitePosition(invite, query.sort), line: toInvitedLine(invite, details) })),
  ].toSorted((left, right) => comparePositions(left.at, right.at) * (query.descending ? -1 : 1));
  const page = merged.slice(0, query.limit);
  return {
    items: page.map(({ line }) => line),
    next: merged.length > query.limit ? (page.at(-1)?.at ?? null) : null,
  };
}

function positionOf(person: Person, sort: PersonSort): PersonPosition {
  const { id } = person;
  switch (sort) {
    case 'name':
      return { key: person.nameKey, id };
    case 'email':
      return { key: person.email ?? '', id };
    case 'created':
      return { key: id, id };
    case 'last_seen':
      return { key: person.lastSeenAt ?? 0, id };
    default:
      return sort satisfies never;
  }
}

function invitePosition({ id, emailKey }: Invite, sort: PersonSort): PersonPosition {
  if (sort === 'created') return { key: id, id };
  return { key: sort === 'last_seen' ? 0 : emailKey, id };
}

/** As the database orders them: by code point. */
function compareKeys(left: string | number, right: string | number): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return Buffer.compare(Buffer.from(String(left)), Buffer.from(String(right)));
}

function comparePositions(left: PersonPosition, right: PersonPosition): number {
  return compareKeys(left.key, right.key) || compareKeys(left.id, right.id);
}

function toLine(person: Person, details: boolean): ListedPerson {
  const { id, status, name, userName, email, role, createdAt, connectionId, lastSeenAt, externalId } = person;
  const line = { id, status, name, userName, email, role, createdAt };
  return { ...line, details: details ? { connectionId, lastSeenAt, externalId } : null };
}

function toInvitedLine({ id, email, role, createdAt }: Invite, details: boolean): ListedPerson {
  const line = { id, status: 'invited' as const, name: email, userName: null, email, role, createdAt };
  return { ...line, details: details ? { connectionId: null, lastSeenAt: null, externalId: null } : null };
}

export interface PersonView extends ListedPerson {
  /** Why they hold their roles; null for those who may not see it. */
  readonly roles: readonly ExplainedScope[] | null;
  readonly updatedAt: number;
  /** For comparing only. */
  readonly version: string;
}

/** @throws AppError `forbidden`, `not_found` */
export async function readPerson(parts: DirectoryParts, principal: Principal, userId: string): Promise<PersonView> {
  authorize(principal, 'people.read', { userId });
  const { store } = parts;
  const person = await store.persons.find(store.reader, principal.organizationId, userId);
  if (person === undefined) throw noSuchPerson();
  const details = isAllowed(principal, 'people.details', { userId });
  const user: Pick<User, 'id'> = person;
  const roles = details ? await explainUser(parts, user) : null;
  return { ...toLine(person, details), roles, updatedAt: person.updatedAt, version: versionOf(person) };
}

export function noSuchPerson(): AppError {
  return new AppError('not_found', 'There is no such person in this organization.');
}
