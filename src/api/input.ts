/** What a request says, checked against its endpoint's schemas; each fault by itself, with where it is. */
import type { Request } from 'express';
import type { z } from 'zod';
import { AppError, type FieldFault } from '../errors.ts';
import { readBinaryBody, readJsonBody } from '../http/body.ts';
import type { Endpoint, GivenBytes } from './endpoint.ts';

export interface GivenInput {
  readonly params: unknown;
  readonly query: unknown;
  readonly body: unknown;
  readonly bytes: GivenBytes;
  /** The body as it came, for telling requests apart. */
  readonly raw: unknown;
}

const FAULTS_SHOWN = 50;
const NO_BYTES: GivenBytes = { mediaType: '', bytes: Buffer.alloc(0) };

/**
 * @throws AppError `not_found` (a path parameter), `invalid_value` with the fields, and what reading a body refuses with
 */
export async function readInput(declared: Endpoint, request: Request, maxBytes: number): Promise<GivenInput> {
  const params = parseParams(declared, request);
  const queryFaults: FieldFault[] = [];
  const query = parseQuery(declared, request, queryFaults);
  if (queryFaults.length > 0) throw invalid(queryFaults);
  if (declared.binaryBody !== undefined) {
    const form = { ...declared.binaryBody, mayBeUnnamed: false };
    const bytes = await readBinaryBody(request, form);
    return { params, query, body: undefined, bytes, raw: bytes.bytes.toString('base64') };
  }
  if (declared.body === undefined) return { params, query, body: undefined, bytes: NO_BYTES, raw: null };
  const raw = await readJsonBody(request, { maxBytes, mediaTypes: ['application/json'], mayBeUnnamed: false });
  return { params, query, body: parseBody(declared.body, raw), bytes: NO_BYTES, raw: raw ?? null };
}

/** @throws AppError `not_found` for one that cannot be: a UUID that is none */
export function parseParams(declared: Endpoint, request: Request): unknown {
  if (declared.params === undefined) return undefined;
  const parsed = declared.params.safeParse({ ...request.params });
  if (parsed.success && !Object.values(request.params).some((value) => !isStorable(String(value)))) return parsed.data;
  throw new AppError('not_found');
}

function parseQuery(declared: Endpoint, request: Request, faults: FieldFault[]): unknown {
  const given = new URLSearchParams(request.url.split('?').slice(1).join('?'));
  const values: Record<string, string> = {};
  for (const [name, value] of given) {
    if (Object.hasOwn(values, name)) {
      faults.push({ in: 'query', at: name, detail: 'It is given more than once.' });
      continue;
    }
    if (!isStorable(value)) faults.push({ in: 'query', at: name, detail: UNSTORABLE });
    Object.defineProperty(values, name, { value, enumerable: true, configurable: true });
  }
  if (declared.query === undefined) {
    for (const name of Object.keys(values))
      faults.push({ in: 'query', at: name, detail: 'There is no such parameter here.' });
    return undefined;
  }
  const parsed = declared.query.safeParse(values);
  if (parsed.success) return parsed.data;
  const found = faultsOf(parsed.error).map(({ path, detail }) => ({ at: path.map(String).join('.'), detail }));
  const named = new Set(faults.map(({ at }) => at));
  faults.push(...found.filter(({ at }) => !named.has(at)).map((fault) => ({ in: 'query' as const, ...fault })));
  return undefined;
}

function parseBody(schema: z.ZodType, raw: unknown): unknown {
  const unstorable = [...unstorableIn(raw, [])];
  if (unstorable.length > 0) {
    throw invalid(unstorable.map((path) => ({ in: 'body', at: toPointer(path), detail: UNSTORABLE })));
  }
  if (raw === undefined && !schema.safeParse(undefined).success) {
    throw invalid([{ in: 'body', at: '', detail: 'A JSON body is needed.' }]);
  }
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw invalid(faultsOf(parsed.error).map(({ path, detail }) => ({ in: 'body', at: toPointer(path), detail })));
}

interface Fault {
  readonly path: readonly PropertyKey[];
  readonly detail: string;
}

/** Keys that are not known are named one by one, where they stand. */
function faultsOf({ issues }: z.ZodError): Fault[] {
  return issues.flatMap((issue): Fault[] =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key], detail: 'There is nothing of this name here.' }))
      : [{ path: issue.path, detail: issue.message }],
  );
}

function invalid(faults: readonly FieldFault[]): AppError {
  const names = [...new Set(faults.map((fault) => (fault.at === '' ? `the ${fault.in}` : fault.at)))];
  const shown = names.slice(0, 5).join(', ');
  const more = names.length > 5 ? ` and ${names.length - 5} more` : '';
  return new AppError('invalid_value', `Not valid: ${shown}${more}. See errors.`, {
    fields: faults.slice(0, FAULTS_SHOWN),
  });
}

/** RFC 6901. */
function toPointer(path: readonly PropertyKey[]): string {
  return path.map((key) => `/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

const UNSTORABLE = 'It holds a NUL character or half a Unicode character, which cannot be stored.';

/** PostgreSQL keeps no NUL in text, and half a surrogate pair is no Unicode. */
function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed();
}

/** The body's depth is bounded by its reader. */
function* unstorableIn(value: unknown, path: readonly PropertyKey[]): Generator<readonly PropertyKey[]> {
  if (typeof value === 'string') {
    if (!isStorable(value)) yield path;
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, entry] of Object.entries(value)) {
      const at = [...path, Array.isArray(value) ? Number(key) : key];
      if (!isStorable(key)) yield at;
      yield* unstorableIn(entry, at);
    }
  }
}
