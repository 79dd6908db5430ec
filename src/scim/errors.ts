/** SCIM errors (RFC 7644 section 3.12): from our codes to status, scimType and body. */
import { AppError, type ErrorCode } from '../errors.ts';

export const ERROR_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:Error';

const SCIM_TYPES: Partial<Record<ErrorCode, string>> = {
  uniqueness: 'uniqueness',
  invalid_syntax: 'invalidSyntax',
  invalid_filter: 'invalidFilter',
  invalid_path: 'invalidPath',
  no_target: 'noTarget',
  invalid_value: 'invalidValue',
  mutability: 'mutability',
  sensitive: 'sensitive',
  too_many: 'tooMany',
  // RFC 9865 section 2.1
  invalid_cursor: 'invalidCursor',
  expired_cursor: 'expiredCursor',
  invalid_count: 'invalidCount',
};

/** What went wrong, as our own error; anything unknown is `internal` with the cause for the log. */
export function toAppError(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('internal', undefined, { cause: error });
}

/** The body of a refusal; `status` is a string (RFC 7644 section 3.12). */
export function errorBody(error: AppError): string {
  const scimType = SCIM_TYPES[error.code];
  return JSON.stringify({
    schemas: [ERROR_SCHEMA],
    status: String(error.status),
    ...(scimType === undefined ? {} : { scimType }),
    detail: error.message,
  });
}
