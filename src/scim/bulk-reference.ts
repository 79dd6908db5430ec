/** References from one operation of a bulk request to what another creates: `bulkId:<its bulkId>` (RFC 7644 section 3.7.2). */
import { isJsonObject } from '../schema/json.ts';

const REFERENCE = /bulkId:([^/"\\]+)/g;

/** @param known the bulkIds of the request; what looks like a reference to another is text like any */
export function referencesIn(path: string, data: unknown, known: ReadonlyMap<string, unknown>): readonly string[] {
  const text = `${withoutQuery(path)}/${JSON.stringify(data ?? null)}`;
  const named = [...text.matchAll(REFERENCE)].map((match) => match[1] ?? '');
  return [...new Set(named)].filter((bulkId) => known.has(bulkId));
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
