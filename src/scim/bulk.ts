/**
 * POST /Bulk (RFC 7644 section 3.7): operations one after the other, each in a transaction of its own; references by
 * bulkId are resolved as soon as what they name was created, whatever the order in the request.
 */
import { AppError, isAppError } from '../errors.ts';
import type { NewChange } from '../synclog/change.ts';
import { resolveData, resolvePath } from './bulk-reference.ts';
import { type BulkOperation, type MalformedOperation, parseBulk } from './bulk-request.ts';
import { errorBody, toAppError } from './errors.ts';
import type { Handled, Handler, Handling } from './handler.ts';
import { Query } from './query.ts';
import { repairRequest } from './repair/repair.ts';
import type { Route } from './route.ts';

const RESPONSE_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:BulkResponse';
const METHOD_SAID_MAX = 100;

interface Result {
  readonly method?: string;
  readonly bulkId?: string;
  readonly location?: string;
  readonly version?: string;
  readonly status: string;
  readonly response?: unknown;
}

/** What became of one operation. */
interface Tried {
  readonly result: Result;
  readonly changes: readonly NewChange[];
  readonly refusal: AppError | undefined;
  /** Ours, not of the operation: nothing after it is tried. */
  readonly fault?: AppError;
}

/** What became of the operations that have a bulkId. */
interface Outcomes {
  /** Ids of what was created. */
  readonly ids: Map<string, string>;
  /** Places of those that created nothing. */
  readonly lost: Map<string, number>;
}

type FindRoute = (method: string, path: readonly string[]) => Route;

/** @param findRoute the door's own table: a bulk operation is answered by the same handlers */
export function createBulkHandler(findRoute: FindRoute): Handler {
  return (handling) => handleBulk(findRoute, handling);
}

async function handleBulk(findRoute: FindRoute, handling: Handling): Promise<Handled> {
  const { operations, failOnErrors } = parseBulk(handling.request.body, handling.parts.limits.bulkMaxOperations);
  const outcomes: Outcomes = { ids: new Map(), lost: new Map() };
  const tried = new Map<number, Tried>();
  let waiting = operations;
  let failures = 0;
  let fault: AppError | undefined;
  while (waiting.length > 0 && fault === undefined && !(failOnErrors > 0 && failures >= failOnErrors)) {
    const operation = waiting.find((candidate) => isSettled(candidate, outcomes)) ?? waiting[0];
    if (operation === undefined) break;
    waiting = waiting.filter((candidate) => candidate !== operation);
    const done = await tryOperation(findRoute, handling, operation, outcomes);
    tried.set(operation.index, done);
    fault = done.fault;
    if (done.refusal !== undefined) failures += 1;
    keepOutcome(operation, done, outcomes);
  }
  const inOrder = [...tried].sort(([a], [b]) => a - b).map(([, done]) => done);
  const broken = fault === undefined ? '' : ', one broken off by a fault here';
  const rest = waiting.length === 0 ? '' : ` and ${waiting.length} not tried`;
  const summary = `sent ${operations.length} operations in bulk, ${failures} of them refused${broken}${rest}`;
  const refused = inOrder.map(({ refusal }) => refusal).filter((refusal) => refusal !== undefined);
  const changes = inOrder.flatMap((done) => done.changes);
  if (fault !== undefined) {
    return { answer: { status: fault.status, body: errorBody(fault), summary, refused }, changes, fault };
  }
  const body = JSON.stringify({ schemas: [RESPONSE_SCHEMA], Operations: inOrder.map(({ result }) => result) });
  return { answer: { status: 200, body, summary, refused }, changes };
}

/** Whether it is known what becomes of it: all that it names is there, or something of it never will be. */
function isSettled(operation: BulkOperation | MalformedOperation, { ids, lost }: Outcomes): boolean {
  if ('fault' in operation) return true;
  const { references } = operation;
  return references.every((bulkId) => ids.has(bulkId)) || references.some((bulkId) => lost.has(bulkId));
}

function keepOutcome(
  { bulkId, index, method }: BulkOperation | MalformedOperation,
  { result, refusal }: Tried,
  { ids, lost }: Outcomes,
): void {
  if (bulkId === undefined) return;
  const id = refusal === undefined && method === 'POST' ? result.location?.split('/').at(-1) : undefined;
  if (id === undefined) lost.set(bulkId, index);
  else ids.set(bulkId, id);
}

async function tryOperation(
  findRoute: FindRoute,
  handling: Handling,
  operation: BulkOperation | MalformedOperation,
  outcomes: Outcomes,
): Promise<Tried> {
  const { method, path, bulkId } = operation;
  const said = {
    ...(method === undefined ? {} : { method: method.slice(0, METHOD_SAID_MAX) }),
    ...(bulkId === undefined ? {} : { bulkId }),
  };
  try {
    if ('fault' in operation) throw operation.fault;
    const { answer, changes } = await runOperation(findRoute, handling, operation, outcomes);
    const { etag, location = placeOf(handling, operation.path, outcomes) } = answer.headers ?? {};
    const version = etag === undefined ? {} : { version: etag };
    const result = { ...said, location, ...version, status: String(answer.status) };
    return { result, changes, refusal: undefined };
  } catch (error) {
    const { code, message, retryAfterSeconds } = toAppError(error);
    if (code === 'internal' || code === 'busy') {
      const text = `Operations[${operation.index}]: ${message} What came before it is done; send the same request again.`;
      const { cause } = toAppError(error);
      const fault = new AppError(code, text, {
        cause,
        ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
      });
      return { result: { ...said, status: String(fault.status) }, changes: [], refusal: undefined, fault };
    }
    const refusal = new AppError(code, `Operations[${operation.index}]: ${message}`);
    const response: unknown = JSON.parse(errorBody(refusal));
    // Everything but a POST names what it was about, also when it failed (RFC 7644 section 3.7).
    const isPlace = method !== 'POST' && path?.startsWith('/') === true;
    const location = isPlace ? { location: placeOf(handling, path, outcomes) } : {};
    return { result: { ...said, ...location, status: String(refusal.status), response }, changes: [], refusal };
  }
}

async function runOperation(
  findRoute: FindRoute,
  handling: Handling,
  operation: BulkOperation,
  outcomes: Outcomes,
): Promise<Handled> {
  checkReferences(operation, outcomes);
  const { index, method, version } = operation;
  const path = segmentsOf(operation.path, outcomes);
  const route = routeOf(findRoute, method, path);
  const { connection, repairs } = handling.request;
  const raw = { resource: route.resource, kind: route.kind, body: resolveData(operation.data, outcomes.ids) };
  const repaired = repairRequest(connection.dialect, raw);
  repairs.push(...repaired.repairs.map((repair) => ({ ...repair, at: `Operations[${index}] ${repair.at}` })));
  const request = {
    ...handling.request,
    ...{ method, path, query: new Query(''), body: repaired.body, ifMatch: version, ifNoneMatch: undefined },
  };
  return route.handle({ parts: handling.parts, request, makeRecord: undefined });
}

/** @throws AppError `conflict` */
function checkReferences({ references }: BulkOperation, { ids, lost }: Outcomes): void {
  const dead = references.find((bulkId) => lost.has(bulkId));
  if (dead !== undefined) {
    const text = `it names bulkId:${dead}, and Operations[${lost.get(dead)}], which has that bulkId, created nothing.`;
    throw new AppError('conflict', text);
  }
  const missing = references.find((bulkId) => !ids.has(bulkId));
  if (missing === undefined) return;
  throw new AppError('conflict', `bulkId:${missing} cannot be resolved: the references form a circle.`);
}

/**
 * What cannot be part of a bulk request is the operation's own fault: 404 would say that somebody is gone.
 * @throws AppError `invalid_path`
 */
function routeOf(findRoute: FindRoute, method: string, path: readonly string[]): Route {
  const refuse = (why: string) => new AppError('invalid_path', `path: ${why}`);
  try {
    const route = findRoute(method, path);
    if (route.kind === 'bulk' || route.kind === 'search' || route.resource === null) {
      throw refuse(`/${path.join('/').slice(0, 200)} cannot be part of a bulk request.`);
    }
    return route;
  } catch (error) {
    const isNoPlace = isAppError(error, 'route_not_found') || isAppError(error, 'method_not_allowed');
    throw isNoPlace ? refuse(error.message) : error;
  }
}

function segmentsOf(path: string, { ids }: Outcomes): readonly string[] {
  return resolvePath(path, ids)
    .split('/')
    .filter((segment) => segment !== '');
}

function placeOf({ parts }: Handling, path: string, outcomes: Outcomes): string {
  return `${parts.baseUrl()}/${segmentsOf(path, outcomes).join('/')}`;
}
