/** Names of attributes as requests write them: `name.givenName`, `urn:...:User:manager.value`, a whole extension's URN. */
import type { Attribute, ResourceSchema, SchemaDefinition } from '../schema/attribute.ts';

/** A resolved name. Without `attribute` it is the whole extension. */
export interface AttributePath {
  readonly extension?: SchemaDefinition;
  readonly attribute?: Attribute;
  readonly sub?: Attribute;
}

/** Resolves `[urn:]attribute[.sub]` or an extension's URN, in any case; undefined when there is no such attribute. */
export function resolvePath(schema: ResourceSchema, text: string): AttributePath | undefined {
  const plain = schema.core.attributes.get(text.toLowerCase());
  if (plain !== undefined) return { attribute: plain };
  if (!/^urn:/i.test(text)) return resolveName(schema.core, text);
  const lowerCase = text.toLowerCase();
  for (const definition of [schema.core, ...schema.extensions]) {
    const isCore = definition === schema.core;
    const urn = definition.id.toLowerCase();
    if (lowerCase === urn) return isCore ? undefined : { extension: definition };
    if (!lowerCase.startsWith(`${urn}:`)) continue;
    const path = resolveName(definition, text.slice(urn.length + 1));
    return path && !isCore ? { extension: definition, ...path } : path;
  }
  return undefined;
}

/** The URN is cut off before the name is split, because URNs have dots of their own (`2.0`). */
function resolveName({ attributes }: SchemaDefinition, text: string): AttributePath | undefined {
  const [name = '', subName, ...rest] = text.toLowerCase().split('.', 3);
  const attribute = attributes.get(name);
  if (attribute === undefined || rest.length > 0) return undefined;
  if (subName === undefined) return { attribute };
  const sub = attribute.subAttributes.get(subName);
  return sub && { attribute, sub };
}

/** The canonical spelling, for messages. */
export function writtenPath({ extension, attribute, sub }: AttributePath): string {
  const name = attribute === undefined ? '' : attribute.name + (sub === undefined ? '' : `.${sub.name}`);
  if (extension === undefined) return name;
  return name === '' ? extension.id : `${extension.id}:${name}`;
}
