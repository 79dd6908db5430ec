/** Numbers and booleans where text is wanted: `"employeeNumber": 42`. */
import type { AttributeType } from '../../schema/attribute.ts';
import type { Repairer } from './repairer.ts';

const TEXT_TYPES: ReadonlySet<AttributeType> = new Set(['string', 'reference', 'dateTime', 'binary']);

/** As text, unless its digits were already lost when the JSON was read. */
export function toText(value: unknown): string | undefined {
  if (typeof value === 'boolean') return String(value);
  if (typeof value !== 'number' || (Number.isInteger(value) && !Number.isSafeInteger(value))) return undefined;
  return String(value);
}

export const textValue: Repairer = {
  codes: ['text-value'],
  scalar(value, attribute, { log }) {
    if ((typeof value !== 'number' && typeof value !== 'boolean') || !TEXT_TYPES.has(attribute.type)) return value;
    const text = toText(value);
    if (text === undefined) return value;
    log.note('text-value', `A ${typeof value} was read as text.`);
    return text;
  },
};
