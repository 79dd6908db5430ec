/** From the query of a list (or the body of a .search) to what the store is asked, and back to a ListResponse. */
import type { ListQuery, Visibility } from '../directory/store.ts';
import { AppError } from '../errors.ts';
import type { CursorSeal } from '../http/cursor.ts';
import type { ResourceSchema } from '../schema/attribute.ts';
import type { Filter, SortOrder } from '../schema/filter.ts';
import { parseFilter } from '../schema/parse-filter.ts';
import { resolveAttribute } from '../schema/resolve-attribute.ts';
import type { Repair } from '../synclog/exchange.ts';
import type { ScimLimits } from './limits.ts';

export const LIST_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';

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
  readonly query: ListQuery;
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
    const limit = Math.min(toInteger(parameters.count, 'count', 'invalid_count') ?? limits.pageDefault, limits.pageMax);
    if (limit < 0) throw new AppError('invalid_count', 'count must not be negative.');
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
      limit,
      ...(position.afterId === undefined ? {} : { afterId: position.afterId }),
    };
    return { query: { ...rest, page }, startIndex: undefined, question, sorted };
  }
  // RFC 7644 section 3.4.2.4: a start below 1 means 1, a negative count means 0.
  const startIndex = Math.max(toInteger(parameters.startIndex, 'startIndex', 'invalid_value') ?? 1, 1);
  const count = Math.max(toInteger(parameters.count, 'count', 'invalid_value') ?? limits.pageDefault, 0);
  const page = { offset: startIndex - 1, limit: Math.min(count, limits.pageMax) };
  return { query: { ...rest, page }, startIndex, question: undefined, sorted };
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
  if (attribute === undefined) throw new AppError('invalid_value', `sortBy: there is no attribute "${name}".`);
  return attribute;
}

function toInteger(
  text: string | undefined,
  name: string,
  code: 'invalid_count' | 'invalid_value',
): number | undefined {
  if (text === undefined || text.trim() === '') return undefined;
  if (!/^[+-]?\d{1,9}$/.test(text.trim()))
    throw new AppError(code, `${name} must be a whole number, not "${text.slice(0, 40)}".`);
  return Number(text);
}

/** Where the next page starts; undefined after the last one. */
export function nextCursor(
  plan: ListPlan,
  returned: readonly { readonly id: string }[],
  cursors: CursorSeal,
): string | undefined {
  const { limit, offset } = plan.query.page;
  const last = returned.at(-1);
  if (plan.question === undefined || last === undefined || returned.length < limit) return undefined;
  return cursors.seal(plan.question, plan.sorted ? { offset: offset + returned.length } : { afterId: last.id });
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
