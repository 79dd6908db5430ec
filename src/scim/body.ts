/** Reads a request body, with its bounds: size, media type, depth. Nothing is read before the token was checked. */
import type { IncomingMessage } from 'node:http';
import { AppError } from '../errors.ts';

/** Nesting of a legal SCIM message is below ten. */
const MAX_DEPTH = 40;

/**
 * The parsed JSON body; undefined where there is none.
 * @throws AppError `payload_too_large`, `unsupported_media_type`, `invalid_syntax`
 */
export async function readJsonBody(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  const text = await readText(request, maxBytes);
  if (text === '') return undefined;
  checkMediaType(request.headers['content-type']);
  return parseJson(text);
}

async function readText(request: IncomingMessage, maxBytes: number): Promise<string> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  const bytes = chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks);
  return bytes.toString('utf8');
}

function tooLarge(maxBytes: number): AppError {
  return new AppError(
    'payload_too_large',
    `The request body is larger than ${maxBytes} bytes; send the change in parts.`,
  );
}

/** application/scim+json and application/json, with any parameters; a missing type is taken for JSON. */
function checkMediaType(header: string | undefined): void {
  const type = header?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === '' || type === 'application/scim+json' || type === 'application/json') return;
  throw new AppError(
    'unsupported_media_type',
    `Content-Type ${type.slice(0, 100)} is not taken; send application/scim+json.`,
  );
}

function parseJson(text: string): unknown {
  checkDepth(text);
  try {
    return JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (cause) {
    throw new AppError('invalid_syntax', `The request body is not JSON: ${(cause as Error).message}.`, { cause });
  }
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
