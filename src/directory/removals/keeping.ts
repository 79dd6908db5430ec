/** How long the runs of somebody who left are to be kept: for ever, until a date, or as long as a legal hold stands. */
import { AppError } from '../../errors.ts';
import type { DirectoryParts } from '../parts.ts';
import type { Work } from '../work.ts';
import { lockRemoval, storyDraft } from './removal-story.ts';

/**
 * A hold overrides every date. Why is on record, so it has to be said; placing one that stands adds nothing.
 * @throws AppError `not_found`, `invalid_value` without a reason
 */
export async function placeHold(parts: DirectoryParts, work: Work, removalId: string, reason: string): Promise<void> {
  requireReason(reason, 'A legal hold needs a reason.');
  const removal = await lockRemoval(parts, work, removalId);
  if (removal.erasedAt !== null) throw new AppError('conflict', 'This person was erased.');
  if (!removal.hold) work.ledger.push(storyDraft(work, removal, 'hold_placed', 'legal hold', reason));
}

/** @throws AppError `not_found`, `invalid_value` without a reason */
export async function liftHold(parts: DirectoryParts, work: Work, removalId: string, reason: string): Promise<void> {
  requireReason(reason, 'Lifting a legal hold needs a reason.');
  const removal = await lockRemoval(parts, work, removalId);
  if (removal.hold) work.ledger.push(storyDraft(work, removal, 'hold_lifted', 'legal hold', reason));
}

/**
 * After the date nobody is told any more when runs are missing, unless a hold stands. Nothing is deleted then, either.
 * @param until epoch milliseconds; null: for ever
 * @throws AppError `not_found`
 */
export async function setRetention(
  parts: DirectoryParts,
  work: Work,
  removalId: string,
  until: number | null,
  reason: string | null,
): Promise<void> {
  const removal = await lockRemoval(parts, work, removalId);
  if (removal.keepUntil === until) return;
  const details = { until: until === null ? null : new Date(until).toISOString() };
  const cause = until === null ? 'for ever' : 'until a date';
  work.ledger.push(storyDraft(work, removal, 'retention_set', cause, reason, details));
}

function requireReason(reason: string, message: string): void {
  if (reason.trim() === '') throw new AppError('invalid_value', message);
}
