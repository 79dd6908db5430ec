/** Everything a person can sign in with ends with their access, in the same transaction (design rule 7). */

import { endSessionsOf } from './entry/sessions.ts';
import { endKeysOf } from './keys/api-keys.ts';
import type { DirectoryParts } from './parts.ts';
import type { UserCard } from './people/user.ts';
import type { Work } from './work.ts';

/** Call where a person is deactivated, deleted or removed. */
export async function endCredentials(
  parts: DirectoryParts,
  work: Work,
  user: Pick<UserCard, 'id' | 'name'>,
): Promise<void> {
  await endKeysOf(parts, work, { kind: 'user', id: user.id, name: user.name });
  await endSessionsOf(parts, work, user);
}
