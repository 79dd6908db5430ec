/**
 * Signing in by a link that goes to an e-mail address: for invited people, and for installations without SSO.
 *
 * Owns: who gets one, how long it works, that it works once. Does not own: sending (mail/), who is let in (just-in-time).
 * Asking for a link only marks a job, whoever the address belongs to; the job looks whom it means. So the answer tells
 * nothing about who is here, by its words or by its time.
 */
import type { EmailLink } from '../directory/entry/email-link.ts';
import type { Mail } from '../directory/mail.ts';
import type { DirectoryParts } from '../directory/parts.ts';
import { foldCase } from '../directory/people/user.ts';
import { hashSecret, newSecret } from '../directory/secret.ts';
import type { Job, JobResult } from '../jobs/job.ts';
import type { Handle } from '../synclog/handle.ts';
import type { Identity } from './identity.ts';

export const EMAIL_LINK_MINUTES = 15;
export const EMAIL_LINK_QUEUE = 'sign-in-link';

/** Who vouches for an address: this installation, which sent the link. */
const ISSUER = 'this installation';

export interface EmailLinkParts {
  readonly directory: DirectoryParts;
  /** Whether people have another way to sign in: then a link is for those whom it does not know. */
  readonly hasSso: boolean;
}

interface Asked {
  readonly email: string;
  readonly returnTo: string;
}

export async function askForLink({ store, now }: DirectoryParts, organizationId: string, asked: Asked): Promise<void> {
  const at = now();
  const key = hashSecret(`${organizationId} ${foldCase(asked.email)}`);
  await store.write((db) =>
    store.jobs.mark(db, [{ queue: EMAIL_LINK_QUEUE, key, organizationId, payload: asked, dueAt: at }], at),
  );
}

/** The handler of the queue: a mail for those who may sign in so, and nothing for everybody else. */
export function createLinkHandler(parts: EmailLinkParts): (job: Job) => Promise<JobResult> {
  const { directory } = parts;
  return async ({ organizationId, payload }) => {
    const { email, returnTo } = payload as Asked;
    await directory.store.write(async (db) => {
      if (!(await mayHaveLink(parts, db, organizationId, email))) return;
      // To the address that we know, not to the one that was typed: letters of other scripts can fold to the same text.
      const about = { organizationId, kind: 'sign_in_link', to: foldCase(email), aboutId: null } as const;
      await directory.mail.enqueue(db, { ...about, content: { returnTo } });
    });
    return { kind: 'done' };
  };
}

/**
 * Active people with this address. Where there is SSO: only those whom no connection manages and who have never come
 * through SSO, which are invited guests; for everybody else SSO decides, with its second factor.
 */
async function mayHaveLink(
  { directory, hasSso }: EmailLinkParts,
  db: Handle,
  organizationId: string,
  email: string,
): Promise<boolean> {
  const { store } = directory;
  const keys = { email: foldCase(email), userName: null, externalId: null };
  const found = (await store.identityLinks.candidates(db, organizationId, keys)).filter((one) => !one.isDeleted);
  for (const { user } of found) {
    if (!user.active) continue;
    if (!hasSso) return true;
    const links = await store.identityLinks.ofUser(db, user.id);
    if (user.connectionId === null && links.every(({ connector }) => connector === 'email')) return true;
  }
  return false;
}

/** Makes the link's secret when the mail is sent, so that none lies in the outbox. */
export async function linkOfMail(
  { store, now }: DirectoryParts,
  { organizationId, to, content }: Pick<Mail, 'organizationId' | 'to' | 'content'>,
): Promise<{ readonly path: string }> {
  const secret = newSecret('drawbridge_link');
  const at = now();
  const returnTo = typeof content.returnTo === 'string' ? content.returnTo : '/';
  await store.write(async (db) => {
    await store.emailLinks.prune(db, at);
    const times = { createdAt: at, expiresAt: at + EMAIL_LINK_MINUTES * 60_000 };
    await store.emailLinks.insert(db, { organizationId, email: to, returnTo, ...times, hash: hashSecret(secret) });
  });
  return { path: `/auth/email/enter?key=${secret}` };
}

/** Uses the link up; undefined when it is unknown, used or expired. */
export function takeEmailLink({ store, now }: DirectoryParts, secret: string): Promise<EmailLink | undefined> {
  return store.write((db) => store.emailLinks.take(db, hashSecret(secret), now()));
}

export function identityOf({ email }: EmailLink): Identity {
  return {
    ...{ connector: 'email', issuer: ISSUER, subject: foldCase(email), userName: null, name: null },
    ...{ email, emailVerified: true, groups: null, externalId: null, claims: {}, upstream: null },
  };
}
