/**
 * An admin removes somebody from the organization: they lose access in the same transaction, and the ledger keeps what they
 * held. Their runs stay where they are.
 *
 * Who is managed by nobody is removed for good. Who is managed by a connection is deactivated: deleting them here would make
 * the identity provider create them anew at its next look. The outcome says what its next sync will do.
 */
import { AppError } from '../../errors.ts';
import type { JsonObject } from '../../schema/json.ts';
import type { Connection } from '../connections/connection.ts';
import type { DirectoryParts } from '../parts.ts';
import { authorize } from '../policy.ts';
import type { Principal } from '../principal.ts';
import type { Work } from '../work.ts';
import { countAdmins } from './admin-count.ts';
import { noSuchPerson } from './people.ts';
import type { Person } from './person.ts';
import { removeUser } from './removal.ts';
import type { User } from './user.ts';
import { updateUser } from './users.ts';

export interface RemovalOutcome {
  readonly status: 'removed' | 'deactivated';
  /** What the connection that manages them will do; null for nobody. */
  readonly nextSync: string | null;
  readonly warnings: readonly string[];
}

/** @throws AppError `forbidden`, `not_found`, `conflict` for somebody without access, `last_admin` */
export async function removePerson(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  userId: string,
): Promise<RemovalOutcome> {
  authorize(principal, 'people.remove', { userId });
  const person = await parts.store.persons.lock(work.db, work.context.organizationId, userId);
  if (person === undefined || person.status === 'removed') throw noSuchPerson();
  const user = await userOf(parts, work, person);
  const outcome = person.connectionId === null ? await forget(parts, work, user) : await deactivate(parts, work, user);
  const { warning } = await countAdmins(parts, work.db, work.context.organizationId);
  return { ...outcome, warnings: warning === null ? [] : [warning] };
}

async function forget(parts: DirectoryParts, work: Work, user: User): Promise<Omit<RemovalOutcome, 'warnings'>> {
  await removeUser(parts, work, user);
  return { status: 'removed', nextSync: null };
}

async function deactivate(parts: DirectoryParts, work: Work, user: User): Promise<Omit<RemovalOutcome, 'warnings'>> {
  const connection = await connectionOf(parts, work, user.connectionId ?? '');
  const name = user.displayName ?? user.userName;
  if (!user.active) {
    throw new AppError('conflict', `${name} has no access already. To forget them, delete them in ${connection.name}.`);
  }
  const attributes = { ...(JSON.parse(user.attributes) as JsonObject), active: false };
  await updateUser(parts, work, connection, user, attributes);
  const nextSync = `${name} is managed by ${connection.name}, which still assigns them. Take them out there as well: the next time that it sends them as active, they are back.`;
  return { status: 'deactivated', nextSync };
}

/** The locked row with its attributes, as the connection that manages it sees it. */
export async function userOf({ store }: DirectoryParts, { db }: Work, person: Person): Promise<User> {
  const scope = { organizationId: person.organizationId, connectionId: person.connectionId ?? '' };
  const user = await store.users.lock(db, scope, person.id);
  if (user === undefined) throw noSuchPerson();
  return user;
}

export async function connectionOf({ store }: DirectoryParts, { db, context }: Work, id: string): Promise<Connection> {
  const connection = await store.connections.find(db, context.organizationId, id);
  if (connection === undefined) throw new AppError('not_found', 'There is no such connection in this organization.');
  return connection;
}
