/** Why an address cannot be invited, as an answer that says what to do instead. */

import type { DirectoryParts } from '../parts.ts';
import type { Person } from '../people/person.ts';
import { countSeats } from '../people/seats.ts';
import { foldCase } from '../people/user.ts';
import type { Work } from '../work.ts';
import type { Invite } from './invite.ts';

export interface InviteObstacle {
  readonly outcome:
    | 'not_an_address'
    | 'named_twice'
    | 'has_access'
    | 'deactivated'
    | 'removed'
    | 'invited_already'
    | 'no_seat';
  /** For people to read. */
  readonly message: string;
}

/** @param again the invite itself, when it is to be sent once more: it may be pending, and its seat is promised */
export async function findObstacle(
  parts: DirectoryParts,
  work: Work,
  email: string | undefined,
  again?: Invite,
): Promise<InviteObstacle | undefined> {
  if (email === undefined) return { outcome: 'not_an_address', message: 'This is not an e-mail address.' };
  const person = await findKnown(parts, work, foldCase(email));
  if (person !== undefined) return tellKnown(parts, work, person);
  const pending = again === undefined ? await findPending(parts, work, email) : undefined;
  return pending ?? findSeat(parts, work, again);
}

/**
 * Whose address it is, or whose userName: identity providers that send no addresses use them as userNames. Somebody with
 * access before somebody without, somebody who was removed last.
 */
export async function findKnown({ store }: DirectoryParts, work: Work, key: string): Promise<Person | undefined> {
  const { organizationId } = work.context;
  const byAddress = await store.persons.ofEmail(work.db, organizationId, key);
  const known = [...byAddress, ...(await store.persons.ofUserName(work.db, organizationId, key))];
  const last = (status: Person['status']) => known.findLast((person) => person.status === status);
  return last('active') ?? last('deactivated') ?? last('removed');
}

async function tellKnown({ store }: DirectoryParts, { db, context }: Work, person: Person): Promise<InviteObstacle> {
  const { name, status, connectionId } = person;
  const connection =
    connectionId === null ? undefined : await store.connections.find(db, context.organizationId, connectionId);
  const managed = connection === undefined ? '' : `, managed by ${connection.name}`;
  switch (status) {
    case 'active':
      return { outcome: 'has_access', message: `This is ${name}, who has access already${managed}.` };
    case 'deactivated':
      return connection === undefined
        ? { outcome: 'deactivated', message: `This is ${name}, who was deactivated. Reactivate them instead.` }
        : {
            outcome: 'deactivated',
            message: `This is ${name}, who is deactivated and managed by ${connection.name}. Activate them there.`,
          };
    case 'removed':
      return { outcome: 'removed', message: `This is ${name}, who was removed. Reactivate them instead.` };
    default:
      return status satisfies never;
  }
}

async function findPending({ store }: DirectoryParts, work: Work, email: string): Promise<InviteObstacle | undefined> {
  const pending = await store.invites.findPending(work.db, work.context.organizationId, foldCase(email));
  if (pending === undefined) return undefined;
  if (pending.expiresAt > work.at) {
    return { outcome: 'invited_already', message: 'This address is invited already. Send the invite again instead.' };
  }
  // An expired one makes room for the new one.
  await store.invites.update(work.db, { ...pending, state: 'expired', updatedAt: work.at });
  await store.invites.endLinks(work.db, pending.id, work.at);
  return undefined;
}

async function findSeat(parts: DirectoryParts, work: Work, again?: Invite): Promise<InviteObstacle | undefined> {
  const { limit, active, invited, full, invitable } = await countSeats(parts, work.db, work.context.organizationId);
  if (limit === null || invitable === null) return undefined;
  if (full) return { outcome: 'no_seat', message: `Seat limit reached (${active} of ${limit}).` };
  const promised = again !== undefined && again.expiresAt > work.at;
  if (promised || invitable > 0) return undefined;
  return {
    outcome: 'no_seat',
    message: `Every free seat is promised: ${active} of ${limit} are taken, and ${invited} invites are open.`,
  };
}
