/**
 * HTTP towards one target: its pace, its address guard, time limits, no redirects, and the telling apart of "the target
 * cannot be worked with now" from "this is its answer". Everything that leaves Drawbridge for a target leaves here.
 */
import { Agent, type Dispatcher, request } from 'undici';
import { isJsonObject } from '../../schema/json.ts';
import { type Call, TargetForbidden, TargetRefusal, TargetUnavailable } from '../contract.ts';
import type { AddressGuard } from './address-guard.ts';
import { parseJson, readText, withoutCredential } from './answer.ts';
import type { Pace } from './pace.ts';
import { parseRetryAfterMs } from './retry-after.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Absolute. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A 401 is an answer: the caller has another token to try. */
  readonly takes401?: boolean;
  /** A 2xx with a body that is no JSON object comes from somebody else (a sign-in page, a proxy): not an answer. */
  readonly wantsJson?: boolean;
  /** Default 8 MiB, at most 64 MiB. */
  readonly answerMaxBytes?: number;
  /** What stands in the answer does not matter; of one that is too large the beginning is taken. */
  readonly isStatusEnough?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed JSON; undefined for an empty answer or one that is no JSON. */
  readonly body: unknown;
  readonly text: string;
}

export interface HttpClient {
  /**
   * Any answer that says something about the request, 4xx and 500 among them.
   * @throws TargetUnavailable when there is no answer, a broken one, or one that says "not now" (401, 429, 502 to 504)
   * @throws TargetForbidden for an address that is not allowed
   * @throws TargetRefusal for a redirect
   */
  send(call: Call, request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

export interface HttpClientParts {
  readonly guard: AddressGuard;
  readonly pace: Pace;
  readonly now: () => number;
  readonly random: () => number;
  /** For one request, from asking to the last byte. Default 30 s. */
  readonly timeoutMs?: number;
  readonly connections?: number;
}

/** Many requests are under way at a time, so that what one of them may hold is kept small; lists ask for more. */
const ANSWER_BYTES = 8 * 1024 * 1024;
export const ANSWER_MAX_BYTES = 64 * 1024 * 1024;
const HOLD_FIRST_MS = 500;
const HOLD_LEAST_MS = HOLD_FIRST_MS / 2;
const HOLD_MAX_MS = 60_000;
const RETRY_AFTER_MAX_MS = 3_600_000;

export function createHttpClient(parts: HttpClientParts): HttpClient {
  const { guard, pace, now, timeoutMs = 30_000 } = parts;
  const agent = new Agent({
    connections: parts.connections ?? 32,
    connect: { lookup: guard.lookup, timeout: Math.min(timeoutMs, 10_000) },
    headersTimeout: timeoutMs,
    bodyTimeout: timeoutMs,
    maxResponseSize: ANSWER_MAX_BYTES,
    allowH2: false,
  });
  let failuresInRow = 0;
  /** Requests that are under way together are of one round, which ends when the first of them fails. */
  let round = 0;

  /** Holds everybody back, longer with each round that failed: a target that is down is not asked by every subject. */
  async function unavailable(reason: string, failed: number, retryAfterMs?: number): Promise<TargetUnavailable> {
    if (failed !== round && retryAfterMs === undefined) {
      return new TargetUnavailable(reason, Math.max(pace.heldUntil() - now(), HOLD_LEAST_MS));
    }
    if (failed === round) {
      round += 1;
      failuresInRow += 1;
    }
    const full = Math.min(HOLD_MAX_MS, HOLD_FIRST_MS * 2 ** Math.min(failuresInRow - 1, 10));
    const asked = retryAfterMs ?? (full / 2) * (1 + parts.random());
    // `Retry-After: 0` is no leave to ask without end.
    const holdMs = Math.min(Math.max(asked, HOLD_LEAST_MS), RETRY_AFTER_MAX_MS);
    await pace.holdUntil(now() + Math.round(holdMs));
    return new TargetUnavailable(reason, Math.round(holdMs));
  }

  async function attempt(call: Call, sent: HttpRequest): Promise<HttpAnswer> {
    const { method, url, headers, body, answerMaxBytes = ANSWER_BYTES, isStatusEnough = false } = sent;
    const signal = AbortSignal.any([call.signal, AbortSignal.timeout(timeoutMs)]);
    const options = { dispatcher: agent, method, headers, signal, ...(body === undefined ? {} : { body }) };
    const response = await request(url, options as Parameters<typeof request>[1] & { dispatcher: Dispatcher });
    const read = await readText(response.body, { maxBytes: answerMaxBytes, isStatusEnough });
    const text = withoutCredential(read, headers.authorization);
    return { status: response.statusCode, headers: response.headers, body: parseJson(text), text };
  }

  return {
    async send(call, sent) {
      guard.check(new URL(sent.url));
      await pace.turn(call.signal);
      const startedAt = now();
      const startedIn = round;
      const told = `${sent.method} ${pathOf(sent.url)}`;
      let answer: HttpAnswer;
      try {
        answer = await attempt(call, sent);
      } catch (error) {
        const reason = toReason(error, timeoutMs);
        call.trace(`${told} failed: ${reason} ${now() - startedAt}ms`);
        call.signal.throwIfAborted();
        if (error instanceof TargetForbidden) throw error;
        throw await unavailable(reason, startedIn);
      }
      call.trace(`${told} ${answer.status} ${now() - startedAt}ms`);
      const notNow = sent.takes401 === true && answer.status === 401 ? undefined : toNotNow(answer, sent);
      if (notNow !== undefined) {
        throw await unavailable(notNow, startedIn, parseRetryAfterMs(answer.headers['retry-after'], now()));
      }
      failuresInRow = 0;
      if (answer.status >= 300 && answer.status < 400) {
        throw new TargetRefusal(`It answered with a redirect (${answer.status}), which is not followed.`);
      }
      return answer;
    },
    close: () => agent.destroy(),
  };
}

/** Path and query: the host is the target's own, and the address may be long. */
function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return decodeURIComponentSafely(pathname + search).slice(0, 300);
}

/** As it is where it is no percent-encoding. */
export function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function toNotNow({ status, headers, body, text }: HttpAnswer, { wantsJson }: HttpRequest): string | undefined {
  if (status === 401) return 'It does not let us in (401): the key, token or signing secret is not valid.';
  if (status === 429) return 'It asks for fewer requests (429).';
  if (status === 502 || status === 503 || status === 504) return `It is not available (${status}).`;
  if (wantsJson === true && status >= 200 && status < 300 && text !== '' && !isJsonObject(body)) {
    const type = String(headers['content-type'] ?? 'no type told').slice(0, 100);
    return `It answered ${status} with something that is no JSON (${type}): is this the address of the API?`;
  }
  return undefined;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nobody listens at its address.',
  ENOTFOUND: 'Its name cannot be resolved.',
  EAI_AGAIN: 'Its name cannot be resolved now.',
  ECONNRESET: 'The connection broke.',
  EPIPE: 'The connection broke.',
  UND_ERR_SOCKET: 'The connection broke.',
  UND_ERR_CONNECT_TIMEOUT: 'It did not take the connection in time.',
  UND_ERR_HEADERS_TIMEOUT: 'It did not answer in time.',
  UND_ERR_BODY_TIMEOUT: 'Its answer stopped in the middle.',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'Its answer is too large.',
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: 'Its answer broke off.',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'Its certificate is self-signed.',
  CERT_HAS_EXPIRED: 'Its certificate has expired.',
  ERR_TLS_CERT_ALTNAME_INVALID: 'Its certificate is for another name.',
};

function toReason(error: unknown, timeoutMs: number): string {
  if (error instanceof TargetForbidden) return error.message;
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return `It did not answer within ${timeoutMs / 1000} s.`;
  const code = (error as { code?: unknown }).code ?? (error.cause as { code?: unknown } | undefined)?.code;
  return REASONS[String(code)] ?? `${error.message} (${String(code ?? error.name)})`;
}
