/**
 * An admin brings somebody back. Removed stays removed until then (design rule 7).
 *
 * Where an identity provider took the access away, it governs: bringing somebody back against it has to be said twice
 * (`againstConnection`), because the next thing that it sends about them may take the access away again. Roles that were
 * taken away at the removal do not come back by themselves; those of a person who was deactivated were kept.
 */
import { AppError } from '../../errors.ts';
import type { JsonObject } from '../../schema/json.ts';
import type { DirectoryParts } from '../parts.ts';
import { authorize } from '../policy.ts';
import type { Principal } from '../principal.ts';
import type { Work } from '../work.ts';
import { noSuchPerson } from './people.ts';
import type { Person } from './person.ts';
import { connectionOf, userOf } from './person-removal.ts';
import { recordReturn } from './removal.ts';
import { takeSeat } from './seats.ts';
import { toCard, toUserFields } from './user-fields.ts';
import { updateUser } from './users.ts';

export interface ReturnOutcome {
  /** What the connection that took their access away will do; null for none. */
  readonly nextSync: string | null;
}

/**
 * @throws AppError `forbidden`, `not_found`, `seat_limit`, `uniqueness` when somebody else has the userName by now,
 * `conflict` for somebody who has access and for one whose personal data was erased, `managed_by_connection`
 */
export async function reactivatePerson(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  userId: string,
  options: { readonly againstConnection: boolean },
): Promise<ReturnOutcome> {
  authorize(principal, 'people.reactivate', { userId });
  const person = await parts.store.persons.lock(work.db, work.context.organizationId, userId);
  if (person === undefined) throw noSuchPerson();
  if (person.status === 'active') throw new AppError('conflict', `${person.name} has access.`);
  if (person.status === 'removed') await refuseErased(parts, work, person);
  const governor = await governorOf(parts, work, person);
  if (governor !== null && !options.againstConnection) {
    const took = person.status === 'removed' ? 'deleted' : 'deactivated';
    const text = `${governor} ${took} ${person.name}. Bring them back there; or do it here against ${governor}, until it sends something else.`;
    throw new AppError('managed_by_connection', text);
  }
  if (person.status === 'removed') return restore(parts, work, person, governor);
  return reactivate(parts, work, person, governor);
}

/** The connection that took the access away; null where an admin did. */
async function governorOf({ store }: DirectoryParts, { db }: Work, person: Person): Promise<string | null> {
  const kind = person.status === 'removed' ? 'user.deleted' : 'user.deactivated';
  const [last] = await store.changes.ofSubject(db, person.id, kind, 1);
  // Nobody deactivated somebody who came in as inactive: the connection sent them so.
  if (last === undefined) return person.connectionId === null ? null : 'The identity provider';
  return last.actor.kind === 'connection' ? last.actor.name : null;
}

async function reactivate(
  parts: DirectoryParts,
  work: Work,
  person: Person,
  governor: string | null,
): Promise<ReturnOutcome> {
  const user = await userOf(parts, work, person);
  const connection = await connectionOf(parts, work, person.connectionId ?? '');
  const attributes = { ...(JSON.parse(user.attributes) as JsonObject), active: true };
  await updateUser(parts, work, connection, user, attributes);
  const nextSync =
    governor === null
      ? null
      : `${governor} has ${person.name} as inactive: the next time that it says so, they are out.`;
  return { nextSync };
}

/** Whose names were erased cannot be given back: what is left is a pseudonym that nobody could sign in by. */
async function refuseErased({ store }: DirectoryParts, work: Work, person: Person): Promise<void> {
  const removals = await store.removals.ofUsers(work.db, person.organizationId, [person.id]);
  if (removals.every(({ erasedAt }) => erasedAt === null)) return;
  const text = `The personal data of ${person.name} was erased. Invite the person anew, or let the identity provider create them.`;
  throw new AppError('conflict', text);
}

/** The same row and id; nobody manages it, because an identity provider that deleted somebody has forgotten them. */
async function restore(
  parts: DirectoryParts,
  work: Work,
  person: Person,
  governor: string | null,
): Promise<ReturnOutcome> {
  const { store } = parts;
  const removed = await store.persons.findRemoved(work.db, person.organizationId, person.id);
  if (removed === undefined) throw noSuchPerson();
  const others = await store.users.findInOrganization(work.db, person.organizationId, person.userName);
  if (others.some((other) => other.userName.toLowerCase() === person.userName.toLowerCase())) {
    throw new AppError('uniqueness', `There is another person with the userName ${person.userName} by now.`);
  }
  await takeSeat(parts, work);
  const attributes = { ...(JSON.parse(removed.attributes) as JsonObject), active: true };
  const fields = toUserFields(attributes);
  const user = {
    ...removed,
    ...{ connectionId: null, active: true, attributes: fields.attributes, role: 'member' as const },
    ...{ version: removed.version + 1, updatedAt: work.at },
  };
  await store.persons.restore(work.db, person.id);
  const { displayNameKey, emails } = fields;
  await store.users.update(work.db, person.id, { ...user, displayNameKey, emails });
  await store.users.setRole(work.db, person.id, 'member');
  const subject = { type: 'user', id: person.id, name: person.name } as const;
  work.changes.push({ kind: 'user.reactivated', subject, before: { active: false }, after: { active: true } });
  await recordReturn(parts, work, toCard(user, fields));
  const nextSync = governor === null ? null : `Nobody manages ${person.name} now; ${governor} has forgotten them.`;
  return { nextSync };
}
