/** One-time links that let the operator of the machine into the console while nobody can sign in yet. */
import type { DirectoryParts } from './parts.ts';
import { hashSecret, newSecret } from './secret.ts';
import type { Work } from './work.ts';

const LINK_MINUTES = 60;
const SESSION_HOURS = 12;

/** @returns the secret of a link that works once, for an hour */
export async function createSetupLink({ store }: DirectoryParts, work: Work): Promise<{ secret: string; expiresAt: number }> {
  const { organizationId } = work.context;
  const secret = newSecret('drawbridge_setup');
  const expiresAt = work.at + LINK_MINUTES * 60_000;
  await store.setupLinks.insertLink(work.db, { hash: hashSecret(secret), organizationId, createdAt: work.at, expiresAt });
  const subject = { type: 'organization', id: organizationId, name: 'organization' } as const;
  work.changes.push({ kind: 'setup_link.created', subject, after: { expiresAt } });
  return { secret, expiresAt };
}

/** Uses a link up and opens a console session; undefined when the link is unknown, used or expired. */
export async function redeemSetupLink(
  { store }: DirectoryParts,
  work: Omit<Work, 'context'>,
  secret: string,
): Promise<{ readonly sessionToken: string; readonly organizationId: string } | undefined> {
  const link = await store.setupLinks.useLink(work.db, hashSecret(secret), work.at);
  if (link === undefined) return undefined;
  const sessionToken = newSecret('drawbridge_console');
  const expiresAt = work.at + SESSION_HOURS * 3_600_000;
  const session = { hash: hashSecret(sessionToken), organizationId: link.organizationId, createdAt: work.at, expiresAt };
  await store.setupLinks.insertSession(work.db, session);
  return { sessionToken, organizationId: link.organizationId };
}
