/**
 * What the identity providers demand of an answer: Okta's SPEC test and Entra's published expectations. Pure.
 * A violation is something that such a client stops on, or that makes it do harm (create a second user, retry for weeks).
 */
import { isJsonObject, type Json, type JsonObject } from '../../schema/json.ts';
import type { WireAnswer } from './wire.ts';

export type Expectation =
  /** A page of a list. */
  | { readonly kind: 'list' }
  /** A look-up by a unique attribute: nothing, or exactly that one. */
  | { readonly kind: 'match'; readonly attribute: string; readonly value: string }
  /** A probe with a random value. */
  | { readonly kind: 'no match' }
  /** 201 with the resource; these values as sent. */
  | { readonly kind: 'created'; readonly echo: JsonObject }
  /** 200 with the resource of this id; these values as sent. */
  | { readonly kind: 'resource'; readonly id: string; readonly echo?: JsonObject }
  /** 200 with the resource, or 204 with nothing. */
  | { readonly kind: 'patched'; readonly id: string; readonly echo?: JsonObject }
  | { readonly kind: 'deleted' }
  /** A mistake of the client: one of these statuses, with a SCIM error. */
  | { readonly kind: 'refused'; readonly statuses: readonly number[] };

export interface Violation {
  readonly rule: string;
  readonly detail: string;
}

export const LIST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
export const ERROR_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:Error';

/** A rule of the organization forbids it (no seat, an approval is missing): an answer that clients live with. */
const RULED_OUT = 403;

export function checkAnswer(answer: WireAnswer, expectation: Expectation): readonly Violation[] {
  if (answer.status === 0) return [{ rule: 'no-answer', detail: answer.fault ?? 'The connection was lost.' }];
  return [...checkForm(answer), ...checkMeaning(answer, expectation)];
}

function* checkForm({ status, contentType, text, body, retryAfter }: WireAnswer): Generator<Violation> {
  if (status >= 500) yield { rule: 'server-error', detail: `${status}: ${text.slice(0, 200)}` };
  if (text !== '' && !/^application\/scim\+json\s*(;|$)/i.test(contentType ?? ''))
    yield { rule: 'media-type', detail: `Content-Type is ${contentType ?? 'missing'}, not application/scim+json.` };
  if (text !== '' && body === undefined)
    yield { rule: 'not-json', detail: `The body is not JSON: ${text.slice(0, 80)}` };
  if (status >= 400) yield* checkError(status, body);
  if (status === 429 && !/^\d+$/.test(retryAfter ?? ''))
    yield { rule: 'retry-after', detail: `429 with Retry-After ${retryAfter ?? 'missing'}; whole seconds are needed.` };
}

function* checkError(status: number, body: unknown): Generator<Violation> {
  if (!isJsonObject(body) || !hasSchema(body, ERROR_SCHEMA)) {
    yield { rule: 'error-form', detail: `${status} without a SCIM error body; the cause does not reach the admin.` };
    return;
  }
  if (String(body.status) !== String(status))
    yield {
      rule: 'error-form',
      detail: `The error body says status ${JSON.stringify(body.status)} under HTTP ${status}.`,
    };
  if (typeof body.detail !== 'string' || body.detail === '')
    yield { rule: 'error-form', detail: `${status} with an error body without detail.` };
}

function checkMeaning(answer: WireAnswer, expectation: Expectation): Iterable<Violation> {
  if (expectation.kind === 'refused') return checkRefused(answer, expectation.statuses);
  if (answer.status >= 500 || answer.status === RULED_OUT) return [];
  if (answer.status >= 400) return [{ rule: 'refused', detail: `${answer.status}: ${toDetail(answer)}` }];
  switch (expectation.kind) {
    case 'list':
    case 'match':
    case 'no match':
      return checkList(answer, expectation);
    case 'created':
      return checkResource(answer, [201, 200], expectation.echo);
    case 'resource':
      return checkResource(answer, [200], { id: expectation.id, ...expectation.echo });
    case 'patched':
      return checkPatched(answer, { id: expectation.id, ...expectation.echo });
    case 'deleted':
      return answer.status === 204 ? [] : [{ rule: 'status', detail: `DELETE gave ${answer.status}, not 204.` }];
    default:
      return expectation satisfies never;
  }
}

function* checkRefused({ status, text }: WireAnswer, statuses: readonly number[]): Generator<Violation> {
  if (status >= 500 || status === 429 || statuses.includes(status)) return;
  const said = `${status}${status < 300 ? ` ${text.slice(0, 120)}` : ''}`;
  yield { rule: 'not-refused', detail: `A mistaken request gave ${said}, not ${statuses.join(' or ')}.` };
}

function* checkPatched(answer: WireAnswer, echo: JsonObject): Generator<Violation> {
  if (answer.status === 204) return;
  if (answer.status === 200 && answer.text === '')
    yield { rule: 'empty-patch', detail: 'PATCH gave 200 with an empty body; it is 204, or 200 with the resource.' };
  else yield* checkResource(answer, [200], echo);
}

function* checkResource(
  { status, body }: WireAnswer,
  statuses: readonly number[],
  echo: JsonObject,
): Generator<Violation> {
  if (!statuses.includes(status)) yield { rule: 'status', detail: `The status is ${status}, not ${statuses[0]}.` };
  if (!isJsonObject(body)) {
    yield { rule: 'empty-resource', detail: `${status} without the resource in the body.` };
    return;
  }
  yield* checkId(body);
  for (const [name, want] of Object.entries(echo)) {
    const got = body[name];
    if (JSON.stringify(got) !== JSON.stringify(want))
      yield { rule: 'value', detail: `${name} is ${JSON.stringify(got) ?? 'missing'}, not ${JSON.stringify(want)}.` };
  }
}

function* checkId(resource: JsonObject): Generator<Violation> {
  if (typeof resource.id !== 'string' || resource.id === '')
    yield {
      rule: 'missing-id',
      detail: `A resource came without a usable id (${JSON.stringify(resource.id) ?? 'missing'}).`,
    };
  if (!Array.isArray(resource.schemas) || resource.schemas.length === 0)
    yield { rule: 'schemas', detail: 'A resource came without schemas.' };
}

function* checkList(
  { status, body }: WireAnswer,
  expectation: Extract<Expectation, { kind: 'list' | 'match' | 'no match' }>,
): Generator<Violation> {
  if (status !== 200) yield { rule: 'status', detail: `A list gave ${status}, not 200.` };
  if (!isJsonObject(body) || !hasSchema(body, LIST_SCHEMA)) {
    yield { rule: 'list-form', detail: 'The body is not a ListResponse.' };
    return;
  }
  if (!Number.isInteger(body.totalResults))
    yield {
      rule: 'total-results',
      detail: `totalResults is ${JSON.stringify(body.totalResults) ?? 'missing'}, not a number.`,
    };
  for (const name of ['startIndex', 'itemsPerPage'])
    if (body[name] !== undefined && !Number.isInteger(body[name]))
      yield { rule: 'list-form', detail: `${name} is ${JSON.stringify(body[name])}, not a number.` };
  const resources = toResources(body);
  if (resources.length === 0 && Number(body.totalResults) > 0 && expectation.kind === 'match')
    yield { rule: 'list-form', detail: `totalResults is ${body.totalResults} and Resources is empty.` };
  for (const resource of resources) yield* checkId(resource);
  if (expectation.kind === 'no match' && (resources.length > 0 || Number(body.totalResults) !== 0))
    yield { rule: 'filter-ignored', detail: 'A look-up of a random value found something: the filter is not applied.' };
  if (expectation.kind === 'match') yield* checkMatch(resources, expectation.attribute, expectation.value);
}

function* checkMatch(resources: readonly JsonObject[], attribute: string, value: string): Generator<Violation> {
  if (resources.length > 1)
    yield { rule: 'ambiguous', detail: `${resources.length} resources have ${attribute} ${value}; the client stops.` };
  for (const resource of resources)
    if (String(resource[attribute]).toLowerCase() !== value.toLowerCase())
      yield {
        rule: 'filter-ignored',
        detail: `A look-up of ${attribute} ${value} found ${String(resource[attribute])}.`,
      };
}

/** Resources of a list answer; none when it is not one. */
export function toResources(body: unknown): readonly JsonObject[] {
  if (!isJsonObject(body) || !Array.isArray(body.Resources)) return [];
  return (body.Resources as readonly Json[]).filter(isJsonObject);
}

/** Why it was refused, in the server's words. */
export function toDetail({ body, text }: WireAnswer): string {
  if (isJsonObject(body) && typeof body.detail === 'string') return body.detail;
  return text.slice(0, 200);
}

function hasSchema(body: JsonObject, schema: string): boolean {
  return Array.isArray(body.schemas) && body.schemas.includes(schema);
}
