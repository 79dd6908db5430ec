/** A sign-in under way, between leaving for the identity provider and coming back; and what may be used only once. */
import type { Handle } from '../../synclog/handle.ts';

export interface SignInAttempt {
  /** SHA-256 of the state that travels through the identity provider, hex. */
  readonly stateHash: string;
  /** SHA-256 of the cookie of the browser that began, hex. */
  readonly browserHash: string;
  readonly connector: string;
  /** What the connector wants to find again: JSON text. */
  readonly kept: string;
  /** Path to go to afterwards, checked by the routes. */
  readonly returnTo: string;
  readonly expiresAt: number;
}

export interface SignInAttemptStore {
  insert(db: Handle, attempt: SignInAttempt): Promise<void>;
  /** Gives the attempt and forgets it, in one statement: of two who ask, one gets it. Expired ones are given to nobody. */
  take(db: Handle, stateHash: string, at: number): Promise<SignInAttempt | undefined>;
  /** Forgets expired attempts and uses that could not be repeated any more; says how many. */
  prune(db: Handle, before: number): Promise<number>;
  /** Remembers a use; false: it was remembered already. */
  useOnce(db: Handle, use: { readonly realm: string; readonly hash: string; readonly until: number }): Promise<boolean>;
}
