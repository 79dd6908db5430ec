/**
 * Inviting people to the organization: many at once, each answered separately; again; not any more.
 *
 * Owns: whom it makes sense to invite, the state of an invite. Does not own: accepting (invite-acceptance.ts), the link's
 * secret when a mail carries it (invite-links.ts), sending (mail/). Called by api/, console/, cli/, and by teams for
 * addresses that are not in the organization yet.
 */
import { AppError } from '../../errors.ts';
import type { Subject } from '../../synclog/change.ts';
import type { Mail } from '../mail.ts';
import type { DirectoryParts } from '../parts.ts';
import { foldCase, type OrganizationRole } from '../people/user.ts';
import { authorize } from '../policy.ts';
import type { Principal } from '../principal.ts';
import { lockTeamRole } from '../teams/team-roles.ts';
import type { Work } from '../work.ts';
import { INVITE_MS, type Invite, type InvitedTeam, type InviteQuery, type InviteState, inviteState } from './invite.ts';
import { type GivenAddress, parseAddresses } from './invite-addresses.ts';
import { issueLink, mayHandOver, type ShownLink } from './invite-links.ts';
import { findObstacle, type InviteObstacle } from './invite-obstacle.ts';

/** Addresses in one go. */
export const INVITES_MAX = 200;

export interface NewInvites {
  /** Separated by commas, semicolons or lines. */
  readonly addresses: string;
  readonly role: OrganizationRole;
  readonly teams: readonly InvitedTeam[];
}

/** What became of one address. */
export type InviteAnswer =
  | {
      readonly outcome: 'invited';
      readonly given: string;
      readonly invite: Invite;
      /** Where no mail is sent: to be handed over by whoever invites. Shown once. */
      readonly link: ShownLink | null;
    }
  | { readonly outcome: InviteObstacle['outcome']; readonly given: string; readonly message: string };

/** @throws AppError `forbidden`, `invalid_value` for no address, too many, or a team that is not there */
export async function invitePeople(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  input: NewInvites,
): Promise<readonly InviteAnswer[]> {
  authorize(principal, 'invites.create');
  const given = parseAddresses(input.addresses);
  if (given.length === 0) throw new AppError('invalid_value', 'Give at least one e-mail address.');
  if (given.length > INVITES_MAX)
    throw new AppError('invalid_value', `Invite at most ${INVITES_MAX} addresses at once.`);
  const teams = await checkTeams(parts, work, input.teams);
  // Two who invite the same address, or the last seat, take turns.
  await parts.store.organizations.lock(work.db, work.context.organizationId);
  const answers: InviteAnswer[] = [];
  const seen = new Set<string>();
  for (const address of given) {
    const key = foldCase(address.email ?? address.given);
    answers.push(
      seen.has(key)
        ? { outcome: 'named_twice', given: address.given, message: 'This address was named before.' }
        : await inviteOne(parts, work, principal, address, { role: input.role, teams }),
    );
    seen.add(key);
  }
  return answers;
}

/** The teams, with their roles by the names that the organization knows. */
async function checkTeams(
  parts: DirectoryParts,
  work: Work,
  teams: readonly InvitedTeam[],
): Promise<readonly InvitedTeam[]> {
  const checked: InvitedTeam[] = [];
  for (const { teamId, role } of teams) {
    const team = await parts.store.teams.find(work.db, work.context.organizationId, teamId);
    if (team === undefined || team.archivedAt !== null) {
      throw new AppError('invalid_value', `There is no team ${teamId} that anybody could be invited to.`);
    }
    checked.push({ teamId, role: await lockTeamRole(parts, work, role) });
  }
  return checked;
}

/** One address, by whoever was asked whether they may already. Lock the organization first. */
export async function inviteOne(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  { given, email }: GivenAddress,
  { role, teams }: Pick<NewInvites, 'role' | 'teams'>,
): Promise<InviteAnswer> {
  const obstacle = await findObstacle(parts, work, email);
  if (obstacle !== undefined) return { ...obstacle, given };
  const address = email ?? given;
  const invite: Invite = {
    id: parts.newId(),
    organizationId: work.context.organizationId,
    ...{ email: address, emailKey: foldCase(address), role, teams, state: 'pending', acceptedUserId: null },
    invitedBy: { id: principal.id, name: principal.name },
    ...{ createdAt: work.at, updatedAt: work.at, expiresAt: work.at + INVITE_MS },
  };
  await parts.store.invites.insert(work.db, invite);
  work.changes.push({ kind: 'invite.created', subject: subjectOf(invite), after: { role, teams } });
  return { outcome: 'invited', given, invite, link: await issueLink(parts, work, principal, invite) };
}

export interface SentInvite {
  readonly invite: Invite;
  readonly link: ShownLink | null;
}

/**
 * Sends an invite once more, for another seven days; the link that was sent before does not work any more.
 * @throws AppError `forbidden`, `not_found`, `conflict` when it was accepted or revoked, or when there is no need any more
 */
export async function resendInvite(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  id: string,
): Promise<SentInvite> {
  authorize(principal, 'invites.resend');
  return sendAgain(parts, work, principal, id);
}

/** As `resendInvite`, by whoever was asked whether they may already. */
export async function sendAgain(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  id: string,
): Promise<SentInvite> {
  await parts.store.organizations.lock(work.db, work.context.organizationId);
  const invite = await lockInvite(parts, work, id);
  if (invite.state !== 'pending') {
    throw new AppError('conflict', `This invite was ${invite.state === 'expired' ? 'replaced' : invite.state}.`);
  }
  // Before the link that an admin has handed over is ended.
  if (!parts.mail.delivers && !mayHandOver(principal, invite)) {
    const text = 'No mail is sent here: an admin of the organization hands over the link of an invite.';
    throw new AppError('forbidden', text);
  }
  const obstacle = await findObstacle(parts, work, invite.email, invite);
  if (obstacle !== undefined) throw new AppError('conflict', obstacle.message);
  const again = { ...invite, expiresAt: work.at + INVITE_MS, updatedAt: work.at };
  await parts.store.invites.update(work.db, again);
  work.changes.push({ kind: 'invite.resent', subject: subjectOf(invite), after: { expiresAt: again.expiresAt } });
  return { invite: again, link: await issueLink(parts, work, principal, again) };
}

/** @throws AppError `forbidden`, `not_found`, `conflict` when it was accepted */
export async function revokeInvite(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  id: string,
): Promise<Invite> {
  authorize(principal, 'invites.revoke');
  const invite = await lockInvite(parts, work, id);
  if (invite.state === 'accepted')
    throw new AppError('conflict', 'This invite was accepted. Remove the person instead.');
  if (invite.state === 'revoked') return invite;
  const revoked = { ...invite, state: 'revoked' as const, updatedAt: work.at };
  await parts.store.invites.update(work.db, revoked);
  await parts.store.invites.endLinks(work.db, id, work.at);
  work.changes.push({ kind: 'invite.revoked', subject: subjectOf(invite) });
  return revoked;
}

async function lockInvite({ store }: DirectoryParts, work: Work, id: string): Promise<Invite> {
  const invite = await store.invites.lock(work.db, work.context.organizationId, id);
  if (invite === undefined) throw noSuchInvite();
  return invite;
}

export interface InviteView {
  readonly invite: Invite;
  readonly state: InviteState;
  /** The newest mail about it; null where none was written. */
  readonly mail: Mail | null;
}

/** Newest first. @throws AppError `forbidden` */
export async function listInvites(
  { store, now }: DirectoryParts,
  principal: Principal,
  query: InviteQuery,
): Promise<readonly InviteView[]> {
  authorize(principal, 'invites.list');
  const at = now();
  const invites = await store.invites.page(store.reader, principal.organizationId, query, at);
  const mails = await store.mails.newestAbout(
    store.reader,
    invites.map(({ id }) => id),
  );
  return invites.map((invite) => toView(invite, mails.get(invite.id), at));
}

/** @throws AppError `forbidden`, `not_found` */
export async function readInvite(
  { store, now }: DirectoryParts,
  principal: Principal,
  id: string,
): Promise<InviteView> {
  authorize(principal, 'invites.list');
  const invite = await store.invites.find(store.reader, principal.organizationId, id);
  if (invite === undefined) throw noSuchInvite();
  return toView(invite, (await store.mails.newestAbout(store.reader, [id])).get(id), now());
}

function toView(invite: Invite, mail: Mail | undefined, now: number): InviteView {
  return { invite, state: inviteState(invite, mail, now), mail: mail ?? null };
}

export function noSuchInvite(): AppError {
  return new AppError('not_found', 'There is no such invite in this organization.');
}

export function subjectOf({ id, email }: Pick<Invite, 'id' | 'email'>): Subject {
  return { type: 'invite', id, name: email };
}
