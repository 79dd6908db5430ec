/**
 * Takes a PATCH path or a key apart far enough to find its attribute: `URN:name[filter].sub`. Tolerant where the strict
 * path grammar is not; the filter is not looked into. Linear in the length of the path.
 */
import type { Attribute, ResourceSchema, SchemaDefinition } from '../../schema/attribute.ts';
import { matchUrn } from './schema-urn.ts';

export interface PathParts {
  /** The schema that the name is looked up in; null when the URN is not a known one. */
  readonly definition: SchemaDefinition | null;
  /** Whether a URN was written, and as the RFC has it. */
  readonly urn: 'none' | 'regular' | 'irregular';
  /** Attribute name as sent; empty when the path names a whole extension. */
  readonly name: string;
  /** Text between the brackets; null without brackets. */
  readonly filter: string | null;
  /** Sub-attribute as sent, or null. */
  readonly sub: string | null;
}

const NAME = /^[A-Za-z$][\w$-]*$/;

/** Index of the bracket that closes the one at `open`, not counting brackets in quotes; -1 when there is none. */
export function closingBracket(text: string, open: number): number {
  let quoted = false;
  for (let index = open + 1; index < text.length; index += 1) {
    const character = text[index];
    if (quoted && character === '\\') index += 1;
    else if (character === '"') quoted = !quoted;
    else if (character === ']' && !quoted) return index;
  }
  return -1;
}

/** Null when the text has not the form of a path at all: the parser will say why. */
export function splitPath(path: string, schema: ResourceSchema): PathParts | null {
  const match = matchUrn(path, schema);
  if (match === null && /^urn:/i.test(path)) {
    return { definition: null, urn: 'regular', name: path, filter: null, sub: null };
  }
  const definition = match?.definition ?? schema.core;
  const urn = match === null ? 'none' : match.regular ? 'regular' : 'irregular';
  const rest = match === null ? path : match.rest;
  if (rest === '') return match === null ? null : { definition, urn, name: '', filter: null, sub: null };
  const open = rest.indexOf('[');
  if (open === -1) {
    const dot = rest.indexOf('.');
    const name = dot === -1 ? rest : rest.slice(0, dot);
    const sub = dot === -1 ? null : rest.slice(dot + 1);
    return isNamed(name, sub) ? { definition, urn, name, filter: null, sub } : null;
  }
  const close = closingBracket(rest, open);
  const name = rest.slice(0, open);
  const after = rest.slice(close + 1);
  if (close === -1 || (after !== '' && !after.startsWith('.'))) return null;
  const sub = after === '' ? null : after.slice(1);
  return isNamed(name, sub) ? { definition, urn, name, filter: rest.slice(open + 1, close), sub } : null;
}

function isNamed(name: string, sub: string | null): boolean {
  return NAME.test(name) && (sub === null || NAME.test(sub));
}

export interface AttributeTarget {
  readonly attribute: Attribute;
  readonly sub: Attribute | null;
}

/** The attribute that the parts name, or null when there is no such attribute or sub-attribute. */
export function findTarget(parts: PathParts): AttributeTarget | null {
  const attribute = parts.definition?.attributes.get(parts.name.toLowerCase());
  if (attribute === undefined) return null;
  if (parts.sub === null) return { attribute, sub: null };
  const sub = attribute.subAttributes.get(parts.sub.toLowerCase());
  return sub === undefined ? null : { attribute, sub };
}

/** The path written by the RFC: the schema's own URN and a colon (none for core attributes), then the rest as sent. */
export function joinPath(parts: PathParts, schema: ResourceSchema): string {
  const { definition, name, filter, sub } = parts;
  const urn = definition === null || definition === schema.core ? '' : definition.id;
  const attribute = `${name}${filter === null ? '' : `[${filter}]`}${sub === null ? '' : `.${sub}`}`;
  if (attribute === '') return definition?.id ?? '';
  return urn === '' ? attribute : `${urn}:${attribute}`;
}
