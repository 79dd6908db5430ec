/** Takes tries of whoever signs in, and counts those who are sent away for a while: somebody may be guessing. */
import { type Tried, takeTries } from '../directory/entry/slowing.ts';
import { isAppError } from '../errors.ts';
import type { SignInParts } from './parts.ts';

/** @param connector as in the log: `oidc`, `email`, ... @throws AppError `rate_limited` */
export async function slowDown(
  { directory, onSignIn }: Pick<SignInParts, 'directory' | 'onSignIn'>,
  connector: string,
  tries: readonly Tried[],
): Promise<void> {
  try {
    await takeTries(directory, tries);
  } catch (error) {
    if (isAppError(error, 'rate_limited')) onSignIn({ connector, outcome: 'slowed' });
    throw error;
  }
}
