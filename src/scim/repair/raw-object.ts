/**
 * JSON objects from outside, copied without touching the original. Keys are written as own properties only, so that
 * `__proto__` from a client stays a key.
 */
export interface RawObject {
  readonly [key: string]: unknown;
}

/** Whether this is a JSON object (not null, not an array). */
export function isRawObject(value: unknown): value is RawObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The object without some keys; the same object when none of them goes. */
export function omitKeys(object: RawObject, isOmitted: (key: string) => boolean): RawObject {
  const entries = Object.entries(object);
  const kept = entries.filter(([key]) => !isOmitted(key));
  return kept.length === entries.length ? object : Object.fromEntries(kept);
}

export function renameKey(object: RawObject, from: string, to: string): RawObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key === from ? to : key, value]));
}

/** The key as it is spelt in the object, whatever its case; the exact spelling first. */
export function findKey(object: RawObject, name: string): string | undefined {
  if (Object.hasOwn(object, name)) return name;
  const lower = name.toLowerCase();
  return Object.keys(object).find((key) => key.toLowerCase() === lower);
}

/** Whether an element of a list says which one it is, by its `value`. */
export function namesValue(element: RawObject): boolean {
  const key = findKey(element, 'value');
  return key !== undefined && element[key] !== null && element[key] !== '';
}

/** The list with each element mapped; the same list when no element changed. */
export function mapElements(list: readonly unknown[], map: (element: unknown, index: number) => unknown): unknown[] {
  let copy: unknown[] | undefined;
  for (let index = 0; index < list.length; index += 1) {
    const mapped = map(list[index], index);
    if (mapped === list[index]) continue;
    copy ??= list.slice();
    copy[index] = mapped;
  }
  return copy ?? (list as unknown[]);
}

/** The object with each value mapped; the same object when no value changed. */
export function mapEntries(object: RawObject, map: (key: string, value: unknown) => unknown): RawObject {
  let copy: [string, unknown][] | undefined;
  const keys = Object.keys(object);
  for (let index = 0; index < keys.length; index += 1) {
    const key = keys[index] as string;
    const mapped = map(key, object[key]);
    if (mapped === object[key]) continue;
    copy ??= Object.entries(object);
    copy[index] = [key, mapped];
  }
  return copy === undefined ? object : Object.fromEntries(copy);
}
