/**
 * State between the start and the finish of a sign-in.
 *
 * It is kept in a row, not in a cookie: then it works once (taking it deletes it, whichever node does it) and holds nothing
 * that a browser could read. Two secrets lead to it, and both are needed: the `state`, which travels through the identity
 * provider, and the browser's cookie (flow-cookies.ts), which does not; so nobody can finish in one browser what was begun
 * in another.
 */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import type { SignInAttemptStore } from '../directory/entry/sign-in-attempt.ts';
import { hashSecret } from '../directory/secret.ts';
import type { Handle } from '../synclog/handle.ts';
import type { FinishedAttempt, Kept, OneUse } from './connector.ts';
import type { ConnectorType } from './connector-type.ts';
import { type Refusal, refuse } from './refusals.ts';

/** Long enough to find the second factor. */
export const ATTEMPT_MINUTES = 15;

export interface AttemptParts {
  readonly store: {
    write<T>(work: (tx: Handle) => Promise<T>): Promise<T>;
    readonly signInAttempts: SignInAttemptStore;
  };
  readonly now: () => number;
}

export type TakenAttempt =
  | { readonly kind: 'attempt'; readonly attempt: FinishedAttempt; readonly returnTo: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** A secret for a `state` or for the cookie: 256 random bits. 43 characters, because SAML's RelayState may have 80. */
export function newAttemptSecret(): string {
  return randomBytes(32).toString('base64url');
}

/**
 * Keeps what a connector's `start` gave.
 * @param attempt.state the one that `start` was given
 * @param attempt.browser secret in the browser's cookie
 */
export async function keepAttempt(
  { store, now }: AttemptParts,
  attempt: { state: string; browser: string; connector: ConnectorType; kept: Kept; returnTo: string },
): Promise<void> {
  const at = now();
  await store.write(async (db) => {
    // Here and not in the background: attempts pile up only while attempts are made.
    await store.signInAttempts.prune(db, at);
    await store.signInAttempts.insert(db, {
      stateHash: hashSecret(attempt.state),
      browserHash: hashSecret(attempt.browser),
      connector: attempt.connector,
      kept: JSON.stringify(attempt.kept),
      returnTo: attempt.returnTo,
      expiresAt: at + ATTEMPT_MINUTES * 60_000,
    });
  });
}

/**
 * Gives an attempt once.
 * @param browser the cookie's secret; null: the browser sent none
 */
export async function takeAttempt(
  { store, now }: AttemptParts,
  { state, browser, connector }: { state: string; browser: string | null; connector: ConnectorType },
): Promise<TakenAttempt> {
  const attempt = await store.write((db) => store.signInAttempts.take(db, hashSecret(state), now()));
  if (attempt === undefined) return refuse('attempt_unknown');
  if (attempt.connector !== connector) return refuse('attempt_unknown', `it was begun with ${attempt.connector}`);
  if (browser === null) return refuse('attempt_of_another_browser', 'no cookie came');
  if (hashSecret(browser) !== attempt.browserHash) return refuse('attempt_of_another_browser', 'another cookie came');
  const kept = z.record(z.string(), z.string()).parse(JSON.parse(attempt.kept));
  return { kind: 'attempt', attempt: { state, kept }, returnTo: attempt.returnTo };
}

/** For ConnectorParts. The value itself is not kept: it may name a person. */
export function createUseOnce({ store, now }: AttemptParts): (use: OneUse) => Promise<boolean> {
  return ({ realm, value, until }) =>
    store.write(async (db) => {
      await store.signInAttempts.prune(db, now());
      return store.signInAttempts.useOnce(db, { realm, hash: hashSecret(value), until });
    });
}
