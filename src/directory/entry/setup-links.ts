/**
 * One-time links of the command line: they make the first admin of an installation without SSO, and rescue one that has
 * locked itself out. Whoever can run the command line could change the database as well; here it is on record.
 */
import { AppError } from '../../errors.ts';
import type { DirectoryParts } from '../parts.ts';
import { SETUP_ADMIN } from '../people/first-admin.ts';
import { createPerson } from '../people/new-person.ts';
import { foldCase, type UserCard } from '../people/user.ts';
import { giveRoles } from '../roles/grants.ts';
import { hashSecret, newSecret } from '../secret.ts';
import type { Work } from '../work.ts';
import { type Candidate, cardOf, ownsAddress } from './identity-link.ts';

const LINK_MINUTES = 60;

/** @returns the secret of a link that works once, for an hour */
export async function createSetupLink(
  { store }: DirectoryParts,
  work: Work,
): Promise<{ secret: string; expiresAt: number }> {
  const { organizationId } = work.context;
  const secret = newSecret('drawbridge_setup');
  const expiresAt = work.at + LINK_MINUTES * 60_000;
  const link = { hash: hashSecret(secret), organizationId, createdAt: work.at, expiresAt };
  await store.setupLinks.insertLink(work.db, link);
  const subject = { type: 'organization', id: organizationId, name: 'organization' } as const;
  work.changes.push({ kind: 'setup_link.created', subject, after: { expiresAt } });
  return { secret, expiresAt };
}

/** Whether there is a page to show for this link. Looking does not use it up. */
export function isSetupLinkUsable({ store, now }: DirectoryParts, secret: string): Promise<boolean> {
  return store.setupLinks.isUsable(store.reader, hashSecret(secret), now());
}

/** Uses a link up; undefined when it is unknown, used or expired. Run it in the transaction of `makeAdmin`. */
export function takeSetupLink(
  { store }: DirectoryParts,
  work: Pick<Work, 'db' | 'at'>,
  secret: string,
): Promise<{ readonly organizationId: string } | undefined> {
  return store.setupLinks.useLink(work.db, hashSecret(secret), work.at);
}

/**
 * The person of this address becomes an admin; they are made when nobody has it.
 * @returns the admin, locked until the transaction ends
 * @throws AppError `conflict` when the address belongs to several people or to somebody who is deactivated, `seat_limit`
 */
export async function makeAdmin(
  parts: DirectoryParts,
  work: Work,
  person: { readonly name: string; readonly email: string },
): Promise<UserCard> {
  const { store } = parts;
  const { organizationId } = work.context;
  await store.organizations.lockNewcomers(work.db, organizationId, 'alone');
  await store.organizations.lock(work.db, organizationId);
  const known = await findByAddress(parts, work, person.email);
  if (known !== undefined && !known.user.active) {
    throw new AppError(
      'conflict',
      `${known.user.userName} is deactivated. Take another address, or activate them first.`,
    );
  }
  const { name, email } = person;
  const user =
    known === undefined
      ? await createPerson(parts, work, { userName: email, displayName: name, email })
      : cardOf(known);
  await giveRoles(parts, work, [user], [SETUP_ADMIN]);
  const subject = { type: 'user', id: user.id, name: user.name } as const;
  work.changes.push({ kind: 'setup_link.used', subject, after: { madeAdmin: user.userName } });
  return user;
}

async function findByAddress({ store }: DirectoryParts, work: Work, email: string): Promise<Candidate | undefined> {
  const { organizationId } = work.context;
  const keys = { email: foldCase(email), userName: null, externalId: null };
  const found = (await store.identityLinks.candidates(work.db, organizationId, keys)).filter(
    (one) => !one.isDeleted && ownsAddress(one, keys.email),
  );
  const active = found.filter(({ user }) => user.active);
  const [first, ...others] = active.length > 0 ? active : found;
  if (others.length > 0) throw new AppError('conflict', `Several people have the address ${email}. Take another one.`);
  return first && store.identityLinks.lockUser(work.db, organizationId, first.user.id);
}
