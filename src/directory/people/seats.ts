/**
 * Seats: active people that the licence allows, counted in one place, so that races cannot overshoot. Service accounts take
 * none. An invite that nobody has accepted holds none either; it only counts against further invites, so that no more are
 * promised than there are (docs/decisions/seats-of-invites.md).
 */
import { AppError } from '../../errors.ts';
import { tellNumber } from '../../numbers.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { DirectoryParts } from '../parts.ts';
import { authorize } from '../policy.ts';
import type { Principal } from '../principal.ts';
import type { Work } from '../work.ts';

export interface SeatUse {
  /** Null: unlimited. */
  readonly limit: number | null;
  readonly active: number;
  /** Invites that can still be accepted. */
  readonly invited: number;
  /** Seats that nobody has; null: unlimited. */
  readonly free: number | null;
  /** Nobody can be created, brought back or let in. */
  readonly full: boolean;
  /** How many more may be invited; null: any number. */
  readonly invitable: number | null;
  /** Active people beyond the limit, after SEATS was lowered: nobody loses access by that, and nobody is let in. */
  readonly over: number;
}

/** Admins who are told that the seats are taken. */
const TOLD_MAX = 50;

/**
 * Makes sure that one more active person fits, and keeps it so until the transaction ends. Whoever takes the last seat has
 * the admins told, once: until a seat was free again nobody can take the last one.
 * @throws AppError `seat_limit` with "Seat limit reached (N of N)"
 */
export async function takeSeat(parts: DirectoryParts, work: Work): Promise<void> {
  const { store, seats } = parts;
  if (seats === null) return;
  await store.organizations.lock(work.db, work.context.organizationId);
  const taken = await store.users.countActive(work.db, work.context.organizationId);
  if (taken >= seats) throw seatLimit(taken, seats);
  if (taken + 1 === seats) await tellAdmins(parts, work, { seats, active: seats });
}

/**
 * For every start: the limit may be lower than before. Where it leaves no seat, admins are told as if the last one had just
 * been taken, once for each limit.
 */
export async function noticeLimit(parts: DirectoryParts, work: Work): Promise<void> {
  const { store, seats } = parts;
  const { organizationId } = work.context;
  if (seats === null) return;
  await store.organizations.lock(work.db, organizationId);
  const active = await store.users.countActive(work.db, organizationId);
  if (active < seats) return;
  const [told] = await store.changes.ofSubject(work.db, organizationId, 'seats.full', 1);
  if (told?.after?.seats !== seats) await tellAdmins(parts, work, { seats, active });
}

export function seatLimit(taken: number, seats: number): AppError {
  return new AppError('seat_limit', `Seat limit reached (${taken} of ${seats}).`);
}

interface Full {
  readonly seats: number;
  readonly active: number;
}

async function tellAdmins({ store, mail }: DirectoryParts, work: Work, full: Full): Promise<void> {
  const { organizationId } = work.context;
  const subject = { type: 'organization', id: organizationId, name: 'organization' } as const;
  work.changes.push({ kind: 'seats.full', subject, after: { ...full } });
  if (!mail.delivers) return;
  for (const to of await store.persons.adminEmails(work.db, organizationId, TOLD_MAX)) {
    await mail.enqueue(work.db, { organizationId, kind: 'seats_full', to, aboutId: null, content: { ...full } });
  }
}

/** As it stands; for whoever is about to invite, the transaction in which they do it counts again. */
export async function countSeats(
  { store, seats, now }: DirectoryParts,
  db: Handle,
  organizationId: string,
): Promise<SeatUse> {
  const active = await store.users.countActive(db, organizationId);
  const invited = await store.invites.countOpen(db, organizationId, now());
  if (seats === null) return { limit: null, active, invited, free: null, full: false, invitable: null, over: 0 };
  const free = Math.max(0, seats - active);
  const over = Math.max(0, active - seats);
  return { limit: seats, active, invited, free, full: free === 0, invitable: Math.max(0, free - invited), over };
}

/** What admins have to know about a limit that is reached; undefined while a seat is free. */
export function tellFull({ limit, active }: Pick<SeatUse, 'limit' | 'active'>): string | undefined {
  if (limit === null || active < limit) return undefined;
  if (active === limit) return `All ${tellNumber(limit)} seats are in use: nobody can be added or reactivated.`;
  return `${tellNumber(active)} people are active, and there are ${tellNumber(limit)} seats (SEATS). They keep their access; nobody can be added or reactivated until ${tellNumber(active - limit + 1)} of them have left.`;
}

/** @throws AppError `forbidden` */
export async function readSeats(parts: DirectoryParts, principal: Principal): Promise<SeatUse> {
  authorize(principal, 'seats.read');
  return countSeats(parts, parts.store.reader, principal.organizationId);
}
