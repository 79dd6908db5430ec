/** Reads a request body, with its bounds: size, media type, depth. Nothing is read before the caller was checked. */
import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { AppError } from '../errors.ts';

/** Nesting of a legal message is below ten. */
const MAX_DEPTH = 40;

export interface BodyForm {
  readonly maxBytes: number;
  /** Media types that are taken, the one to recommend first. */
  readonly mediaTypes: readonly string[];
  /** Whether a body may come without a Content-Type. */
  readonly mayBeUnnamed: boolean;
}

/**
 * The parsed JSON body; undefined where there is none.
 * @throws AppError `payload_too_large`, `unsupported_media_type`, `invalid_syntax`
 */
export async function readJsonBody(request: IncomingMessage, form: BodyForm): Promise<unknown> {
  const bytes = await readBytes(request, form.maxBytes);
  if (bytes.length === 0) return undefined;
  checkMediaType(request.headers['content-type'], form);
  checkEncoding(request.headers['content-encoding']);
  return parseJson(decode(bytes));
}

/** The body as it is, with its media type. @throws AppError `payload_too_large`, `unsupported_media_type` */
export async function readBinaryBody(
  request: IncomingMessage,
  form: BodyForm,
): Promise<{ readonly mediaType: string; readonly bytes: Buffer }> {
  const mediaType = checkMediaType(request.headers['content-type'], form);
  return { mediaType, bytes: await readBytes(request, form.maxBytes) };
}

async function readBytes(request: IncomingMessage, maxBytes: number): Promise<Buffer> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  // Not destroyed when we have seen enough: the refusal still has to go out on the same connection.
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
}

function tooLarge(maxBytes: number): AppError {
  return new AppError(
    'payload_too_large',
    `The request body is larger than ${maxBytes} bytes; send the change in parts.`,
  );
}

/** The media type without its parameters, in lower case. */
function checkMediaType(header: string | undefined, { mediaTypes, mayBeUnnamed }: BodyForm): string {
  const type = header?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (mediaTypes.includes(type) || (type === '' && mayBeUnnamed)) return type;
  const given = type === '' ? 'A body needs a Content-Type' : `Content-Type ${type.slice(0, 100)} is not taken`;
  throw new AppError('unsupported_media_type', `${given}; send ${mediaTypes.join(' or ')}.`);
}

/** A compressed body would be no JSON to us; saying so helps more than the parser's complaint (RFC 9110 section 15.5.16). */
function checkEncoding(header: string | undefined): void {
  if (header === undefined || header.trim() === '' || header.trim().toLowerCase() === 'identity') return;
  throw new AppError(
    'unsupported_media_type',
    `Content-Encoding ${header.slice(0, 100)} is not taken; send the body as it is.`,
  );
}

/** Bytes that are no UTF-8 would be stored as U+FFFD, and two names could become one. */
function decode(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  throw new AppError('invalid_syntax', 'The request body is not UTF-8; JSON is sent in UTF-8 (RFC 8259 section 8.1).');
}

function parseJson(text: string): unknown {
  checkDepth(text);
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (cause) {
    throw new AppError('invalid_syntax', `The request body is not JSON: ${faultOf(cause as Error)}.`);
  }
}

/** Without the piece of the body that the engine quotes: a password may stand in it, and refusals are recorded. */
function faultOf({ message }: Error): string {
  return message.replace(/, (?:\.\.\.)?".*$/s, '');
}

/** Counts brackets outside strings, so that deep nesting never reaches anything recursive. */
function checkDepth(text: string): void {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 0x5c) index += 1;
      else if (code === 0x22) inString = false;
      continue;
    }
    if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) depth += 1;
    else if (code === 0x7d || code === 0x5d) depth -= 1;
    if (depth > MAX_DEPTH)
      throw new AppError('invalid_syntax', `The request body is nested deeper than ${MAX_DEPTH} levels.`);
  }
}
