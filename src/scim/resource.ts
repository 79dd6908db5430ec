/**
 * Checks the body of a POST or PUT: a whole User or Group. Gives it back in canonical spelling, without what the server
 * sets (id, meta, schemas, groups) and without the password. RFC 7643 sections 2 and 4, RFC 7644 sections 3.3 and 3.5.1.
 *
 * Does not own: single values (value.ts), defaults such as `active`, uniqueness, whether a member exists (directory/).
 */
import { AppError } from '../errors.ts';
import { type Attribute, groupSchema, type ResourceSchema, type SchemaDefinition } from '../schema/attribute.ts';
import { isJsonObject, type Json, type JsonObject } from '../schema/json.ts';
import { type Member, parseMembers } from './member.ts';
import { described, isWritable, parseAttributes, parseValue, quoted, visitAttributes } from './value.ts';

export interface GroupResource {
  readonly displayName: string;
  readonly externalId?: string;
  /** Absent when the request does not speak of members; empty when it says that there are none. */
  readonly members?: readonly Member[];
}

type ParseAttribute = (attribute: Attribute, value: Json) => Json | undefined;

/** A checked resource: `{userName, name, emails, ..., 'urn:...': {...}}`. Throws invalid_syntax and invalid_value. */
export function parseResource(schema: ResourceSchema, body: unknown): JsonObject {
  return parseBody(schema, body, (attribute, value) => parseValue(attribute, value, attribute.name));
}

/** A checked Group; members keep the difference between absent and empty. */
export function parseGroup(body: unknown): GroupResource {
  const group = parseBody(groupSchema, body, (attribute, value) => {
    if (attribute.name !== 'members') return parseValue(attribute, value, attribute.name);
    return value === null ? [] : (parseMembers(attribute, value, 'members') as readonly object[] as Json);
  });
  return group as unknown as GroupResource;
}

function parseBody(schema: ResourceSchema, body: unknown, parse: ParseAttribute): JsonObject {
  if (!isJsonObject(body)) {
    throw new AppError('invalid_syntax', `The body must be a JSON object, not ${described(body)}`);
  }
  const result: Record<string, Json> = {};
  let schemas: Json | undefined;
  visitAttributes(
    schema.core.attributes,
    body,
    '',
    (attribute, value) => {
      const parsed = isWritable(attribute) ? parse(attribute, value) : undefined;
      if (parsed !== undefined) result[attribute.name] = parsed;
    },
    (lowerCaseKey, _key, value) => {
      if (lowerCaseKey !== 'schemas') return takeExtension(schema, result, lowerCaseKey, value);
      if (schemas !== undefined) throw new AppError('invalid_syntax', 'schemas is there twice; send it once');
      schemas = value;
      return true;
    },
  );
  checkSchemas(schema, schemas);
  checkRequired(schema, result);
  return result;
}

/** Takes an extension object into the result; false when the key is no extension of the schema. */
function takeExtension(
  schema: ResourceSchema,
  result: Record<string, Json>,
  lowerCaseKey: string,
  value: Json,
): boolean {
  const extension = findExtension(schema, lowerCaseKey);
  if (extension === undefined) return false;
  const { id } = extension;
  if (Object.hasOwn(result, id)) throw new AppError('invalid_syntax', `${id} is there twice; send it once`);
  if (value === null) return true;
  if (!isJsonObject(value)) throw new AppError('invalid_value', `${id} must be an object, not ${described(value)}`);
  const parsed = parseAttributes(extension.attributes, value, `${id}:`);
  if (Object.keys(parsed).length > 0) result[id] = parsed;
  return true;
}

/** The extension with this URN in lower case. */
export function findExtension(schema: ResourceSchema, lowerCaseUrn: string): SchemaDefinition | undefined {
  return schema.extensions.find((extension) => extension.id.toLowerCase() === lowerCaseUrn);
}

/** `schemas` names the core schema, and none that is not known here (RFC 7643 section 3). */
function checkSchemas(schema: ResourceSchema, schemas: Json | undefined): void {
  const { id } = schema.core;
  if (!Array.isArray(schemas)) throw new AppError('invalid_syntax', `schemas must be a list with ${id} in it`);
  let hasCore = false;
  for (const [index, urn] of schemas.entries()) {
    if (urn === id) hasCore = true;
    else if (typeof urn !== 'string') {
      throw new AppError('invalid_syntax', `schemas[${index}] must be a string, not ${described(urn)}`);
    } else if (urn.toLowerCase() === id.toLowerCase()) hasCore = true;
    else if (findExtension(schema, urn.toLowerCase()) === undefined) {
      throw new AppError(
        'invalid_syntax',
        `schemas[${index}]: ${quoted(urn)} is not a known schema of ${schema.core.name}`,
      );
    }
  }
  if (!hasCore) throw new AppError('invalid_syntax', `schemas must contain ${id}`);
}

/** Required attributes that a client sets are there (`userName`; `displayName` of a group). */
export function checkRequired(schema: ResourceSchema, resource: JsonObject): void {
  for (const attribute of schema.core.attributes.values()) {
    if (attribute.required && isWritable(attribute) && !Object.hasOwn(resource, attribute.name)) {
      throw new AppError('invalid_value', `${attribute.name} is required; send it`);
    }
  }
}
