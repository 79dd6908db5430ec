/** The first person to sign in where there is no admin becomes one: once, whatever races. */

import type { VouchedIdentity } from '../entry/sign-in-match.ts';
import type { DirectoryParts } from '../parts.ts';
import { giveRoles, type WantedRole } from '../roles/grants.ts';
import type { Work } from '../work.ts';
import { foldCase, type UserCard } from './user.ts';

/** Origin `setup`: neither a rule nor another admin gave it, so neither takes it away by itself. */
export const SETUP_ADMIN: WantedRole = {
  ...{ scope: 'organization', teamId: null, teamName: null, role: 'admin', origin: 'setup' },
  ...{ ruleId: null, connectionId: null, groupId: null },
} as const;

type Claimed = Pick<VouchedIdentity, 'email' | 'emailVerified' | 'userName'>;

/** `unverified`: the person would be it, if the identity provider vouched for the address. */
export type FirstAdmin = 'became' | 'no' | 'unverified';

/** @param only the address of the one who may; null: anybody */
export async function claimFirstAdmin(
  parts: DirectoryParts,
  work: Work,
  user: UserCard,
  identity: Claimed,
  only: string | null,
): Promise<FirstAdmin> {
  const { store } = parts;
  const { organizationId } = work.context;
  const claim = only === null ? 'theirs' : claimOf(identity, foldCase(only));
  if (claim === 'none') return 'no';
  if ((await store.users.countActiveAdmins(work.db, organizationId)) > 0) return 'no';
  if (claim === 'unverified') return 'unverified';
  await store.organizations.lock(work.db, organizationId);
  if ((await store.users.countActiveAdmins(work.db, organizationId)) > 0) return 'no';
  await giveRoles(parts, work, [user], [SETUP_ADMIN]);
  return 'became';
}

/** Neither an address that nobody vouches for nor a name, which many providers let people choose, makes an admin. */
function claimOf({ email, emailVerified, userName }: Claimed, wanted: string): 'theirs' | 'unverified' | 'none' {
  const hasAddress = email !== null && foldCase(email) === wanted;
  if (hasAddress && emailVerified) return 'theirs';
  return hasAddress || (userName !== null && foldCase(userName) === wanted) ? 'unverified' : 'none';
}
