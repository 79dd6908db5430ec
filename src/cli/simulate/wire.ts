/**
 * One SCIM client's way onto the wire: keep-alive sockets, pace, waiting when told 429, time limit. Uses node:http and not
 * fetch, because fetch adds headers (User-Agent, Accept) that the identity providers do not send.
 * Does not judge answers (check.ts) and does not know what to ask (okta.ts, entra.ts).
 */
import { Agent, type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { AppError } from '../../errors.ts';
import type { Json } from '../../schema/json.ts';

export interface WireRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the SCIM URL, with its query already encoded the way this client encodes it: `/Users?startIndex=1&count=2`. */
  readonly path: string;
  readonly body?: Json;
}

export interface WireAnswer {
  readonly request: WireRequest;
  /** 0: nothing came back; `fault` says why. */
  readonly status: number;
  readonly fault: string | null;
  readonly contentType: string | null;
  readonly retryAfter: string | null;
  readonly text: string;
  /** The parsed body; undefined when it is empty or not JSON. */
  readonly body: unknown;
  readonly durationMs: number;
}

/** How long to wait after a 429, or null to give up. `attempt` counts from 1. */
export type RetryPolicy = (retryAfter: string | null, attempt: number) => number | null;

export type Sleep = (ms: number, signal: AbortSignal) => Promise<unknown>;

export interface WireParts {
  /** May carry a query of its own, as Entra's Tenant URL does with its flag. */
  readonly scimUrl: string;
  /** Sent with every request. */
  readonly headers: Readonly<Record<string, string>>;
  /** Sent with a body. */
  readonly bodyHeaders: Readonly<Record<string, string>>;
  readonly sockets: number;
  /** Requests per second at most; 0: no limit. */
  readonly rate: number;
  readonly retry: RetryPolicy;
  readonly signal: AbortSignal;
  readonly sleep: Sleep;
  /** Milliseconds that only grow. */
  readonly now: () => number;
  /** Told of every answer, also of those that are asked for again. */
  readonly onAnswer: (answer: WireAnswer) => void;
}

export interface Wire {
  /** The last answer; a lost connection is an answer with status 0. @throws when the signal was given */
  send(request: WireRequest): Promise<WireAnswer>;
  close(): void;
}

/** Okta's read timeout. */
const TIMEOUT_MS = 60_000;

export function createWire(parts: WireParts): Wire {
  const base = parseScimUrl(parts.scimUrl);
  const secure = base.protocol === 'https:';
  const agent = secure
    ? new HttpsAgent({ keepAlive: true, maxSockets: parts.sockets })
    : new Agent({ keepAlive: true, maxSockets: parts.sockets });
  const pace = createPace(parts);
  const open = (request: WireRequest, payload: string | undefined): ClientRequest =>
    (secure ? httpsRequest : httpRequest)(toUrl(base, request.path), {
      agent,
      method: request.method,
      headers: toHeaders(parts, payload),
      signal: parts.signal,
      timeout: TIMEOUT_MS,
    });
  const once = async (request: WireRequest): Promise<WireAnswer> => {
    await pace();
    const startedAt = parts.now();
    const answer = await exchange(open, request);
    return { ...answer, request, durationMs: parts.now() - startedAt };
  };
  return {
    send: async (request) => {
      for (let attempt = 1; ; attempt += 1) {
        const answer = await once(request);
        parts.signal.throwIfAborted();
        parts.onAnswer(answer);
        const waitMs = answer.status === 429 ? parts.retry(answer.retryAfter, attempt) : null;
        if (waitMs === null) return answer;
        await parts.sleep(waitMs, parts.signal);
      }
    },
    close: () => agent.destroy(),
  };
}

function parseScimUrl(scimUrl: string): URL {
  const url = URL.canParse(scimUrl) ? new URL(scimUrl) : null;
  if (url === null || !['http:', 'https:'].includes(url.protocol))
    throw new AppError('invalid_value', `--url ${scimUrl} is not an http or https address; give the SCIM endpoint.`);
  return url;
}

/** A query of the base comes first, as in `/Users?aadOptscim062020&filter=...`. */
function toUrl(base: URL, path: string): URL {
  const [pathname = '', query = ''] = path.split('?', 2);
  const queries = [base.search.replace(/^\?/, ''), query].filter((part) => part !== '');
  const search = queries.length === 0 ? '' : `?${queries.join('&')}`;
  return new URL(`${base.origin}${base.pathname.replace(/\/+$/, '')}${pathname}${search}`);
}

function toHeaders(parts: WireParts, payload: string | undefined): Record<string, string | number> {
  if (payload === undefined) return { ...parts.headers };
  return { ...parts.headers, ...parts.bodyHeaders, 'Content-Length': Buffer.byteLength(payload) };
}

/** Spaces requests evenly; those waiting are let through in order. */
function createPace({ rate, now, sleep, signal }: WireParts): () => Promise<void> {
  const gapMs = rate > 0 ? 1000 / rate : 0;
  let nextAt = Number.NEGATIVE_INFINITY;
  return async () => {
    signal.throwIfAborted();
    if (gapMs === 0) return;
    const at = Math.max(now(), nextAt);
    nextAt = at + gapMs;
    const waitMs = at - now();
    if (waitMs > 0) await sleep(waitMs, signal);
  };
}

type RawAnswer = Omit<WireAnswer, 'request' | 'durationMs'>;
type Open = (request: WireRequest, payload: string | undefined) => ClientRequest;

async function exchange(open: Open, request: WireRequest): Promise<RawAnswer> {
  const payload = request.body === undefined ? undefined : JSON.stringify(request.body);
  let outgoing = open(request, payload);
  try {
    let incoming = await toIncoming(outgoing, payload);
    // The server closed an idle kept-alive socket just as it was taken up again: another one is in order.
    while (incoming === null) {
      outgoing = open(request, payload);
      incoming = await toIncoming(outgoing, payload);
    }
    return await toAnswer(incoming);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { status: 0, fault: code ?? message, contentType: null, retryAfter: null, text: '', body: undefined };
  }
}

/** The head of the answer; null when the socket had gone stale before the request could reach anybody. */
async function toIncoming(outgoing: ClientRequest, payload: string | undefined): Promise<IncomingMessage | null> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage | null>();
  outgoing.on('response', resolve);
  outgoing.on('error', (error: NodeJS.ErrnoException) => {
    const isStale = outgoing.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
    if (isStale) resolve(null);
    else reject(error);
  });
  outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)));
  outgoing.end(payload);
  return promise;
}

async function toAnswer(incoming: IncomingMessage): Promise<RawAnswer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString('utf8');
  return {
    status: incoming.statusCode ?? 0,
    fault: null,
    contentType: incoming.headers['content-type'] ?? null,
    retryAfter: incoming.headers['retry-after'] ?? null,
    text,
    body: toJson(text),
  };
}

function toJson(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
