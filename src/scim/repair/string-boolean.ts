/**
 * Booleans sent as text: `"active": "False"` (Entra without its flag, OneLogin's templates, Keycloak), in lists
 * (`roles[].primary: "True"`, the SCIM validator) and in path filters (`roles[primary eq "True"].value`).
 */
import { splitPath } from './attribute-path.ts';
import { shown } from './repair-log.ts';
import type { Repairer } from './repairer.ts';

function toBoolean(text: string): boolean | undefined {
  if (text.length > 20) return undefined;
  const lower = text.trim().toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : undefined;
}

/** Strings, words, and single characters of a filter. Each position is looked at once, also in an unclosed string. */
const TOKEN = /"(?:[^"\\]|\\.)*"?|[^\s"()[\]]+|\s+|./gs;

function repairFilter(filter: string, isBoolean: (name: string) => boolean): string {
  const tokens = filter.match(TOKEN) ?? [];
  const words: number[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.trim() === '') continue;
    const operator = tokens[words.at(-1) ?? -1]?.toLowerCase();
    const name = tokens[words.at(-2) ?? -1];
    words.push(index);
    if (name === undefined || (operator !== 'eq' && operator !== 'ne') || !isBoolean(name)) continue;
    const value = toBoolean(token.startsWith('"') && token.endsWith('"') ? token.slice(1, -1) : token);
    if (value !== undefined) tokens[index] = String(value);
  }
  return tokens.join('');
}

export const stringBoolean: Repairer = {
  codes: ['string-boolean'],
  scalar(value, attribute, { log }) {
    if (typeof value !== 'string' || attribute.type !== 'boolean') return value;
    const read = toBoolean(value);
    if (read === undefined) return value;
    log.note('string-boolean', `The text "${shown(value)}" was read as ${read}.`);
    return read;
  },
  path(path, { schema, log }) {
    const parts = splitPath(path, schema);
    if (parts === null || parts.filter === null) return path;
    const subs = parts.definition?.attributes.get(parts.name.toLowerCase())?.subAttributes;
    const filter = repairFilter(parts.filter, (name) => subs?.get(name.toLowerCase())?.type === 'boolean');
    if (filter === parts.filter) return path;
    const start = path.indexOf('[') + 1;
    const repaired = path.slice(0, start) + filter + path.slice(start + parts.filter.length);
    log.note('string-boolean', `The path was read as ${shown(repaired)}.`, 'path');
    return repaired;
  },
};
