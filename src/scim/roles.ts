/**
 * The catalogue of roles and entitlements that an identity provider may assign (Okta Identity Governance reads it): the
 * values to which this connection's mapping rules give a meaning. Without such rules anything is stored as sent.
 */
import type { Connection } from '../directory/connections/connection.ts';
import type { Work } from '../directory/work.ts';
import { AppError } from '../errors.ts';
import { exposedEntitlements, exposedRoles } from '../mapping/exposed-roles.ts';
import { isJsonObject, type JsonObject } from '../schema/json.ts';
import { type Handled, type Handling, readOnly } from './handler.ts';
import { LIST_SCHEMA } from './list-query.ts';
import type { ScimParts } from './parts.ts';

export const ROLE_SCHEMA = 'urn:okta:scim:schemas:core:1.0:Role';
export const ENTITLEMENT_SCHEMA = 'urn:okta:scim:schemas:core:1.0:Entitlement';

interface Catalogue {
  readonly roles: readonly string[];
  readonly entitlements: readonly string[];
}

export async function catalogueOf(
  { directory }: ScimParts,
  db: Work['db'],
  connection: Connection,
): Promise<Catalogue> {
  const { rules } = await directory.rules.of(db, connection.id);
  return { roles: exposedRoles(rules), entitlements: exposedEntitlements(rules) };
}

/**
 * Refuses values that mean nothing here, where there is a catalogue to choose from.
 * @throws AppError `invalid_value` naming the value and those that are known
 */
export async function checkKnownRoles(
  parts: ScimParts,
  work: Work,
  connection: Connection,
  attributes: JsonObject,
): Promise<void> {
  if (attributes.roles === undefined && attributes.entitlements === undefined) return;
  const catalogue = await catalogueOf(parts, work.db, connection);
  for (const name of ['roles', 'entitlements'] as const) {
    const known = catalogue[name];
    const given = attributes[name];
    if (known.length === 0 || !Array.isArray(given)) continue;
    for (const [index, element] of given.entries()) {
      const value = isJsonObject(element) ? element.value : undefined;
      if (typeof value === 'string' && !known.some((entry) => entry.toLowerCase() === value.toLowerCase())) {
        throw new AppError(
          'invalid_value',
          `${name}[${index}].value: "${value}" is not known here; known are: ${known.join(', ')}.`,
        );
      }
    }
  }
}

/** GET /Roles, /Roles/{id}, /Entitlements, /Entitlements/{id} */
export async function readCatalogue({ parts, request }: Handling): Promise<Handled> {
  const [endpoint = '', id] = request.path;
  const isRole = endpoint.toLowerCase() === 'roles';
  const catalogue = await catalogueOf(parts, parts.directory.store.reader, request.connection);
  const values = isRole ? catalogue.roles : catalogue.entitlements;
  const schema = isRole ? ROLE_SCHEMA : ENTITLEMENT_SCHEMA;
  const [path, type] = isRole ? ['Roles', 'Role'] : ['Entitlements', 'Entitlement'];
  const resources = values.map((value) => ({
    schemas: [schema],
    id: value,
    displayName: value,
    type,
    meta: { resourceType: type, location: `${parts.baseUrl()}/${path}/${encodeURIComponent(value)}` },
  }));
  if (id !== undefined) {
    const found = resources.find((resource) => resource.id === id);
    if (found === undefined)
      throw new AppError('not_found', `There is no ${type.toLowerCase()} "${id.slice(0, 100)}".`);
    return readOnly({ status: 200, body: JSON.stringify(found), summary: `read ${type.toLowerCase()} ${id}` });
  }
  const start = Math.max(Number.parseInt(request.query.get('startIndex') ?? '1', 10) || 1, 1);
  const count = Math.max(Number.parseInt(request.query.get('count') ?? '100', 10) || 0, 0);
  const page = resources.slice(start - 1, start - 1 + count);
  const list = {
    schemas: [LIST_SCHEMA],
    totalResults: resources.length,
    startIndex: start,
    itemsPerPage: page.length,
    Resources: page,
  };
  return readOnly({ status: 200, body: JSON.stringify(list), summary: `listed ${path.toLowerCase()}` });
}
