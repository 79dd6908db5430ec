/**
 * Refusals of passwords go out at full steps of time. A directory has less to do for a name that it does not know than for
 * a wrong password; so whoever measures would learn which names there are. Waiting costs nothing but an open connection:
 * no more work for the directory, as a made-up bind would be, and who tries often has been slowed before.
 */
import { setTimeout } from 'node:timers/promises';

/** Longer than a search and a bind take by far where all is well. */
export const REFUSAL_STEP_MS = 500;

/** @param startedNs of the request, by `process.hrtime.bigint()` */
export async function untilFullStep(startedNs: bigint): Promise<void> {
  const passedMs = Number(process.hrtime.bigint() - startedNs) / 1e6;
  await setTimeout(Math.ceil(REFUSAL_STEP_MS - (passedMs % REFUSAL_STEP_MS)));
}
