/**
 * What the core asks of a store, one small interface per noun. store/ implements them for SQLite and PostgreSQL; app.ts
 * puts the two together. Every function takes a handle first: the reader (committed rows only) or the transaction that
 * `write` opened, so that one use-case is one transaction whatever it touches.
 */

import type { JobStore } from '../jobs/job.ts';
import type { ChainStandingStore } from '../ledger/chain-watch.ts';
import type { LedgerStore, RemovalStore, RunDigestStore } from '../ledger/store.ts';
import type { Filter, SortOrder } from '../schema/filter.ts';
import type { Change, NewChange } from '../synclog/change.ts';
import type { Exchange } from '../synclog/exchange.ts';
import type { Handle } from '../synclog/handle.ts';
import type { Connection, ConnectionToken, Organization } from './connections/connection.ts';
import type { EmailLinkStore } from './entry/email-link.ts';
import type { IdentityLinkStore } from './entry/identity-link.ts';
import type { SessionStore } from './entry/session.ts';
import type { SignInAttemptStore } from './entry/sign-in-attempt.ts';
import type { SlowingStore } from './entry/slowing-store.ts';
import type { Group, GroupMember, NewGroup } from './groups/group.ts';
import type { GroupPages } from './groups/group-pages.ts';
import type { InviteStore } from './invites/invite.ts';
import type { ApiKeyStore } from './keys/api-key.ts';
import type { ServiceAccountStore } from './keys/service-account.ts';
import type { MailStore } from './mail.ts';
import type { NamedPerson } from './people/named-person.ts';
import type { PersonStore } from './people/person.ts';
import type { NewUser, ShownUser, User, UserCard, UserUpdate } from './people/user.ts';
import type { CustomRoleStore } from './roles/custom-role.ts';
import type { Grant, NewGrant } from './roles/grant.ts';
import type { RulePeople } from './rules/rule-people.ts';
import type { RuleRunStore } from './rules/rule-run.ts';
import type { AvatarStore } from './teams/avatar.ts';
import type { ExclusionStore } from './teams/exclusion.ts';
import type { TeamStore } from './teams/team.ts';
import type { TeamMemberStore } from './teams/team-member.ts';
import type { EnforcedPrivacyStore } from './teams/team-privacy.ts';
import type { Visibility } from './visibility.ts';

export interface Page {
  /** Rows to skip (index paging). */
  readonly offset: number;
  readonly limit: number;
  /** Rows after this id, in id order (cursor paging); `offset` is 0 then. */
  readonly afterId?: string;
}

export interface ListQuery {
  readonly filter?: Filter;
  /** Without it: the order of ids, which is the order of creation. */
  readonly sort?: SortOrder;
  readonly page: Page;
  /** Counting is what costs in a long list; cursor paging does without. */
  readonly withTotal: boolean;
}

export interface PageOf<T> {
  /** How many there are in all; undefined when the query said that it is not wanted. */
  readonly total: number | undefined;
  readonly items: readonly T[];
}

export interface UserStore {
  find(db: Handle, scope: Visibility, id: string): Promise<User | undefined>;
  /** As `find`, and keeps others from changing the row until the transaction ends. */
  lock(db: Handle, scope: Visibility, id: string): Promise<User | undefined>;
  /** Users that a POST with these identifiers could mean: same userName, or same externalId of the connection. */
  candidates(db: Handle, scope: Visibility, userNameKey: string, externalId: string | null): Promise<readonly User[]>;
  page(db: Handle, scope: Visibility, query: ListQuery): Promise<PageOf<ShownUser>>;
  /** Cards of those ids that the connection can see, kept from changing until the transaction ends; others are left out. */
  cards(db: Handle, scope: Visibility, ids: readonly string[]): Promise<readonly UserCard[]>;
  /** The groups of each user, for the read-only `groups` attribute. */
  groupsOf(
    db: Handle,
    userIds: readonly string[],
  ): Promise<ReadonlyMap<string, readonly { id: string; name: string }[]>>;
  insert(db: Handle, user: NewUser): Promise<void>;
  update(db: Handle, id: string, update: UserUpdate): Promise<void>;
  setRole(db: Handle, id: string, role: string): Promise<void>;
  markDeleted(db: Handle, id: string, at: number): Promise<void>;
  /** Lets a connection take over an admin whom nobody manages, at its next write. */
  approveAdoption(db: Handle, userId: string, connectionId: string): Promise<void>;
  isAdoptionApproved(db: Handle, userId: string, connectionId: string): Promise<boolean>;
  findInOrganization(db: Handle, organizationId: string, idOrNameOrEmail: string): Promise<readonly User[]>;
  /** Whose name, userName or e-mail contains the text; deleted ones too. */
  search(db: Handle, organizationId: string, text: string, limit: number): Promise<readonly User[]>;
  countActive(db: Handle, organizationId: string): Promise<number>;
  countActiveAdmins(db: Handle, organizationId: string): Promise<number>;
}

export interface GroupStore {
  find(db: Handle, scope: Visibility, id: string): Promise<Group | undefined>;
  lock(db: Handle, scope: Visibility, id: string): Promise<Group | undefined>;
  /** As `lock`, whichever connection pushed it. */
  lockInOrganization(db: Handle, organizationId: string, id: string): Promise<Group | undefined>;
  findByName(db: Handle, scope: Visibility, nameKey: string): Promise<Group | undefined>;
  page(db: Handle, scope: Visibility, query: ListQuery): Promise<PageOf<Group>>;
  /** The first names in their order. */
  names(db: Handle, scope: Visibility, limit: number): Promise<readonly string[]>;
  insert(db: Handle, group: NewGroup): Promise<void>;
  /** Writes the row; version and lastModified are in `group` already. */
  update(db: Handle, group: Group): Promise<void>;
  delete(db: Handle, id: string): Promise<void>;
  /** The team that the default rule bound to a group, if any other group holds it. */
  findByTeam(db: Handle, teamId: string): Promise<Group | undefined>;
}

export interface MemberStore {
  /** Adds those who are not members yet and says whom. */
  add(db: Handle, group: Group, members: readonly GroupMember[], at: number): Promise<readonly string[]>;
  /** Removes those who are members and says whom. */
  remove(db: Handle, groupId: string, userIds: readonly string[]): Promise<readonly string[]>;
  /** Members in the order of user ids, after one id. */
  page(db: Handle, groupId: string, afterUserId: string, limit: number): Promise<readonly GroupMember[]>;
  /** Groups that a user is in. */
  groupIdsOf(db: Handle, userId: string): Promise<readonly string[]>;
}

export interface GrantStore {
  /** Adds those that do not exist yet and returns them. */
  add(db: Handle, grants: readonly NewGrant[]): Promise<readonly Grant[]>;
  remove(db: Handle, ids: readonly string[]): Promise<void>;
  ofUser(db: Handle, userId: string): Promise<readonly Grant[]>;
  ofUsers(db: Handle, userIds: readonly string[]): Promise<readonly Grant[]>;
  /** What these users got through one group. */
  ofGroupMembers(db: Handle, groupId: string, userIds: readonly string[]): Promise<readonly Grant[]>;
}

/** A token with the connection that it opens; what the door needs to know, in one look-up. */
export interface TokenMatch {
  readonly tokenId: string;
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly connection: Connection;
}

export interface ConnectionStore {
  findByTokenHash(db: Handle, hash: string): Promise<TokenMatch | undefined>;
  find(db: Handle, organizationId: string, idOrName: string): Promise<Connection | undefined>;
  list(db: Handle, organizationId: string): Promise<readonly Connection[]>;
  insert(db: Handle, connection: Connection, rules: string): Promise<void>;
  setState(db: Handle, id: string, state: Connection['state'], at: number): Promise<void>;
  /** Grows when the rules or the state change; keeps them from changing until the transaction ends. */
  version(db: Handle, id: string): Promise<number>;
  /** Grows the version of every connection of the organization: what their rules may name has changed. */
  touchRules(db: Handle, organizationId: string, at: number): Promise<void>;
  /** The rules document as JSON text. */
  rules(db: Handle, id: string): Promise<string>;
  setRules(db: Handle, id: string, rules: string, at: number): Promise<void>;
  /** Expired and revoked ones too; not those of tests, which no identity provider ever had. */
  tokens(db: Handle, connectionId: string): Promise<readonly ConnectionToken[]>;
  /** Expired and revoked ones, and those of tests, too. */
  findToken(db: Handle, organizationId: string, id: string): Promise<ConnectionToken | undefined>;
  insertToken(
    db: Handle,
    token: ConnectionToken & { readonly hash: string; readonly organizationId: string; readonly isTest: boolean },
  ): Promise<void>;
  expireToken(db: Handle, id: string, expiresAt: number): Promise<void>;
  /** @returns whether it was not revoked before */
  revokeToken(db: Handle, id: string, at: number): Promise<boolean>;
  touchTokens(db: Handle, lastUsed: ReadonlyMap<string, number>): Promise<void>;
  /** How many users (inactive ones too) and groups a connection manages. */
  countManaged(db: Handle, connectionId: string): Promise<{ readonly users: number; readonly groups: number }>;
}

export interface OrganizationStore {
  find(db: Handle, idOrName: string): Promise<Organization | undefined>;
  list(db: Handle): Promise<readonly Organization[]>;
  insert(db: Handle, organization: Organization): Promise<void>;
  /** Its settings as a JSON document. */
  settings(db: Handle, id: string): Promise<string>;
  setSettings(db: Handle, id: string, settings: string): Promise<void>;
  /** Serialises rules that count (last admin, seats) and the ledger's chain within one organization. */
  lock(db: Handle, id: string): Promise<void>;
  /**
   * For whoever looks whether a person is there and makes one if not. `shared`: beside others like it (connections, which
   * see only their own people and those of nobody); `alone`: beside nobody (doors at which anybody may come). A lock of its
   * own, because many who share the organization's and then want it for themselves would wait for each other. Taken before
   * `lock`; held until the transaction ends.
   */
  lockNewcomers(db: Handle, id: string, how: 'shared' | 'alone'): Promise<void>;
}

export interface ChangeStore {
  append(db: Handle, changes: readonly ChangeRow[]): Promise<void>;
  /** Changes of one kind about one subject, newest first: where a grant came from. */
  ofSubject(db: Handle, subjectId: string, kind: string, limit: number): Promise<readonly Change[]>;
  /** Puts a pseudonym where an erased person's name stood, and forgets what was before and after. */
  replaceNames(db: Handle, userId: string, pseudonym: string): Promise<void>;
  /** How many changes that is. */
  countNames(db: Handle, userId: string): Promise<number>;
}

/** A change with everything that the transaction adds to it. */
export interface ChangeRow extends NewChange {
  readonly organizationId: string;
  readonly connectionId: string | null;
  readonly exchangeId: string | null;
  readonly at: number;
  readonly actor: Change['actor'];
  readonly reason: string | null;
}

export interface ExchangeStore {
  insert(db: Handle, exchanges: readonly Exchange[]): Promise<void>;
  /** Removes some of what is older; says how many, and whether nothing older is left. */
  prune(db: Handle, before: number, limit: number): Promise<{ readonly pruned: number; readonly isDone: boolean }>;
  /**
   * Puts a pseudonym where an erased person's name stood, and forgets bodies: of exchanges about the person, of those that
   * changed something about them, and of the newest that name them, plain reads included.
   */
  replaceNames(db: Handle, person: NamedPerson, pseudonym: string): Promise<void>;
  /** How many exchanges that is, plain reads left out. */
  countNames(db: Handle, person: NamedPerson): Promise<number>;
}

/** What went out to targets about people, and what they are called over there; the rest of it is for targets/. */
export interface TargetHistoryStore {
  /** Puts a pseudonym where an erased person's name stood, and takes away what targets said about them. */
  replaceNames(db: Handle, organizationId: string, userId: string, pseudonym: string): Promise<void>;
  /** How many pushes about them there are. */
  countNames(db: Handle, organizationId: string, userId: string): Promise<number>;
}

/** One-time links of the command line, by hash. */
export interface SetupLinkStore {
  insertLink(
    db: Handle,
    link: { hash: string; organizationId: string; createdAt: number; expiresAt: number },
  ): Promise<void>;
  /** Whether a link could be used now; for the page that it leads to. */
  isUsable(db: Handle, hash: string, at: number): Promise<boolean>;
  /** Marks a link that is unused and not expired as used; undefined when there is none. */
  useLink(db: Handle, hash: string, at: number): Promise<{ organizationId: string } | undefined>;
}

export interface DirectoryStore {
  readonly reader: Handle;
  /** @param options `durable: false` for what nobody was promised: its commit does not wait for the disk */
  write<T>(work: (tx: Handle) => Promise<T>, options?: { readonly durable?: boolean }): Promise<T>;
  readonly users: UserStore;
  readonly groups: GroupStore;
  readonly groupPages: GroupPages;
  readonly members: MemberStore;
  readonly teams: TeamStore;
  readonly teamMembers: TeamMemberStore;
  readonly exclusions: ExclusionStore;
  readonly avatars: AvatarStore;
  readonly customRoles: CustomRoleStore;
  readonly enforcedPrivacy: EnforcedPrivacyStore;
  readonly grants: GrantStore;
  readonly rulePeople: RulePeople;
  readonly ruleRuns: RuleRunStore;
  readonly connections: ConnectionStore;
  readonly organizations: OrganizationStore;
  readonly changes: ChangeStore;
  readonly exchanges: ExchangeStore;
  readonly targetPushes: TargetHistoryStore;
  readonly ledger: LedgerStore;
  readonly removals: RemovalStore;
  readonly chainStandings: ChainStandingStore;
  readonly runDigests: RunDigestStore;
  readonly setupLinks: SetupLinkStore;
  readonly sessions: SessionStore;
  readonly identityLinks: IdentityLinkStore;
  readonly emailLinks: EmailLinkStore;
  readonly slowing: SlowingStore;
  readonly signInAttempts: SignInAttemptStore;
  readonly jobs: JobStore;
  readonly persons: PersonStore;
  readonly apiKeys: ApiKeyStore;
  readonly serviceAccounts: ServiceAccountStore;
  readonly invites: InviteStore;
  readonly mails: MailStore;
}
