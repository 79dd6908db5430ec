/** What each error code means for an admin and what to do about it. The public text of the code itself stands in errors.ts. */
import { ERROR_CODES, type ErrorCode } from '../errors.ts';

export interface ErrorWords {
  readonly meaning: string;
  readonly advice: string;
}

const LOOK_AT_BODY = 'Look at the request below, and correct the attribute mapping in the identity provider.';
const TRY_AGAIN =
  'Nothing needs to be done: the identity provider tries again by itself. If it goes on, look at the log of the server.';
const NEW_TOKEN = 'Make a new token on the page of the connection and enter it in the identity provider.';

const ERROR_WORDS: Readonly<Record<ErrorCode, ErrorWords>> = {
  unauthorized: {
    meaning: 'The request carried no token that Drawbridge knows.',
    advice: `Compare the token that the identity provider uses with the connection’s tokens. ${NEW_TOKEN}`,
  },
  token_expired: { meaning: 'The token has expired.', advice: NEW_TOKEN },
  token_revoked: { meaning: 'The token was revoked.', advice: NEW_TOKEN },
  forbidden: {
    meaning: 'The sender may not do this.',
    advice: 'Check whether this connection should manage this person or group.',
  },
  insufficient_scope: {
    meaning: 'The key does not carry the scope that this needs.',
    advice: 'Make a key with this scope.',
  },
  in_flight: { meaning: 'The same request was still at work.', advice: 'Ask again for its answer in a moment.' },
  idempotency_mismatch: {
    meaning: 'A key for repeating a request was used with another request.',
    advice: 'Use a new Idempotency-Key for each request.',
  },
  precondition_required: {
    meaning: 'The change did not say which version it is based on.',
    advice: 'Read the resource and give its ETag in If-Match.',
  },
  last_admin: {
    meaning: 'This would have left the organization without an active admin.',
    advice: 'Make another person admin first; then let the identity provider try again.',
  },
  seat_limit: {
    meaning: 'Every seat of the licence is in use.',
    advice: 'Deactivate somebody or raise SEATS; then let the identity provider try again.',
  },
  approval_required: {
    meaning: 'The request is about an admin whom this connection does not manage.',
    advice:
      'Open this admin under People and let the connection manage them; then let the identity provider try again.',
  },
  not_found: {
    meaning: 'What was asked for does not exist, or this connection does not manage it.',
    advice: 'If the identity provider goes on asking, restart its provisioning so that it matches its users again.',
  },
  route_not_found: {
    meaning: 'There is nothing at this address.',
    advice: 'Check the SCIM base URL in the identity provider: it ends in /scim/v2.',
  },
  method_not_allowed: {
    meaning: 'This method is not offered at this address.',
    advice: 'Check the update method that is chosen in the identity provider.',
  },
  uniqueness: {
    meaning: 'Another user or group has this name or id already.',
    advice: 'Find the other one by its name, and remove or rename one of the two in the identity provider.',
  },
  conflict: { meaning: 'The resource was in another state than the request needs.', advice: TRY_AGAIN },
  managed_by_connection: {
    meaning: 'An identity provider manages this person, and decided otherwise.',
    advice: 'Change it in the identity provider.',
  },
  gone: { meaning: 'The link was used, replaced or revoked, or has expired.', advice: 'Ask for a new one.' },
  precondition_failed: { meaning: 'Somebody else changed the resource in between.', advice: TRY_AGAIN },
  payload_too_large: {
    meaning: 'The request is larger than the limit.',
    advice: 'Let the identity provider send fewer members at a time, or raise the limit in the configuration.',
  },
  unsupported_media_type: {
    meaning: 'The body has a content type that is not understood.',
    advice: 'Let the identity provider send application/scim+json.',
  },
  invalid_syntax: { meaning: 'The body is no valid SCIM request.', advice: LOOK_AT_BODY },
  invalid_filter: {
    meaning: 'The filter is wrong or not supported. It is refused rather than answered with the wrong people.',
    advice: 'Check the matching attribute in the identity provider.',
  },
  invalid_path: { meaning: 'The path of an operation cannot be understood.', advice: LOOK_AT_BODY },
  no_target: { meaning: 'The path names nothing that is there.', advice: LOOK_AT_BODY },
  invalid_value: { meaning: 'A value is missing or has the wrong form.', advice: LOOK_AT_BODY },
  mutability: {
    meaning: 'The attribute can only be read.',
    advice: 'Take this attribute out of the mapping in the identity provider.',
  },
  sensitive: {
    meaning: 'The request would put personal data into an address.',
    advice: 'Let the identity provider use POST with .search.',
  },
  too_many: {
    meaning: 'The answer would be larger than the limit.',
    advice: 'Let the identity provider ask for a smaller page or a narrower filter.',
  },
  invalid_cursor: {
    meaning: 'The cursor was not made here.',
    advice: 'Let the identity provider start its listing again.',
  },
  expired_cursor: { meaning: 'The cursor is too old.', advice: 'Let the identity provider start its listing again.' },
  invalid_count: {
    meaning: 'The page size is no usable number.',
    advice: 'Check the page size in the identity provider.',
  },
  rate_limited: {
    meaning: 'The connection sent more requests in a second than it may.',
    advice: 'Nothing is lost: the identity provider slows down and tries again. SCIM_RATE_LIMIT sets the limit.',
  },
  internal: {
    meaning: 'Something went wrong in Drawbridge.',
    advice: 'Look for the id of this exchange in the log of the server, and report it.',
  },
  not_implemented: {
    meaning: 'Drawbridge does not offer this.',
    advice: 'Switch this function off in the identity provider.',
  },
  busy: { meaning: 'The database was busy.', advice: TRY_AGAIN },
  target_unavailable: {
    meaning: 'A target could not be worked with.',
    advice: 'Test the target; its page says what it answered.',
  },
  paused: {
    meaning: 'The connection is paused, so nothing was written.',
    advice: 'Resume it on its page; the identity provider tries again by itself.',
  },
  unavailable: { meaning: 'The server was stopping or not ready yet.', advice: TRY_AGAIN },
};

/** Words for a code as recorded; a code that is no longer on the list still gets an answer. */
export function explainError(code: string): ErrorWords {
  return isErrorCode(code)
    ? ERROR_WORDS[code]
    : {
        meaning: `This was recorded as “${code}”.`,
        advice: 'Look for the id of this exchange in the log of the server.',
      };
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERROR_CODES, code);
}
