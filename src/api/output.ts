/** Answers on their way out: checked against the declaration (what is not declared never leaves), then sent. */
import type { Request, Response } from 'express';
import { AppError } from '../errors.ts';
import type { Bytes } from './answer.ts';
import type { Endpoint } from './endpoint.ts';
import { isNotModified, toEtag } from './etag.ts';
import { MisfitError } from './misfit.ts';
import { sendRows } from './rows.ts';

/** An answer in the form in which it is sent, and kept under an Idempotency-Key. */
export interface PreparedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** JSON text; null for none. */
  readonly body: string | null;
}

/**
 * Of an answer of JSON or of nothing.
 * @throws AppError `internal` when the value does not fit what was declared
 */
export function prepareAnswer({ id, answer }: Endpoint, value: unknown, baseUrl: string): PreparedAnswer {
  if (answer.kind === 'none') return { status: 204, headers: {}, body: null };
  if (answer.kind !== 'json') throw new TypeError(`${id}: what is streamed is not prepared.`);
  const parsed = answer.schema.safeParse(value);
  if (!parsed.success) throw new AppError('internal', undefined, { cause: new MisfitError(id, parsed.error) });
  const headers: Record<string, string> = {};
  if (answer.version !== undefined) headers.etag = toEtag(answer.version(value));
  if (answer.location !== undefined) headers.location = `${baseUrl}${answer.location(value)}`;
  return { status: answer.status, headers, body: JSON.stringify(parsed.data) };
}

export function sendPrepared(request: Request, response: Response, prepared: PreparedAnswer): void {
  const { status, headers, body } = prepared;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (request.method === 'GET' && headers.etag !== undefined) {
    if (isNotModified(request.headers['if-none-match'], headers.etag)) {
      response.statusCode = 304;
      response.end();
      return;
    }
  }
  response.statusCode = status;
  if (body === null) {
    response.end();
    return;
  }
  response.setHeader('content-type', 'application/json');
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(body);
}

/** Sends what a handler gave, whatever kind it is. */
export async function sendValue(
  declared: Endpoint,
  request: Request,
  response: Response,
  value: unknown,
  baseUrl: string,
): Promise<void> {
  const { answer } = declared;
  if (answer.kind === 'rows') return sendRows(declared.id, answer, request, response, value as AsyncIterable<unknown>);
  if (answer.kind === 'bytes') return sendBytes(request, response, value as Bytes);
  sendPrepared(request, response, prepareAnswer(declared, value, baseUrl));
}

/** Bytes that somebody uploaded once: a browser must take them for nothing but what they are said to be. */
function sendBytes(request: Request, response: Response, { mediaType, bytes, version }: Bytes): void {
  response.setHeader('x-content-type-options', 'nosniff');
  response.setHeader('content-security-policy', "default-src 'none'; sandbox");
  response.setHeader('content-disposition', 'inline');
  response.setHeader('cross-origin-resource-policy', 'same-origin');
  if (version !== undefined) {
    response.setHeader('etag', toEtag(version));
    response.setHeader('cache-control', 'private, no-cache');
    if (isNotModified(request.headers['if-none-match'], toEtag(version))) {
      response.statusCode = 304;
      response.end();
      return;
    }
  }
  response.setHeader('content-type', mediaType);
  response.setHeader('content-length', bytes.byteLength);
  response.end(bytes);
}
