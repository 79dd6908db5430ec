/**
 * Discovery documents (RFC 7643 sections 5 to 7). Schemas are served by scimmy-routers from scimmy's definitions;
 * ServiceProviderConfig (RFC 9865 and 9967 additions) and ResourceTypes (which depend on the connection) are ours.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import express, { type Request, type RequestHandler, type Response } from 'express';
import SCIMMYRouters, { SCIMMY } from 'scimmy-routers';
import { AppError } from '../errors.ts';
import { ENTERPRISE_SCHEMA, GROUP_SCHEMA, USER_SCHEMA } from '../schema/attribute.ts';
import { isJsonObject, type JsonObject } from '../schema/json.ts';
import type { ScimLimits } from './limits.ts';
import { LIST_SCHEMA } from './list-query.ts';
import { ENTITLEMENT_SCHEMA, ROLE_SCHEMA } from './roles.ts';

/** @param url path and query below /scim/v2 */
export type SchemasRoute = (
  request: IncomingMessage,
  response: ServerResponse,
  url: string,
  next: (error?: unknown) => void,
) => void;

/**
 * GET /Schemas and /Schemas/{urn}. Client text other than the path never reaches scimmy: its filters are not safe.
 * @param baseUrl where the outside finds /scim/v2
 */
export function createSchemasRoute(baseUrl: () => string): SchemasRoute {
  SCIMMY.Resources.declare(SCIMMY.Resources.User).extend(SCIMMY.Schemas.EnterpriseUser, false);
  SCIMMY.Resources.declare(SCIMMY.Resources.Group);
  const origin = (): string => baseUrl().replace(/\/scim\/v2$/, '');
  const routers = new SCIMMYRouters({ type: 'bearer', handler: () => 'discovery', baseUri: origin });
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.use(countSchemas);
  app.use('/scim/v2', routers as unknown as RequestHandler);
  return (request, response, url, next) => {
    request.url = `/scim/v2${url.replace(/\?.*$/s, '')}`;
    // Express makes its own request and response of Node's.
    app(request as Request, response as Response, next);
  };
}

/** scimmy writes its page size, 20, whatever it returns; RFC 7644 section 3.4.2 wants the number of resources. */
const countSchemas: RequestHandler = (_request, response, next) => {
  const send = response.send.bind(response);
  response.send = (body) => send(isJsonObject(body) ? countedList(body) : body);
  next();
};

function countedList(body: JsonObject): JsonObject {
  return Array.isArray(body.Resources) ? { ...body, itemsPerPage: body.Resources.length } : body;
}

export function serviceProviderConfig(limits: ScimLimits, baseUrl: string): string {
  return JSON.stringify({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
    patch: { supported: true },
    bulk: { supported: true, maxOperations: limits.bulkMaxOperations, maxPayloadSize: limits.maxBodyBytes },
    filter: { supported: true, maxResults: limits.pageMax },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: limits.pageDefault,
      maxPageSize: limits.pageMax,
      cursorTimeout: limits.cursorTtlSeconds,
    },
    securityEvents: { asyncRequest: 'none', eventUris: [] },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'Authorization: Bearer <token of the connection>',
        specUri: 'https://www.rfc-editor.org/info/rfc6750',
        primary: true,
      },
      {
        type: 'httpbasic',
        name: 'HTTP Basic',
        description: 'Any user name, with the token of the connection as the password',
        specUri: 'https://www.rfc-editor.org/info/rfc7617',
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  });
}

interface ResourceType {
  readonly name: string;
  readonly description: string;
  readonly endpoint: string;
  readonly schema: string;
  readonly schemaExtensions?: readonly { readonly schema: string; readonly required: boolean }[];
}

/** @param id one type, or undefined for the list */
export function resourceTypes(
  catalogue: { readonly roles: readonly string[]; readonly entitlements: readonly string[] },
  baseUrl: string,
  id: string | undefined,
): string {
  const types: ResourceType[] = [
    {
      name: 'User',
      description: 'People of the organization',
      endpoint: '/Users',
      schema: USER_SCHEMA,
      schemaExtensions: [{ schema: ENTERPRISE_SCHEMA, required: false }],
    },
    { name: 'Group', description: 'Pushed groups', endpoint: '/Groups', schema: GROUP_SCHEMA },
  ];
  if (catalogue.roles.length > 0) {
    types.push({ name: 'Role', description: 'Roles that may be assigned', endpoint: '/Roles', schema: ROLE_SCHEMA });
  }
  if (catalogue.entitlements.length > 0) {
    const description = 'Entitlements that may be assigned';
    types.push({ name: 'Entitlement', description, endpoint: '/Entitlements', schema: ENTITLEMENT_SCHEMA });
  }
  const documents = types.map((type) => ({
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:ResourceType'],
    id: type.name,
    ...type,
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${type.name}` },
  }));
  if (id === undefined) {
    const counts = { totalResults: documents.length, startIndex: 1, itemsPerPage: documents.length };
    return JSON.stringify({ schemas: [LIST_SCHEMA], ...counts, Resources: documents });
  }
  const found = documents.find((document) => document.id === id);
  if (found === undefined) throw new AppError('not_found', `There is no resource type "${id.slice(0, 100)}".`);
  return JSON.stringify(found);
}
