/**
 * Checks one value from a request against its attribute definition and gives it back in canonical spelling.
 *
 * Owns: types, sizes, strings that no store can hold, names of attributes in any case, what counts as unassigned. Does
 * not own: which attributes a request must have (resource.ts), where a value goes (user-patch.ts). Strict RFC 7643:
 * identity providers' odd shapes were repaired before. What it builds has keys from the schema only, so that no request
 * can reach a prototype; the work is linear in the request.
 */
import { AppError } from '../errors.ts';
import type { Attribute } from '../schema/attribute.ts';
import { isJsonObject, type Json, type JsonObject } from '../schema/json.ts';

export const STRING_MAX_BYTES = 65_536;
/** Elements of one multi-valued attribute of a user. Members of groups are bounded by the size of the body. */
export const ELEMENTS_MAX = 1000;

/** Attributes by lower-case name. */
export type Attributes = ReadonlyMap<string, Attribute>;

/** Client text for a message: quoted, shortened, with control characters and lone surrogates escaped. */
export function quoted(text: string): string {
  return JSON.stringify(text.length > 80 ? `${text.slice(0, 80)}...` : text);
}

/** A value in words, for a message: `the string "yes"`, `a list`. */
export function described(value: unknown): string {
  // JSON inside of a string may hold a whole user, with a password.
  if (typeof value === 'string') return /^\s*[[{]/.test(value) ? 'a string with JSON' : `the string ${quoted(value)}`;
  if (typeof value === 'number') return `the number ${value}`;
  if (Array.isArray(value)) return 'a list';
  if (value === undefined) return 'nothing';
  return isJsonObject(value) ? 'an object' : String(value);
}

/** Null and the empty list mean that there is no value (RFC 7643 section 2.5). */
export function isUnassigned(value: unknown): boolean {
  return value === null || value === undefined || (Array.isArray(value) && value.length === 0);
}

function refuse(at: string, wanted: string, value: unknown): never {
  throw new AppError('invalid_value', `${at} must be ${wanted}, not ${described(value)}`);
}

/** A string that every store can hold: no NUL, no half of a surrogate pair, at most STRING_MAX_BYTES in UTF-8. */
export function parseString(value: unknown, at: string): string {
  if (typeof value !== 'string') return refuse(at, 'a string', value);
  if (value.includes('\0')) throw new AppError('invalid_value', `${at} must not contain a NUL character`);
  if (!value.isWellFormed())
    throw new AppError('invalid_value', `${at} is not well-formed Unicode (half a surrogate pair)`);
  if (value.length * 3 > STRING_MAX_BYTES && Buffer.byteLength(value) > STRING_MAX_BYTES) {
    throw new AppError('invalid_value', `${at} is too long: at most ${STRING_MAX_BYTES} bytes`);
  }
  return value;
}

/** A value that has no parts. Formats (URIs, base64) are not enforced: real validators send noise there. */
function parseSimple(attribute: Attribute, value: unknown, at: string): Json {
  switch (attribute.type) {
    case 'boolean':
      return typeof value === 'boolean' ? value : refuse(at, 'true or false', value);
    case 'integer':
      return Number.isSafeInteger(value) ? (value as number) : refuse(at, 'a whole number', value);
    case 'decimal':
      return Number.isFinite(value) ? (value as number) : refuse(at, 'a number', value);
    case 'dateTime':
      return Number.isNaN(Date.parse(parseString(value, at)))
        ? refuse(at, 'a date and time', value)
        : (value as string);
    default:
      return parseText(attribute, value, at);
  }
}

function parseText(attribute: Attribute, value: unknown, at: string): string {
  const text = parseString(value, at);
  if (attribute.required && text.trim() === '') throw new AppError('invalid_value', `${at} must not be empty`);
  return text;
}

/** One value of a single-valued attribute, or one element of a multi-valued one. Undefined: nothing is left of it. */
function parseOne(attribute: Attribute, value: unknown, at: string): Json | undefined {
  if (attribute.type !== 'complex') return parseSimple(attribute, value, at);
  if (!isJsonObject(value)) return refuse(at, 'an object', value);
  const parts = parseAttributes(attribute.subAttributes, value, `${at}.`);
  return Object.keys(parts).length === 0 ? undefined : parts;
}

/** A list of elements in canonical spelling; elements with nothing in them are left out. */
export function parseElements(attribute: Attribute, value: unknown, at: string): Json[] {
  if (!Array.isArray(value)) return refuse(at, 'a list', value);
  if (value.length > ELEMENTS_MAX) {
    throw new AppError('invalid_value', `${at} has ${value.length} elements; at most ${ELEMENTS_MAX} are kept`);
  }
  const elements: Json[] = [];
  for (const [index, item] of value.entries()) {
    const element = parseOne(attribute, item, `${at}[${index}]`);
    if (element !== undefined) elements.push(element);
  }
  checkPrimary(elements, at);
  return elements;
}

/** At most one element may be the primary one (RFC 7643 section 2.4). */
export function checkPrimary(elements: readonly Json[], at: string): void {
  let found = false;
  for (const element of elements) {
    if (!isJsonObject(element) || element.primary !== true) continue;
    if (found) throw new AppError('invalid_value', `${at} has more than one element with primary true; mark one only`);
    found = true;
  }
}

/** The value of an attribute; undefined when it is unassigned. `at` names it in messages. */
export function parseValue(attribute: Attribute, value: unknown, at: string): Json | undefined {
  if (isUnassigned(value)) return undefined;
  if (!attribute.multiValued) return parseOne(attribute, value, at);
  const elements = parseElements(attribute, value, at);
  return elements.length === 0 ? undefined : elements;
}

/** Whether a client may set it. The others are left out without a word (RFC 7644 section 3.3); passwords are not kept. */
export function isWritable(attribute: Attribute): boolean {
  return attribute.mutability === 'readWrite' || attribute.mutability === 'immutable';
}

/**
 * Calls `visit` for each key of an object with its attribute. Names are case-insensitive (RFC 7643 section 2.1), so one
 * attribute can be there twice, which is refused; `other` gets keys that are no attribute and says whether it knew them.
 */
export function visitAttributes(
  attributes: Attributes,
  source: JsonObject,
  at: string,
  visit: (attribute: Attribute, value: Json) => void,
  other: (lowerCaseKey: string, key: string, value: Json) => boolean = () => false,
): void {
  const respelt = new Set<string>();
  for (const key of Object.keys(source)) {
    const lowerCaseKey = key.toLowerCase();
    const attribute = attributes.get(lowerCaseKey);
    const value = source[key] as Json;
    if (attribute === undefined) {
      if (other(lowerCaseKey, key, value)) continue;
      throw new AppError('invalid_syntax', `${at}${shownKey(key)} is not a known attribute; leave it out`);
    }
    if (key !== attribute.name) {
      if (respelt.has(lowerCaseKey) || Object.hasOwn(source, attribute.name)) {
        throw new AppError(
          'invalid_syntax',
          `${at}${attribute.name} is there twice, in different spelling; send it once`,
        );
      }
      respelt.add(lowerCaseKey);
    }
    visit(attribute, value);
  }
}

function shownKey(key: string): string {
  return /^[\w$:.-]{1,80}$/.test(key) ? key : quoted(key);
}

/** An object whose keys are attributes, checked: the assigned, writable ones in canonical spelling. */
export function parseAttributes(attributes: Attributes, source: JsonObject, at: string): JsonObject {
  const result: Record<string, Json> = {};
  visitAttributes(attributes, source, at, (attribute, value) => {
    if (!isWritable(attribute)) return;
    const parsed = parseValue(attribute, value, at + attribute.name);
    if (parsed !== undefined) result[attribute.name] = parsed;
  });
  return result;
}
