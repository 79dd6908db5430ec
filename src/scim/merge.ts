/** Changing plain objects without touching the old ones; the same object comes back when nothing changed. */
import type { Json, JsonObject } from '../schema/json.ts';
import { isJsonObject } from '../schema/json.ts';

/** Whether two values say the same; the order of keys does not count, the order of elements does. */
export function isSame(left: Json | undefined, right: Json | undefined): boolean {
  if (left === right) return true;
  if (Array.isArray(left) && Array.isArray(right)) {
    return left.length === right.length && left.every((element, index) => isSame(element, right[index]));
  }
  if (!isJsonObject(left) || !isJsonObject(right)) return false;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && isSame(left[key], right[key]));
}

/** The object with one key set, or without it when `value` is undefined. */
export function withKey(object: JsonObject, key: string, value: Json | undefined): JsonObject {
  if (value === undefined) {
    if (!Object.hasOwn(object, key)) return object;
    const { [key]: _gone, ...rest } = object;
    return rest;
  }
  if (Object.hasOwn(object, key) && isSame(object[key], value)) return object;
  return { ...object, [key]: value };
}

/**
 * Merges the parts of a complex value; null takes a part away. A `$ref` belongs to the `value` that it came with: another
 * value without a `$ref` of its own drops it.
 */
export function mergeParts(target: JsonObject, parts: JsonObject): JsonObject {
  let result = target;
  const isOther = parts.value !== undefined && parts.value !== target.value;
  if (isOther && parts.$ref === undefined) result = withKey(result, '$ref', undefined);
  for (const [name, part] of Object.entries(parts)) result = withKey(result, name, part ?? undefined);
  return result;
}
