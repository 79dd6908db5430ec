/** The demonstration's clock: behind the real one by some days, which it catches up with while its story is told. */

export interface DemoClock {
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** To so long before the end of the story; never back. */
  readonly goTo: (msBeforeEnd: number) => void;
  /** Goes on, at most to the end of the story. */
  readonly pass: (ms: number) => void;
}

/** @param real epoch milliseconds; where it stands when the story ends is the end */
export function createDemoClock(real: () => number, behindMs: number): DemoClock {
  let behind = behindMs;
  const goTo = (ms: number): void => {
    behind = Math.max(0, Math.min(behind, ms));
  };
  return { now: () => real() - behind, goTo, pass: (ms) => goTo(behind - ms) };
}
