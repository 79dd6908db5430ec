/** How one value is compared with the value of a filter; the store's SQL does the same (store/filter-sql.ts). */
import { parseDateTime } from './date-time.ts';
import type { AttributeRef, Comparison, FilterValue } from './filter.ts';

/** What is compared where `caseExact` is false. */
export function foldText(text: string): string {
  return text.toLowerCase();
}

/**
 * Whether the comparison holds for one value. A missing value (undefined, null, or of another type than the schema says)
 * is equal to null and to nothing else: `ne` holds for it unless it is compared with null, and no other operator does.
 */
export function compareValue(actual: unknown, op: Comparison, wanted: FilterValue, attribute: AttributeRef): boolean {
  const left = toComparable(actual, attribute);
  if (wanted === null) return op === 'eq' ? left === undefined : left !== undefined;
  const right = toComparable(wanted, attribute);
  if (left === undefined || right === undefined) return op === 'ne';
  if (typeof left === 'string' && typeof right === 'string') return compareTexts(left, op, right);
  return holds(op, left < right ? -1 : left > right ? 1 : 0);
}

type Comparable = string | number | boolean;

function toComparable(value: unknown, { type, caseExact }: AttributeRef): Comparable | undefined {
  if (type === 'boolean') return typeof value === 'boolean' ? value : undefined;
  if (type === 'integer' || type === 'decimal') return typeof value === 'number' ? value : undefined;
  if (typeof value !== 'string') return undefined;
  if (type === 'dateTime') return parseDateTime(value);
  return caseExact ? value : foldText(value);
}

function compareTexts(left: string, op: Comparison, right: string): boolean {
  if (op === 'co') return left.includes(right);
  if (op === 'sw') return left.startsWith(right);
  if (op === 'ew') return left.endsWith(right);
  return holds(op, compareCodePoints(left, right));
}

function holds(op: Comparison, order: number): boolean {
  switch (op) {
    case 'eq':
      return order === 0;
    case 'ne':
      return order !== 0;
    case 'gt':
      return order > 0;
    case 'ge':
      return order >= 0;
    case 'lt':
      return order < 0;
    case 'le':
      return order <= 0;
    default:
      return false;
  }
}

/** Databases order text by code point; JavaScript's `<` orders by UTF-16 unit, which differs beyond U+FFFF. */
function compareCodePoints(left: string, right: string): number {
  let index = 0;
  while (index < left.length && left.charCodeAt(index) === right.charCodeAt(index)) index += 1;
  if (index >= left.length || index >= right.length) return left.length - right.length;
  const [a, b] = [left.charCodeAt(index), right.charCodeAt(index)];
  const [isHighA, isHighB] = [isSurrogate(a), isSurrogate(b)];
  return isHighA === isHighB ? a - b : isHighA ? 1 : -1;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}
