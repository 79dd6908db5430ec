/**
 * A target's requests per second, kept by every process together: turns are taken from the store, a quarter of a second's
 * worth at a time, so that the store is asked four times a second at most. A target that says "later" holds everybody.
 */
import { setTimeout as sleep } from 'node:timers/promises';

export interface Pace {
  /** Resolves when a request may go out. Rejects when the signal is aborted first. */
  turn(signal: AbortSignal): Promise<void>;
  /** Nobody asks before this time (epoch milliseconds). */
  holdUntil(at: number): Promise<void>;
  /** Until when everybody waits; 0 for nobody does. As far as this process knows. */
  heldUntil(): number;
}

export interface PaceParts {
  /** 0: no limit. */
  readonly perSecond: number;
  readonly now: () => number;
  /** Takes turns for all processes; gives the time of the first one. */
  readonly takeTurns: (count: number, spacingMs: number, notBefore: number) => Promise<number>;
  readonly hold: (at: number) => Promise<void>;
}

export function createPace({ perSecond, now, takeTurns, hold }: PaceParts): Pace {
  const spacingMs = perSecond > 0 ? 1000 / perSecond : 0;
  const block = Math.max(1, Math.floor(perSecond / 4));
  let nextAt = 0;
  let left = 0;
  let held = 0;
  let asking: Promise<void> | undefined;

  async function refill(): Promise<void> {
    nextAt = await takeTurns(block, spacingMs, now());
    left = block;
  }

  /** The time of one turn; turns that lie in the past because nobody wanted them are lost. */
  async function takeOne(): Promise<number> {
    while (left === 0) {
      asking ??= refill().finally(() => {
        asking = undefined;
      });
      await asking;
    }
    left -= 1;
    const at = nextAt;
    nextAt += spacingMs;
    return at;
  }

  return {
    async turn(signal) {
      for (;;) {
        signal.throwIfAborted();
        const at = Math.max(spacingMs === 0 ? 0 : await takeOne(), held);
        const waitMs = at - now();
        if (waitMs > 0) await sleep(waitMs, undefined, { signal });
        // Else somebody was told "later" while this one waited.
        if (held <= at) return;
      }
    },
    async holdUntil(at) {
      if (at <= held) return;
      held = at;
      // Turns that were taken already lie before the hold.
      left = 0;
      await hold(at);
    },
    heldUntil: () => (held > now() ? held : 0),
  };
}
