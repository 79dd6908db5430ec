/** Limits of the JSON API. */
import { MEBIBYTE, wholeNumber } from '../variable.ts';

export const api = {
  API_RATE_LIMIT: wholeNumber({
    min: 0,
    max: 1_000_000,
    fallback: '600',
    meaning: 'Requests per minute with one key or session; past it 429 with `Retry-After`. 0: no limit.',
  }),
  API_MAX_BODY_BYTES: wholeNumber({
    min: 1024,
    max: 64 * MEBIBYTE,
    fallback: String(MEBIBYTE),
    meaning: 'Largest request body; past it 413.',
  }),
  API_IDEMPOTENCY_HOURS: wholeNumber({
    min: 1,
    max: 720,
    fallback: '24',
    meaning: 'Hours for which an answer is kept under its `Idempotency-Key`.',
  }),
};
