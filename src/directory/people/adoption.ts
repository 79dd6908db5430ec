/** The first write of a connection adopts a user whom nobody manages, on record; an admin only after an admin approved. */
import { AppError } from '../../errors.ts';
import type { Connection } from '../connections/connection.ts';
import type { DirectoryParts } from '../parts.ts';
import type { Work } from '../work.ts';
import type { User } from './user.ts';

/** @throws AppError `approval_required` for an admin without approval */
export async function adoptUser(
  { store }: DirectoryParts,
  work: Work,
  connection: Connection,
  user: User,
): Promise<void> {
  if (user.role === 'admin' && !(await store.users.isAdoptionApproved(work.db, user.id, connection.id))) {
    throw new AppError(
      'approval_required',
      `${user.userName} is an admin whom no connection manages. An admin has to approve first: connection approve-adoption ${connection.name} ${user.userName}`,
    );
  }
  work.changes.push({
    kind: 'user.adopted',
    subject: { type: 'user', id: user.id, name: user.displayName ?? user.userName },
    related: { type: 'connection', id: connection.id, name: connection.name },
    before: { managedBy: null },
    after: { managedBy: connection.name },
  });
}

/** An admin's word that a connection may take over this user; on record. */
export async function approveAdoption(
  { store }: DirectoryParts,
  work: Work,
  connection: Connection,
  user: User,
): Promise<void> {
  if (user.connectionId !== null)
    throw new AppError('conflict', `${user.userName} is managed by a connection already.`);
  await store.users.approveAdoption(work.db, user.id, connection.id);
  work.changes.push({
    kind: 'user.adoption_approved',
    subject: { type: 'user', id: user.id, name: user.displayName ?? user.userName },
    related: { type: 'connection', id: connection.id, name: connection.name },
    after: { approvedFor: connection.name },
  });
}
