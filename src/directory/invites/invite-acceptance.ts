/**
 * Accepting an invite: by its link, or by being provisioned or signed in with its address.
 *
 * Owns: who the accepting person is, their roles, that it happens once. Does not own: the page (signin/), the session.
 */
import { AppError } from '../../errors.ts';
import type { DirectoryParts } from '../parts.ts';
import { createPerson } from '../people/new-person.ts';
import { cardOf, type Person } from '../people/person.ts';
import { recordReturnAs } from '../people/returns.ts';
import type { UserCard } from '../people/user.ts';
import { giveRoles, type WantedRole } from '../roles/grants.ts';
import { hashSecret } from '../secret.ts';
import type { Work } from '../work.ts';
import type { Invite } from './invite.ts';
import { findKnown } from './invite-obstacle.ts';
import { subjectOf } from './invites.ts';

export interface OpenInvite {
  readonly invite: Invite;
  readonly organization: string;
}

export interface Acceptance {
  readonly user: UserCard;
  /** False: somebody with this address had come in by another way meanwhile, and has the roles of the invite now. */
  readonly created: boolean;
  /** The connection that manages them; null for nobody. */
  readonly connectionId: string | null;
}

/**
 * What a link is for, before it is used; using it up is left to a form that people send.
 * @throws AppError `not_found` for an unknown link, `gone` with the reason for one that does not work any more
 */
export async function openInvite({ store, now }: DirectoryParts, secret: string): Promise<OpenInvite> {
  const link = await store.invites.findByLink(store.reader, hashSecret(secret));
  if (link === undefined) throw unknownLink();
  const { invite, endedAt } = link;
  checkOpen(invite, endedAt, now());
  const organization = await store.organizations.find(store.reader, invite.organizationId);
  return { invite, organization: organization?.name ?? '' };
}

function unknownLink(): AppError {
  return new AppError('not_found', 'This link is not known here; check that it was copied whole.');
}

function checkOpen(invite: Invite, endedAt: number | null, now: number): void {
  const text = whyEnded(invite, endedAt, now);
  if (text !== undefined) throw new AppError('gone', text);
}

function whyEnded({ state, expiresAt }: Invite, endedAt: number | null, now: number): string | undefined {
  if (state === 'accepted') return 'This invite was accepted already. Sign in instead.';
  if (state === 'revoked') return 'This invite was revoked. Ask whoever invited you.';
  if (state === 'expired' || expiresAt <= now)
    return 'This invite has expired. Ask whoever invited you to send it again.';
  return endedAt === null ? undefined : 'A newer mail replaced this link. Use the newest one.';
}

/**
 * Uses the link up. The work is in the organization of the invite (`openInvite` names it).
 * @throws AppError `not_found`, `gone`, `seat_limit` (the invite stays open), `conflict` for somebody who was removed
 */
export async function acceptInvite(
  parts: DirectoryParts,
  work: Work,
  secret: string,
  profile: { readonly displayName: string | null },
): Promise<Acceptance> {
  const { store } = parts;
  const hash = hashSecret(secret);
  const known = await store.invites.findByLink(work.db, hash);
  if (known === undefined || known.invite.organizationId !== work.context.organizationId) throw unknownLink();
  // Before anybody is looked for: the same person may be provisioned at this moment.
  await store.organizations.lockNewcomers(work.db, work.context.organizationId, 'alone');
  await store.organizations.lock(work.db, work.context.organizationId);
  await store.invites.lock(work.db, work.context.organizationId, known.invite.id);
  // Read again under the lock: of two who accept at once, the second finds it accepted.
  const link = await store.invites.findByLink(work.db, hash);
  if (link === undefined) throw unknownLink();
  const { invite, endedAt } = link;
  checkOpen(invite, endedAt, work.at);
  const person = await findPerson(parts, work, invite);
  const input = { userName: invite.email, displayName: profile.displayName, email: invite.email };
  const user = person === undefined ? await createPerson(parts, work, input) : cardOf(person);
  await redeemInvite(parts, work, invite, user);
  // Whoever has the link reads the mails of that address.
  if (person === undefined) await recordReturnAs(parts, work, user.id, { kind: 'verified_email', email: invite.email });
  return { user, created: person === undefined, connectionId: person?.connectionId ?? null };
}

async function findPerson(parts: DirectoryParts, work: Work, invite: Invite): Promise<Person | undefined> {
  const person = await findKnown(parts, work, invite.emailKey);
  if (person !== undefined && person.status !== 'active') {
    throw new AppError('conflict', `${person.name} was ${person.status} meanwhile. Ask an admin of the organization.`);
  }
  return person;
}

/**
 * Gives somebody the roles of an invite, and ends it.
 * @param invite pending, and locked in this transaction
 */
export async function redeemInvite(parts: DirectoryParts, work: Work, invite: Invite, user: UserCard): Promise<void> {
  const { store } = parts;
  const origin = { origin: 'invite', ruleId: null, connectionId: null, groupId: null } as const;
  const wanted: WantedRole[] = [{ scope: 'organization', teamId: null, teamName: null, role: invite.role, ...origin }];
  for (const { teamId, role } of invite.teams) {
    const team = await store.teams.find(work.db, invite.organizationId, teamId);
    // A team that was archived meanwhile is nobody's reason to stay outside.
    if (team === undefined || team.archivedAt !== null) continue;
    wanted.push({ scope: 'team', teamId, teamName: team.name, role, ...origin });
  }
  await store.invites.update(work.db, { ...invite, state: 'accepted', acceptedUserId: user.id, updatedAt: work.at });
  await store.invites.endLinks(work.db, invite.id, work.at);
  const related = { type: 'user', id: user.id, name: user.name } as const;
  work.changes.push({ kind: 'invite.accepted', subject: subjectOf(invite), related });
  await giveRoles(parts, work, [user], wanted);
}

/**
 * Somebody came in by another way, with an address that its sender vouches for (a connection, a verified sign-in): what
 * they were invited to is theirs. Not where the invite makes an admin: that takes whoever reads the mail.
 */
export async function redeemInviteOf(parts: DirectoryParts, work: Work, user: UserCard): Promise<void> {
  if (user.email === null || !user.active) return;
  const { store } = parts;
  const found = await store.invites.findPending(work.db, user.organizationId, user.email.toLowerCase());
  if (found === undefined || found.expiresAt <= work.at || makesAdmin(found)) return;
  // The organization before the invite, as everywhere.
  await store.organizations.lock(work.db, user.organizationId);
  const invite = await store.invites.lock(work.db, user.organizationId, found.id);
  if (invite?.state === 'pending') await redeemInvite(parts, work, invite, user);
}

function makesAdmin({ role, teams }: Invite): boolean {
  return role === 'admin' || teams.some((team) => team.role === 'admin');
}
