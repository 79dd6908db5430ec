/** Values of PATCH operations, checked against the attribute that the path names. */
import { AppError } from '../errors.ts';
import type { Attribute } from '../schema/attribute.ts';
import { isJsonObject, type Json, type JsonObject } from '../schema/json.ts';
import { parseMembers } from './member.ts';
import type { AttributeTarget } from './patch-path.ts';
import { described, isUnassigned, isWritable, parseElements, parseValue, visitAttributes } from './value.ts';

/** What add and replace mean: a value, taking the value away, or nothing at all. */
export type Assignment =
  | { readonly kind: 'value'; readonly value: Json }
  | { readonly kind: 'unassign' }
  | { readonly kind: 'nothing' };

/** Checks the value of an add or replace. */
export function parseAssignment({ attribute, sub, filter }: AttributeTarget, value: unknown, at: string): Assignment {
  const target = sub ?? attribute;
  if (target.multiValued && filter === undefined) return parseList(target, value, at);
  if (value === null || value === '') return unassign(target, at);
  if (target.type === 'complex') return parseParts(target, value, at);
  const parsed = Array.isArray(value) ? refuseList(at) : parseValue(target, value, at);
  return parsed === undefined ? { kind: 'unassign' } : { kind: 'value', value: parsed };
}

function refuseList(at: string): never {
  throw new AppError('invalid_value', `${at} has one value; send it without a list`);
}

/**
 * Null or "" takes an optional attribute away: Entra clears with "" first, then with null. Not `active`: without it a
 * user counts as active, and a removed person must not come back by an empty value (design rule 7).
 */
function unassign(target: Attribute, at: string): Assignment {
  if (target.name === 'active') throw new AppError('invalid_value', `${at} must be true or false, not empty`);
  if (target.required) throw new AppError('invalid_value', `${at} is required and must not be empty`);
  return { kind: 'unassign' };
}

/** A list; one element may stand without it where one is added ("a new value is added", RFC 7644 section 3.5.2.1). */
function parseList(attribute: Attribute, value: unknown, at: string): Assignment {
  if (attribute.name === 'members') {
    // The empty list stays a list: it empties a group.
    const members = value === null ? [] : parseMembers(attribute, isJsonObject(value) ? [value] : value, at);
    return { kind: 'value', value: members as readonly object[] as Json };
  }
  if (isUnassigned(value) || value === '') return { kind: 'unassign' };
  const elements = parseElements(attribute, isJsonObject(value) ? [value] : value, at);
  return elements.length === 0 ? { kind: 'unassign' } : { kind: 'value', value: elements };
}

/** The parts of a complex value to merge; null for those to take away. */
function parseParts(attribute: Attribute, value: unknown, at: string): Assignment {
  if (!isJsonObject(value)) throw new AppError('invalid_value', `${at} must be an object, not ${described(value)}`);
  const parts: Record<string, Json> = {};
  visitAttributes(attribute.subAttributes, value, `${at}.`, (sub, item) => {
    if (isWritable(sub)) parts[sub.name] = item === '' ? null : (parseValue(sub, item, `${at}.${sub.name}`) ?? null);
  });
  return Object.keys(parts).length === 0 ? { kind: 'nothing' } : { kind: 'value', value: parts };
}

/** The elements that a `remove` lists. One that names nothing is refused, so that nothing more than was meant goes. */
export function parseRemovalValues(attribute: Attribute, value: unknown, at: string): JsonObject[] {
  const list = isJsonObject(value) ? [value] : value;
  if (attribute.name === 'members') return parseMembers(attribute, list, at) as readonly object[] as JsonObject[];
  if (!Array.isArray(list))
    throw new AppError('invalid_value', `${at} must be a list of what to remove, not ${described(value)}`);
  const key = attribute.subAttributes.has('value') ? 'value' : undefined;
  return list.flatMap((item, index) => {
    const [element] = parseElements(attribute, [item], `${at}[${index}]`);
    const isUsable =
      isJsonObject(element) && (key === undefined || (element[key] !== undefined && element[key] !== ''));
    if (!isUsable) throw new AppError('invalid_value', `${at}[${index}] does not say which element to remove`);
    return [element];
  });
}
