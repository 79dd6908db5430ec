/** Problem details (RFC 9457): every refusal of the API has this form, and a type whose address says what to do. */
import { z } from 'zod';
import { AppError, ERROR_CODES, type ErrorCode } from '../errors.ts';

export const PROBLEM_MEDIA_TYPE = 'application/problem+json';

export const problemSchema = z
  .object({
    type: z.url().meta({ description: 'What kind of problem: an address that says more about it.' }),
    title: z.string().meta({ description: 'The kind in words; always the same for a type.' }),
    status: z.int(),
    detail: z.string().meta({ description: 'What is wrong here, and what to do about it.' }),
    code: z.string().meta({ description: 'The last part of the type, to compare with.', example: 'not_found' }),
    requestId: z.string().meta({ description: 'Finds the request in the log; also in the header X-Request-Id.' }),
    errors: z
      .array(
        z.object({
          in: z.enum(['body', 'query', 'header']),
          pointer: z.string().optional().meta({ description: 'body: JSON pointer as a fragment.', example: '#/name' }),
          name: z.string().optional().meta({ description: 'query, header: which one.', example: 'limit' }),
          detail: z.string(),
        }),
      )
      .optional()
      .meta({ description: 'What in the request is at fault, each by itself.' }),
  })
  .meta({ id: 'Problem' });

export type Problem = z.output<typeof problemSchema>;

/** Where the list of codes speaks of SCIM, or says too little. */
const TITLES: Partial<Record<ErrorCode, string>> = {
  unauthorized: 'Valid credentials are needed.',
  token_expired: 'This key has expired.',
  token_revoked: 'This key was revoked.',
  internal: 'Something went wrong here.',
  busy: 'The database is busy.',
  paused: 'This connection is paused by an admin.',
};

export function titleOf(code: ErrorCode): string {
  return TITLES[code] ?? ERROR_CODES[code][1];
}

/** Path of the page about a code, below /api/v1. */
export function problemPath(code: ErrorCode): string {
  return `/problems/${code.replaceAll('_', '-')}`;
}

/** What went wrong, as our own error; anything unknown is `internal` with the cause for the log. */
export function toAppError(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('internal', undefined, { cause: error });
}

/** @param baseUrl of /api/v1 */
export function toProblem(error: AppError, baseUrl: string, requestId: string): Problem {
  const { code, status, message, fields } = error;
  const errors = fields.map(({ in: place, at, detail }) =>
    place === 'body' ? { in: place, pointer: `#${at}`, detail } : { in: place, name: at, detail },
  );
  const type = `${baseUrl}${problemPath(code)}`;
  const problem = { type, title: titleOf(code), status, detail: message, code, requestId };
  return errors.length === 0 ? problem : { ...problem, errors };
}
