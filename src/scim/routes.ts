/** Which handler answers which method and path below /scim/v2. */
import { AppError } from '../errors.ts';
import { createBulkHandler } from './bulk.ts';
import { resourceTypes, serviceProviderConfig } from './discovery.ts';
import { listGroups, patchGroup, postGroup, putGroup, readGroup, removeGroup } from './group-handlers.ts';
import { type Handled, type Handler, type Handling, readOnly } from './handler.ts';
import { listRequestOfBody, listRequestOfQuery } from './list-request.ts';
import { catalogueOf, readCatalogue } from './roles.ts';
import type { Route } from './route.ts';
import { searchEverything } from './search-everything.ts';
import { listUsers, patchUser, postUser, putUser, readUser, removeUser } from './user-handlers.ts';

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
