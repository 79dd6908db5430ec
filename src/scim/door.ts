/**
 * The identity providers' door: /scim/v2.
 *
 * Owns: the order at the door (request id, token, rate limit, size, repair, parse, command, answer) and that every
 * exchange is recorded, whatever happened. Does not own: rules (directory/), SQL (store/). Mounted by app.ts.
 */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { TokenMatch } from '../directory/store.ts';
import { AppError } from '../errors.ts';
import { type BodyForm, readJsonBody } from '../http/body.ts';
import { endEarly } from '../http/early-answer.ts';
import { type Answer, SCIM_MEDIA_TYPE } from './answer.ts';
import { authenticate } from './authenticate.ts';
import { createSchemasRoute, type SchemasRoute, serviceProviderConfig } from './discovery.ts';
import { errorBody, toAppError } from './errors.ts';
import { createExchangeLog, type ExchangeDraft, type ExchangeLog } from './exchange-log.ts';
import type { Handled } from './handler.ts';
import type { ScimParts } from './parts.ts';
import { Query } from './query.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import { dialectTraits } from './repair/dialect-traits.ts';
import { repairRequest } from './repair/repair.ts';
import type { Route } from './route.ts';
import { allowedMethods, findRoute } from './routes.ts';
import type { ScimRequest } from './scim-request.ts';

interface Door {
  readonly parts: ScimParts;
  readonly log: ExchangeLog;
  readonly rateLimit: RateLimit;
  readonly schemas: SchemasRoute;
}

/** One request at the door, with its answer. */
interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly draft: ExchangeDraft;
}

/** @param url path and query below /scim/v2 */
export type ScimDoor = (request: IncomingMessage, response: ServerResponse, url: string) => Promise<void>;

/** The door rejects only with faults that left no way to answer. */
export function createScimDoor(parts: ScimParts): ScimDoor {
  const door: Door = {
    parts,
    log: createExchangeLog(parts),
    rateLimit: createRateLimit(parts.rateLimit, parts.directory.now),
    schemas: createSchemasRoute(parts.baseUrl),
  };
  return (request, response, url) => serve(door, { request, response, draft: door.log.begin(request, url) });
}

async function serve(door: Door, visit: Visit): Promise<void> {
  try {
    const handled = await handle(door, visit);
    if (handled === undefined) return;
    if (handled.fault !== undefined) {
      refuse(door, visit, handled.fault, handled.changes);
      return;
    }
    await send(visit, handled.answer);
    door.log.finish(visit.draft, handled.answer, handled.changes);
  } catch (error) {
    refuse(door, visit, toAppError(error));
  }
}

/** @returns undefined when the answer was sent by somebody else (scimmy-routers) */
async function handle(door: Door, visit: Visit): Promise<Handled | undefined> {
  const { parts } = door;
  const { request, draft } = visit;
  const path = pathOf(draft.url);
  const open = isOpenDiscovery(request, path);
  const match = open && request.headers.authorization === undefined ? undefined : await admit(door, draft, request);
  const route = findRoute(draft.method, path);
  draft.operation = route.operation;
  if (route.operation === 'discovery') refuseDiscoveryFilter(draft.url);
  if (path[0]?.toLowerCase() === 'schemas') return serveSchemas(door, visit);
  if (match === undefined) return openDiscovery(parts, path);
  const body = route.kind === 'other' ? undefined : await readJsonBody(request, bodyForm(parts));
  draft.body = body;
  const scimRequest = toScimRequest(draft, request, path, route, match, body);
  const makeRecord = (answer: Answer, changes: Handled['changes']) => door.log.toExchange(draft, answer, changes);
  const handled = await route.handle({
    parts,
    request: scimRequest,
    makeRecord: route.kind === 'bulk' ? undefined : makeRecord,
  });
  if (route.kind !== 'bulk' && handled.changes.length > 0) draft.isRecorded = true;
  if (route.kind === 'bulk') await door.log.recordNow(draft, handled);
  return handled;
}

function bodyForm({ limits }: ScimParts): BodyForm {
  const mediaTypes = ['application/scim+json', 'application/json'];
  return { maxBytes: limits.maxBodyBytes, mediaTypes, mayBeUnnamed: true };
}

/** Token, pause, rate: in this order, and before the body is read. */
async function admit(door: Door, draft: ExchangeDraft, request: IncomingMessage): Promise<TokenMatch> {
  const { directory, recorder } = door.parts;
  const now = directory.now();
  const { match, refusal } = await authenticate(
    directory.store.connections,
    directory.store.reader,
    request.headers.authorization,
    now,
  );
  draft.match = match;
  if (refusal !== undefined) throw refusal;
  if (match === undefined) throw new AppError('unauthorized');
  recorder.used(match.tokenId, now);
  if (match.connection.state === 'paused') throw new AppError('paused', undefined, { retryAfterSeconds: 300 });
  door.rateLimit.take(match.connection.id);
  return match;
}

/** @param url path and query; the query may hold slashes */
function pathOf(url: string): string[] {
  const mark = url.indexOf('?');
  try {
    return (mark === -1 ? url : url.slice(0, mark))
      .split('/')
      .filter((segment) => segment !== '')
      .map((segment) => decodeURIComponent(segment));
  } catch (cause) {
    throw new AppError('route_not_found', 'The address is not a valid URL path.', { cause });
  }
}

/** Discovery may be read without a token (RFC 7644 section 4). */
function isOpenDiscovery(request: IncomingMessage, path: readonly string[]): boolean {
  return request.method === 'GET' && ['serviceproviderconfig', 'schemas'].includes(path[0]?.toLowerCase() ?? '');
}

/** RFC 7644 section 4: a filter on a discovery endpoint is forbidden. */
function refuseDiscoveryFilter(url: string): void {
  if (/[?&]filter=/i.test(url)) throw new AppError('forbidden', 'filter: discovery documents cannot be filtered.');
}

function openDiscovery(parts: ScimParts, path: readonly string[]): Handled {
  if (path.length > 1) throw new AppError('route_not_found');
  const body = serviceProviderConfig(parts.limits, parts.baseUrl());
  return { answer: { status: 200, body, summary: 'read the ServiceProviderConfig' }, changes: [] };
}

function serveSchemas(door: Door, visit: Visit): undefined {
  const { request, response, draft } = visit;
  for (const [name, value] of Object.entries(commonHeaders(draft))) response.setHeader(name, value);
  response.once('finish', () => {
    door.log.finish(draft, { status: response.statusCode, summary: 'read the schemas' }, []);
  });
  door.schemas(request, response, draft.url, (error: unknown) => {
    refuse(door, visit, error === undefined ? new AppError('route_not_found') : toAppError(error));
  });
  return undefined;
}

function toScimRequest(
  draft: ExchangeDraft,
  request: IncomingMessage,
  path: readonly string[],
  route: Route,
  { connection }: TokenMatch,
  body: unknown,
): ScimRequest {
  const traits = dialectTraits(connection.dialect);
  const repaired = repairRequest(connection.dialect, { resource: route.resource, kind: route.kind, body });
  draft.repairs.push(...repaired.repairs);
  const mark = draft.url.indexOf('?');
  return {
    method: draft.method,
    path,
    query: new Query(mark === -1 ? '' : draft.url.slice(mark + 1)),
    body: repaired.body,
    ifMatch: request.headers['if-match'],
    ifNoneMatch: request.headers['if-none-match'],
    connection,
    scope: { organizationId: connection.organizationId, connectionId: connection.id },
    traits,
    repairs: draft.repairs,
    id: draft.id,
  };
}

function commonHeaders({ id }: ExchangeDraft): Record<string, string> {
  return { 'x-request-id': id, 'cache-control': 'no-store' };
}

async function send({ request, response, draft }: Visit, answer: Answer): Promise<void> {
  // All headers at once: setting them one by one costs more than some of the look-ups.
  const headers: OutgoingHttpHeaders = { ...commonHeaders(draft), ...answer.headers };
  const { status, body } = answer;
  if (body === undefined || status === 204 || status === 304) {
    response.writeHead(status, headers).end();
    return;
  }
  headers['content-type'] = SCIM_MEDIA_TYPE;
  if (typeof body === 'string') {
    headers['content-length'] = Buffer.byteLength(body);
    response.writeHead(status, headers).end(request.method === 'HEAD' ? undefined : body);
    return;
  }
  response.writeHead(status, headers);
  for await (const piece of body) {
    if (response.destroyed) return;
    if (request.method !== 'HEAD' && !response.write(piece)) await drained(response);
  }
  response.end();
}

/** Waits until the client has taken what was written, or is gone. */
function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      response.off('drain', done);
      response.off('close', done);
      resolve();
    };
    response.once('drain', done);
    response.once('close', done);
  });
}

function refuse(
  door: Door,
  { request, response, draft }: Visit,
  error: AppError,
  changes: Handled['changes'] = [],
): void {
  const body = errorBody(error);
  door.log.refuse(draft, error, body, changes);
  if (response.headersSent) {
    // Part of a streamed answer is out: the client must not take it for a whole one.
    response.destroy();
    return;
  }
  const headers: OutgoingHttpHeaders = commonHeaders(draft);
  if (error.status === 401) headers['www-authenticate'] = 'Bearer realm="SCIM"';
  if (error.code === 'method_not_allowed') headers.allow = allowedMethods(safePath(draft.url)).join(', ');
  if (error.retryAfterSeconds !== undefined) headers['retry-after'] = String(error.retryAfterSeconds);
  if (!request.complete) headers.connection = 'close';
  headers['content-type'] = SCIM_MEDIA_TYPE;
  headers['content-length'] = Buffer.byteLength(body);
  response.writeHead(error.status, headers);
  endEarly(request, response, request.method === 'HEAD' ? undefined : body);
}

function safePath(url: string): string[] {
  try {
    return pathOf(url);
  } catch {
    return [];
  }
}
