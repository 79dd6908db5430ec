/**
 * `[{"$ref": null, "value": "x"}]` where a plain value is wanted: Microsoft's first SCIM library knew no other values in
 * a PATCH, and bridges built for it write them so.
 */
import { isRawObject } from './raw-object.ts';
import type { Repairer } from './repairer.ts';

const PARTS: ReadonlySet<string> = new Set(['value', '$ref']);

export const wrappedValue: Repairer = {
  codes: ['wrapped-value'],
  scalar(value, _attribute, { kind, log }) {
    const object = Array.isArray(value) && value.length === 1 ? (value[0] as unknown) : value;
    if (kind !== 'patch' || !isRawObject(object) || !Object.hasOwn(object, 'value')) return value;
    if (Object.keys(object).some((key) => !PARTS.has(key)) || typeof object.value === 'object') return value;
    log.note('wrapped-value', 'An object with nothing but a value was read as that value.');
    return object.value;
  },
};
