/**
 * POST /Bulk (RFC 7644 section 3.7): operations one after the other, each in a transaction of its own; references by
 * bulkId are resolved as soon as what they name was created, whatever the order in the request.
 */
import { AppError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../schema/json.ts';
import type { NewChange } from '../synclog/change.ts';
import { errorBody, toAppError } from './errors.ts';
import type { Handled, Handler, Handling } from './handler.ts';
import { Query } from './query.ts';
import { repairRequest } from './repair/repair.ts';
import type { Route } from './routes.ts';

const REQUEST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
const RESPONSE_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';

interface BulkOperation {
  readonly index: number;
  readonly method: string;
  readonly path: string;
  readonly bulkId: string | undefined;
  readonly version: string | undefined;
  readonly data: unknown;
  /** The bulkIds of this request that the operation's path and data name. */
  readonly references: readonly string[];
}

interface Result {
  readonly method: string;
  readonly bulkId?: string;
  readonly location?: string;
  readonly version?: string;
  readonly status: string;
  readonly response?: unknown;
}

type FindRoute = (method: string, path: readonly string[]) => Route;

/** @param findRoute the door's own table: a bulk operation is answered by the same handlers */
export function createBulkHandler(findRoute: FindRoute): Handler {
  return (handling) => handleBulk(findRoute, handling);
}

async function handleBulk(findRoute: FindRoute, handling: Handling): Promise<Handled> {
  const { operations, failOnErrors } = parseBulk(handling.request.body, handling.parts.limits.bulkMaxOperations);
  const ids = new Map<string, string>();
  const results = new Map<number, Result>();
  const changes: NewChange[] = [];
  let waiting = operations;
  let failures = 0;
  while (waiting.length > 0 && !(failOnErrors > 0 && failures >= failOnErrors)) {
    const operation = waiting.find((candidate) => isResolved(candidate, ids)) ?? waiting[0];
    if (operation === undefined) break;
    waiting = waiting.filter((candidate) => candidate !== operation);
    const { result, made } = await runOperation(findRoute, handling, operation, ids);
    results.set(operation.index, result);
    changes.push(...made);
    if (Number(result.status) >= 400) failures += 1;
    const id = result.location?.split('/').at(-1);
    if (operation.bulkId !== undefined && operation.method === 'POST' && id !== undefined)
      ids.set(operation.bulkId, id);
  }
  const Operations = [...results].sort(([a], [b]) => a - b).map(([, result]) => result);
  const body = JSON.stringify({ schemas: [RESPONSE_SCHEMA], Operations });
  const summary = `sent ${operations.length} operations in bulk, ${failures} of them refused`;
  return { answer: { status: 200, body, summary }, changes };
}

function parseBulk(body: unknown, maxOperations: number): { operations: BulkOperation[]; failOnErrors: number } {
  if (!isJsonObject(body)) throw new AppError('invalid_syntax', 'A bulk request needs a BulkRequest as its body.');
  if (!Array.isArray(body.schemas) || !body.schemas.includes(REQUEST_SCHEMA)) {
    throw new AppError('invalid_syntax', `schemas: a bulk request needs "${REQUEST_SCHEMA}".`);
  }
  if (!Array.isArray(body.Operations)) throw new AppError('invalid_syntax', 'Operations must be a list.');
  if (body.Operations.length > maxOperations) {
    throw new AppError(
      'payload_too_large',
      `Operations: at most ${maxOperations} in one request, not ${body.Operations.length}.`,
    );
  }
  const failOnErrors = body.failOnErrors ?? 0;
  if (typeof failOnErrors !== 'number' || !Number.isInteger(failOnErrors)) {
    throw new AppError('invalid_value', 'failOnErrors must be a whole number.');
  }
  const operations = body.Operations.map(parseOperation);
  const bulkIds = toBulkIds(operations);
  return { operations: operations.map((each) => ({ ...each, references: referencesIn(each, bulkIds) })), failOnErrors };
}

/** @throws AppError `invalid_value` when two operations have one bulkId: a reference to it would name either. */
function toBulkIds(operations: readonly BulkOperation[]): ReadonlySet<string> {
  const bulkIds = new Set<string>();
  for (const { bulkId, index } of operations) {
    if (bulkId === undefined) continue;
    if (bulkIds.has(bulkId)) {
      throw new AppError('invalid_value', `Operations[${index}].bulkId: "${bulkId.slice(0, 100)}" is there twice.`);
    }
    bulkIds.add(bulkId);
  }
  return bulkIds;
}

function parseOperation(value: unknown, index: number): BulkOperation {
  const at = `Operations[${index}]`;
  if (!isJsonObject(value)) throw new AppError('invalid_syntax', `${at} must be an object.`);
  const method = typeof value.method === 'string' ? value.method.toUpperCase() : '';
  if (!['POST', 'PUT', 'PATCH', 'DELETE'].includes(method)) {
    throw new AppError('invalid_syntax', `${at}.method must be POST, PUT, PATCH or DELETE.`);
  }
  if (typeof value.path !== 'string' || !value.path.startsWith('/')) {
    throw new AppError('invalid_path', `${at}.path must be a path such as /Users or /Users/{id}.`);
  }
  const bulkId = typeof value.bulkId === 'string' && value.bulkId !== '' ? value.bulkId : undefined;
  if (method === 'POST' && bulkId === undefined)
    throw new AppError('invalid_syntax', `${at}.bulkId is needed for a POST.`);
  const version = typeof value.version === 'string' ? value.version : undefined;
  return { index, method, path: value.path, bulkId, version, data: value.data, references: [] };
}

const REFERENCE = /bulkId:([^/"\\]+)/g;

/** Read once for each operation: the order is looked for again after every one of them. */
function referencesIn({ path, data }: BulkOperation, known: ReadonlySet<string>): readonly string[] {
  const text = `${withoutQuery(path)}/${JSON.stringify(data ?? null)}`;
  const named = [...text.matchAll(REFERENCE)].map((match) => match[1] ?? '');
  return [...new Set(named)].filter((id) => known.has(id));
}

function isResolved({ references }: BulkOperation, ids: ReadonlyMap<string, string>): boolean {
  return references.every((id) => ids.has(id));
}

async function runOperation(
  findRoute: FindRoute,
  handling: Handling,
  operation: BulkOperation,
  ids: ReadonlyMap<string, string>,
): Promise<{ result: Result; made: readonly NewChange[] }> {
  const base = { method: operation.method, ...(operation.bulkId === undefined ? {} : { bulkId: operation.bulkId }) };
  try {
    const missing = operation.references.find((id) => !ids.has(id));
    if (missing !== undefined) {
      throw new AppError(
        'conflict',
        `bulkId:${missing} cannot be resolved: it was refused, or the references form a circle.`,
      );
    }
    const path = withoutQuery(resolveText(operation.path, ids));
    const segments = path.split('/').filter((segment) => segment !== '');
    const route = findRoute(operation.method, segments);
    if (route.kind === 'bulk' || route.resource === null || route.kind === 'search') {
      throw new AppError(
        'invalid_path',
        `Operations[${operation.index}].path: ${path} cannot be part of a bulk request.`,
      );
    }
    const { connection, repairs } = handling.request;
    const raw = { resource: route.resource, kind: route.kind, body: resolveValue(operation.data, ids) };
    const repaired = repairRequest(connection.dialect, raw);
    repairs.push(
      ...repaired.repairs.map((repair) => ({ ...repair, at: `Operations[${operation.index}] ${repair.at}` })),
    );
    const request = {
      ...handling.request,
      ...{ method: operation.method, path: segments, query: new Query(''), body: repaired.body },
      ...{ ifMatch: operation.version, ifNoneMatch: undefined },
    };
    const { answer, changes } = await route.handle({ parts: handling.parts, request, makeRecord: undefined });
    const { etag, location } = answer.headers ?? {};
    const place = location ?? placeOf(handling, operation.path, ids);
    const version = etag === undefined ? {} : { version: etag };
    return { result: { ...base, location: place, ...version, status: String(answer.status) }, made: changes };
  } catch (error) {
    const refusal = toAppError(error);
    if (refusal.code === 'internal' || refusal.code === 'busy') throw error;
    const response: unknown = JSON.parse(errorBody(refusal));
    // Everything but a POST names what it was about, also when it failed (RFC 7644 section 3.7).
    const location = operation.method === 'POST' ? {} : { location: placeOf(handling, operation.path, ids) };
    return { result: { ...base, ...location, status: String(refusal.status), response }, made: [] };
  }
}

function withoutQuery(path: string): string {
  return path.split('?')[0] ?? '';
}

function placeOf({ parts }: Handling, path: string, ids: ReadonlyMap<string, string>): string {
  const segments = withoutQuery(resolveText(path, ids)).split('/');
  return `${parts.baseUrl()}/${segments.filter((segment) => segment !== '').join('/')}`;
}

function resolveText(text: string, ids: ReadonlyMap<string, string>): string {
  return text.replaceAll(REFERENCE, (whole, id: string) => ids.get(id) ?? whole);
}

function resolveValue(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return value.includes('bulkId:') ? resolveText(value, ids) : value;
  if (Array.isArray(value)) return value.map((entry) => resolveValue(entry, ids));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value as JsonObject).map(([key, entry]) => [key, resolveValue(entry, ids)]));
}
