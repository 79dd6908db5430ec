/** The value that a filter compares with: whether operator and literal fit the attribute's type. */
import type { AttributeType } from './attribute.ts';
import { parseDateTime } from './date-time.ts';
import type { AttributeRef, Comparison, FilterValue } from './filter.ts';
import { invalidFilter, shown, type Token } from './filter-tokens.ts';

/** A bend that the parser made because the connection's dialect allows it; the door records it with the exchange. */
export interface FilterRepair {
  readonly code: 'unquoted-value' | 'string-boolean';
  /** The attribute that is compared. */
  readonly at: string;
  readonly detail: string;
}

export interface ValueOptions {
  /**
   * Takes a bare word for a string, and a boolean in quotes for a boolean. Sent by Entra's older reference checks
   * (`externalId eq jyoung`), by SailPoint (`userName eq jdoe`), and by Entra (`primary eq "True"`). Quotes of another
   * kind are taken for quotes: with them in the value nobody would be found, and a client would make the person anew.
   */
  readonly unquoted?: boolean | undefined;
  readonly onRepair?: ((repair: FilterRepair) => void) | undefined;
}

const EQUALITY: readonly Comparison[] = ['eq', 'ne'];
const ORDER: readonly Comparison[] = [...EQUALITY, 'gt', 'ge', 'lt', 'le'];
const TEXT: readonly Comparison[] = [...ORDER, 'co', 'sw', 'ew'];

/** RFC 7644 section 3.4.2.2, table 3. */
function operatorsOf(type: AttributeType): readonly Comparison[] {
  if (type === 'boolean' || type === 'binary') return EQUALITY;
  return type === 'dateTime' || type === 'integer' || type === 'decimal' ? ORDER : TEXT;
}

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** `emails.value`, `name.givenName`, with the URN before it for an extension. */
export function writtenName({ extension, name, sub }: AttributeRef): string {
  const path = sub === undefined ? name : `${name}.${sub}`;
  return extension === undefined ? path : `${extension}:${path}`;
}

/** @throws AppError `invalid_filter` naming the attribute */
export function toFilterValue(
  token: Token,
  attribute: AttributeRef,
  op: Comparison,
  options: ValueOptions,
): FilterValue {
  const name = writtenName(attribute);
  if (!operatorsOf(attribute.type).includes(op)) {
    throw invalidFilter(`${op} does not fit ${name}, which is of type ${attribute.type}`, token.at);
  }
  if (token.kind === 'word' && token.text === 'null') {
    if (EQUALITY.includes(op)) return null;
    throw invalidFilter(`${name} can be compared with null by eq and ne only`, token.at);
  }
  switch (attribute.type) {
    case 'boolean':
      return toBoolean(token, name, options);
    case 'integer':
    case 'decimal':
      return toNumber(token, name);
    default:
      return toText(token, attribute, options);
  }
}

function toBoolean(token: Token, name: string, { unquoted, onRepair }: ValueOptions): boolean {
  if (token.kind === 'word' && (token.text === 'true' || token.text === 'false')) return token.text === 'true';
  const text = token.text.toLowerCase();
  if (unquoted !== true || (text !== 'true' && text !== 'false')) {
    throw invalidFilter(`${name} is a boolean; compare it with true or false without quotes`, token.at);
  }
  onRepair?.({ code: 'string-boolean', at: name, detail: `${asWritten(token)} was read as the boolean ${text}.` });
  return text === 'true';
}

function toNumber(token: Token, name: string): number {
  const value = token.kind === 'word' && NUMBER.test(token.text) ? Number(token.text) : Number.NaN;
  if (!Number.isFinite(value)) throw invalidFilter(`${name} is a number; compare it with a number`, token.at);
  return value;
}

function toText(token: Token, attribute: AttributeRef, { unquoted, onRepair }: ValueOptions): string {
  const name = writtenName(attribute);
  if (token.kind === 'word') {
    if (unquoted !== true)
      throw invalidFilter(`${name} is compared with text; put the value in double quotes`, token.at);
    if (token.text.includes('\0') || !token.text.isWellFormed()) throw invalidFilter(`${name}: no text`, token.at);
  }
  if (attribute.type === 'dateTime' && parseDateTime(token.text) === undefined) {
    throw invalidFilter(`${name} is a dateTime such as "2026-01-31T08:00:00Z", not ${shown(token.text)}`, token.at);
  }
  if (token.kind !== 'word') return token.text;
  const text = withoutOddQuotes(token, name);
  onRepair?.({
    code: 'unquoted-value',
    at: name,
    detail: `${asWritten(token)} without double quotes was read as a string.`,
  });
  return text;
}

/** What typed templates have round a value in place of double quotes. */
const ODD_QUOTES = /^['`\u2018\u201a\u201c\u201e]/;
const ODDLY_QUOTED = /^(?:'(.*)'|`(.*)`|[\u2018\u201a](.*)[\u2018\u2019]|[\u201c\u201e](.*)[\u201c\u201d])$/s;

function withoutOddQuotes(token: Token, name: string): string {
  if (!ODD_QUOTES.test(token.text)) return token.text;
  const inner = ODDLY_QUOTED.exec(token.text)
    ?.slice(1)
    .find((text) => text !== undefined);
  if (inner === undefined) throw invalidFilter(`put the value of ${name} in double quotes`, token.at);
  return inner;
}

function asWritten(token: Token): string {
  return token.kind === 'word' ? token.text.slice(0, 60) : shown(token.text);
}
