/** What targets ask of a store. store/ implements it; app puts the two together. Handles as in directory/store.ts. */
import type { TargetHistoryStore } from '../directory/store.ts';
import type { JsonObject } from '../schema/json.ts';
import type { Change } from '../synclog/change.ts';
import type { Handle } from '../synclog/handle.ts';
import type { FeedCursor } from '../synclog/sync-log.ts';
import type { Link } from './contract.ts';
import type { Failure, KeptFailure } from './failing.ts';
import type { Cause, SubjectRef, SubjectType, Target } from './target.ts';
import type { WantedRole, WantedServiceAccount, WantedTeam, WantedUser } from './wanted.ts';

export interface TargetStore {
  /** By id or name. */
  find(db: Handle, organizationId: string, idOrName: string): Promise<Target | undefined>;
  findById(db: Handle, id: string): Promise<Target | undefined>;
  list(db: Handle, organizationId: string): Promise<readonly Target[]>;
  /** Of every organization. */
  all(db: Handle): Promise<readonly Target[]>;
  insert(db: Handle, target: Target): Promise<void>;
  /**
   * Until the transaction ends, serialises whoever makes memberships due with whoever lets them go ahead: each would
   * otherwise miss what the other is about to commit, and a member would wait for ever. `moveCursor` does the same.
   */
  lock(db: Handle, id: string): Promise<void>;
  setState(db: Handle, id: string, state: Pick<Target, 'state' | 'stateReason'>, at: number): Promise<void>;
  setSettings(db: Handle, id: string, settings: JsonObject, sealed: string, at: number): Promise<void>;
  /** False: another process moved it meanwhile. */
  moveCursor(db: Handle, id: string, from: FeedCursor, to: FeedCursor): Promise<boolean>;
  setLoadedUpTo(db: Handle, id: string, loadedUpTo: string | null): Promise<void>;
  /** With everything that is remembered about it. */
  delete(db: Handle, id: string): Promise<void>;
  /**
   * Takes `count` turns of `spacingMs` each, for every process together; gives the time of the first one.
   * @param notBefore epoch milliseconds
   */
  takeTurns(db: Handle, id: string, count: number, spacingMs: number, notBefore: number): Promise<number>;
  /** What waits in the target's queue. */
  waiting(db: Handle, id: string): Promise<TargetQueue>;
  /** Nobody's turn comes before this time. */
  holdUntil(db: Handle, id: string, at: number): Promise<void>;
}

export interface TargetQueue {
  readonly due: number;
  readonly parked: number;
  /** Since when the one that is due for longest waits, epoch milliseconds; null when none is. */
  readonly oldestAt: number | null;
  /** When the first of those that are due is tried; null when none is. */
  readonly nextAt: number | null;
}

/** One row per target whose last try failed. */
export interface FailureStore {
  /** @param failure `startedAt`, `at`: when the try began, and when it failed */
  add(
    db: Handle,
    failure: Failure & { readonly targetId: string; readonly startedAt: number; readonly at: number },
  ): Promise<void>;
  /** It works, or begins anew. */
  clear(db: Handle, targetId: string): Promise<void>;
  find(db: Handle, targetId: string): Promise<KeptFailure | undefined>;
}

/** A row of the map from our subjects to what they are over there, with how the last push went. */
export interface TargetLink extends SubjectRef {
  readonly targetId: string;
  readonly link: Link | undefined;
  /** Of what was pushed last; null: push again whatever it is. */
  readonly fingerprint: string | null;
  /** The user (our id) by whose id over there this one was pushed, or shall be once it is known. */
  readonly refersTo: string | null;
  /** Refusals in a row. */
  readonly refusals: number;
  readonly outcome: PushOutcome;
  readonly reason: string | null;
  readonly pushedAt: number;
}

export type PushOutcome = 'done' | 'retry' | 'refused';

export interface LinkStore {
  find(db: Handle, targetId: string, subject: SubjectRef): Promise<TargetLink | undefined>;
  findMany(db: Handle, targetId: string, type: SubjectType, ids: readonly string[]): Promise<readonly TargetLink[]>;
  ownerOf(db: Handle, targetId: string, type: SubjectType, remoteId: string): Promise<string | undefined>;
  isNameTaken(db: Handle, targetId: string, type: SubjectType, remoteName: string): Promise<boolean>;
  save(db: Handle, link: TargetLink): Promise<void>;
  /** Users who were pushed with a reference to this one. */
  referringTo(db: Handle, targetId: string, userId: string): Promise<readonly string[]>;
  /** Lets the next push go out although nothing changed on our side. */
  forget(db: Handle, targetId: string, subjects: readonly SubjectRef[]): Promise<void>;
  page(db: Handle, targetId: string, type: SubjectType, afterId: string, limit: number): Promise<readonly TargetLink[]>;
  /** How many there are, by outcome. */
  counts(db: Handle, targetId: string): Promise<Readonly<Record<PushOutcome, number>>>;
}

/** A membership as it was pushed, and whether it has to be looked at. */
export interface TargetMember {
  readonly teamId: string;
  readonly userId: string;
  /** As pushed; null: not a member. */
  readonly role: string | null;
  /** Grows with each time that it became due. */
  readonly version: number;
}

export interface TargetMemberStore {
  /** Makes memberships due. */
  mark(db: Handle, targetId: string, members: readonly MemberRef[]): Promise<void>;
  /**
   * Makes every membership of a team due: those that were pushed and those that are granted.
   * @param forgotten what was pushed is gone over there
   */
  markTeam(db: Handle, targetId: string, teamId: string, forgotten: boolean): Promise<void>;
  /** The same for a user; gives the teams. */
  markUser(db: Handle, targetId: string, userId: string, forgotten: boolean): Promise<readonly string[]>;
  /** A user who is not over there any more. */
  removeUser(db: Handle, targetId: string, userId: string): Promise<void>;
  /** Due memberships of a team whose user is over there already, in the order of user ids, after one. */
  due(db: Handle, query: DueMembers): Promise<readonly TargetMember[]>;
  /** Writes what was pushed; one that became due meanwhile stays due. */
  settle(db: Handle, targetId: string, members: readonly TargetMember[]): Promise<void>;
  /** Teams where this user's memberships wait. */
  teamsWaitingFor(db: Handle, targetId: string, userId: string): Promise<readonly string[]>;
  /** What was pushed, in the order of user ids, after one. */
  page(db: Handle, query: DueMembers): Promise<readonly TargetMember[]>;
  /** Corrects what we believe to be over there, and makes it due. */
  correct(db: Handle, targetId: string, teamId: string, userId: string, role: string | null): Promise<void>;
}

export interface DueMembers {
  readonly targetId: string;
  readonly teamId: string;
  readonly afterUserId: string;
  readonly limit: number;
}

export interface MemberRef {
  readonly teamId: string;
  readonly userId: string;
}

/** One push, for the history: what caused it, what was asked, what was answered. */
export interface PushRecord {
  readonly id: string;
  readonly targetId: string;
  readonly organizationId: string;
  readonly subject: { readonly type: string; readonly id: string; readonly name: string };
  readonly cause: Cause | null;
  readonly outcome: PushOutcome | 'parked';
  /** Why not, or what was noted. */
  readonly reason: string | null;
  readonly at: number;
  readonly durationMs: number;
  /** `PATCH /Users/abc 200 12ms`, one per request. */
  readonly requests: readonly string[];
}

export interface PushStore extends TargetHistoryStore {
  insert(db: Handle, push: PushRecord): Promise<void>;
  /** Newest first. */
  ofTarget(
    db: Handle,
    query: { readonly targetId: string; readonly beforeId: string | null; readonly limit: number },
  ): Promise<readonly PushRecord[]>;
  /** What became of one exchange in every target. */
  ofExchange(db: Handle, organizationId: string, exchangeId: string, limit: number): Promise<readonly PushRecord[]>;
  prune(db: Handle, before: number, limit: number): Promise<number>;
}

/** An event that waits to be delivered, or was given up. */
export interface Delivery {
  readonly sequence: number;
  readonly targetId: string;
  readonly subjectKey: string;
  readonly position: number;
  readonly state: 'waiting' | 'dead';
  readonly attempts: number;
  readonly lastError: string | null;
  readonly createdAt: number;
}

/** With the name that the change gives its subject; null once the change is gone. */
export interface DeadDelivery extends Delivery {
  readonly subjectName: string | null;
}

export interface DeliveryQuery {
  readonly targetId: string;
  readonly afterSequence: number;
  /** Null: of all subjects. */
  readonly subjectKey: string | null;
  readonly limit: number;
}

export interface DeliveryStore {
  add(
    db: Handle,
    targetId: string,
    events: readonly { subjectKey: string; position: number }[],
    at: number,
  ): Promise<void>;
  /** Waiting ones of a subject, oldest first. */
  waiting(db: Handle, targetId: string, subjectKey: string, limit: number): Promise<readonly Delivery[]>;
  delivered(db: Handle, targetId: string, sequence: number): Promise<void>;
  failed(db: Handle, targetId: string, sequence: number, error: string, dead: boolean): Promise<void>;
  /** Waiting ones and those that were given up, in the order in which they came. */
  page(db: Handle, query: DeliveryQuery): Promise<readonly Delivery[]>;
  /** How many wait that came after one. */
  waitingAfter(db: Handle, targetId: string, sequence: number): Promise<number>;
  /** Given up, oldest first. */
  dead(db: Handle, targetId: string, afterSequence: number, limit: number): Promise<readonly DeadDelivery[]>;
  /** Makes dead ones (one, or all) wait again; gives their subject keys. */
  revive(db: Handle, targetId: string, sequence: number | null): Promise<readonly string[]>;
  counts(db: Handle, targetId: string): Promise<{ readonly waiting: number; readonly dead: number }>;
  change(db: Handle, position: number): Promise<Change | undefined>;
}

/** What the directory says about subjects, deleted ones too, read for targets. */
export interface WantedStore {
  user(db: Handle, organizationId: string, id: string): Promise<WantedUser | undefined>;
  team(db: Handle, organizationId: string, id: string): Promise<WantedTeam | undefined>;
  role(db: Handle, organizationId: string, id: string): Promise<WantedRole | undefined>;
  serviceAccount(db: Handle, organizationId: string, id: string): Promise<WantedServiceAccount | undefined>;
  /**
   * Those of these people whose personal data were erased, each with the pseudonym that stands for them. Until the
   * transaction ends, no other of those who left is erased: ask before writing what an erasure would look for.
   */
  erased(db: Handle, organizationId: string, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** The role of each of these users in a team; without an entry: not a member. */
  rolesInTeam(db: Handle, teamId: string, userIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Everybody who is or may become a member of a team, in the order of ids, after one. */
  memberIds(db: Handle, teamId: string, afterUserId: string, limit: number): Promise<readonly string[]>;
  userIds(db: Handle, organizationId: string, afterId: string, limit: number): Promise<readonly string[]>;
  teamIds(db: Handle, organizationId: string): Promise<readonly string[]>;
  roleIds(db: Handle, organizationId: string): Promise<readonly string[]>;
  serviceAccountIds(db: Handle, organizationId: string): Promise<readonly string[]>;
}

export interface TargetStores {
  readonly targets: TargetStore;
  readonly targetFailures: FailureStore;
  readonly targetLinks: LinkStore;
  readonly targetMembers: TargetMemberStore;
  readonly targetPushes: PushStore;
  readonly deliveries: DeliveryStore;
  readonly wanted: WantedStore;
}
