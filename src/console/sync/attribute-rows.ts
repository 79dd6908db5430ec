/** Before and after of a change as rows that can be laid side by side. */
import type { ChangeState } from '../../synclog/change.ts';
import { exactTime } from '../../web/moment.ts';

export interface AttributeRow {
  /** `name.familyName`, `emails[work]`, `displayName`. */
  readonly attribute: string;
  /** Null: was not there. */
  readonly before: string | null;
  readonly after: string | null;
}

type Entry = readonly [attribute: string, text: string];

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Times are epoch milliseconds under a name that ends in At. */
function textOf(attribute: string, value: unknown): string {
  if (typeof value === 'number' && attribute.endsWith('At')) return exactTime(value);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A schema's URN (RFC 7643 section 10.2.1), perhaps with an attribute behind it: `...:enterprise:2.0:User:manager`. */
const SCHEMA_URN = /^urn:(?:.*:)?([^:]+):\d+(?:\.\d+)*:(?:User|Group)(?::(.+))?$/i;

/** Of a schema's URN its name says enough to a reader: `enterprise`. */
function shorten(key: string): string {
  const [, schema, attribute] = SCHEMA_URN.exec(key) ?? [];
  if (schema === undefined) return key;
  return attribute === undefined ? schema : `${schema}.${attribute}`;
}

function join(path: string, key: string): string {
  return path === '' ? shorten(key) : `${path}.${shorten(key)}`;
}

function elementName(element: unknown, position: number): string {
  return isRecord(element) && typeof element.type === 'string' ? element.type : String(position + 1);
}

function flattenElement(path: string, element: unknown): readonly Entry[] {
  if (!isRecord(element) || !('value' in element)) return flatten(path, element);
  const { value, type: _type, ...rest } = element;
  return [...flatten(path, value), ...flatten(path, rest)];
}

function flatten(path: string, value: unknown): readonly Entry[] {
  if (value === null || value === undefined) return [];
  if (Array.isArray(value)) {
    return value.flatMap((element: unknown, at) => flattenElement(`${path}[${elementName(element, at)}]`, element));
  }
  if (isRecord(value)) return Object.entries(value).flatMap(([key, inner]) => flatten(join(path, key), inner));
  return [[path, textOf(path, value)]];
}

/** Only what differs, in the order in which it stands in the state. */
export function toAttributeRows(
  before: ChangeState | undefined,
  after: ChangeState | undefined,
): readonly AttributeRow[] {
  const [was, is] = [new Map(flatten('', before ?? {})), new Map(flatten('', after ?? {}))];
  return [...new Set([...was.keys(), ...is.keys()])]
    .map((attribute) => ({ attribute, before: was.get(attribute) ?? null, after: is.get(attribute) ?? null }))
    .filter((row) => row.before !== row.after);
}
