/**
 * Slows down those who guess: each key (an address, an account) has a budget of tries that refills with time. Kept in the
 * store, so that several processes count together. A key is slowed, never locked for good: a lock would let anybody shut
 * anybody else out.
 */
import { AppError } from '../../errors.ts';
import type { DirectoryParts } from '../parts.ts';
import { hashSecret } from '../secret.ts';
import type { Budget } from './slowing-store.ts';

export interface Tried {
  /** What is counted: `ldap account`, `email address`, ... */
  readonly what: string;
  readonly who: string;
  readonly budget: Budget;
}

/** The key holds no name in the clear. */
function keyOf({ what, who }: Tried): string {
  return hashSecret(`${what} ${who}`);
}

/**
 * Takes a try of each; when one is used up, none of this attempt counts as made.
 * @throws AppError `rate_limited` with the seconds after which there is another try
 */
export async function takeTries({ store, now }: DirectoryParts, tries: readonly Tried[]): Promise<void> {
  const at = now();
  await store.write(async (db) => {
    await store.slowing.prune(db, at, 100);
    for (const tried of tries) {
      const freeAt = await store.slowing.take(db, keyOf(tried), tried.budget, at);
      if (freeAt === undefined) continue;
      const retryAfterSeconds = Math.max(1, Math.ceil((freeAt - at) / 1000));
      throw new AppError('rate_limited', 'Too many tries. Wait a little, then try again.', { retryAfterSeconds });
    }
  });
}

/** A right answer clears the account, not the address: whoever guesses at many accounts may own one of them. */
export async function forgiveTries({ store }: DirectoryParts, tried: Tried): Promise<void> {
  await store.write((db) => store.slowing.forgive(db, keyOf(tried)));
}
