/** Requests to a SCIM service provider: authorization, media type, the words of its refusals. */
import type { JsonObject } from '../../schema/json.ts';
import { isJsonObject } from '../../schema/json.ts';
import { type Call, TargetRefusal, TargetUnavailable } from '../contract.ts';
import { ANSWER_MAX_BYTES, type HttpAnswer, type HttpClient, type HttpRequest } from '../http/http-client.ts';

export interface ScimAnswer {
  readonly status: number;
  /** An object; empty when the answer had none. */
  readonly body: JsonObject;
  /** From the header, else from `meta.version`. */
  readonly etag: string | undefined;
}

export interface ScimRequest {
  readonly method: HttpRequest['method'];
  /** Below the base, with a slash: `/Users/abc`. */
  readonly path: string;
  readonly body?: unknown;
  /** Sent as If-Match. */
  readonly etag?: string | undefined;
  /** A whole list may come. */
  readonly isList?: boolean;
}

export interface ScimClient {
  send(call: Call, request: ScimRequest): Promise<ScimAnswer>;
}

/** Gives the Authorization header. `fresh`: what was given before was refused. */
export type Authorize = (call: Call, fresh: boolean) => Promise<string>;

export interface ScimClientParts {
  readonly http: HttpClient;
  readonly baseUrl: string;
  readonly authorize: Authorize;
  /** Whether another authorization can be had when one is refused. */
  readonly canReauthorize: boolean;
}

export function createScimClient({ http, baseUrl, authorize, canReauthorize }: ScimClientParts): ScimClient {
  async function once(call: Call, request: ScimRequest, fresh: boolean): Promise<HttpAnswer> {
    const { method, path, body, etag, isList = false } = request;
    return http.send(call, {
      method,
      url: `${baseUrl}${path}`,
      headers: {
        authorization: await authorize(call, fresh),
        accept: 'application/scim+json, application/json',
        'user-agent': 'Drawbridge',
        ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
        ...(etag === undefined ? {} : { 'if-match': etag }),
        ...(call.requestId === null ? {} : { 'x-request-id': call.requestId }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      takes401: canReauthorize && !fresh,
      wantsJson: method !== 'DELETE',
      ...(isList ? { answerMaxBytes: ANSWER_MAX_BYTES } : {}),
    });
  }
  return {
    async send(call, request) {
      const first = await once(call, request, false);
      const answer = first.status === 401 ? await once(call, request, true) : first;
      const body = isJsonObject(answer.body) ? answer.body : {};
      return { status: answer.status, body, etag: etagOf(answer, body) };
    },
  };
}

function etagOf({ headers }: HttpAnswer, body: JsonObject): string | undefined {
  if (typeof headers.etag === 'string') return headers.etag;
  const version = isJsonObject(body.meta) ? body.meta.version : undefined;
  return typeof version === 'string' ? version : undefined;
}

export function isSuccess({ status }: { readonly status: number }): boolean {
  return status >= 200 && status < 300;
}

/** A refusal in words: what was wanted, the status, and what the server said about it. */
export function refusalOf(what: string, { status, body }: Pick<ScimAnswer, 'status' | 'body'>): TargetRefusal {
  const said = [body.detail, body.scimType].find((part): part is string => typeof part === 'string' && part !== '');
  const answered = said === undefined ? `it answered ${status}` : `it answered ${status}: ${said.slice(0, 500)}`;
  return new TargetRefusal(`${what}: ${answered}`);
}

/** A value in a filter: RFC 7644 section 3.4.2.2 takes JSON strings. */
export function quote(value: string): string {
  return JSON.stringify(value);
}

/**
 * The resources of a list answer (RFC 7644 section 3.4.2).
 * @throws TargetUnavailable for something else: that nobody is there must not be read out of an answer that says nothing
 */
export function resourcesOf(body: JsonObject): readonly JsonObject[] {
  if (Array.isArray(body.Resources)) return (body.Resources as unknown[]).filter(isJsonObject);
  if (typeof body.totalResults === 'number') return [];
  throw new TargetUnavailable('It answered with something that is no list of SCIM resources.');
}

const ID_MAX_LENGTH = 1000;

/** Undefined: it has none that can be kept. */
export function idOf({ id }: JsonObject): string | undefined {
  return typeof id === 'string' && id !== '' && id.length <= ID_MAX_LENGTH ? id : undefined;
}

/**
 * The id of a resource that was read or made.
 * @throws TargetUnavailable when it came back without one
 */
export function idOfMade(what: string, body: JsonObject): string {
  const id = idOf(body);
  if (id === undefined) throw new TargetUnavailable(`${what} came back without an id.`);
  return id;
}
