/**
 * What resources look like: attribute definitions of User, EnterpriseUser and Group, compiled once from scimmy's
 * definitions into plain look-up tables, and the filter language over them.
 *
 * Owns: names, types and characteristics (RFC 7643 section 2.2, 7). Does not own: checking a resource (scim/), SQL
 * (store/). Read by scim/, mapping/ and store/.
 */
import SCIMMY from 'scimmy';

export const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const ENTERPRISE_SCHEMA = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const GROUP_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Group';

export type AttributeType =
  | 'string'
  | 'boolean'
  | 'integer'
  | 'decimal'
  | 'dateTime'
  | 'binary'
  | 'reference'
  | 'complex';

/** One attribute or sub-attribute (RFC 7643 section 7). */
export interface Attribute {
  readonly name: string;
  readonly type: AttributeType;
  readonly multiValued: boolean;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: 'readWrite' | 'readOnly' | 'immutable' | 'writeOnly';
  readonly returned: 'always' | 'default' | 'request' | 'never';
  /** Sub-attributes by lower-case name; empty unless `type` is complex. */
  readonly subAttributes: ReadonlyMap<string, Attribute>;
}

/** A schema: its URN and its attributes by lower-case name. */
export interface SchemaDefinition {
  readonly id: string;
  readonly name: string;
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** A resource type: a core schema, its extensions, and the attributes that every resource has (id, externalId, meta). */
export interface ResourceSchema {
  readonly resourceType: 'User' | 'Group';
  readonly core: SchemaDefinition;
  readonly extensions: readonly SchemaDefinition[];
}

interface ScimmyAttribute {
  readonly name: string;
  readonly type: string;
  readonly config: {
    readonly required: boolean;
    readonly mutable: boolean | string;
    readonly multiValued: boolean;
    readonly caseExact: boolean;
    readonly returned: boolean | string;
    readonly direction: string;
  };
  readonly subAttributes?: readonly ScimmyAttribute[];
}

function toMutability({ config }: ScimmyAttribute): Attribute['mutability'] {
  if (config.direction === 'in') return 'writeOnly';
  if (config.direction === 'out' || config.mutable === false) return 'readOnly';
  return config.mutable === 'immutable' ? 'immutable' : 'readWrite';
}

function toReturned({ config }: ScimmyAttribute): Attribute['returned'] {
  if (config.returned === false || config.returned === 'never') return 'never';
  if (config.returned === 'always' || config.returned === 'request') return config.returned;
  return 'default';
}

function toAttribute(source: ScimmyAttribute): Attribute {
  return Object.freeze({
    name: source.name,
    type: source.type as AttributeType,
    multiValued: source.config.multiValued,
    required: source.config.required,
    caseExact: source.config.caseExact,
    mutability: toMutability(source),
    returned: toReturned(source),
    subAttributes: toAttributeMap(source.subAttributes ?? []),
  });
}

function toAttributeMap(sources: readonly ScimmyAttribute[]): ReadonlyMap<string, Attribute> {
  return new Map(sources.map((source) => [source.name.toLowerCase(), toAttribute(source)]));
}

function toSchema(definition: { id: string; name: string; attributes: unknown }): SchemaDefinition {
  const attributes = (definition.attributes as ScimmyAttribute[]).filter((a) => a.name !== 'schemas');
  return { id: definition.id, name: definition.name, attributes: toAttributeMap(attributes) };
}

/** An extension has its own attributes only: scimmy puts the common ones (id, externalId, meta) into every definition. */
function toExtension(definition: { id: string; name: string; attributes: unknown }): SchemaDefinition {
  const common = new Set(['id', 'externalId', 'meta']);
  const attributes = (definition.attributes as ScimmyAttribute[]).filter((attribute) => !common.has(attribute.name));
  return toSchema({ id: definition.id, name: definition.name, attributes });
}

export const userSchema: ResourceSchema = {
  resourceType: 'User',
  core: toSchema(SCIMMY.Schemas.User.definition),
  extensions: [toExtension(SCIMMY.Schemas.EnterpriseUser.definition)],
};

export const groupSchema: ResourceSchema = {
  resourceType: 'Group',
  core: toSchema(SCIMMY.Schemas.Group.definition),
  extensions: [],
};
