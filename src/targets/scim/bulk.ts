/**
 * Writes that go out together (RFC 7644 section 3.7), where the provider offers it and it is faster. Whoever writes does
 * not know: writes that are asked for within a few milliseconds share a request, each gets its own answer. Where requests are
 * limited, fewer of them are faster; else it is measured, in milliseconds per write, and again from time to time.
 */
import { isJsonObject, type JsonObject } from '../../schema/json.ts';
import { type Call, TargetUnavailable } from '../contract.ts';
import { decodeURIComponentSafely } from '../http/http-client.ts';
import type { Provider } from './provider.ts';
import { isSuccess, type ScimAnswer, type ScimClient, type ScimRequest } from './scim-client.ts';

const BULK_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';
/** How long the first write of a batch waits for others: hardly, or (where requests are limited) for some turns. */
const GATHER_MS = 5;
const GATHER_TURNS = 4;
const GATHER_MAX_MS = 250;
const AT_ONCE_MAX = 100;
/** Fewer are not worth a batch. */
const AT_ONCE_MIN = 3;
/** Every so many batches the slower way is tried again. */
const COMPARE_EVERY = 50;

interface Waiting {
  readonly call: Call;
  readonly request: ScimRequest;
  readonly resolve: (answer: ScimAnswer) => void;
  readonly reject: (error: unknown) => void;
}

export interface Writer {
  write(call: Call, request: ScimRequest): Promise<ScimAnswer>;
}

export interface BulkWriterParts {
  readonly client: ScimClient;
  readonly provider: (call: Call) => Promise<Provider>;
  readonly now: () => number;
  /** So many requests a second and no more: a request costs more than a write. 0: no limit. */
  readonly requestsPerSecond: number;
}

export function createBulkWriter({ client, provider, now, requestsPerSecond }: BulkWriterParts): Writer {
  let waiting: Waiting[] = [];
  let timer: NodeJS.Timeout | undefined;
  const isLimited = requestsPerSecond > 0;
  const turnsMs = isLimited ? (GATHER_TURNS * 1000) / requestsPerSecond : 0;
  const gatherMs = Math.min(Math.max(GATHER_MS, turnsMs), GATHER_MAX_MS);
  const choice = createChoice(isLimited);

  async function flush(): Promise<void> {
    timer = undefined;
    const batch = waiting;
    waiting = [];
    const [first] = batch;
    if (first === undefined) return;
    const startedAt = now();
    const offered = await provider(first.call).then(
      (said) => said.bulk,
      () => undefined,
    );
    const isTogether = offered !== undefined && batch.length >= AT_ONCE_MIN && choice.isTogether();
    await (isTogether ? sendTogether(batch, offered.maxOperations, offered.maxPayloadSize) : sendEach(batch));
    if (offered !== undefined && batch.length >= AT_ONCE_MIN) {
      choice.measured(isTogether, (now() - startedAt) / batch.length);
    }
  }

  async function sendEach(batch: readonly Waiting[]): Promise<void> {
    await Promise.all(
      batch.map(({ call, request, resolve, reject }) => client.send(call, request).then(resolve, reject)),
    );
  }

  async function sendTogether(batch: readonly Waiting[], maxOperations: number, maxBytes: number): Promise<void> {
    for (const part of split(batch, Math.min(maxOperations, AT_ONCE_MAX), maxBytes)) await sendPart(part);
  }

  async function sendPart(part: readonly Waiting[]): Promise<void> {
    // The batch belongs to several pushes: it is told to each, and goes on while any of them wants it.
    const call: Call = {
      signal: AbortSignal.any([anyAlive(part.map((each) => each.call.signal))]),
      requestId: null,
      trace: (line) => {
        for (const each of part) each.call.trace(`${line} (bulk of ${part.length})`);
      },
    };
    try {
      const body = { schemas: [BULK_SCHEMA], Operations: part.map(toOperation) };
      const answer = await client.send(call, { method: 'POST', path: '/Bulk', body });
      if (!isSuccess(answer)) {
        choice.refuse();
        return await sendEach(part);
      }
      hand(part, answer.body);
    } catch (error) {
      for (const each of part) each.reject(error);
    }
  }

  return {
    write: (call, request) =>
      new Promise((resolve, reject) => {
        waiting.push({ call, request, resolve, reject });
        if (timer === undefined) timer = setTimeout(() => void flush(), gatherMs);
      }),
  };
}

/** Aborted when every one of them is: interrupting one push must not break the others' request. */
function anyAlive(signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  const check = () => {
    if (signals.every((signal) => signal.aborted)) controller.abort(signals[0]?.reason);
  };
  for (const signal of signals) signal.addEventListener('abort', check, { once: true });
  check();
  return controller.signal;
}

function toOperation({ request }: Waiting, index: number): JsonObject {
  const { method, path, body, etag } = request;
  return {
    method,
    path,
    bulkId: `op-${index}`,
    ...(etag === undefined ? {} : { version: etag }),
    ...(body === undefined ? {} : { data: body as JsonObject }),
  };
}

function* split(batch: readonly Waiting[], maxCount: number, maxBytes: number): Generator<readonly Waiting[]> {
  let part: Waiting[] = [];
  let bytes = 0;
  for (const each of batch) {
    const size = JSON.stringify(each.request.body ?? '').length * 2 + 200;
    if (part.length >= maxCount || (part.length > 0 && bytes + size > maxBytes)) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(each);
    bytes += size;
  }
  if (part.length > 0) yield part;
}

/** Each operation's answer is found by its bulkId, or (PATCH, where a server may leave it out) by its location. */
function hand(part: readonly Waiting[], body: JsonObject): void {
  const operations = (Array.isArray(body.Operations) ? (body.Operations as unknown[]) : []).filter(isJsonObject);
  for (const [index, each] of part.entries()) {
    const mine =
      operations.find((operation) => operation.bulkId === `op-${index}`) ??
      operations.find(({ location }) => typeof location === 'string' && location.endsWith(each.request.path));
    if (mine === undefined) each.reject(new TargetUnavailable('The bulk answer says nothing of this operation.'));
    else each.resolve(toAnswer(mine));
  }
}

function toAnswer({ status, response, location, version }: JsonObject): ScimAnswer {
  // RFC 7644 has a string; some send {code: 201}.
  const code = Number(isJsonObject(status) ? status.code : status);
  const given = isJsonObject(response) ? response : {};
  const id = typeof location === 'string' ? decodeURIComponentSafely(location.split('/').at(-1) ?? '') : undefined;
  const body = given.id === undefined && id !== undefined && code < 300 ? { ...given, id } : given;
  return { status: code, body, etag: typeof version === 'string' ? version : undefined };
}

interface Choice {
  isTogether(): boolean;
  measured(together: boolean, msPerWrite: number): void;
  /** The server refused a batch as a whole. */
  refuse(): void;
}

/** Together first, then each, then whichever took less, with a look at the other one now and then. */
function createChoice(isLimited: boolean): Choice {
  const mean: { together: number | undefined; each: number | undefined } = { together: undefined, each: undefined };
  let batches = 0;
  let refused = false;
  return {
    isTogether() {
      if (refused || isLimited) return !refused;
      if (mean.together === undefined) return true;
      if (mean.each === undefined) return false;
      batches += 1;
      const faster = mean.together <= mean.each;
      return batches % COMPARE_EVERY === 0 ? !faster : faster;
    },
    measured(together, msPerWrite) {
      const key = together ? 'together' : 'each';
      const known = mean[key];
      mean[key] = known === undefined ? msPerWrite : known * 0.7 + msPerWrite * 0.3;
    },
    refuse: () => {
      refused = true;
    },
  };
}
