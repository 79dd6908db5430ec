/** Spaces out requests towards somebody else's system: so many a second, in the order in which they were asked for. */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Pacer {
  /** Resolves when the next request may go out; rejects when the signal is aborted first. */
  turn(signal?: AbortSignal): Promise<void>;
}

/** @param perSecond requests per second; 0: no limit */
export function createPacer(perSecond: number, now: () => number): Pacer {
  const spacingMs = perSecond > 0 ? 1000 / perSecond : 0;
  let next = 0;
  return {
    async turn(signal) {
      signal?.throwIfAborted();
      if (spacingMs === 0) return;
      const at = Math.max(now(), next);
      next = at + spacingMs;
      const waitMs = at - now();
      if (waitMs > 0) await sleep(waitMs, undefined, signal === undefined ? {} : { signal });
    },
  };
}
