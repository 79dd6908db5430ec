/**
 * The links of invites: made when a mail is sent, or at once where there is no mail server. By hash only, so that nobody who
 * reads the database can accept an invite.
 */
import type { Handle } from '../../synclog/handle.ts';
import type { Mail } from '../mail.ts';
import type { DirectoryParts } from '../parts.ts';
import { isAllowed } from '../policy.ts';
import type { Principal } from '../principal.ts';
import { hashSecret, newSecret } from '../secret.ts';
import type { Work } from '../work.ts';
import { type Invite, invitePath } from './invite.ts';

/** For whoever invites, where no mail is sent. Shown once. */
export interface ShownLink {
  /** Below the public address. */
  readonly path: string;
  readonly expiresAt: number;
}

/**
 * Whether a link may be shown to whoever asks. A mailed link proves that its reader has the mailbox; a shown one makes
 * whoever holds it the person of that address, with all that the invite gives, so it takes the right to invite to the
 * organization: not that to a team.
 */
export function mayHandOver(principal: Principal, { organizationId }: Pick<Invite, 'organizationId'>): boolean {
  return isAllowed(principal, 'invites.create', { organizationId });
}

/**
 * Ends the links there are, and has a new one sent; or gives it back, where there is no mail server, to those who may hand
 * one over. Null for all others: they have it handed over by an admin, who sends the invite again.
 */
export async function issueLink(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  invite: Invite,
): Promise<ShownLink | null> {
  const { store, mail } = parts;
  if (!mail.delivers && !mayHandOver(principal, invite)) return null;
  await store.invites.endLinks(work.db, invite.id, work.at);
  await store.mails.dropWaiting(work.db, invite.id, work.at);
  if (!mail.delivers) return { path: await makeLink(parts, work.db, invite, work.at), expiresAt: invite.expiresAt };
  const { organizationId, email, id, invitedBy } = invite;
  const content = { invitedBy: invitedBy.name };
  await mail.enqueue(work.db, { organizationId, kind: 'invite', to: email, aboutId: id, content });
  return null;
}

async function makeLink({ store }: DirectoryParts, db: Handle, invite: Invite, createdAt: number): Promise<string> {
  const secret = newSecret('drawbridge_invite');
  await store.invites.insertLink(db, { hash: hashSecret(secret), inviteId: invite.id, createdAt });
  return invitePath(secret);
}

export interface MailedLink {
  readonly path: string;
  readonly expiresAt: number;
  readonly organization: string;
}

/**
 * The link that a mail carries, made when it is sent. Another try makes another one, and both work: the first may have
 * arrived after all. Undefined: there is nothing to send any more, because the invite was accepted, revoked, sent again or
 * has expired.
 */
export async function linkForMail(parts: DirectoryParts, mail: Mail): Promise<MailedLink | undefined> {
  const { store, now } = parts;
  return store.write(async (db) => {
    const invite = await store.invites.lock(db, mail.organizationId, mail.aboutId ?? '');
    if (invite === undefined || invite.state !== 'pending' || invite.expiresAt <= now()) return undefined;
    // Read again under the invite's lock: it may have been sent again meanwhile.
    if ((await store.mails.find(db, mail.id))?.state === 'dropped') return undefined;
    const organization = await store.organizations.find(db, mail.organizationId);
    const path = await makeLink(parts, db, invite, now());
    return { path, expiresAt: invite.expiresAt, organization: organization?.name ?? 'the organization' };
  });
}
