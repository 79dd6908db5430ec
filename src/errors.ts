/**
 * The closed list of what can go wrong, with the HTTP status and the text that a client may see.
 *
 * Owns: error codes, their statuses and default texts. Does not own: how an error body looks (each door writes its own
 * form: SCIM, problem details, HTML). Everybody may throw an AppError; nobody else decides on a status.
 */

/** code -> [HTTP status, default public text]. SCIM's scimType for a code stands in scim/errors.ts. */
export const ERROR_CODES = {
  // authentication and authorization
  unauthorized: [401, 'A valid token is needed.'],
  token_expired: [401, 'This token has expired. Make a new one with: connection rotate-token.'],
  token_revoked: [401, 'This token was revoked. Make a new one with: connection rotate-token.'],
  forbidden: [403, 'This is not allowed.'],
  insufficient_scope: [403, 'This key does not carry the scope that this needs.'],
  last_admin: [
    403,
    'An organization keeps at least one active admin; this would remove, deactivate or demote the last one.',
  ],
  seat_limit: [403, 'Seat limit reached.'],
  approval_required: [
    403,
    'This user is an admin who is not managed by this connection; an admin has to approve first.',
  ],
  // what was asked for
  not_found: [404, 'Not found.'],
  route_not_found: [404, 'There is nothing at this address.'],
  method_not_allowed: [405, 'This method is not allowed here.'],
  uniqueness: [409, 'One or more of the values are already in use.'],
  conflict: [409, 'The resource is in another state than this needs.'],
  in_flight: [409, 'A request with this Idempotency-Key is still at work.'],
  managed_by_connection: [409, 'An identity provider manages this person; change it there.'],
  gone: [410, 'This does not work any more.'],
  precondition_failed: [412, 'The resource has changed since the version that was named.'],
  payload_too_large: [413, 'The request is too large.'],
  unsupported_media_type: [415, 'The media type of the body is not taken here.'],
  idempotency_mismatch: [422, 'This Idempotency-Key was used with another request.'],
  precondition_required: [428, 'This change needs If-Match with the version that it is based on.'],
  // what was sent
  invalid_syntax: [400, 'The request is not valid.'],
  invalid_filter: [400, 'The filter is not valid or not supported.'],
  invalid_path: [400, 'The path is not valid.'],
  no_target: [400, 'The path names nothing that could be changed.'],
  invalid_value: [400, 'A value is missing or not valid.'],
  mutability: [400, 'This attribute cannot be changed.'],
  sensitive: [400, 'This request cannot be made in a URL.'],
  too_many: [400, 'The answer would be too large.'],
  invalid_cursor: [400, 'The cursor is not valid.'],
  expired_cursor: [400, 'The cursor has expired; start again without one.'],
  invalid_count: [400, 'The count is not valid.'],
  // pressure and faults
  rate_limited: [429, 'Too many requests.'],
  internal: [500, 'Something went wrong here; the request id finds it in the log.'],
  not_implemented: [501, 'This is not offered.'],
  target_unavailable: [502, 'The target cannot be worked with now.'],
  busy: [503, 'The database is busy; try again.'],
  paused: [503, 'This connection is paused by an admin; try again later.'],
  unavailable: [503, 'The server is stopping or not ready.'],
} as const satisfies Record<string, readonly [status: number, text: string]>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** Something that was sent and is not valid. */
export interface FieldFault {
  readonly in: 'body' | 'query' | 'header';
  /** body: JSON pointer (RFC 6901), `` for the whole; else the name of the parameter or header. */
  readonly at: string;
  /** Public text. */
  readonly detail: string;
}

export interface AppErrorOptions {
  /** What went wrong underneath, for the log only. */
  readonly cause?: unknown;
  /** Whole seconds after which trying again makes sense (429 and 503). */
  readonly retryAfterSeconds?: number;
  /** What in the request is at fault, where it can be said. */
  readonly fields?: readonly FieldFault[];
}

/** A fault or refusal with a code from the list. `message` is public text: never put a secret or another's data in it. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly status: number;
  readonly retryAfterSeconds: number | undefined;
  readonly fields: readonly FieldFault[];

  constructor(code: ErrorCode, message?: string, options: AppErrorOptions = {}) {
    super(message ?? ERROR_CODES[code][1], options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'AppError';
    this.code = code;
    this.status = ERROR_CODES[code][0];
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.fields = options.fields ?? [];
  }
}

/** Whether this is an AppError (optionally of one code). */
export function isAppError(error: unknown, code?: ErrorCode): error is AppError {
  return error instanceof AppError && (code === undefined || error.code === code);
}
