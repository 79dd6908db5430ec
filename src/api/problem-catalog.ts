/** What to do about each refusal, for the people and programs that get one. */
import { ERROR_CODES, type ErrorCode } from '../errors.ts';
import { titleOf } from './problem.ts';

const READ_AGAIN = 'Read the resource again, look at what has changed, and repeat the change with its new ETag.';
const CORRECT = 'Correct what `errors` names, and send the request again.';

const ADVICE: Readonly<Record<ErrorCode, string>> = {
  unauthorized: 'Send a valid API key: `Authorization: Bearer <key>`.',
  token_expired: 'Make a new key, and use it in place of this one.',
  token_revoked: 'Somebody ended this key. Make a new one if you still should have access.',
  forbidden: 'Ask somebody whose role allows it; `detail` says which.',
  insufficient_scope: 'Make a key that carries one of the scopes that `detail` names.',
  last_admin: 'Make another person admin first.',
  seat_limit: 'Deactivate somebody, or have the licence extended (SEATS).',
  approval_required: 'Let an admin approve that the connection takes this person over.',
  not_found: 'Check the id. What belongs to another organization is answered like this, too.',
  route_not_found: 'Check the address; `GET /api/v1/openapi.json` has them all.',
  method_not_allowed: 'The header Allow names the methods that are offered.',
  uniqueness: 'Choose another value, or use what is there already.',
  conflict: 'Read the resource; `detail` says in which state it would have to be.',
  in_flight: 'Wait as Retry-After says, and send the same request with the same key: it gets the answer.',
  managed_by_connection:
    'An identity provider manages this person and decided otherwise. Change it there, or say that you mean it, where the endpoint offers that.',
  gone: 'The link was used, replaced or revoked, or has expired. Ask for a new one.',
  precondition_failed: READ_AGAIN,
  payload_too_large: 'Send less at a time; `detail` names the limit.',
  unsupported_media_type: 'Send the body with one of the media types that `detail` names.',
  idempotency_mismatch: 'Use a new Idempotency-Key for each request that is not a repetition.',
  precondition_required: 'Read the resource, and send its ETag in If-Match, so that nobody overwrites unseen changes.',
  invalid_syntax: 'Send a body of valid JSON.',
  invalid_filter: CORRECT,
  invalid_path: CORRECT,
  no_target: CORRECT,
  invalid_value: CORRECT,
  mutability: CORRECT,
  sensitive: 'Send it in a body.',
  too_many: 'Ask for less: narrow the question, or take a smaller page.',
  invalid_cursor: 'Start again without a cursor; keep all other parameters the same while paging.',
  expired_cursor: 'Start again without a cursor.',
  invalid_count: CORRECT,
  rate_limited: 'Wait as Retry-After says. RateLimit and RateLimit-Policy tell how much is left.',
  internal: 'Nothing was changed. Try again; if it stays, give `requestId` to whoever runs this server.',
  not_implemented: 'This installation does not offer it.',
  busy: 'Nothing was changed. Try again in a moment.',
  target_unavailable: 'Look at `detail`, make the target reachable or change its settings, and try again.',
  paused: 'An admin can resume the connection.',
  unavailable: 'The server is starting or stopping. Try again in a moment.',
};

export interface ProblemKind {
  readonly code: ErrorCode;
  readonly status: number;
  readonly title: string;
  readonly advice: string;
}

export const PROBLEMS: readonly ProblemKind[] = (Object.keys(ERROR_CODES) as ErrorCode[]).map((code) => ({
  code,
  status: ERROR_CODES[code][0],
  title: titleOf(code),
  advice: ADVICE[code],
}));
