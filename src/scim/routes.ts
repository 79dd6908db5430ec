/** Which handler answers which method and path below /scim/v2. */
import { AppError } from '../errors.ts';
import { createBulkHandler } from './bulk.ts';
import { resourceTypes, serviceProviderConfig } from './discovery.ts';
import { listGroups, patchGroup, postGroup, putGroup, readGroup, removeGroup } from './group-handlers.ts';
import { type Handled, type Handler, type Handling, readOnly } from './handler.ts';
import { LIST_SCHEMA } from './list-query.ts';
import { listRequestOfBody, listRequestOfQuery } from './list-request.ts';
import type { RawRequest } from './repair/repair.ts';
import { catalogueOf, readCatalogue } from './roles.ts';
import { listUsers, patchUser, postUser, putUser, readUser, removeUser } from './user-handlers.ts';

export interface Route {
  /** Name of the operation in the sync log and in metrics. */
  readonly operation: string;
  readonly resource: RawRequest['resource'];
  readonly kind: RawRequest['kind'];
  readonly handle: Handler;
}

type Methods = Partial<Record<'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE', Route>>;

function route(operation: string, resource: Route['resource'], kind: Route['kind'], handle: Handler): Route {
  return { operation, resource, kind, handle };
}

const USERS: Methods = {
  GET: route('users.list', 'User', 'other', (h) => listUsers(h, listRequestOfQuery(h.request.query))),
  POST: route('users.create', 'User', 'create', postUser),
};
const USER: Methods = {
  GET: route('users.read', 'User', 'other', readUser),
  PUT: route('users.replace', 'User', 'replace', putUser),
  PATCH: route('users.patch', 'User', 'patch', patchUser),
  DELETE: route('users.delete', 'User', 'other', removeUser),
};
const GROUPS: Methods = {
  GET: route('groups.list', 'Group', 'other', (h) => listGroups(h, listRequestOfQuery(h.request.query))),
  POST: route('groups.create', 'Group', 'create', postGroup),
};
const GROUP: Methods = {
  GET: route('groups.read', 'Group', 'other', readGroup),
  PUT: route('groups.replace', 'Group', 'replace', putGroup),
  PATCH: route('groups.patch', 'Group', 'patch', patchGroup),
  DELETE: route('groups.delete', 'Group', 'other', removeGroup),
};
const USERS_SEARCH: Methods = {
  POST: route('users.search', 'User', 'search', (h) => listUsers(h, listRequestOfBody(h.request.body))),
};
const GROUPS_SEARCH: Methods = {
  POST: route('groups.search', 'Group', 'search', (h) => listGroups(h, listRequestOfBody(h.request.body))),
};
const SEARCH: Methods = { POST: route('search', null, 'search', searchEverything) };
const BULK: Methods = { POST: route('bulk', null, 'bulk', createBulkHandler(findRoute)) };
const ME: Methods = Object.fromEntries(
  ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => [method, route('me', null, 'other', refuseMe)]),
);
const CONFIG: Methods = { GET: route('discovery', null, 'other', readConfig) };
const TYPES: Methods = { GET: route('discovery', null, 'other', readTypes) };
const SCHEMAS: Methods = { GET: route('discovery', null, 'other', () => Promise.reject(new AppError('internal'))) };
const CATALOGUE: Methods = { GET: route('discovery', null, 'other', readCatalogue) };

/** By the first segment in lower case: the collection, one of it, and its search. */
const TABLE: Readonly<Record<string, { readonly all: Methods; readonly one?: Methods; readonly search?: Methods }>> = {
  users: { all: USERS, one: USER, search: USERS_SEARCH },
  groups: { all: GROUPS, one: GROUP, search: GROUPS_SEARCH },
  '.search': { all: SEARCH },
  bulk: { all: BULK },
  me: { all: ME },
  serviceproviderconfig: { all: CONFIG },
  resourcetypes: { all: TYPES, one: TYPES },
  schemas: { all: SCHEMAS, one: SCHEMAS },
  roles: { all: CATALOGUE, one: CATALOGUE },
  entitlements: { all: CATALOGUE, one: CATALOGUE },
};

/**
 * @param path decoded segments below /scim/v2
 * @throws AppError `route_not_found`, `method_not_allowed`
 */
export function findRoute(method: string, path: readonly string[]): Route {
  const [first = '', second, ...more] = path;
  const entry = Object.hasOwn(TABLE, first.toLowerCase()) ? TABLE[first.toLowerCase()] : undefined;
  const methods = second === undefined ? entry?.all : second === '.search' ? entry?.search : entry?.one;
  if (methods === undefined || more.length > 0) {
    const text = `There is nothing at /${path.join('/').slice(0, 200)}; see /ResourceTypes for what is offered.`;
    throw new AppError('route_not_found', text);
  }
  const found = methods[(method === 'HEAD' ? 'GET' : method) as keyof Methods];
  if (found === undefined) {
    throw new AppError(
      'method_not_allowed',
      `${method} is not offered here; offered: ${Object.keys(methods).join(', ')}.`,
    );
  }
  return found;
}

export function allowedMethods(path: readonly string[]): readonly string[] {
  return ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((method) => {
    try {
      return findRoute(method, path) !== undefined;
    } catch {
      return false;
    }
  });
}

async function readConfig({ parts }: Handling): Promise<Handled> {
  return readOnly({
    status: 200,
    body: serviceProviderConfig(parts.limits, parts.baseUrl()),
    summary: 'read the ServiceProviderConfig',
  });
}

async function readTypes({ parts, request }: Handling): Promise<Handled> {
  const catalogue = await catalogueOf(parts, parts.directory.store.reader, request.connection);
  const body = resourceTypes(catalogue, parts.baseUrl(), request.path[1]);
  return readOnly({ status: 200, body, summary: 'read the resource types' });
}

function refuseMe(): Promise<Handled> {
  return Promise.reject(
    new AppError('not_implemented', '/Me is not offered: a token belongs to a connection, not to a person.'),
  );
}

/** POST /.search over both resource types: users first, then groups, counted together. */
async function searchEverything(handling: Handling): Promise<Handled> {
  const list = listRequestOfBody(handling.request.body);
  const pages = [await tryList(() => listUsers(handling, list)), await tryList(() => listGroups(handling, list))];
  const found = pages.filter((page) => page !== undefined);
  if (found.length === 0) throw new AppError('invalid_filter', 'filter: it fits neither users nor groups.');
  const resources = found.flatMap((page) => page.Resources);
  const totalResults = found.reduce((sum, page) => sum + page.totalResults, 0);
  const body = {
    schemas: [LIST_SCHEMA],
    totalResults,
    startIndex: 1,
    itemsPerPage: resources.length,
    Resources: resources,
  };
  return readOnly({ status: 200, body: JSON.stringify(body), summary: `searched everything: ${totalResults} found` });
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
