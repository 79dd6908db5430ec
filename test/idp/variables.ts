/** The names of a replay: `{userId}` in paths, bodies and expectations stands for what an earlier answer held. */
import { isJsonObject, type Json } from '../../src/schema/json.ts';

export type Variables = Map<string, Json>;

/** Only letters and digits between the braces, so that JSON text inside a string and `{$user.active}` stay as they are. */
const PLACEHOLDER = /\{([A-Za-z][A-Za-z0-9]*)\}/g;

/** The placeholders in a text, in order. */
export function placeholdersOf(text: string): readonly string[] {
  return [...text.matchAll(PLACEHOLDER)].map((match) => match[1] ?? '');
}

/** Replaces placeholders in every string. A string that is one placeholder becomes the value itself, whatever its type. */
export function fill(value: Json, variables: Variables): Json {
  if (typeof value === 'string') {
    const names = placeholdersOf(value);
    if (names.length === 1 && value === `{${names[0]}}`) return lookUp(variables, names[0] ?? '');
    return fillText(value, variables);
  }
  if (Array.isArray(value)) return value.map((entry) => fill(entry, variables));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, fill(entry, variables)]));
}

/** The same for a text; `encode` is for paths. */
export function fillText(
  text: string,
  variables: Variables,
  encode: (part: string) => string = (part) => part,
): string {
  return text.replace(PLACEHOLDER, (_whole, key: string) => encode(String(lookUp(variables, key))));
}

function lookUp(variables: Variables, key: string): Json {
  const value = variables.get(key);
  if (value === undefined) throw new Error(`the placeholder {${key}} has no value`);
  return value;
}
