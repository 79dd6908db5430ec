/**
 * Reads a BulkRequest (RFC 7644 section 3.7). What is wrong with the envelope refuses the whole; what is wrong with one
 * operation is that operation's answer, and the others are done.
 */
import { AppError, isAppError } from '../errors.ts';
import { isJsonObject } from '../schema/json.ts';
import { referencesIn, unknownReferenceIn } from './bulk-reference.ts';

const REQUEST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

export interface BulkOperation {
  readonly index: number;
  readonly method: string;
  readonly path: string;
  readonly bulkId: string | undefined;
  readonly version: string | undefined;
  readonly data: unknown;
  /** The bulkIds of this request that the operation's path and data name. */
  readonly references: readonly string[];
}

/** One that cannot be tried: what is wrong, and what can be said of it all the same. */
export interface MalformedOperation {
  readonly index: number;
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly bulkId: string | undefined;
  readonly fault: AppError;
}

export interface BulkRequest {
  readonly operations: readonly (BulkOperation | MalformedOperation)[];
  /** 0: however many are refused, the rest is done. */
  readonly failOnErrors: number;
}

/** @throws AppError for the envelope: `invalid_syntax`, `invalid_value`, `payload_too_large` */
export function parseBulk(body: unknown, maxOperations: number): BulkRequest {
  if (!isJsonObject(body)) throw new AppError('invalid_syntax', 'A bulk request needs a BulkRequest as its body.');
  if (!Array.isArray(body.schemas) || !body.schemas.includes(REQUEST_SCHEMA)) {
    throw new AppError('invalid_syntax', `schemas: a bulk request needs "${REQUEST_SCHEMA}".`);
  }
  if (!Array.isArray(body.Operations)) throw new AppError('invalid_syntax', 'Operations must be a list.');
  const sent: readonly unknown[] = body.Operations;
  if (sent.length > maxOperations) {
    throw new AppError('payload_too_large', `Operations: at most ${maxOperations} in one request, not ${sent.length}.`);
  }
  const failOnErrors = body.failOnErrors ?? 0;
  if (typeof failOnErrors !== 'number' || !Number.isInteger(failOnErrors)) {
    throw new AppError('invalid_value', 'failOnErrors must be a whole number.');
  }
  const holders = holdersOf(sent);
  return { operations: sent.map((value, index) => readOperation(value, index, holders)), failOnErrors };
}

/** Which operations have which bulkId: malformed ones, too, as others may name them. */
type Holders = ReadonlyMap<string, readonly number[]>;

function holdersOf(sent: readonly unknown[]): Holders {
  const holders = new Map<string, number[]>();
  for (const [index, value] of sent.entries()) {
    const bulkId = saidOf(value).bulkId;
    if (bulkId !== undefined) holders.set(bulkId, [...(holders.get(bulkId) ?? []), index]);
  }
  return holders;
}

function readOperation(value: unknown, index: number, holders: Holders): BulkOperation | MalformedOperation {
  try {
    return parseOperation(value, index, holders);
  } catch (fault) {
    if (!isAppError(fault)) throw fault;
    return { index, ...saidOf(value), fault };
  }
}

function saidOf(value: unknown): Pick<MalformedOperation, 'method' | 'path' | 'bulkId'> {
  if (!isJsonObject(value)) return { method: undefined, path: undefined, bulkId: undefined };
  const textOf = (part: unknown): string | undefined => (typeof part === 'string' && part !== '' ? part : undefined);
  return { method: textOf(value.method)?.toUpperCase(), path: textOf(value.path), bulkId: textOf(value.bulkId) };
}

/** @throws AppError `invalid_syntax`, `invalid_path`, `invalid_value` */
function parseOperation(value: unknown, index: number, holders: Holders): BulkOperation {
  if (!isJsonObject(value)) throw new AppError('invalid_syntax', 'an operation must be an object.');
  const { data } = value;
  const method = parseMethod(value.method);
  const path = parsePath(value.path);
  const bulkId = parseText('bulkId', value.bulkId) || undefined;
  const version = parseText('version', value.version);
  if (method === 'POST' && bulkId === undefined) throw new AppError('invalid_syntax', 'a POST needs a bulkId.');
  if (method !== 'DELETE' && !isJsonObject(data)) throw new AppError('invalid_syntax', 'data must be an object.');
  if (bulkId !== undefined) checkUnique(bulkId, index, holders);
  checkReferred(path, data, holders);
  return { index, method, path, bulkId, version, data, references: referencesIn(path, data, holders) };
}

/** What is named by a bulkId must be in the request (RFC 7644 section 3.7.2): as text it would be nobody's id. */
function checkReferred(path: string, data: unknown, holders: Holders): void {
  const unknown = unknownReferenceIn(path, data, holders);
  if (unknown === undefined) return;
  throw new AppError('invalid_value', `bulkId:${unknown.slice(0, 100)} is the bulkId of no operation in this request.`);
}

function parseMethod(method: unknown): string {
  const upper = typeof method === 'string' ? method.toUpperCase() : '';
  if (['POST', 'PUT', 'PATCH', 'DELETE'].includes(upper)) return upper;
  throw new AppError('invalid_syntax', 'method must be POST, PUT, PATCH or DELETE.');
}

function parsePath(path: unknown): string {
  if (typeof path === 'string' && path.startsWith('/')) return path;
  throw new AppError('invalid_path', 'path must be one such as /Users or /Users/{id}.');
}

function parseText(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === 'string') return value;
  throw new AppError('invalid_syntax', `${name} must be a text.`);
}

/** "Unique within a bulk request": of two that share one, none is done, as a reference and the answer could mean either. */
function checkUnique(bulkId: string, index: number, holders: Holders): void {
  const other = holders.get(bulkId)?.find((holder) => holder !== index);
  if (other === undefined) return;
  const text = `bulkId "${bulkId.slice(0, 100)}" is also that of Operations[${other}]; give each its own.`;
  throw new AppError('invalid_value', text);
}
