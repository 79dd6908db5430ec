/** How many admins an organization has. One is allowed, and worth a warning: whoever is the only one can be lost. */
import type { Handle } from '../../synclog/handle.ts';
import type { DirectoryParts } from '../parts.ts';

export interface AdminCount {
  readonly admins: number;
  /** For people to read; null where all is well. */
  readonly warning: string | null;
}

export async function countAdmins(
  { store }: Pick<DirectoryParts, 'store'>,
  db: Handle,
  organizationId: string,
): Promise<AdminCount> {
  const admins = await store.users.countActiveAdmins(db, organizationId);
  return { admins, warning: warningFor(admins) };
}

function warningFor(admins: number): string | null {
  if (admins === 0) return 'The organization has no admin. Name one.';
  if (admins > 1) return null;
  return 'The organization has only one admin. Name a second one, in case the first cannot sign in.';
}
