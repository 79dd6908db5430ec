/** Names of attributes as requests write them: those of schema/, and the URN of a whole extension. */
import type { Attribute, ResourceSchema } from '../schema/attribute.ts';
import { resolvePath } from '../schema/resolve-attribute.ts';

/** A resolved name. Without `attribute` it is the whole extension. */
export interface AttributePath {
  /** URN of the extension; absent for core and common attributes. */
  readonly extension?: string;
  readonly attribute?: Attribute;
  readonly sub?: Attribute;
}

/** Resolves `[urn:]attribute[.sub]` or an extension's URN, in any case; undefined when there is no such attribute. */
export function resolveAttributePath(schema: ResourceSchema, text: string): AttributePath | undefined {
  const plain = schema.core.attributes.get(text.toLowerCase());
  if (plain !== undefined) return { attribute: plain };
  const whole = schema.extensions.find(({ id }) => id.toLowerCase() === text.toLowerCase());
  return whole === undefined ? resolvePath(text, schema) : { extension: whole.id };
}

/** The canonical spelling, for messages. */
export function writtenPath({ extension, attribute, sub }: AttributePath): string {
  const name = attribute === undefined ? '' : attribute.name + (sub === undefined ? '' : `.${sub.name}`);
  if (extension === undefined) return name;
  return name === '' ? extension : `${extension}:${name}`;
}
