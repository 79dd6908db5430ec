/**
 * JSON over HTTP towards a tracker: paced, with a time-out, and patient where the tracker asks for it. What goes wrong is
 * a TrackerError that says whether asking the rest still makes sense.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Pacer } from '../../jobs/pacer.ts';

/**
 * `unreachable`: nothing can be asked at present; `refused`: the key is not accepted; `answer`: this one request failed,
 * others may not.
 */
export type TrackerFault = 'unreachable' | 'refused' | 'answer';

/** Its message is for admins: it names the tracker's answer, never a secret. */
export class TrackerError extends Error {
  readonly fault: TrackerFault;
  readonly status: number | null;
  /** The tracker's own error code, where it has such (MLflow). */
  readonly code: string | null;

  constructor(fault: TrackerFault, message: string, options: { status?: number; code?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'TrackerError';
    this.fault = fault;
    this.status = options.status ?? null;
    this.code = options.code ?? null;
  }
}

export interface TrackerAddress {
  /** Without a slash at the end. */
  readonly url: string;
  /** Value of the Authorization header; null for none. */
  readonly authorization: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** For one request. Default 30 s. */
  readonly timeoutMs?: number;
  /** Tries of a request that was answered with 429 or 5xx, or not at all. Default 4. */
  readonly maxTries?: number;
  /** The wait before the second try, doubled each time, where the tracker names none. Default 1 s. */
  readonly firstWaitMs?: number;
  readonly pacer: Pacer;
}

export interface TrackerClient {
  /** @throws TrackerError; the signal's reason when it is aborted */
  post(path: string, body: unknown, signal: AbortSignal): Promise<unknown>;
  get(path: string, signal: AbortSignal): Promise<unknown>;
}

/** Longest wait that a tracker may ask for within one job; past it the job comes back later. */
const MAX_WAIT_MS = 60_000;

interface Sent {
  readonly path: string;
  readonly method: 'GET' | 'POST';
  readonly body: string | undefined;
}

type Attempt =
  | { readonly kind: 'answered'; readonly value: unknown }
  | {
      readonly kind: 'failed';
      readonly error: TrackerError;
      readonly afterMs: number | undefined;
      readonly again: boolean;
    };

export function createTrackerClient(address: TrackerAddress): TrackerClient {
  const { url, authorization, pacer, timeoutMs = 30_000, maxTries = 4, firstWaitMs = 1_000 } = address;
  const headers = {
    accept: 'application/json',
    'content-type': 'application/json',
    'user-agent': 'drawbridge',
    ...address.headers,
    ...(authorization === null ? {} : { authorization }),
  };

  async function attempt({ path, method, body }: Sent, signal: AbortSignal): Promise<Attempt> {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    try {
      const response = await fetch(`${url}${path}`, {
        ...{ method, headers, signal: limited, redirect: 'manual' },
        ...(body === undefined ? {} : { body }),
      });
      return toAttempt(response, await response.text());
    } catch (cause) {
      signal.throwIfAborted();
      const reason = isTimeout(cause)
        ? `no answer within ${timeoutMs / 1000} s`
        : `cannot be reached (${codeOf(cause)})`;
      const error = new TrackerError('unreachable', `The tracker: ${reason}.`, { cause });
      return { kind: 'failed', error, afterMs: undefined, again: true };
    }
  }

  async function send(sent: Sent, signal: AbortSignal): Promise<unknown> {
    for (let tries = 1; ; tries += 1) {
      await pacer.turn(signal);
      const result = await attempt(sent, signal);
      if (result.kind === 'answered') return result.value;
      const waitMs = result.afterMs ?? firstWaitMs * 2 ** (tries - 1);
      if (!result.again || tries >= maxTries || waitMs > MAX_WAIT_MS) throw result.error;
      await sleep(waitMs, undefined, { signal });
    }
  }

  return {
    post: (path, body, signal) => send({ path, method: 'POST', body: JSON.stringify(body) }, signal),
    get: (path, signal) => send({ path, method: 'GET', body: undefined }, signal),
  };
}

function toAttempt(response: Response, text: string): Attempt {
  const value = parseJson(text);
  if (response.ok && value !== undefined) return { kind: 'answered', value };
  const { status } = response;
  const fault = faultOf(status);
  const error = new TrackerError(fault, `The tracker answered ${status}${toDetail(value)}.`, {
    status: response.ok ? 502 : status,
    ...codeIn(value),
  });
  const again = status === 429 || status >= 500;
  return { kind: 'failed', error, afterMs: retryAfterMs(response.headers.get('retry-after')), again };
}

/** Too busy, or a proxy before a server that is down: other requests would fare no better. */
const UNREACHABLE = [429, 502, 503, 504];

function faultOf(status: number): TrackerFault {
  if (status === 401 || status === 403) return 'refused';
  return UNREACHABLE.includes(status) ? 'unreachable' : 'answer';
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The message of MLflow's errors, and of GraphQL servers that answer faults with a status. Cut: it goes on record. */
function toDetail(value: unknown): string {
  if (typeof value !== 'object' || value === null) return '';
  const { message, errors } = value as { message?: unknown; errors?: readonly { message?: unknown }[] };
  const text = message ?? (Array.isArray(errors) ? errors[0]?.message : undefined);
  return typeof text === 'string' && text !== '' ? `: ${text.slice(0, 200)}` : '';
}

function codeIn(value: unknown): { code?: string } {
  const code = typeof value === 'object' && value !== null ? (value as { error_code?: unknown }).error_code : undefined;
  return typeof code === 'string' ? { code } : {};
}

/** RFC 9110, 10.2.3: seconds, or a date. */
function retryAfterMs(header: string | null): number | undefined {
  if (header === null) return undefined;
  if (/^\d+$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - Date.now());
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

function codeOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection';
}
