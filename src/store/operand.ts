/** One value that SQL can compare, and the comparison: the same answers as schema/compare.ts gives in memory. */
import { type Expression, type RawBuilder, sql } from 'kysely';
import { AppError } from '../errors.ts';
import { compareValue, foldText } from '../schema/compare.ts';
import { parseDateTime } from '../schema/date-time.ts';
import type { AttributeRef, Comparison, FilterValue } from '../schema/filter.ts';
import type { TextDialect } from './text.ts';

type Column = Expression<unknown>;

export type Operand =
  /** `exact` is the text as stored; `folded` is used where case does not matter. */
  | { readonly kind: 'text'; readonly exact: Column; readonly folded: Column }
  | { readonly kind: 'number'; readonly column: Column }
  /** 1 or 0. */
  | { readonly kind: 'flag'; readonly column: Column }
  /** Epoch milliseconds. */
  | { readonly kind: 'time'; readonly column: Column }
  /** The same for every resource. */
  | { readonly kind: 'constant'; readonly value: string };

export type Condition = RawBuilder<boolean>;

export const TRUE: Condition = sql`1 = 1`;
export const FALSE: Condition = sql`1 = 0`;

/** A missing value makes a comparison null in SQL, and false here. */
export function not(condition: Condition): Condition {
  return sql`((${condition}) is not true)`;
}

/** What is compared: SQL null for a missing value. */
export function columnOf(operand: Operand, { caseExact }: Pick<AttributeRef, 'caseExact'>): Column {
  if (operand.kind === 'constant') return sql`cast(${operand.value} as text)`;
  if (operand.kind !== 'text') return operand.column;
  return caseExact ? operand.exact : operand.folded;
}

export function isPresent(operand: Operand): Condition {
  if (operand.kind === 'constant') return TRUE;
  if (operand.kind === 'text') return sql`(${operand.exact} <> '')`;
  return sql`(${operand.column} is not null)`;
}

/** May be SQL null for a missing value, where false is meant. */
export function compare(
  operand: Operand,
  op: Comparison,
  value: FilterValue,
  attribute: AttributeRef,
  text: TextDialect,
): Condition {
  if (operand.kind === 'constant') return compareValue(operand.value, op, value, attribute) ? TRUE : FALSE;
  const column = columnOf(operand, attribute);
  if (value === null) return op === 'eq' ? sql`(${column} is null)` : sql`(${column} is not null)`;
  if (op === 'ne') return not(compare(operand, 'eq', value, attribute, text));
  if (operand.kind === 'text') return compareText(column, op, wantedText(value, attribute), text);
  return ordered(column, op, wantedNumber(operand, value));
}

function wantedText(value: FilterValue, { caseExact }: AttributeRef): string {
  return caseExact ? String(value) : foldText(String(value));
}

function wantedNumber(operand: Operand, value: FilterValue): number {
  if (operand.kind === 'time') return parseDateTime(String(value)) ?? Number.NaN;
  return typeof value === 'boolean' ? Number(value) : Number(value);
}

function ordered(column: Column, op: Comparison, value: string | number): Condition {
  switch (op) {
    case 'eq':
      return sql`(${column} = ${value})`;
    case 'gt':
      return sql`(${column} > ${value})`;
    case 'ge':
      return sql`(${column} >= ${value})`;
    case 'lt':
      return sql`(${column} < ${value})`;
    case 'le':
      return sql`(${column} <= ${value})`;
    default:
      throw new AppError('invalid_filter', `The operator ${op} does not fit the type of the attribute.`);
  }
}

function compareText(column: Column, op: Comparison, value: string, text: TextDialect): Condition {
  const stored = column as Expression<string | null>;
  switch (op) {
    case 'eq':
      return ordered(column, op, value);
    case 'co':
      return value === '' ? sql`(${column} is not null)` : sql`(${text.contains(stored, value)})`;
    case 'sw':
      return startsWith(text.byCodePoint(stored), value);
    case 'ew':
      return endsWith(column, value);
    default:
      return ordered(text.byCodePoint(stored), op, value);
  }
}

/** As a range, which an index serves, and in which no character means anything else (as `%` does in LIKE). */
function startsWith(column: Column, prefix: string): Condition {
  const end = afterPrefix(prefix);
  return end === undefined ? sql`(${column} >= ${prefix})` : sql`(${column} >= ${prefix} and ${column} < ${end})`;
}

/** The first text, by code point, after all those that start with the prefix; undefined when nothing comes after. */
function afterPrefix(prefix: string): string | undefined {
  const points = Array.from(prefix);
  for (let last = points.pop(); last !== undefined; last = points.pop()) {
    const point = last.codePointAt(0) ?? 0;
    if (point < 0x10ffff) return points.join('') + String.fromCodePoint(point === 0xd7ff ? 0xe000 : point + 1);
  }
  return undefined;
}

function endsWith(column: Column, suffix: string): Condition {
  const length = Array.from(suffix).length;
  if (length === 0) return sql`(${column} is not null)`;
  return sql`(substr(${column}, length(${column}) - cast(${length} as integer) + 1) = ${suffix})`;
}
