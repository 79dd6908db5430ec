/**
 * How often one credential may ask: a token bucket of a minute's worth, in this process. Answers carry RateLimit and
 * RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers), a refusal Retry-After.
 */
import { hash } from 'node:crypto';
import { AppError } from '../errors.ts';

export interface RateLimit {
  /** @returns the headers that tell how much is left; none without a limit. @throws AppError `rate_limited` */
  take(credential: string): Readonly<Record<string, string>>;
}

interface Bucket {
  tokens: number;
  at: number;
}

const MINUTE_MS = 60_000;
/** Buckets past which those that are full again are forgotten. */
const BUCKETS_MAX = 10_000;

/**
 * @param perMinute 0: no limit
 * @param now epoch milliseconds
 */
export function createRateLimit(perMinute: number, now: () => number): RateLimit {
  const buckets = new Map<string, Bucket>();
  const perMs = perMinute / MINUTE_MS;
  const fill = (bucket: Bucket, at: number): number => Math.min(perMinute, bucket.tokens + (at - bucket.at) * perMs);

  function bucketOf(credential: string, at: number): Bucket {
    // Not the secret itself: it should live no longer than its request.
    const key = hash('sha256', credential, 'base64');
    if (buckets.size >= BUCKETS_MAX) {
      for (const [other, bucket] of buckets) if (fill(bucket, at) >= perMinute) buckets.delete(other);
    }
    const bucket = buckets.get(key) ?? { tokens: perMinute, at };
    bucket.tokens = fill(bucket, at);
    bucket.at = at;
    buckets.set(key, bucket);
    return bucket;
  }

  return {
    take(credential) {
      if (perMinute === 0) return {};
      const bucket = bucketOf(credential, now());
      if (bucket.tokens < 1) {
        const retryAfterSeconds = Math.max(1, Math.ceil((1 - bucket.tokens) / perMs / 1000));
        const text = `More than ${perMinute} requests in a minute; wait ${retryAfterSeconds} s and go on.`;
        throw new AppError('rate_limited', text, { retryAfterSeconds });
      }
      bucket.tokens -= 1;
      const fullInSeconds = Math.ceil((perMinute - bucket.tokens) / perMs / 1000);
      return {
        'ratelimit-policy': `"credential";q=${perMinute};w=60`,
        ratelimit: `"credential";r=${Math.floor(bucket.tokens)};t=${fullInSeconds}`,
      };
    },
  };
}
