/** References from one operation of a bulk request to what another creates: `bulkId:<its bulkId>` (RFC 7644 section 3.7.2). */
import { isJsonObject } from '../schema/json.ts';

const REFERENCE = /bulkId:([^/"\\]+)/g;

/** @param known the bulkIds of the request; what looks like a reference to another is text like any */
export function referencesIn(path: string, data: unknown, known: ReadonlyMap<string, unknown>): readonly string[] {
  const text = `${withoutQuery(path)}/${JSON.stringify(data ?? null)}`;
  const named = [...text.matchAll(REFERENCE)].map((match) => match[1] ?? '');
  return [...new Set(named)].filter((bulkId) => known.has(bulkId));
}

/** Attributes that refer to somebody by id. */
const REFERRING = new Set(['members', 'manager']);
const WHOLE_REFERENCE = /^bulkId:([^/"\\]+)$/;

/**
 * The first bulkId that is named where an id belongs and is none of the request: a segment of the path, the value of a
 * member or of a manager. Anywhere else what looks like a reference is text.
 */
export function unknownReferenceIn(
  path: string,
  data: unknown,
  known: ReadonlyMap<string, unknown>,
): string | undefined {
  const named = [...withoutQuery(path).split('/'), ...idsIn(data)].map((id) => WHOLE_REFERENCE.exec(id)?.[1]);
  return named.find((bulkId) => bulkId !== undefined && !known.has(bulkId));
}

/** Of a resource, or of a PATCH: what its operations set by path or by name. */
function idsIn(data: unknown): readonly string[] {
  if (!isJsonObject(data)) return [];
  return Object.entries(data).flatMap(([key, value]) => {
    if (REFERRING.has(attributeOf(key))) return valuesOf(value);
    if (key.toLowerCase() === 'operations' && Array.isArray(value)) return value.flatMap(idsSet);
    return key.toLowerCase().startsWith('urn:') ? idsIn(value) : [];
  });
}

function idsSet(operation: unknown): readonly string[] {
  if (!isJsonObject(operation)) return [];
  const { path, value } = operation;
  return typeof path === 'string' && REFERRING.has(attributeOf(path)) ? valuesOf(value) : idsIn(value);
}

/** `manager` of `urn:...:User:manager.value`. */
function attributeOf(path: string): string {
  const name = path.slice(path.lastIndexOf(':') + 1).toLowerCase();
  return name.endsWith('.value') ? name.slice(0, -'.value'.length) : name;
}

function valuesOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) return value.flatMap(valuesOf);
  return isJsonObject(value) && typeof value.value === 'string' ? [value.value] : [];
}

/** @param ids by bulkId, of what has been created */
export function resolvePath(path: string, ids: ReadonlyMap<string, string>): string {
  return withoutQuery(resolveText(path, ids));
}

export function resolveData(value: unknown, ids: ReadonlyMap<string, string>): unknown {
  if (typeof value === 'string') return value.includes('bulkId:') ? resolveText(value, ids) : value;
  if (Array.isArray(value)) return value.map((entry) => resolveData(entry, ids));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, resolveData(entry, ids)]));
}

function withoutQuery(path: string): string {
  return path.split('?')[0] ?? '';
}

function resolveText(text: string, ids: ReadonlyMap<string, string>): string {
  return text.replaceAll(REFERENCE, (whole, bulkId: string) => ids.get(bulkId) ?? whole);
}
