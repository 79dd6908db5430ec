/** An address that is invited to the organization, with the roles that whoever accepts gets. */
import type { Handle } from '../../synclog/handle.ts';
import type { Mail } from '../mail.ts';
import type { NamedPerson } from '../people/named-person.ts';
import type { PersonQuery } from '../people/person.ts';
import type { OrganizationRole } from '../people/user.ts';

export interface InvitedTeam {
  readonly teamId: string;
  readonly role: string;
}

/** As stored: a pending one has expired once its time is over. */
export type StoredInviteState = 'pending' | 'accepted' | 'expired' | 'revoked';

export interface Invite {
  readonly id: string;
  readonly organizationId: string;
  readonly email: string;
  /** In lower case. */
  readonly emailKey: string;
  readonly role: OrganizationRole;
  readonly teams: readonly InvitedTeam[];
  readonly state: StoredInviteState;
  readonly invitedBy: { readonly id: string | null; readonly name: string };
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly expiresAt: number;
  readonly acceptedUserId: string | null;
}

/** `mail_failed`: pending, and its mail did not arrive. */
export const INVITE_STATES = ['pending', 'mail_failed', 'accepted', 'expired', 'revoked'] as const;
export type InviteState = (typeof INVITE_STATES)[number];

/** @param mail the newest one about the invite */
export function inviteState(invite: Invite, mail: Mail | undefined, now: number): InviteState {
  if (invite.state !== 'pending') return invite.state;
  if (invite.expiresAt <= now) return 'expired';
  return mail?.state === 'failed' ? 'mail_failed' : 'pending';
}

export const INVITE_DAYS = 7;
export const INVITE_MS = INVITE_DAYS * 86_400_000;

/** Where a link leads, below the public address; signin/ answers there. */
export function invitePath(secret: string): string {
  return `/auth/invite?key=${secret}`;
}

export interface InviteLink {
  readonly invite: Invite;
  /** Sent again, revoked or used. */
  readonly endedAt: number | null;
}

export interface InviteStore {
  /** Ids of those that somebody accepted, or that went to an address of theirs and are over. */
  idsOfPerson(db: Handle, person: NamedPerson): Promise<readonly string[]>;
  /** Puts a pseudonym where the address stood. */
  replaceNames(db: Handle, ids: readonly string[], pseudonym: string): Promise<void>;
  find(db: Handle, organizationId: string, id: string): Promise<Invite | undefined>;
  /** As `find`, and keeps others from changing the row until the transaction ends. */
  lock(db: Handle, organizationId: string, id: string): Promise<Invite | undefined>;
  /** Stored as pending, expired or not: there is one at most. */
  findPending(db: Handle, organizationId: string, emailKey: string): Promise<Invite | undefined>;
  findByLink(db: Handle, hash: string): Promise<InviteLink | undefined>;
  /** Pending and not expired, as part of a list of people. */
  openPage(
    db: Handle,
    organizationId: string,
    query: Omit<PersonQuery, 'statuses'>,
    now: number,
  ): Promise<readonly Invite[]>;
  /** Newest first, before one. */
  page(db: Handle, organizationId: string, query: InviteQuery, now: number): Promise<readonly Invite[]>;
  /** Stored as pending, expired or not, whose teams name this team id or role. */
  pendingNaming(db: Handle, organizationId: string, text: string, limit: number): Promise<readonly Invite[]>;
  countOpen(db: Handle, organizationId: string, now: number): Promise<number>;
  insert(db: Handle, invite: Invite): Promise<void>;
  update(db: Handle, invite: Invite): Promise<void>;
  insertLink(
    db: Handle,
    link: { readonly hash: string; readonly inviteId: string; readonly createdAt: number },
  ): Promise<void>;
  endLinks(db: Handle, inviteId: string, at: number): Promise<void>;
}

export interface InviteQuery {
  /** As it is now: one whose time is over has expired, whatever is stored. Without it: all. */
  readonly state?: StoredInviteState;
  readonly beforeId?: string;
  readonly limit: number;
}
