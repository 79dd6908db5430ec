/** What a target does not do, told to whoever asked for it (and not, as in a push, to a job that tries again). */
import { AppError } from '../errors.ts';
import { TargetGone, TargetRefusal, TargetUnavailable } from './contract.ts';

/** An AppError `target_unavailable` with the reason; anything else as it is. */
export function toAppError(error: unknown): unknown {
  const isTold = error instanceof TargetRefusal || error instanceof TargetUnavailable || error instanceof TargetGone;
  return isTold ? new AppError('target_unavailable', error.message, { cause: error }) : error;
}
