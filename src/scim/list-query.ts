/** From the query of a list (or the body of a .search) to what the store is asked, and back to a ListResponse. */
import type { ListQuery } from '../directory/store.ts';
import type { Visibility } from '../directory/visibility.ts';
import { AppError } from '../errors.ts';
import type { CursorSeal } from '../http/cursor.ts';
import type { ResourceSchema } from '../schema/attribute.ts';
import type { Filter, SortOrder } from '../schema/filter.ts';
import { parseFilter } from '../schema/parse-filter.ts';
import { resolveAttribute } from '../schema/resolve-attribute.ts';
import type { Repair } from '../synclog/exchange.ts';
import type { ScimLimits } from './limits.ts';

export const LIST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

/** A larger startIndex or count means the same: there are never so many resources. */
const LARGEST_NUMBER = 1_000_000_000;

/** The parameters as text, from the URL or from a SearchRequest. */
export interface ListParameters {
  readonly filter?: string | undefined;
  readonly sortBy?: string | undefined;
  readonly sortOrder?: string | undefined;
  readonly startIndex?: string | undefined;
  readonly count?: string | undefined;
  readonly cursor?: string | undefined;
}

export interface ListPlan {
  /** With a cursor it asks for one resource more than is shown: whether there is one tells the last page. */
  readonly query: ListQuery;
  /** Resources on the page, at most. */
  readonly limit: number;
  /** 1-based; undefined with a cursor. */
  readonly startIndex: number | undefined;
  /** Binds a cursor to what was asked; undefined for index paging. */
  readonly question: string | undefined;
  readonly sorted: boolean;
}

export interface ListOptions {
  readonly schema: ResourceSchema;
  readonly scope: Visibility;
  readonly limits: ScimLimits;
  readonly cursors: CursorSeal;
  readonly unquotedFilterValues: boolean;
  readonly onRepair: (repair: Repair) => void;
}

/** @throws AppError `invalid_filter`, `invalid_value`, `invalid_cursor`, `expired_cursor`, `invalid_count` */
export function planList(parameters: ListParameters, options: ListOptions): ListPlan {
  const { limits } = options;
  const filter = toFilter(parameters.filter, options);
  const sort = toSort(parameters, options.schema);
  const rest = {
    ...(filter === undefined ? {} : { filter }),
    ...(sort === undefined ? {} : { sort }),
    withTotal: true,
  };
  const sorted = sort !== undefined;
  if (parameters.cursor !== undefined) {
    const limit = toCursorCount(parameters.count, limits);
    const question = JSON.stringify([
      options.scope,
      options.schema.resourceType,
      parameters.filter,
      parameters.sortBy,
      parameters.sortOrder,
    ]);
    const position = parameters.cursor === '' ? {} : options.cursors.open(question, parameters.cursor);
    const page = {
      offset: position.offset ?? 0,
      limit: limit === 0 ? 0 : limit + 1,
      ...(position.afterId === undefined ? {} : { afterId: position.afterId }),
    };
    return { query: { ...rest, page }, limit, startIndex: undefined, question, sorted };
  }
  const { startIndex, limit } = toIndexPage(parameters, limits);
  return {
    query: { ...rest, page: { offset: startIndex - 1, limit } },
    limit,
    startIndex,
    question: undefined,
    sorted,
  };
}

/** RFC 7644 section 3.4.2.4: a start below 1 means 1, a negative count means 0. */
export function toIndexPage(
  parameters: Pick<ListParameters, 'startIndex' | 'count'>,
  limits: ScimLimits,
): { readonly startIndex: number; readonly limit: number } {
  const startIndex = Math.max(toInteger(parameters.startIndex, 'startIndex', 'invalid_value') ?? 1, 1);
  const count = Math.max(toInteger(parameters.count, 'count', 'invalid_value') ?? limits.pageDefault, 0);
  return { startIndex, limit: Math.min(count, limits.pageMax) };
}

/** @throws AppError `invalid_count` (RFC 9865 section 2.1) */
export function toCursorCount(text: string | undefined, limits: ScimLimits): number {
  const count = toInteger(text, 'count', 'invalid_count') ?? limits.pageDefault;
  if (count < 0) throw new AppError('invalid_count', 'count must not be negative.');
  return Math.min(count, limits.pageMax);
}

function toFilter(text: string | undefined, options: ListOptions): Filter | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  const { filterMaxLength: maxLength, filterMaxDepth: maxDepth } = options.limits;
  return parseFilter(text, options.schema, {
    maxLength,
    maxDepth,
    unquoted: options.unquotedFilterValues,
    onRepair: options.onRepair,
  });
}

function toSort({ sortBy, sortOrder }: ListParameters, schema: ResourceSchema): SortOrder | undefined {
  if (sortBy === undefined || sortBy.trim() === '') return undefined;
  const order = sortOrder?.toLowerCase() ?? 'ascending';
  if (order !== 'ascending' && order !== 'descending') {
    throw new AppError('invalid_value', `sortOrder must be ascending or descending, not "${sortOrder}".`);
  }
  return { attribute: resolveSortAttribute(sortBy.trim(), schema), descending: order === 'descending' };
}

function resolveSortAttribute(name: string, schema: ResourceSchema): SortOrder['attribute'] {
  const attribute = resolveAttribute(name, schema);
  if (attribute === undefined) {
    const text = `sortBy: "${name.slice(0, 100)}" is no attribute with one value to sort by, such as name.familyName.`;
    throw new AppError('invalid_value', text);
  }
  return attribute;
}

function toInteger(
  text: string | undefined,
  name: string,
  code: 'invalid_count' | 'invalid_value',
): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  if (!/^[+-]?\d{1,30}$/.test(text.trim()))
    throw new AppError(code, `${name} must be a whole number, not "${text.slice(0, 40)}".`);
  return Math.min(Number(text), LARGEST_NUMBER);
}

/** What of the found resources is on the page, and where the next one starts; no cursor on the last page (RFC 9865 section 2). */
export function takePage<T extends { readonly id: string }>(
  plan: ListPlan,
  found: readonly T[],
  cursors: CursorSeal,
): { readonly items: readonly T[]; readonly next: string | undefined } {
  if (found.length <= plan.limit) return { items: found, next: undefined };
  const items = found.slice(0, plan.limit);
  const last = items.at(-1);
  if (plan.question === undefined || last === undefined) return { items, next: undefined };
  const position = plan.sorted ? { offset: plan.query.page.offset + items.length } : { afterId: last.id };
  return { items, next: cursors.seal(plan.question, position) };
}

/** The envelope round resources that are JSON text already. */
export function listHead(
  total: number,
  returned: number,
  plan: Pick<ListPlan, 'startIndex'>,
  next: string | undefined,
): string {
  const head = {
    schemas: [LIST_SCHEMA],
    totalResults: total,
    ...(plan.startIndex === undefined ? {} : { startIndex: plan.startIndex }),
    itemsPerPage: returned,
    ...(next === undefined ? {} : { nextCursor: next }),
  };
  return `${JSON.stringify(head).slice(0, -1)},"Resources":[`;
}
