/**
 * What must be true of an answer: the checks that a replay file names, and those that hold for every SCIM answer.
 *
 * Owns: pure functions from an answer to a list of problems in words; empty means right. Called by replay.ts.
 */
import { isDeepStrictEqual } from 'node:util';
import { isJsonObject, type Json } from '../../src/schema/json.ts';
import type { Check, Expectation } from './replay-file.ts';
import type { Answer } from './wire.ts';

const ERROR_URN = 'urn:ietf:params:scim:api:messages:2.0:Error';
const LIST_URN = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

/** The value at a JSON pointer (RFC 6901), undefined where nothing is. */
export function valueAt(document: Json | undefined, pointer: string): Json | undefined {
  let value: Json | undefined = document;
  for (const raw of pointer.split('/').slice(1)) {
    const key = raw.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value)) value = value[Number(key)];
    else if (isJsonObject(value) && Object.hasOwn(value, key)) value = value[key];
    else return undefined;
  }
  return value;
}

/** Whether `actual` holds everything that `wanted` names; lists are compared as sets. */
export function includes(actual: Json | undefined, wanted: Json): boolean {
  if (Array.isArray(wanted)) {
    return Array.isArray(actual) && wanted.every((entry) => actual.some((candidate) => includes(candidate, entry)));
  }
  if (isJsonObject(wanted)) {
    return isJsonObject(actual) && Object.entries(wanted).every(([key, entry]) => includes(actual[key], entry));
  }
  return actual === wanted;
}

/** What is wrong with an answer: the rules for all, then the file's expectation (placeholders already filled). */
export function problemsOf(answer: Answer, expectation: Omit<Expectation, 'then'>): readonly string[] {
  const wanted = expectation.status ?? 200;
  const problems = answer.status === wanted ? [] : [`status is ${answer.status}, wanted ${wanted}`];
  problems.push(...protocolProblems(answer));
  if (expectation.scimType !== undefined) {
    problems.push(...checkProblems(answer.body, { at: '/scimType', equals: expectation.scimType }));
  }
  if (expectation.list !== undefined) problems.push(...listProblems(answer.body, expectation.list));
  for (const check of expectation.body ?? []) problems.push(...checkProblems(answer.body, check));
  for (const [header, want] of Object.entries(expectation.headers ?? {})) {
    const value = answer.headers[header.toLowerCase()];
    const text = Array.isArray(value) ? value.join(', ') : value;
    if (want.equals !== undefined && text !== want.equals) problems.push(`${header} is ${text}, wanted ${want.equals}`);
    if (want.matches !== undefined && !new RegExp(want.matches).test(text ?? '')) {
      problems.push(`${header} is ${text}, wanted /${want.matches}/`);
    }
  }
  return problems;
}

/** What RFC 7644 asks of every answer, whatever the case is about. */
function protocolProblems(answer: Answer): readonly string[] {
  const problems: string[] = [];
  const { status, headers, text, body } = answer;
  if (status === 204 || status === 304) {
    if (text !== '') problems.push(`${status} has a body`);
    return problems;
  }
  if (body === undefined) return [`the body is not JSON: ${text.slice(0, 200)}`];
  if (!/^application\/scim\+json(;|$)/.test(headers['content-type'] ?? '')) {
    problems.push(`media type is ${headers['content-type']}, wanted application/scim+json`);
  }
  if (status >= 400) return [...problems, ...errorProblems(answer)];
  if (nullsIn(body, '').length > 0) problems.push(`null at ${nullsIn(body, '').join(', ')}`);
  // The attribute definition named password in /Schemas is a value, not a key.
  if (/"password"\s*:/i.test(text)) problems.push('a password is shown');
  if (status === 201 && (headers.location === undefined || headers.location !== valueAt(body, '/meta/location'))) {
    problems.push(`Location is ${headers.location}, meta.location is ${valueAt(body, '/meta/location')}`);
  }
  const version = valueAt(body, '/meta/version');
  if (version !== undefined && headers.etag !== version)
    problems.push(`ETag is ${headers.etag}, meta.version is ${version}`);
  return problems;
}

function errorProblems({ status, headers, body }: Answer): readonly string[] {
  const problems = [
    ...checkProblems(body, { at: '/schemas', equals: [ERROR_URN] }),
    ...checkProblems(body, { at: '/status', equals: String(status) }),
    ...checkProblems(body, { at: '/detail', notEmpty: true }),
  ];
  if (status === 401 && headers['www-authenticate'] === undefined) problems.push('401 without WWW-Authenticate');
  if ((status === 429 || status === 503) && !/^\d+$/.test(headers['retry-after'] ?? '')) {
    problems.push(`Retry-After is ${headers['retry-after']}, wanted whole seconds`);
  }
  return problems;
}

function listProblems(body: Json | undefined, total: number): readonly string[] {
  const resources = valueAt(body, '/Resources') ?? [];
  const problems = [
    ...checkProblems(body, { at: '/schemas', contains: LIST_URN }),
    ...checkProblems(body, { at: '/totalResults', equals: total }),
  ];
  if (!Array.isArray(resources)) problems.push('Resources is not a list');
  else if (resources.length > total || (total > 0 && resources.length === 0)) {
    problems.push(`Resources has ${resources.length} entries, totalResults is ${total}`);
  }
  return problems;
}

/** One check of a file. */
export function checkProblems(document: Json | undefined, check: Check): readonly string[] {
  const value = valueAt(document, check.at);
  const { at, ...test } = check;
  return holds(value, check) ? [] : [`${at === '' ? 'the body' : at} is ${show(value)}, wanted ${show(test as Json)}`];
}

function holds(value: Json | undefined, check: Check): boolean {
  if (check.equals !== undefined) return isDeepStrictEqual(value, check.equals);
  if (check.differs !== undefined) return value !== undefined && !isDeepStrictEqual(value, check.differs);
  if (check.absent) return value === undefined;
  if (check.absentOr !== undefined) return value === undefined || isDeepStrictEqual(value, check.absentOr);
  if (check.empty) return isEmpty(value);
  if (check.notEmpty) return !isEmpty(value);
  if (check.type !== undefined) return typeOf(value) === check.type;
  if (check.atLeast !== undefined) return typeof value === 'number' && value >= check.atLeast;
  if (check.matches !== undefined) return typeof value === 'string' && new RegExp(check.matches).test(value);
  return holdsForList(value, check);
}

function holdsForList(value: Json | undefined, check: Check): boolean {
  const list = Array.isArray(value) ? (value as readonly Json[]) : [];
  const { contains, excludes } = check;
  if (contains !== undefined) {
    if (typeof value === 'string') return typeof contains === 'string' && value.includes(contains);
    const found = list.filter((entry) => includes(entry, contains)).length;
    return check.times === undefined ? found > 0 : found === check.times;
  }
  if (excludes !== undefined) {
    if (typeof value === 'string') return typeof excludes === 'string' && !value.includes(excludes);
    return !list.some((entry) => includes(entry, excludes));
  }
  if (check.values !== undefined) {
    return isDeepStrictEqual(list.map((entry) => String(valueAt(entry, '/value'))).sort(), [...check.values].sort());
  }
  if (check.count !== undefined) return list.length === check.count;
  if (check.disjoint !== undefined)
    throw new Error('`disjoint` names a saved list; replay.ts turns it into `excludes`');
  throw new Error('a check without a test');
}

function isEmpty(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return true;
  return Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0;
}

function typeOf(value: Json | undefined): string {
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

function nullsIn(value: Json, at: string): readonly string[] {
  if (value === null) return [at];
  if (typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, entry]) => nullsIn(entry as Json, `${at}/${key}`));
}

function show(value: Json | undefined): string {
  const text = JSON.stringify(value) ?? 'absent';
  return text.length > 600 ? `${text.slice(0, 600)}...` : text;
}
