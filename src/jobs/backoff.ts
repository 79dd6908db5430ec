/** How long to wait before the next try: doubling, with jitter, so that many jobs that failed together do not come back together. */
export interface Backoff {
  readonly firstMs: number;
  readonly maxMs: number;
}

export const DEFAULT_BACKOFF: Backoff = { firstMs: 1_000, maxMs: 15 * 60_000 };

/**
 * @param attempts tries that failed, from 1
 * @param random from 0 up to 1
 * @returns milliseconds, between half of the doubled time and all of it
 */
export function backoffMs({ firstMs, maxMs }: Backoff, attempts: number, random: number): number {
  const full = Math.min(maxMs, firstMs * 2 ** Math.min(attempts - 1, 30));
  return Math.round(full / 2 + (full / 2) * random);
}
