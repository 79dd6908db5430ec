/**
 * Answers that are kept under an Idempotency-Key, so that a repeated request gets the first one's answer and does
 * nothing again. The port; store/ implements it. The kept text is sealed by whoever keeps it.
 */
import type { Handle } from '../synclog/handle.ts';

/** One request's hold on a key. */
export interface AnswerClaim {
  readonly organizationId: string;
  /** Who sent it: `user:<id>`, `service_account:<id>`. */
  readonly principal: string;
  /** SHA-256 of the key, hex. */
  readonly keyHash: string;
  /** SHA-256 over method, path and body: what the key was used for. */
  readonly fingerprint: string;
  /** Request id. */
  readonly claimedBy: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Until then the request counts as being at work; afterwards its process must have died. */
  readonly leaseUntil: number;
  readonly expiresAt: number;
}

export type ClaimResult =
  | { readonly kind: 'claimed' }
  | { readonly kind: 'in_flight'; readonly fingerprint: string }
  | { readonly kind: 'kept'; readonly fingerprint: string; readonly answer: string };

export interface KeptAnswerStore {
  /** Takes the key, or says who has it; a claim whose lease is over is taken over. */
  claim(db: Handle, claim: AnswerClaim): Promise<ClaimResult>;
  /** In the transaction of the change itself. False: another request took the key over, so that this one must not commit. */
  keep(db: Handle, claim: AnswerClaim, answer: string): Promise<boolean>;
  /** Gives a key back that came to nothing. */
  release(db: Handle, claim: AnswerClaim): Promise<void>;
  prune(db: Handle, before: number, limit: number): Promise<void>;
}
