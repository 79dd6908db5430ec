/**
 * People asked into a team, by e-mail address or user name: whoever is in the organization is added at once, an address
 * that nobody has is invited to the organization, with the team in the invite.
 *
 * Owns: who may ask whom, with which role; each answered by itself. Does not own: what an invite is (invites.ts), what
 * being a member is (team-members.ts).
 *
 * Admins of the team may ask anybody in. Members may where the team's settings let them and the organization does not
 * forbid it: as Member or View-Only, and not people whom an admin keeps out.
 */
import { AppError, isAppError } from '../../errors.ts';
import { shownRole } from '../../mapping/roles.ts';
import type { Invite } from '../invites/invite.ts';
import { parseAddresses } from '../invites/invite-addresses.ts';
import type { ShownLink } from '../invites/invite-links.ts';
import { inviteOne, type SentInvite, sendAgain, subjectOf } from '../invites/invites.ts';
import type { DirectoryParts } from '../parts.ts';
import { foldCase, type UserCard } from '../people/user.ts';
import type { Principal } from '../principal.ts';
import type { Work } from '../work.ts';
import type { Team } from './team.ts';
import { authorizeInTeam, mayInTeam, privacyOf } from './team-access.ts';
import type { TeamMember } from './team-member.ts';
import { addMember } from './team-members.ts';
import { lockTeamRole } from './team-roles.ts';
import { lockActiveTeam, lockTeam, subjectOfTeam, type TeamRef } from './teams.ts';

/** People in one go. */
export const ASKED_MAX = 200;

export interface Asked {
  /** E-mail address or user name. */
  readonly person: string;
  readonly role: string;
}

/** What became of one of them. */
export type AskedAnswer =
  | { readonly outcome: 'added'; readonly person: string; readonly member: TeamMember }
  | {
      readonly outcome: 'invited';
      readonly person: string;
      readonly invite: Invite;
      /** Where no mail is sent: to be handed over by whoever may invite to the organization. Shown once. */
      readonly link: ShownLink | null;
    }
  | { readonly outcome: 'refused'; readonly person: string; readonly message: string };

interface Asking {
  readonly parts: DirectoryParts;
  readonly work: Work;
  readonly principal: Principal;
  readonly team: Team;
  readonly isAdmin: boolean;
}

/** @throws AppError `forbidden`, `not_found`, `conflict` for an archived team, `invalid_value` for none or too many */
export async function askIntoTeam(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  ref: TeamRef,
  asked: readonly Asked[],
): Promise<readonly AskedAnswer[]> {
  if (asked.length === 0) throw new AppError('invalid_value', 'Name at least one person.');
  if (asked.length > ASKED_MAX) throw new AppError('invalid_value', `Name at most ${ASKED_MAX} people at once.`);
  // The organization before the team, as everywhere: an invite locks it.
  if (asked.some(({ person }) => person.includes('@'))) {
    await parts.store.organizations.lock(work.db, work.context.organizationId);
  }
  const team = await lockActiveTeam(parts, work, principal, ref);
  const membersMayInvite = (await privacyOf(parts, work.db, team)).membersMayInvite.value;
  await authorizeInTeam(parts, work.db, principal, 'team_members.invite', team, { membersMayInvite });
  const isAdmin = await mayInTeam(parts, work.db, principal, 'team_members.change_role', team);
  const answers: AskedAnswer[] = [];
  for (const one of asked) answers.push(await askOne({ parts, work, principal, team, isAdmin }, one));
  return answers;
}

/** What makes no sense for one of them does not stop the others. Refused before anything of theirs is written. */
async function askOne(asking: Asking, { person, role }: Asked): Promise<AskedAnswer> {
  try {
    return await askOneOrThrow(asking, person.trim(), role);
  } catch (error) {
    if (!isAppError(error) || error.status >= 500) throw error;
    return { outcome: 'refused', person, message: error.message };
  }
}

async function askOneOrThrow(asking: Asking, person: string, wanted: string): Promise<AskedAnswer> {
  const { parts, work, team, isAdmin } = asking;
  const role = await lockTeamRole(parts, work, wanted);
  if (!isAdmin && role !== 'member' && role !== 'viewer') {
    throw new AppError('forbidden', 'Members of a team may ask people in as Member or View-Only.');
  }
  const user = await findUser(asking, person);
  if (user === undefined) return inviteAddress(asking, person, role);
  const member = await addMember(parts, work, team, user, { role, mayLetIn: isAdmin });
  return { outcome: 'added', person, member };
}

/** @throws AppError `conflict` when several people answer to it */
async function findUser({ parts, work, team }: Asking, person: string): Promise<UserCard | undefined> {
  const { teamMembers } = parts.store;
  const found = await teamMembers.byName(work.db, team.organizationId, person);
  const active = found.filter((user) => user.active);
  const [first, ...others] = active.length > 0 ? active : found;
  if (others.length > 0) {
    throw new AppError('conflict', `Several people answer to "${person}". Name one by another name of theirs.`);
  }
  // By id once more, kept from changing.
  return first && (await teamMembers.lockCards(work.db, team.organizationId, [first.id]))[0];
}

async function inviteAddress(asking: Asking, person: string, role: string): Promise<AskedAnswer> {
  const { parts, work, principal, team } = asking;
  const [address, ...more] = parseAddresses(person);
  if (address?.email === undefined || more.length > 0) {
    throw new AppError('not_found', `There is nobody called "${person}" in the organization. Name an e-mail address.`);
  }
  const teams = [{ teamId: team.id, role }];
  const open = await parts.store.invites.findPending(work.db, team.organizationId, foldCase(address.email));
  if (open !== undefined && open.expiresAt > work.at) {
    return { outcome: 'invited', person, invite: await addToInvite(asking, open.id, role), link: null };
  }
  const answer = await inviteOne(parts, work, principal, address, { role: 'member', teams });
  if (answer.outcome !== 'invited') throw new AppError('conflict', answer.message);
  return { outcome: 'invited', person, invite: answer.invite, link: answer.link };
}

/** An address that is invited to the organization already: its invite gets this team as well. */
async function addToInvite({ parts, work, team, isAdmin }: Asking, inviteId: string, role: string): Promise<Invite> {
  const { invites } = parts.store;
  const invite = await invites.lock(work.db, team.organizationId, inviteId);
  if (invite?.state !== 'pending')
    throw new AppError('conflict', 'The invite of this address has just ended. Try again.');
  const given = invite.teams.find(({ teamId }) => teamId === team.id);
  if (given !== undefined && !isAdmin) {
    throw new AppError('conflict', `${invite.email} is invited already, as ${shownRole(given.role)}.`);
  }
  const others = invite.teams.filter(({ teamId }) => teamId !== team.id);
  const updated = { ...invite, teams: [...others, { teamId: team.id, role }], updatedAt: work.at };
  await invites.update(work.db, updated);
  const after = { role };
  work.changes.push({ kind: 'invite.teams_changed', subject: subjectOf(invite), related: subjectOfTeam(team), after });
  return updated;
}

export interface InvitedMember {
  readonly invite: Invite;
  readonly role: string;
}

const INVITED_MAX = 500;

/** Addresses whose open invite has this team in it, oldest first. @throws AppError `forbidden` */
export async function listInvited(
  parts: DirectoryParts,
  principal: Principal,
  team: Team,
): Promise<readonly InvitedMember[]> {
  const { store, now } = parts;
  await authorizeInTeam(parts, store.reader, principal, 'team_members.list', team);
  const found = await store.invites.pendingNaming(store.reader, team.organizationId, team.id, INVITED_MAX);
  return found
    .filter((invite) => invite.expiresAt > now())
    .flatMap((invite) => {
      const role = invite.teams.find(({ teamId }) => teamId === team.id)?.role;
      return role === undefined ? [] : [{ invite, role }];
    });
}

/**
 * Takes the team out of an invite. One that was made for this team alone, by whoever takes it back, is revoked.
 * @throws AppError `forbidden`, `not_found`
 */
export async function withdrawTeamInvite(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  ref: TeamRef,
  inviteId: string,
): Promise<Invite> {
  const { invites } = parts.store;
  const { team, invite } = await lockInvited(parts, work, principal, ref, inviteId);
  const teams = invite.teams.filter(({ teamId }) => teamId !== team.id);
  const isOwn = invite.invitedBy.id === principal.id && invite.role === 'member';
  if (teams.length === 0 && isOwn) {
    const revoked = { ...invite, state: 'revoked' as const, updatedAt: work.at };
    await invites.update(work.db, revoked);
    await invites.endLinks(work.db, invite.id, work.at);
    work.changes.push({ kind: 'invite.revoked', subject: subjectOf(invite) });
    return revoked;
  }
  const updated = { ...invite, teams, updatedAt: work.at };
  await invites.update(work.db, updated);
  const after = { role: null };
  work.changes.push({ kind: 'invite.teams_changed', subject: subjectOf(invite), related: subjectOfTeam(team), after });
  return updated;
}

/** Sends the invite once more; the link that was sent before ends. @throws AppError as `resendInvite` */
export async function resendTeamInvite(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  ref: TeamRef,
  inviteId: string,
): Promise<SentInvite> {
  await parts.store.organizations.lock(work.db, work.context.organizationId);
  const { invite } = await lockInvited(parts, work, principal, ref, inviteId);
  return sendAgain(parts, work, principal, invite.id);
}

async function lockInvited(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  ref: TeamRef,
  inviteId: string,
): Promise<{ readonly team: Team; readonly invite: Invite }> {
  const team = await lockTeam(parts, work, principal, ref);
  await authorizeInTeam(parts, work.db, principal, 'team_members.change_role', team);
  const invite = await parts.store.invites.lock(work.db, team.organizationId, inviteId);
  if (invite?.state !== 'pending' || !invite.teams.some(({ teamId }) => teamId === team.id)) {
    throw new AppError('not_found', `Nobody is invited to the team ${team.name} under this id.`);
  }
  return { team, invite };
}
