/** Seats: active people that the licence allows, counted in one place, so that races cannot overshoot. */
import { AppError } from '../errors.ts';
import type { DirectoryParts } from './parts.ts';
import type { Work } from './work.ts';

/**
 * Makes sure that one more active person fits, and keeps it so until the transaction ends.
 * @throws AppError `seat_limit` with "Seat limit reached (N of N)"
 */
export async function takeSeat({ store, seats }: DirectoryParts, { db, context }: Work): Promise<void> {
  if (seats === null) return;
  await store.organizations.lock(db, context.organizationId);
  const taken = await store.users.countActive(db, context.organizationId);
  if (taken >= seats) throw new AppError('seat_limit', `Seat limit reached (${taken} of ${seats}).`);
}
