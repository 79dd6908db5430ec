/**
 * The identity providers' door: /scim/v2.
 *
 * Owns: the order at the door (request id, token, rate limit, size, repair, parse, command, answer) and that every
 * exchange is recorded, whatever happened. Does not own: rules (directory/), SQL (store/). Mounted by app.ts.
 */
import type { Request, RequestHandler, Response } from 'express';
import type { TokenMatch } from '../directory/store.ts';
import { AppError } from '../errors.ts';
import { type BodyForm, readJsonBody } from '../http/body.ts';
import { type Answer, SCIM_MEDIA_TYPE } from './answer.ts';
import { authenticate } from './authenticate.ts';
import { createSchemasRoute, serviceProviderConfig } from './discovery.ts';
import { errorBody, toAppError } from './errors.ts';
import { createExchangeLog, type ExchangeDraft, type ExchangeLog } from './exchange-log.ts';
import type { Handled } from './handler.ts';
import type { ScimParts } from './parts.ts';
import { Query } from './query.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import { dialectTraits } from './repair/dialect-traits.ts';
import { repairRequest } from './repair/repair.ts';
import { allowedMethods, findRoute, type Route } from './routes.ts';
import type { ScimRequest } from './scim-request.ts';

interface Door {
  readonly parts: ScimParts;
  readonly log: ExchangeLog;
  readonly rateLimit: RateLimit;
  readonly schemas: RequestHandler;
}

export function createScimDoor(parts: ScimParts): RequestHandler {
  const door: Door = {
    parts,
    log: createExchangeLog(parts),
    rateLimit: createRateLimit(parts.rateLimit, parts.directory.now),
    schemas: createSchemasRoute(parts.baseUrl),
  };
  return (request, response, next) => {
    serve(door, request, response).catch(next);
  };
}

async function serve(door: Door, request: Request, response: Response): Promise<void> {
  const draft = door.log.begin(request);
  response.setHeader('x-request-id', draft.id);
  response.setHeader('cache-control', 'no-store');
  try {
    const handled = await handle(door, draft, request, response);
    if (handled === undefined) return;
    await send(request, response, handled.answer);
    door.log.finish(draft, handled.answer, handled.changes);
  } catch (error) {
    refuse(door, draft, request, response, toAppError(error));
  }
}

/** @returns undefined when the answer was sent by somebody else (scimmy-routers) */
async function handle(
  door: Door,
  draft: ExchangeDraft,
  request: Request,
  response: Response,
): Promise<Handled | undefined> {
  const { parts } = door;
  const path = pathOf(request);
  const open = isOpenDiscovery(request, path);
  const match = open && request.headers.authorization === undefined ? undefined : await admit(door, draft, request);
  const route = findRoute(request.method, path);
  draft.operation = route.operation;
  if (route.operation === 'discovery') refuseDiscoveryFilter(request);
  if (path[0]?.toLowerCase() === 'schemas') return serveSchemas(door, draft, request, response);
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
  if (route.kind === 'bulk') await door.log.recordNow(draft, handled.answer, handled.changes);
  return handled;
}

function bodyForm({ limits }: ScimParts): BodyForm {
  const mediaTypes = ['application/scim+json', 'application/json'];
  return { maxBytes: limits.maxBodyBytes, mediaTypes, mayBeUnnamed: true };
}

/** Token, pause, rate: in this order, and before the body is read. */
async function admit(door: Door, draft: ExchangeDraft, request: Request): Promise<TokenMatch> {
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

function pathOf(request: Request): string[] {
  try {
    return request.path
      .split('/')
      .filter((segment) => segment !== '')
      .map((segment) => decodeURIComponent(segment));
  } catch (cause) {
    throw new AppError('route_not_found', 'The address is not a valid URL path.', { cause });
  }
}

/** Discovery may be read without a token (RFC 7644 section 4). */
function isOpenDiscovery(request: Request, path: readonly string[]): boolean {
  return request.method === 'GET' && ['serviceproviderconfig', 'schemas'].includes(path[0]?.toLowerCase() ?? '');
}

/** RFC 7644 section 4: a filter on a discovery endpoint is forbidden. */
function refuseDiscoveryFilter(request: Request): void {
  if (/[?&]filter=/i.test(request.url))
    throw new AppError('forbidden', 'filter: discovery documents cannot be filtered.');
}

function openDiscovery(parts: ScimParts, path: readonly string[]): Handled {
  if (path.length > 1) throw new AppError('route_not_found');
  const body = serviceProviderConfig(parts.limits, parts.baseUrl());
  return { answer: { status: 200, body, summary: 'read the ServiceProviderConfig' }, changes: [] };
}

function serveSchemas(door: Door, draft: ExchangeDraft, request: Request, response: Response): undefined {
  response.once('finish', () => {
    door.log.finish(draft, { status: response.statusCode, summary: 'read the schemas' }, []);
  });
  door.schemas(request, response, (error: unknown) => {
    refuse(door, draft, request, response, error === undefined ? new AppError('route_not_found') : toAppError(error));
  });
  return undefined;
}

function toScimRequest(
  draft: ExchangeDraft,
  request: Request,
  path: readonly string[],
  route: Route,
  { connection }: TokenMatch,
  body: unknown,
): ScimRequest {
  const traits = dialectTraits(connection.dialect);
  const repaired = repairRequest(connection.dialect, { resource: route.resource, kind: route.kind, body });
  draft.repairs.push(...repaired.repairs);
  const mark = request.url.indexOf('?');
  return {
    method: request.method,
    path,
    query: new Query(mark === -1 ? '' : request.url.slice(mark + 1)),
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

async function send(request: Request, response: Response, answer: Answer): Promise<void> {
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers ?? {})) response.setHeader(name, value);
  const { body } = answer;
  if (body === undefined || answer.status === 204 || answer.status === 304) {
    response.end();
    return;
  }
  response.setHeader('content-type', SCIM_MEDIA_TYPE);
  if (typeof body === 'string') {
    response.setHeader('content-length', Buffer.byteLength(body));
    response.end(request.method === 'HEAD' ? undefined : body);
    return;
  }
  for await (const piece of body) {
    if (response.destroyed) return;
    if (request.method !== 'HEAD' && !response.write(piece)) await drained(response);
  }
  response.end();
}

/** Waits until the client has taken what was written, or is gone. */
function drained(response: Response): Promise<void> {
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

function refuse(door: Door, draft: ExchangeDraft, request: Request, response: Response, error: AppError): void {
  const body = errorBody(error);
  door.log.refuse(draft, error, body);
  if (response.headersSent) {
    // Part of a streamed answer is out: the client must not take it for a whole one.
    response.destroy();
    return;
  }
  if (error.status === 401) response.setHeader('www-authenticate', 'Bearer realm="SCIM"');
  if (error.code === 'method_not_allowed') response.setHeader('allow', allowedMethods(safePath(request)).join(', '));
  if (error.retryAfterSeconds !== undefined) response.setHeader('retry-after', String(error.retryAfterSeconds));
  // The rest of a body that was not read is not waited for.
  if (!request.complete) response.setHeader('connection', 'close');
  response.statusCode = error.status;
  response.setHeader('content-type', SCIM_MEDIA_TYPE);
  response.setHeader('content-length', Buffer.byteLength(body));
  response.end(request.method === 'HEAD' ? undefined : body);
}

function safePath(request: Request): string[] {
  try {
    return pathOf(request);
  } catch {
    return [];
  }
}
