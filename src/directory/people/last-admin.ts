/** An organization keeps an active admin, whatever door the change comes through. */
import { AppError } from '../../errors.ts';
import type { DirectoryParts } from '../parts.ts';
import type { Work } from '../work.ts';
import type { User } from './user.ts';

/**
 * Call before an active admin is removed, deactivated or demoted: refuses when there is no other.
 * @throws AppError `last_admin`
 */
export async function keepAnAdmin(
  { store }: DirectoryParts,
  { db }: Work,
  user: Pick<User, 'organizationId' | 'role' | 'active'>,
): Promise<void> {
  if (user.role !== 'admin' || !user.active) return;
  await store.organizations.lock(db, user.organizationId);
  const admins = await store.users.countActiveAdmins(db, user.organizationId);
  if (admins <= 1) throw new AppError('last_admin');
}
