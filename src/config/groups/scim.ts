/** Limits of the SCIM door. */
import { MEBIBYTE, wholeNumber } from '../variable.ts';

export const scim = {
  SCIM_RATE_LIMIT: wholeNumber({
    min: 0,
    max: 1_000_000,
    fallback: '200',
    meaning: 'Requests per second for one connection; past it 429 with `Retry-After`. 0: no limit.',
  }),
  SCIM_MAX_BODY_BYTES: wholeNumber({
    min: 1024,
    max: 1024 * MEBIBYTE,
    fallback: String(8 * MEBIBYTE),
    meaning: 'Largest request body; past it 413.',
  }),
  SCIM_MAX_OPERATIONS: wholeNumber({
    min: 1,
    max: 100_000,
    fallback: '1000',
    meaning: 'Most operations in one PATCH; past it 413.',
  }),
  SCIM_BULK_MAX_OPERATIONS: wholeNumber({
    min: 1,
    max: 100_000,
    fallback: '1000',
    meaning: 'Most operations in one bulk request; past it 413.',
  }),
  SCIM_FILTER_MAX_LENGTH: wholeNumber({
    min: 64,
    max: 65536,
    fallback: '4096',
    meaning: 'Longest filter, in characters; past it 400.',
  }),
  SCIM_FILTER_MAX_DEPTH: wholeNumber({
    min: 1,
    max: 100,
    fallback: '16',
    meaning: 'Deepest nesting in a filter; past it 400.',
  }),
  SCIM_PAGE_DEFAULT: wholeNumber({
    min: 1,
    max: 100_000,
    fallback: '100',
    meaning: 'Resources on a page when the client names no count.',
  }),
  SCIM_PAGE_MAX: wholeNumber({
    min: 1,
    max: 100_000,
    fallback: '1000',
    meaning: 'Most resources on a page; a larger count is cut to it.',
  }),
  SCIM_CURSOR_TTL_SECONDS: wholeNumber({
    min: 1,
    max: 604_800,
    fallback: '3600',
    meaning: 'Seconds for which a paging cursor is valid.',
  }),
};
