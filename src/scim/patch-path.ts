/**
 * Paths of PATCH operations (RFC 7644 section 3.5.2, figure 7): `active`, `name.givenName`, `emails[type eq "work"]`,
 * `emails[type eq "work"].value`, each with a URN before it, and the URN of a whole extension.
 */
import { AppError, isAppError } from '../errors.ts';
import type { Attribute, ResourceSchema } from '../schema/attribute.ts';
import type { Filter } from '../schema/filter.ts';
import { type FilterOptions, parseElementFilter } from '../schema/parse-filter.ts';
import type { ResolvedAttribute } from '../schema/resolve-attribute.ts';
import { type AttributePath, resolveAttributePath, writtenPath } from './attribute-path.ts';
import { quoted } from './value.ts';

export interface PatchPath extends AttributePath {
  /** Which elements of the multi-valued `attribute`; its references carry `sub`. */
  readonly filter?: Filter;
}

/** Where an operation applies, resolved: never a whole extension. */
export interface AttributeTarget extends PatchPath {
  readonly attribute: Attribute;
}

/** Parses a path. Throws invalid_path with the path in the message. */
export function parsePatchPath(schema: ResourceSchema, text: string, options: FilterOptions = {}): PatchPath {
  const open = text.indexOf('[');
  if (open >= 0) return parseValuePath(schema, text, open, options);
  const path = resolveAttributePath(schema, text);
  if (path === undefined) throw invalidPath(text, `is no attribute of ${schema.core.name}`);
  return path;
}

function parseValuePath(schema: ResourceSchema, text: string, open: number, options: FilterOptions): PatchPath {
  const close = closingBracket(text, open);
  if (close < 0) throw invalidPath(text, 'has a [ without its ]');
  const path = resolveAttributePath(schema, text.slice(0, open));
  const { attribute } = path ?? {};
  if (path === undefined || attribute === undefined) throw invalidPath(text, `is no attribute of ${schema.core.name}`);
  if (!attribute.multiValued || attribute.type !== 'complex' || path.sub !== undefined) {
    throw invalidPath(text, `has a filter where there is no list: ${writtenPath(path)}`);
  }
  const filter = parseInnerFilter(text, { ...path, attribute }, text.slice(open + 1, close), options);
  const rest = text.slice(close + 1);
  if (rest === '') return { ...path, filter };
  const sub = rest.startsWith('.') ? attribute.subAttributes.get(rest.slice(1).toLowerCase()) : undefined;
  if (sub === undefined)
    throw invalidPath(text, `goes on after the ] with something that is no part of ${attribute.name}`);
  return { ...path, sub, filter };
}

function parseInnerFilter(text: string, attribute: ResolvedAttribute, inner: string, options: FilterOptions): Filter {
  try {
    return parseElementFilter(inner, attribute, options);
  } catch (error) {
    if (!isAppError(error, 'invalid_filter')) throw error;
    throw new AppError('invalid_path', `The path ${quoted(text)} has a filter that is not valid: ${error.message}`);
  }
}

/** Where the filter ends: brackets inside quoted strings do not count. -1 without an end. */
function closingBracket(text: string, open: number): number {
  let inString = false;
  for (let index = open; index < text.length; index += 1) {
    const character = text[index];
    if (inString && character === '\\') index += 1;
    else if (character === '"') inString = !inString;
    else if (character === ']' && !inString) return index;
  }
  return -1;
}

function invalidPath(text: string, fault: string): AppError {
  return new AppError('invalid_path', `The path ${quoted(text)} ${fault}`);
}
