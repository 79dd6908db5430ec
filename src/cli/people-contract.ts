/** What the verbs for people, invites and keys need from the rest; people-services.ts and key-services.ts implement it. */

import type { InviteState, StoredInviteState } from '../directory/invites/invite.ts';
import type { ApiKey } from '../directory/keys/api-key.ts';
import type { RoleOutcome } from '../directory/people/organization-role.ts';
import type { MemberStatus } from '../directory/people/people.ts';
import type { RemovalOutcome } from '../directory/people/person-removal.ts';
import type { ReturnOutcome } from '../directory/people/person-return.ts';
import type { SeatUse } from '../directory/people/seats.ts';
import type { OrganizationRole } from '../directory/people/user.ts';
import type { Scope } from '../directory/principal.ts';

/** A person as typed: id, userName or e-mail address, in an organization. */
export interface PersonRef {
  readonly organization: string;
  readonly person: string;
}

export interface PersonLine {
  readonly id: string;
  readonly name: string;
  readonly userName: string | null;
  readonly email: string | null;
  readonly role: OrganizationRole;
  readonly status: MemberStatus;
  /** Name of the connection; null: nobody. */
  readonly connection: string | null;
  readonly lastSeenAt: number | null;
}

export interface PeopleFilter {
  readonly search?: string;
  readonly status?: MemberStatus;
  readonly role?: OrganizationRole;
  readonly limit: number;
}

export interface PeopleServices {
  seats(organization: string): Promise<SeatUse>;
  list(organization: string, filter: PeopleFilter): Promise<readonly PersonLine[]>;
  setRole(ref: PersonRef, role: OrganizationRole): Promise<RoleOutcome>;
  remove(ref: PersonRef, reason: string | undefined): Promise<RemovalOutcome>;
  reactivate(ref: PersonRef, options: { readonly againstConnection: boolean }): Promise<ReturnOutcome>;
}

export interface CliInvites {
  readonly addresses: readonly string[];
  readonly role: OrganizationRole;
  /** Names of teams with the role there. */
  readonly teams: readonly { readonly team: string; readonly role: string }[];
}

export interface CliInviteAnswer {
  readonly address: string;
  readonly outcome: string;
  /** Why not. */
  readonly message: string | null;
  /** Where no mail is sent. */
  readonly url: string | null;
}

export interface InviteLine {
  readonly id: string;
  readonly email: string;
  readonly role: OrganizationRole;
  readonly state: InviteState;
  /** What the mail server said last; null before it was asked, and where there is none. */
  readonly serverReply: string | null;
  readonly invitedBy: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

/** An invite as typed: its id, or the address whose newest one is meant. */
export interface InviteRef {
  readonly organization: string;
  readonly invite: string;
}

export interface SentAgain {
  readonly email: string;
  readonly expiresAt: number;
  /** Where no mail is sent. */
  readonly url: string | null;
}

export interface InviteServices {
  send(organization: string, invites: CliInvites): Promise<readonly CliInviteAnswer[]>;
  /** Newest first. */
  list(
    organization: string,
    filter: { readonly state?: StoredInviteState; readonly limit: number },
  ): Promise<readonly InviteLine[]>;
  resend(ref: InviteRef): Promise<SentAgain>;
  revoke(ref: InviteRef): Promise<{ readonly id: string; readonly email: string }>;
}

export interface NewKeyInput {
  /** Name of the service account; made when it is missing. */
  readonly account: string;
  /** Name of a team, for an account of that team; undefined: of the organization. */
  readonly team?: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Undefined: never. */
  readonly expiresInDays?: number;
}

export interface KeyLine extends ApiKey {
  /** Name of the service account or person. */
  readonly owner: string;
}

export interface KeyServices {
  create(organization: string, input: NewKeyInput): Promise<{ readonly key: KeyLine; readonly secret: string }>;
  /** Of all service accounts; of one person when named. */
  list(organization: string, person?: string): Promise<readonly KeyLine[]>;
  revoke(organization: string, id: string): Promise<ApiKey>;
}
