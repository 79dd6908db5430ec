/**
 * The JSON API for admins and trackers: /api/v1.
 *
 * Owns: the order at the door (request id, credentials, rate, scope, policy, input, use-case, answer) and the form of
 * answers and refusals. Does not own: rules (directory/), SQL (store/). What it offers stands in registry.ts, one noun a
 * file; the routes, the checks and the OpenAPI document are all made from those declarations. Mounted by app/http.ts.
 */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { authorize } from '../directory/policy.ts';
import type { Principal } from '../directory/principal.ts';
import { AppError } from '../errors.ts';
import { endEarly } from '../http/early-answer.ts';
import { authenticate, checkScope } from './authenticate.ts';
import type { Authenticated } from './authenticator.ts';
import { type ApiContext, createContext } from './context.ts';
import { type Endpoint, type Method, takesIdempotencyKey } from './endpoint.ts';
import { claimKey, type KeyedRequest } from './idempotency.ts';
import { type GivenInput, parseParams, readInput } from './input.ts';
import { type PreparedAnswer, prepareAnswer, sendPrepared, sendValue } from './output.ts';
import { type ApiParts, nameOf } from './parts.ts';
import { PROBLEM_MEDIA_TYPE, toAppError, toProblem } from './problem.ts';
import { createRateLimit, type RateLimit } from './rate-limit.ts';
import { personNamed } from './resources/attribution.ts';

export const API_PATH = '/api/v1';

interface Door {
  readonly parts: ApiParts;
  readonly rateLimit: RateLimit;
  readonly baseUrl: () => string;
}

/** What is known of a request while it is served. */
interface Visit {
  readonly id: string;
  readonly startedAt: number;
  readonly operation: string;
  principal: Principal | null;
  /** Whose the request is, where a service account said so. */
  onBehalfOf: string | null;
  error: AppError | null;
}

export function createApi(parts: ApiParts, endpoints: readonly Endpoint[]): RequestHandler {
  const door: Door = {
    parts,
    rateLimit: createRateLimit(parts.limits.ratePerMinute, parts.directory.now),
    baseUrl: () => `${parts.publicUrl()}${API_PATH}`,
  };
  const router = Router({ caseSensitive: true, strict: true });
  for (const [path, declared] of Map.groupBy(endpoints, (each) => each.path)) {
    const route = path.replaceAll(/\{(\w+)\}/g, ':$1');
    for (const each of declared)
      router[each.method](route, (request, response) => serve(door, each, request, response));
    router.all(route, (request, response) => refuseMethod(door, declared, request, response));
  }
  router.use((request, response) => refuseUnserved(door, request, response, new AppError('route_not_found')));
  return (request, response, next) => {
    router(request, response, (error: unknown) => {
      // Express refuses a path that is not a valid URL before any route is asked.
      if (error instanceof URIError) refuseUnserved(door, request, response, new AppError('route_not_found'));
      else next(error);
    });
  };
}

async function serve(door: Door, declared: Endpoint, request: Request, response: Response): Promise<void> {
  const visit = begin(door, declared.id, response);
  try {
    await answer(door, declared, visit, request, response);
  } catch (error) {
    refuse(door, visit, request, response, toAppError(error));
  } finally {
    report(door, visit, response);
  }
}

async function answer(
  door: Door,
  declared: Endpoint,
  visit: Visit,
  request: Request,
  response: Response,
): Promise<void> {
  const { parts } = door;
  const caller = declared.action === null ? null : await admit(door, declared, visit, request, response);
  const input = await readInput(declared, request, parts.limits.maxBodyBytes);
  if (declared.ifMatch === 'required' && request.headers['if-match'] === undefined) {
    const detail = 'Give the ETag of the version that the change is based on.';
    throw new AppError('precondition_required', undefined, { fields: [{ in: 'header', at: 'If-Match', detail }] });
  }
  const keyed =
    caller !== null && takesIdempotencyKey(declared)
      ? await claimKey(parts, caller, request, visit.id, input.raw)
      : undefined;
  if (keyed?.kind === 'repeated') {
    response.setHeader('idempotency-replayed', 'true');
    sendPrepared(request, response, keyed.answer);
    return;
  }
  await run(door, declared, visit, request, response, input, keyed);
}

/** Credentials, rate, scope, policy: in this order, and before the body is read. */
async function admit(
  door: Door,
  declared: Endpoint,
  visit: Visit,
  request: Request,
  response: Response,
): Promise<Authenticated> {
  const { parts, rateLimit } = door;
  const caller = await authenticate(parts.authenticators, request).catch((error: unknown) => {
    // Guessing is counted too, by address.
    rateLimit.take(`address ${request.ip}`);
    throw error;
  });
  visit.principal = caller.principal;
  visit.onBehalfOf = await personNamed(parts.directory, caller.principal, request);
  for (const [name, value] of Object.entries(rateLimit.take(caller.secret))) response.setHeader(name, value);
  checkScope(caller.principal, declared);
  checkPolicy(caller.principal, declared, request);
  return caller;
}

/** @throws AppError `forbidden`; `not_found` for a path parameter that cannot be one */
function checkPolicy(principal: Principal, declared: Endpoint, request: Request): void {
  const { action, subject } = declared;
  if (action === null || action === 'any caller' || subject === 'by use-case') return;
  authorize(principal, action, subject?.(parseParams(declared, request), principal));
}

type FirstRequest = Extract<KeyedRequest, { kind: 'first' }>;

async function run(
  door: Door,
  declared: Endpoint,
  visit: Visit,
  request: Request,
  response: Response,
  input: GivenInput,
  keyed: FirstRequest | undefined,
): Promise<void> {
  let prepared: PreparedAnswer | undefined;
  let [isKept, isDone] = [false, false];
  const context = contextOf(door, visit, request, response, async (work, value) => {
    if (declared.answer.kind === 'json' || declared.answer.kind === 'none') {
      prepared = prepareAnswer(declared, value, door.baseUrl());
      await keyed?.keep(work, prepared);
      isKept = keyed !== undefined;
    }
  });
  try {
    const value = await declared.handle(context, input);
    isDone = true;
    if (prepared === undefined) await sendValue(declared, request, response, value, door.baseUrl());
    else sendPrepared(request, response, prepared);
  } finally {
    // What was kept may have been taken back with the transaction; releasing does nothing where it was not.
    if (keyed !== undefined && !(isKept && isDone)) await keyed.release();
  }
}

type BeforeCommit = Parameters<typeof createContext>[0]['beforeCommit'];

/** An endpoint that is open to everybody runs without a principal, and asks for none. */
const NOBODY: Principal = {
  ...{ kind: 'user', id: null, name: 'nobody', organizationId: '', role: 'viewer' },
  ...{ teams: new Map(), scopes: new Set() },
};

function contextOf(
  door: Door,
  visit: Visit,
  request: Request,
  response: Response,
  beforeCommit: BeforeCommit,
): ApiContext {
  const gone = new AbortController();
  response.once('close', () => gone.abort());
  const query = new URLSearchParams(request.url.split('?')[1] ?? '');
  query.delete('cursor');
  query.delete('limit');
  query.sort();
  return createContext({
    parts: door.parts,
    principal: visit.principal ?? NOBODY,
    onBehalfOf: visit.onBehalfOf,
    id: visit.id,
    headers: request.headers,
    signal: gone.signal,
    question: `${request.path}?${query}`,
    beforeCommit,
  });
}

function begin({ parts }: Door, operation: string, response: Response): Visit {
  const id = parts.directory.newId();
  response.setHeader('x-request-id', id);
  response.setHeader('cache-control', 'no-store');
  return { id, startedAt: performance.now(), operation, principal: null, onBehalfOf: null, error: null };
}

function report({ parts }: Door, visit: Visit, response: Response): void {
  const { id, operation, principal, error } = visit;
  parts.onRequest({
    ...{ id, operation },
    status: error !== null && response.headersSent ? Math.max(error.status, response.statusCode) : response.statusCode,
    durationSeconds: (performance.now() - visit.startedAt) / 1000,
    principal: principal === null ? null : nameOf(principal),
    organizationId: principal?.organizationId ?? null,
    errorCode: error?.code ?? null,
    cause: error?.cause,
  });
}

function refuseMethod(door: Door, declared: readonly Endpoint[], request: Request, response: Response): void {
  const methods = declared.flatMap(({ method }): (Method | 'head')[] =>
    method === 'get' ? ['get', 'head'] : [method],
  );
  response.setHeader('allow', methods.map((method) => method.toUpperCase()).join(', '));
  const text = `${request.method} is not offered here; Allow says what is.`;
  refuseUnserved(door, request, response, new AppError('method_not_allowed', text));
}

function refuseUnserved(door: Door, request: Request, response: Response, error: AppError): void {
  const visit = begin(door, 'unknown', response);
  refuse(door, visit, request, response, error);
  report(door, visit, response);
}

/** A page of ours that asks must not make the browser ask for a password; only browsers send Fetch Metadata. */
function challengeFor({ headers }: Request): string {
  const bearer = 'Bearer realm="api"';
  return headers['sec-fetch-site'] === undefined ? `${bearer}, Basic realm="api"` : bearer;
}

function refuse(door: Door, visit: Visit, request: Request, response: Response, error: AppError): void {
  visit.error = error;
  if (response.headersSent) {
    // Part of a streamed answer is out: the client must not take it for a whole one.
    response.destroy();
    return;
  }
  if (error.status === 401) response.setHeader('www-authenticate', challengeFor(request));
  if (error.code === 'insufficient_scope') response.setHeader('www-authenticate', 'Bearer error="insufficient_scope"');
  if (error.retryAfterSeconds !== undefined) response.setHeader('retry-after', String(error.retryAfterSeconds));
  if (!request.complete) response.setHeader('connection', 'close');
  for (const name of ['content-disposition', 'content-security-policy', 'etag']) response.removeHeader(name);
  const body = JSON.stringify(toProblem(error, door.baseUrl(), visit.id));
  response.statusCode = error.status;
  response.setHeader('content-type', PROBLEM_MEDIA_TYPE);
  response.setHeader('content-length', Buffer.byteLength(body));
  endEarly(request, response, body);
}
