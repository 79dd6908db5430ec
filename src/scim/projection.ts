/**
 * Which attributes an answer has: `attributes` and `excludedAttributes` (RFC 7644 section 3.9).
 *
 * The two exclude each other, so both at once are refused. Names that are not known are ignored: a client may ask every
 * server for the same list. `id` and `schemas` are always there. A value filter in a name (Entra asks for
 * `emails[type eq "work"]`) is read as the attribute without it.
 */
import { AppError } from '../errors.ts';
import type { ResourceSchema } from '../schema/attribute.ts';
import { isJsonObject, type Json, type JsonObject } from '../schema/json.ts';
import { type AttributePath, resolveAttributePath } from './attribute-path.ts';
import { described } from './value.ts';

/** Names chosen within an object: `true` is all of it. */
interface Choice extends ReadonlyMap<string, true | Choice> {}
type MutableChoice = Map<string, true | Choice>;

export interface Projection {
  readonly kind: 'only' | 'without';
  readonly chosen: Choice;
  /** Whether the answer has any part of this top-level attribute, so that it must be loaded. */
  wants(attribute: string): boolean;
}

export interface ProjectionQuery {
  readonly attributes?: string | readonly string[] | undefined;
  readonly excludedAttributes?: string | readonly string[] | undefined;
}

const ALWAYS = ['schemas', 'id'] as const;

/** Undefined: everything that is returned by default. An empty parameter counts as none. */
export function parseProjection(query: ProjectionQuery, schema: ResourceSchema): Projection | undefined {
  const only = splitNames(query.attributes, 'attributes');
  const without = splitNames(query.excludedAttributes, 'excludedAttributes');
  if (only.length > 0 && without.length > 0) {
    throw new AppError('invalid_value', 'attributes and excludedAttributes exclude each other; send one of them');
  }
  if (only.length > 0) return createProjection('only', chooseNames(only, schema));
  return without.length > 0 ? createProjection('without', chooseNames(without, schema)) : undefined;
}

function createProjection(kind: Projection['kind'], chosen: MutableChoice): Projection {
  for (const name of ALWAYS) {
    if (kind === 'only') chosen.set(name, true);
    else chosen.delete(name);
  }
  const wants = (attribute: string) => (kind === 'only' ? chosen.has(attribute) : chosen.get(attribute) !== true);
  return { kind, chosen, wants };
}

/** Names between commas; commas inside a value filter do not count, and the filter is dropped. */
function splitNames(value: unknown, parameter: string): string[] {
  if (value === undefined || value === null) return [];
  const texts: readonly unknown[] = Array.isArray(value) ? value : [value];
  return texts.flatMap((text) => {
    if (typeof text !== 'string') {
      throw new AppError('invalid_value', `${parameter} must be names of attributes, not ${described(text)}`);
    }
    const names = text.includes('[') ? withoutFilters(text) : text;
    return names.split(',').flatMap((name) => name.trim() || []);
  });
}

function withoutFilters(text: string): string {
  let inFilter = false;
  let inString = false;
  let result = '';
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (!inFilter && character === '[') inFilter = true;
    else if (!inFilter) result += character;
    else if (inString && character === '\\') index += 1;
    else if (character === '"') inString = !inString;
    else if (character === ']' && !inString) inFilter = false;
  }
  return result;
}

function chooseNames(names: readonly string[], schema: ResourceSchema): MutableChoice {
  const chosen: MutableChoice = new Map();
  for (const name of names) {
    const path = resolveAttributePath(schema, name);
    if (path !== undefined) choose(chosen, pathKeys(path));
  }
  return chosen;
}

function pathKeys({ extension, attribute, sub }: AttributePath): string[] {
  return [extension, attribute?.name, sub?.name].filter((key) => key !== undefined);
}

function choose(chosen: MutableChoice, [key, ...rest]: readonly string[]): void {
  if (key === undefined || chosen.get(key) === true) return;
  if (rest.length === 0) {
    chosen.set(key, true);
    return;
  }
  const inner = (chosen.get(key) as MutableChoice | undefined) ?? new Map();
  choose(inner, rest);
  chosen.set(key, inner);
}

/** The resource with what the projection leaves of it; the same object without a projection. */
export function project(resource: JsonObject, projection: Projection | undefined): JsonObject {
  if (projection === undefined) return resource;
  return projection.kind === 'only' ? keep(resource, projection.chosen) : leaveOut(resource, projection.chosen);
}

function keep(object: JsonObject, chosen: Choice): JsonObject {
  const result: Record<string, Json> = {};
  for (const [key, value] of Object.entries(object)) {
    const choice = chosen.get(key);
    if (choice === true) result[key] = value;
    else if (choice !== undefined) place(result, key, value, (inner) => keep(inner, choice));
  }
  return result;
}

function leaveOut(object: JsonObject, chosen: Choice): JsonObject {
  const result: Record<string, Json> = {};
  for (const [key, value] of Object.entries(object)) {
    const choice = chosen.get(key);
    if (choice === undefined) result[key] = value;
    else if (choice !== true) place(result, key, value, (inner) => leaveOut(inner, choice));
  }
  return result;
}

/** Puts what is left of a complex value, or of each element, under its key; nothing when nothing is left. */
function place(result: Record<string, Json>, key: string, value: Json, cut: (inner: JsonObject) => JsonObject): void {
  if (Array.isArray(value)) {
    const elements = value.map((element) => (isJsonObject(element) ? cut(element) : element));
    const left = elements.filter((element) => !isJsonObject(element) || Object.keys(element).length > 0);
    if (left.length > 0) result[key] = left;
  } else if (isJsonObject(value)) {
    const left = cut(value);
    if (Object.keys(left).length > 0) result[key] = left;
  }
}
