/** One-time links that let the operator of the machine into the console while nobody can sign in yet. */
import type { Handle } from '../synclog/handle.ts';
import type { DirectoryParts } from './parts.ts';
import { hashSecret, newSecret } from './secret.ts';
import { beginWork, finishWork, type Work } from './work.ts';

const LINK_MINUTES = 60;
const SESSION_HOURS = 12;

/** @returns the secret of a link that works once, for an hour */
export async function createSetupLink(
  { store }: DirectoryParts,
  work: Work,
): Promise<{ secret: string; expiresAt: number }> {
  const { organizationId } = work.context;
  const secret = newSecret('drawbridge_setup');
  const expiresAt = work.at + LINK_MINUTES * 60_000;
  await store.setupLinks.insertLink(work.db, {
    hash: hashSecret(secret),
    organizationId,
    createdAt: work.at,
    expiresAt,
  });
  work.changes.push({ kind: 'setup_link.created', subject: organization(organizationId), after: { expiresAt } });
  return { secret, expiresAt };
}

/** Uses a link up and opens a console session; undefined when the link is unknown, used or expired. */
export async function redeemSetupLink(
  parts: DirectoryParts,
  db: Handle,
  secret: string,
): Promise<{ readonly sessionToken: string; readonly organizationId: string } | undefined> {
  const at = parts.now();
  const link = await parts.store.setupLinks.useLink(db, hashSecret(secret), at);
  if (link === undefined) return undefined;
  const { organizationId } = link;
  const sessionToken = newSecret('drawbridge_console');
  const expiresAt = at + SESSION_HOURS * 3_600_000;
  await parts.store.setupLinks.insertSession(db, {
    hash: hashSecret(sessionToken),
    organizationId,
    createdAt: at,
    expiresAt,
  });
  const actor = { kind: 'system', id: null, name: 'setup link' } as const;
  const work = beginWork(db, { organizationId, actor, exchangeId: null }, null, at);
  work.changes.push({
    kind: 'setup_link.used',
    subject: organization(organizationId),
    after: { sessionUntil: expiresAt },
  });
  await finishWork(parts, work);
  return { sessionToken, organizationId };
}

function organization(id: string): { type: 'organization'; id: string; name: string } {
  return { type: 'organization', id, name: 'organization' };
}
