/**
 * The one contract for systems that are kept in step: given the wanted state of one subject, make it so, and say done,
 * retry after, or refused with the reason.
 *
 * An adapter (scim/, wandb/) is asked for one subject at a time, always with the current wanted state, and must come to
 * the same end when it is asked twice: whatever was pushed and not acknowledged is pushed again. It returns what is there
 * now, or throws a `TargetUnavailable` (try later, the subject is not to blame) or a `TargetRefusal` (this subject cannot
 * be made so, and why, in words). It keeps nothing between calls that another process would need. Called by reconcile.ts,
 * dry-run.ts and drift.ts; made by registry.ts.
 */
import type { Json, JsonObject } from '../schema/json.ts';
import type { Change } from '../synclog/change.ts';
import type { SubjectType } from './target.ts';
import type { WantedRole, WantedServiceAccount, WantedTeam, WantedUser } from './wanted.ts';

/** What goes along with every request of one push. */
export interface Call {
  /** Aborted when the lease is lost or the process stops. */
  readonly signal: AbortSignal;
  /** The exchange that caused it; sent along as `X-Request-Id`. */
  readonly requestId: string | null;
  /** Told one line per request: `PATCH /scim/Users/abc 200 12ms`. */
  readonly trace: (line: string) => void;
}

/** What a subject is called over there. */
export interface Link {
  readonly remoteId: string;
  /** The user name or team name over there; kept stable. */
  readonly remoteName: string;
  /** What an adapter wants to remember of it. */
  readonly memo: JsonObject;
}

/** Who is who over there, as far as this target's own map knows. */
export interface LinkBook {
  /** The subject that this remote id was given to, if any. */
  ownerOf(type: SubjectType, remoteId: string): Promise<string | undefined>;
  /** What one of ours is there; undefined: not there, as far as we know. */
  remoteIdOf(type: SubjectType, id: string): Promise<string | undefined>;
  /** What one of ours is called there. */
  remoteNameOf(type: SubjectType, id: string): Promise<string | undefined>;
  isNameTaken(type: SubjectType, remoteName: string): Promise<boolean>;
}

export interface Push<W> {
  readonly wanted: W;
  /** Undefined: nothing of ours is there as far as we know. */
  readonly link: Link | undefined;
  readonly book: LinkBook;
}

export interface Pushed {
  /** What is there now; undefined: nothing that has to be remembered. */
  readonly link: Link | undefined;
  /** Another remote resource than before: whatever hung on the old one (memberships) has to be pushed again. */
  readonly replaced?: boolean;
  /** What could not be had and is not worth a refusal: `keeps the name "a": teams cannot be renamed there`. */
  readonly notes: readonly string[];
}

/** A membership that has to change. */
export interface MemberChange {
  readonly userId: string;
  readonly remoteId: string;
  readonly remoteName: string;
  /** The role that was pushed; null: not a member as far as we know. */
  readonly from: string | null;
  /** Null: no longer a member. */
  readonly to: string | null;
}

export interface MemberResult {
  readonly userId: string;
  /** Undefined: done. */
  readonly refusal?: string;
}

/** A user or team over there, in the fields that drift is told by. */
export interface RemoteResource {
  readonly id: string;
  readonly name: string;
  readonly fields: JsonObject;
}

export interface RemoteTeam extends RemoteResource {
  /** Remote user id -> role; a role of '' where the system has none. */
  readonly members: ReadonlyMap<string, string>;
}

export interface FieldDifference {
  readonly field: string;
  readonly wanted: Json | null;
  readonly there: Json | null;
}

export interface TestReport {
  readonly ok: boolean;
  /** One sentence each: what was asked and what came back. */
  readonly findings: readonly string[];
}

export interface StateAdapter {
  /** Changes when what it pushes for the same wanted state changes; part of every fingerprint. */
  readonly version: number;
  /** The part of the wanted state that this system can hold: what is pushed, compared and fingerprinted. */
  userFields(call: Call, wanted: WantedUser, book: LinkBook): Promise<JsonObject>;
  /**
   * The person here by whose id over there this one is pushed (a manager); null for none. The one who refers is pushed
   * again when that id comes, changes or goes.
   */
  refersTo(wanted: WantedUser): string | null;
  /** Where a user over there differs from the fields that are wanted. */
  compareUser(wanted: JsonObject, there: JsonObject): readonly FieldDifference[];
  /** Whether the push of an archived team removes it there; else it stays, without the members who were pushed. */
  readonly removesArchivedTeams: boolean;
  /** What the system calls this team role; '' where it has no roles. */
  memberRole(role: string): string;
  pushUser(call: Call, push: Push<WantedUser>): Promise<Pushed>;
  pushTeam(call: Call, push: Push<WantedTeam>): Promise<Pushed>;
  /** Roles of the organization's own; undefined: the system has none. */
  readonly pushRole: ((call: Call, push: Push<WantedRole>) => Promise<Pushed>) | undefined;
  /** Programs; undefined: the system has none. */
  readonly pushServiceAccount: ((call: Call, push: Push<WantedServiceAccount>) => Promise<Pushed>) | undefined;
  /** In chunks of at most `MEMBERS_AT_ONCE`. A fault of one member does not keep the others out. */
  pushMembers(call: Call, team: Link, changes: readonly MemberChange[]): Promise<readonly MemberResult[]>;
  /** Everybody and everything that is there, for drift. */
  listUsers(call: Call): AsyncIterable<RemoteResource>;
  listTeams(call: Call): AsyncIterable<RemoteTeam>;
  /** Asks the system whether it is who it should be and lets us in. Never throws. */
  test(call: Call): Promise<TestReport>;
  close(): Promise<void>;
}

export const MEMBERS_AT_ONCE = 200;

/** The system cannot be worked with now: down, slow, overloaded, or it does not let us in. Not the subject's fault. */
export class TargetUnavailable extends Error {
  readonly retryAfterMs: number | undefined;
  constructor(message: string, retryAfterMs?: number) {
    super(message);
    this.name = 'TargetUnavailable';
    this.retryAfterMs = retryAfterMs;
  }
}

/** The system works; this subject has to wait for another one there, or for somebody else who works on it. */
export class SubjectWaits extends TargetUnavailable {
  constructor(message: string, retryAfterMs: number) {
    super(message, retryAfterMs);
    this.name = 'SubjectWaits';
  }
}

/** The configuration does not let the system be asked: only another address or another configuration changes that. */
export class TargetForbidden extends TargetUnavailable {
  constructor(message: string) {
    super(message);
    this.name = 'TargetForbidden';
  }
}

/** This subject cannot be made so; the message says why, for people. */
export class TargetRefusal extends Error {
  /** What is there nevertheless, and has to be remembered: a user who got everything but the seat. */
  readonly link: Link | undefined;
  constructor(message: string, link?: Link) {
    super(message);
    this.name = 'TargetRefusal';
    this.link = link;
  }
}

/** The system wants to hear nothing more, for good: its target is paused until somebody resumes it. */
export class TargetClosed extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TargetClosed';
  }
}

/** What hung on our link is not there any more; it has to be found or made again, and everything that hung on it. */
export class TargetGone extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TargetGone';
  }
}

/** One change on its way to a target that wants events (webhook/) instead of a state. */
export interface OutgoingEvent {
  /** The same for every try, so that a receiver can tell a repetition. */
  readonly id: string;
  readonly change: Change;
}

export interface EventAdapter {
  wantsEvent(kind: string): boolean;
  /** Resolves when it arrived. */
  deliver(call: Call, event: OutgoingEvent): Promise<void>;
  test(call: Call): Promise<TestReport>;
  close(): Promise<void>;
}
