/** A person in a team: what they hold there, through what, and what taking them out would mean. */
import { createHash } from 'node:crypto';
import type { RoleBase } from '../../mapping/roles.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { UserCard } from '../people/user.ts';
import type { Grant } from '../roles/grant.ts';
import type { Exclusion } from './exclusion.ts';

/** One grant, with the names that its ids stand for. */
export interface MemberSource {
  readonly grant: Grant;
  /** For what follows the identity provider: the connection and, unless it is a condition on the user, the group. */
  readonly connection: string | null;
  readonly group: string | null;
}

export interface TeamMember {
  readonly user: UserCard;
  /** What holds in the team; null where the grants give nothing (`standing` says why). */
  readonly role: string | null;
  /** `inactive`: deactivated in the organization; `excluded`: kept out by hand; `archived`: the whole team gives nothing. */
  readonly standing: 'active' | 'inactive' | 'excluded' | 'archived';
  readonly sources: readonly MemberSource[];
  readonly exclusion: Exclusion | null;
  /**
   * What taking the person out by hand would do: `remove` takes what people gave; `exclude` keeps them out as well, because
   * the next sync would bring them back.
   */
  readonly removal: 'remove' | 'exclude';
}

/** Tells two states of a membership apart: what a person holds in a team has no row of its own. */
export function versionOfMember({ role, standing, sources, exclusion }: TeamMember): string {
  const grants = sources.map(({ grant }) => grant.id).toSorted();
  const state = JSON.stringify([role, standing, grants, exclusion?.createdAt ?? null]);
  return createHash('sha256').update(state).digest('base64url').slice(0, 22);
}

export interface MemberQuery {
  /** Part of the name, userName or e-mail address, in any letter case. */
  readonly search?: string;
  readonly afterUserId: string;
  readonly limit: number;
}

export interface RoleCount {
  readonly role: string;
  readonly inherits: RoleBase | null;
  readonly members: number;
}

export interface TeamMemberStore {
  /** People of the organization by id, whoever manages them. Deleted ones are left out. */
  cards(db: Handle, organizationId: string, ids: readonly string[]): Promise<readonly UserCard[]>;
  /** As `cards`, kept from changing until the transaction ends. */
  lockCards(db: Handle, organizationId: string, ids: readonly string[]): Promise<readonly UserCard[]>;
  /** Whoever has this userName, or this address among their e-mail addresses. */
  byName(db: Handle, organizationId: string, text: string): Promise<readonly UserCard[]>;
  /** Who holds a grant in the team, in the order of ids. */
  page(db: Handle, teamId: string, query: MemberQuery): Promise<readonly UserCard[]>;
  /** Active people whose role in the team is admin. */
  countAdmins(db: Handle, teamId: string): Promise<number>;
  /** Their addresses, each once. */
  adminEmails(db: Handle, teamId: string, limit: number): Promise<readonly string[]>;
  /** Active people of each of these teams who are not kept out; a team without any is left out. */
  countMembers(db: Handle, teamIds: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Active people by the role that holds; the archived state of the team is not looked at. */
  countByRole(db: Handle, teamId: string): Promise<readonly RoleCount[]>;
}
