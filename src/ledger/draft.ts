/** What happened to somebody, before it is chained. Use-cases of directory/ put these into their work. */
import type { JsonObject } from '../schema/json.ts';
import type { LedgerKind, LedgerScope } from './kind.ts';

/** Who somebody was: stands beside the chain, and can be erased. */
export interface LedgerPerson {
  readonly userName: string;
  readonly name: string;
  readonly externalId: string | null;
  readonly email: string | null;
}

export interface HeldTeam {
  readonly id: string;
  readonly name: string;
  readonly role: string;
}

export interface LedgerDraft {
  readonly kind: LedgerKind;
  readonly scope: LedgerScope;
  readonly team: { readonly id: string; readonly name: string } | null;
  readonly userId: string;
  /**
   * The removal that this belongs to. Left out by `removed`, which begins one (and adds nothing while one is open), and
   * by `returned`, which ends the open one of that user and scope (and adds nothing when none is open).
   */
  readonly removalId?: string;
  /** `deactivated`, `deleted`, `membership lost`, `reactivated`, `membership regained`, ... */
  readonly cause: string;
  /** In the actor's words. Chained, so it cannot be erased. */
  readonly reason: string | null;
  readonly actor: { readonly kind: string; readonly id: string | null; readonly name: string };
  /** What the person held: organization role and team roles. */
  readonly held?: { readonly organizationRole: string; readonly teams: readonly HeldTeam[] };
  /** The connection that managed the person: an externalId says something within it only. */
  readonly connectionId?: string | null;
  readonly details?: JsonObject;
  /** Null where the entry names nobody beyond the removal that it belongs to. */
  readonly person: LedgerPerson | PersonalNote | null;
}

/** Something else that names a person: the name that the tracker knows them by. */
export interface PersonalNote {
  readonly trackerUser: string;
}
