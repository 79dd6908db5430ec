/** What a list asks for, from the query of a GET or from the body of a POST .search (RFC 7644 section 3.4.3). */
import { AppError } from '../errors.ts';
import { isJsonObject } from '../schema/json.ts';
import type { ListParameters } from './list-query.ts';
import type { Query } from './query.ts';

export const SEARCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';

export interface ListRequest extends ListParameters {
  readonly attributes?: string | string[];
  readonly excludedAttributes?: string | string[];
}

const TEXT_PARAMETERS = ['filter', 'sortBy', 'sortOrder', 'startIndex', 'count', 'cursor'] as const;
const LIST_PARAMETERS = ['attributes', 'excludedAttributes'] as const;

export function listRequestOfQuery(query: Query): ListRequest {
  const entries = [...TEXT_PARAMETERS, ...LIST_PARAMETERS].flatMap((name) => {
    const value = query.get(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return Object.fromEntries(entries);
}

/** @throws AppError `invalid_syntax`, `invalid_value` */
export function listRequestOfBody(body: unknown): ListRequest {
  if (!isJsonObject(body)) throw new AppError('invalid_syntax', 'A .search needs a SearchRequest as its body.');
  const { schemas } = body;
  if (!Array.isArray(schemas) || !schemas.includes(SEARCH_SCHEMA)) {
    throw new AppError('invalid_syntax', `schemas: a .search needs "${SEARCH_SCHEMA}".`);
  }
  const request: Record<string, string | string[]> = {};
  for (const name of TEXT_PARAMETERS) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    if (typeof value !== 'string' && typeof value !== 'number')
      throw new AppError('invalid_value', `${name} must be text or a number.`);
    request[name] = String(value);
  }
  for (const name of LIST_PARAMETERS) {
    const value = body[name];
    if (value === undefined || value === null) continue;
    const names = Array.isArray(value) ? value : [value];
    if (!names.every((entry): entry is string => typeof entry === 'string')) {
      throw new AppError('invalid_value', `${name} must be a list of attribute names.`);
    }
    request[name] = names;
  }
  return request;
}
