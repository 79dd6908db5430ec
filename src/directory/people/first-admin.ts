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

/**
 * @param only the address of the one who may; null: anybody
 * @returns whether this person became the admin now
 */
export async function claimFirstAdmin(
  parts: DirectoryParts,
  work: Work,
  user: UserCard,
  identity: Pick<VouchedIdentity, 'email' | 'emailVerified' | 'userName'>,
  only: string | null,
): Promise<boolean> {
  const { store } = parts;
  const { organizationId } = work.context;
  if (only !== null && !isAddressOf(identity, only)) return false;
  if ((await store.users.countActiveAdmins(work.db, organizationId)) > 0) return false;
  await store.organizations.lock(work.db, organizationId);
  if ((await store.users.countActiveAdmins(work.db, organizationId)) > 0) return false;
  await giveRoles(parts, work, [user], [SETUP_ADMIN]);
  return true;
}

/** Whether this address is the person's: verified, or the very name that the identity provider signs them in by. */
function isAddressOf(
  { email, emailVerified, userName }: Pick<VouchedIdentity, 'email' | 'emailVerified' | 'userName'>,
  wanted: string,
): boolean {
  const key = foldCase(wanted);
  const isVerified = emailVerified && email !== null && foldCase(email) === key;
  return isVerified || (userName !== null && foldCase(userName) === key);
}
