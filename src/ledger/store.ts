/** What the ledger asks of a store. Entries are only ever added; an erasure replaces what stands beside the chain. */
import type { Handle } from '../synclog/handle.ts';
import type { ChainPoint } from './chain.ts';
import type { LedgerEntry } from './entry.ts';
import type { RunDigest } from './inventory/run-digest.ts';
import type { LedgerKind, LedgerScope } from './kind.ts';
import type { HandoverState, InventoryState, Removal, RemovalState } from './removal.ts';
import type { LedgerTotals } from './totals.ts';

/** By what a removed person can be found, in the form that it is compared in. Gone after an erasure. */
export interface PersonKeys {
  readonly userNameKey: string | null;
  readonly emailKey: string | null;
  readonly externalId: string | null;
}

/** All that are given hold together. */
export interface LedgerConditions {
  readonly kinds?: readonly LedgerKind[];
  readonly scope?: LedgerScope;
  readonly userIds?: readonly string[];
  readonly teamId?: string;
  readonly removalId?: string;
  /** These narrow to removals in such a state, and to the entries of their stories. */
  readonly state?: RemovalState;
  readonly inventory?: InventoryState | 'none';
  readonly handover?: HandoverState;
  readonly hold?: boolean;
  /** Runs are missing. */
  readonly missing?: boolean;
  readonly since?: number;
  readonly until?: number;
}

export interface LedgerQuery extends LedgerConditions {
  /** Entries before this position: the next page of newest first. */
  readonly before?: number;
  readonly limit: number;
}

/** An entry with what its removal has come to. */
export interface LedgerRow {
  readonly entry: LedgerEntry;
  readonly removal: Removal;
  /** The names that the removal's first entry has beside the chain. */
  readonly person: string | null;
}

/** What the metrics tell, over all organizations. */
export interface LedgerCounts {
  readonly entries: number;
  readonly left: number;
  readonly holds: number;
  readonly inventories: Readonly<Record<InventoryState | 'none', number>>;
  readonly runsKept: number;
  readonly runsMissing: number;
  /** The longest ago that an open removal with runs was looked at; null: none. */
  readonly oldestVerifiedAt: number | null;
}

export interface LedgerStore {
  /** The newest entry's position and hash; undefined for an empty chain. Lock the organization first. */
  head(db: Handle, organizationId: string): Promise<ChainPoint | undefined>;
  append(db: Handle, entries: readonly LedgerEntry[]): Promise<void>;
  /** In order of position, after one. */
  page(db: Handle, organizationId: string, afterPosition: number, limit: number): Promise<readonly LedgerEntry[]>;
  /** As `page`, those that fulfil the conditions. */
  select(
    db: Handle,
    organizationId: string,
    conditions: LedgerConditions,
    afterPosition: number,
    limit: number,
  ): Promise<readonly LedgerEntry[]>;
  /** Newest first. */
  list(db: Handle, organizationId: string, query: LedgerQuery): Promise<readonly LedgerRow[]>;
  /** All entries of one removal, oldest first. */
  story(db: Handle, removalId: string): Promise<readonly LedgerEntry[]>;
  ofUser(db: Handle, organizationId: string, userId: string): Promise<readonly LedgerEntry[]>;
  /** Puts a pseudonym where names of this user stood, as the subject and as the actor. Says how many entries. */
  replaceNames(db: Handle, organizationId: string, userId: string, pseudonym: string): Promise<number>;
  /** How many entries that is. */
  countNames(db: Handle, organizationId: string, userId: string): Promise<number>;
}

export interface RemovalStore {
  find(db: Handle, organizationId: string, id: string): Promise<Removal | undefined>;
  /** Writes the row of a removal; `keys` when it begins. */
  save(db: Handle, removal: Removal, keys?: PersonKeys): Promise<void>;
  /** The open removal of each of these users from one team (null: from the organization). */
  open(
    db: Handle,
    organizationId: string,
    userIds: readonly string[],
    teamId: string | null,
  ): Promise<ReadonlyMap<string, Removal>>;
  ofUsers(db: Handle, organizationId: string, userIds: readonly string[]): Promise<readonly Removal[]>;
  /** Ids of removed people with this id, userName, e-mail address or externalId. */
  findPeople(db: Handle, organizationId: string, text: string): Promise<readonly string[]>;
  /** Open removals from the organization of whoever had this externalId at a connection, or this e-mail address. */
  openByExternalId(db: Handle, connectionId: string, externalId: string): Promise<readonly Removal[]>;
  openByEmail(db: Handle, organizationId: string, emailKey: string): Promise<readonly Removal[]>;
  /** Forgets the keys of an erased person. */
  dropKeys(db: Handle, organizationId: string, userId: string): Promise<void>;
  /** Removals that nobody has a whole inventory of, of all organizations, in the order of ids. */
  withoutInventory(db: Handle, afterId: string, limit: number): Promise<readonly Removal[]>;
  /** Open ones with runs that were last looked at before a time; those that are to be kept only. */
  dueForVerification(
    db: Handle,
    organizationId: string,
    before: number,
    now: number,
    limit: number,
  ): Promise<readonly Removal[]>;
  /** Wanted: somebody or the schedule asked for a look at this time. Null: it was done. Not part of the story. */
  askVerification(db: Handle, ids: readonly string[], at: number | null): Promise<void>;
  verificationAskedAt(db: Handle, id: string): Promise<number | null>;
  /** Removals that a look was asked for and not done yet. */
  askedFor(db: Handle, organizationId: string, limit: number): Promise<readonly string[]>;
  /** How many those are; counted no further than `most`. */
  countAsked(db: Handle, organizationId: string, most: number): Promise<number>;
  /** Adds to what the removals of an organization come to, which is locked. */
  addTotals(db: Handle, organizationId: string, added: LedgerTotals): Promise<void>;
  counts(db: Handle): Promise<LedgerCounts>;
  /** Of one organization, what somebody has to look at. */
  trouble(db: Handle, organizationId: string): Promise<LedgerTrouble>;
}

export interface LedgerTrouble {
  /** Removals whose runs could not be counted. */
  readonly failed: number;
  /** Removals of which runs are missing, and how many runs in all. */
  readonly missingIn: number;
  readonly missingRuns: number;
}

export interface RunDigestStore {
  insert(db: Handle, entryId: string, digests: readonly RunDigest[]): Promise<void>;
  /** In the order of the inventory's projects. */
  ofEntry(db: Handle, entryId: string): Promise<readonly RunDigest[]>;
}
