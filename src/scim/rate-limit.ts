/** A token bucket per connection: a burst of one second's worth, then the configured rate. */
import { AppError } from '../errors.ts';

export interface RateLimit {
  /** @throws AppError `rate_limited` with whole seconds to wait */
  take(connectionId: string): void;
}

/**
 * @param perSecond requests per second for one connection and process; 0: no limit
 * @param now epoch milliseconds
 */
export function createRateLimit(perSecond: number, now: () => number): RateLimit {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return {
    take(connectionId) {
      if (perSecond === 0) return;
      const at = now();
      const bucket = buckets.get(connectionId) ?? { tokens: perSecond, at };
      bucket.tokens = Math.min(perSecond, bucket.tokens + ((at - bucket.at) / 1000) * perSecond);
      bucket.at = at;
      buckets.set(connectionId, bucket);
      if (bucket.tokens < 1) {
        const retryAfterSeconds = Math.max(1, Math.ceil((1 - bucket.tokens) / perSecond));
        const text = `More than ${perSecond} requests in a second; wait ${retryAfterSeconds} s and go on.`;
        throw new AppError('rate_limited', text, { retryAfterSeconds });
      }
      bucket.tokens -= 1;
    },
  };
}
