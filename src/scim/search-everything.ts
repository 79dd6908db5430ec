/**
 * POST /.search over both resource types: one list, users first, then groups, each in its own order, numbered through
 * (RFC 7644 section 3.4.3). Sorting would have to mix the two, which no index can; it is refused, not ignored.
 */
import { AppError } from '../errors.ts';
import { listGroups } from './group-handlers.ts';
import { type Handled, type Handling, readOnly } from './handler.ts';
import { LIST_SCHEMA, toCursorCount, toIndexPage } from './list-query.ts';
import { type ListRequest, listRequestOfBody } from './list-request.ts';
import { listUsers } from './user-handlers.ts';

/** Which part of the one list is asked for. */
interface Window {
  readonly offset: number;
  readonly limit: number;
  /** With a cursor: what binds the next one to this question. */
  readonly question: string | undefined;
}

export async function searchEverything(handling: Handling): Promise<Handled> {
  const list = listRequestOfBody(handling.request.body);
  if (list.sortBy !== undefined) {
    const text = 'sortBy: users and groups are not sorted together; search /Users/.search or /Groups/.search.';
    throw new AppError('invalid_value', text);
  }
  const window = toWindow(handling, list);
  const users = await tryList(() => listUsers(handling, partOf(list, window.offset, window.limit)));
  const offset = Math.max(window.offset - (users?.totalResults ?? 0), 0);
  const left = window.limit - (users?.Resources.length ?? 0);
  const groups = await tryList(() => listGroups(handling, partOf(list, offset, left)));
  const found = [users, groups].filter((page) => page !== undefined);
  if (found.length === 0) throw new AppError('invalid_filter', 'filter: it fits neither users nor groups.');
  const Resources = found.flatMap((page) => page.Resources);
  const totalResults = found.reduce((sum, page) => sum + page.totalResults, 0);
  const body = { schemas: [LIST_SCHEMA], totalResults, ...place(handling, window, Resources.length, totalResults) };
  const summary = `searched everything: ${Resources.length} of ${totalResults}`;
  return readOnly({ status: 200, body: JSON.stringify({ ...body, Resources }), summary });
}

function toWindow({ parts, request }: Handling, list: ListRequest): Window {
  if (list.cursor === undefined) {
    const { startIndex, limit } = toIndexPage(list, parts.limits);
    return { offset: startIndex - 1, limit, question: undefined };
  }
  const question = JSON.stringify([request.scope, null, list.filter]);
  const { offset = 0 } = list.cursor === '' ? {} : parts.cursors.open(question, list.cursor);
  return { offset, limit: toCursorCount(list.count, parts.limits), question };
}

function partOf({ cursor: _, ...list }: ListRequest, offset: number, limit: number): ListRequest {
  return { ...list, startIndex: String(offset + 1), count: String(limit) };
}

function place({ parts }: Handling, { offset, question }: Window, returned: number, total: number): object {
  if (question === undefined) return { startIndex: offset + 1, itemsPerPage: returned };
  const next = offset + returned;
  const isLast = returned === 0 || next >= total;
  return { itemsPerPage: returned, ...(isLast ? {} : { nextCursor: parts.cursors.seal(question, { offset: next }) }) };
}

interface ListDocument {
  readonly totalResults: number;
  readonly Resources: readonly unknown[];
}

/** An attribute that only the other resource type has is no fault here. */
async function tryList(run: () => Promise<Handled>): Promise<ListDocument | undefined> {
  try {
    const { answer } = await run();
    const text = typeof answer.body === 'string' ? answer.body : await gather(answer.body);
    return JSON.parse(text) as ListDocument;
  } catch (error) {
    if (error instanceof AppError && error.code === 'invalid_filter') return undefined;
    throw error;
  }
}

async function gather(pieces: AsyncIterable<string> | undefined): Promise<string> {
  let text = '';
  for await (const piece of pieces ?? []) text += piece;
  return text;
}
