/** A person loses access to the organization, or gets it back: the ledger's account of it, and the end of their credentials. */
import { endCredentials } from '../credentials.ts';
import { leaveGroups } from '../groups/members.ts';
import type { DirectoryParts } from '../parts.ts';
import { heldRoles } from '../roles/effective-roles.ts';
import type { Grant } from '../roles/grant.ts';
import { takeGrants } from '../roles/grants.ts';
import type { Work } from '../work.ts';
import { keepAnAdmin } from './last-admin.ts';
import type { User, UserCard } from './user.ts';
import { toCard, toUserFields } from './user-fields.ts';

/**
 * Opens (or, for a return, closes) the ledger's account of a person, with what they held at that time.
 * @param grants what they held, where it is taken away already
 */
export async function recordRemoval(
  parts: DirectoryParts,
  work: Work,
  card: UserCard,
  cause: 'deactivated' | 'deleted' | 'reactivated',
  grants?: readonly Grant[],
): Promise<void> {
  const held = heldRoles(grants ?? (await parts.store.grants.ofUser(work.db, card.id)));
  const { userName, name, externalId, email } = card;
  work.ledger.push({
    kind: cause === 'reactivated' ? 'returned' : 'removed',
    scope: 'organization',
    team: null,
    userId: card.id,
    cause,
    reason: work.context.reason ?? null,
    actor: work.context.actor,
    held: { organizationRole: held.organization, teams: [...held.teams.values()] },
    connectionId: work.connectionId ?? (await managerOf(parts, work, card)),
    person: { userName, name, externalId, email },
  });
  if (cause !== 'reactivated') await endCredentials(parts, work, card);
}

/** Whose externalId it is. An admin's removal comes from no connection. */
async function managerOf({ store }: DirectoryParts, { db }: Work, card: UserCard): Promise<string | null> {
  return (await store.persons.find(db, card.organizationId, card.id))?.connectionId ?? null;
}

/** Someone is back: closes the ledger's account, if one is open. */
export async function recordReturn(parts: DirectoryParts, work: Work, card: UserCard): Promise<void> {
  const open = await parts.store.removals.open(work.db, card.organizationId, [card.id], null);
  if (open.has(card.id)) await recordRemoval(parts, work, card, 'reactivated');
}

/**
 * Takes a user out for good: a GET is 404 from now on and the userName is free. The row stays, unseen, so that removed
 * stays removed.
 * @param user locked in this transaction
 * @throws AppError `last_admin`
 */
export async function removeUser(parts: DirectoryParts, work: Work, user: User): Promise<void> {
  await keepAnAdmin(parts, work, user);
  const { store } = parts;
  const card = toCard(user, toUserFields(JSON.parse(user.attributes)));
  const grants = await store.grants.ofUser(work.db, user.id);
  await leaveGroups(parts, work, user, await store.members.groupIdsOf(work.db, user.id));
  // The organization's entry tells the teams, too; a team entry of its own would say it twice.
  await takeGrants(
    parts,
    work,
    [{ ...card, active: false, role: 'member' }],
    grants.filter((grant) => grant.scope === 'team'),
  );
  await store.grants.remove(
    work.db,
    grants.filter((grant) => grant.scope !== 'team').map((grant) => grant.id),
  );
  await store.users.markDeleted(work.db, user.id, work.at);
  const subject = { type: 'user', id: user.id, name: card.name } as const;
  work.changes.push({ kind: 'user.deleted', subject, before: JSON.parse(user.attributes) });
  if (user.active) await recordRemoval(parts, work, card, 'deleted', grants);
}
