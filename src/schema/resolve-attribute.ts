/**
 * From the name of an attribute as a client writes it to the attribute of the schema (RFC 7644 section 3.10). Names are
 * looked up in maps, letter case does not matter, and what comes back is the schema's own spelling: no text of the
 * client's goes any further.
 */
import type { Attribute, ResourceSchema, SchemaDefinition } from './attribute.ts';
import type { AttributeRef } from './filter.ts';

/** An attribute and, if one was named, its sub-attribute. */
export interface ResolvedAttribute {
  /** URN of the extension; absent for core and common attributes. */
  readonly extension?: string;
  readonly attribute: Attribute;
  readonly sub?: Attribute;
}

/** Not a part of scimmy's definitions, but every resource has it and clients may ask for it (RFC 7643 section 3). */
const schemas: Attribute = {
  name: 'schemas',
  type: 'reference',
  multiValued: true,
  required: true,
  caseExact: false,
  mutability: 'readOnly',
  returned: 'always',
  subAttributes: new Map(),
};

/**
 * `emails`, `name.givenName`, `urn:...:User:userName`, `urn:...:enterprise:2.0:User:manager.value`. The bare name of an
 * extension's attribute is found when only one extension has it and the core schema has not.
 * @returns undefined when there is no such attribute
 */
export function resolvePath(name: string, schema: ResourceSchema): ResolvedAttribute | undefined {
  for (const definition of [schema.core, ...schema.extensions]) {
    const rest = withoutPrefix(name, definition.id);
    if (rest !== undefined) return findIn(definition, rest, definition !== schema.core);
  }
  if (name.includes(':')) return undefined;
  if (name.toLowerCase() === 'schemas') return { attribute: schemas };
  const core = findIn(schema.core, name, false);
  if (core !== undefined) return core;
  const found = schema.extensions.flatMap((definition) => findIn(definition, name, true) ?? []);
  return found.length === 1 ? found[0] : undefined;
}

/** Like resolvePath, as a filter compares it: a complex attribute stands for its `value`; undefined when it has none. */
export function resolveAttribute(name: string, schema: ResourceSchema): AttributeRef | undefined {
  const resolved = resolvePath(name, schema);
  if (resolved === undefined) return undefined;
  const comparable = withDefaultSub(resolved);
  return comparable === undefined ? undefined : toAttributeRef(comparable);
}

/** `emails` means `emails.value`, `manager` means `manager.value`. */
export function withDefaultSub(resolved: ResolvedAttribute): ResolvedAttribute | undefined {
  if (resolved.attribute.type !== 'complex' || resolved.sub !== undefined) return resolved;
  const sub = resolved.attribute.subAttributes.get('value');
  return sub === undefined ? undefined : { ...resolved, sub };
}

export function toAttributeRef({ extension, attribute, sub }: ResolvedAttribute): AttributeRef {
  const compared = sub ?? attribute;
  return {
    ...(extension === undefined ? {} : { extension }),
    name: attribute.name,
    ...(sub === undefined ? {} : { sub: sub.name }),
    multiValued: attribute.multiValued,
    type: compared.type,
    caseExact: compared.caseExact,
  };
}

/** One client puts `.` between an extension's URN and the attribute where the RFC has `:`. */
function withoutPrefix(name: string, urn: string): string | undefined {
  const separator = name.charAt(urn.length);
  if (separator !== ':' && separator !== '.') return undefined;
  return name.slice(0, urn.length).toLowerCase() === urn.toLowerCase() ? name.slice(urn.length + 1) : undefined;
}

function findIn(definition: SchemaDefinition, path: string, isExtension: boolean): ResolvedAttribute | undefined {
  const [name = '', subName, ...more] = path.toLowerCase().split('.', 3);
  const attribute = definition.attributes.get(name);
  if (attribute === undefined || more.length > 0) return undefined;
  const extension = isExtension ? { extension: definition.id } : {};
  if (subName === undefined) return { ...extension, attribute };
  const sub = attribute.subAttributes.get(subName);
  return sub === undefined ? undefined : { ...extension, attribute, sub };
}
