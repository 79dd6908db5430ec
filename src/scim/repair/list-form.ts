/**
 * Lists where one value is wanted (`displayName: ["x"]`), one value where a list is wanted (`emails: {...}`,
 * `members: "id"`), and plain values where objects are wanted (`members: ["id1", "id2"]`, `name: "Ada Byron"`).
 */
import { isRawObject } from './raw-object.ts';
import type { Repairer } from './repairer.ts';
import { toText } from './text-value.ts';

export const singleElementArray: Repairer = {
  codes: ['single-element-array'],
  operation(operation, { log }) {
    const { path, value } = operation;
    if (path !== undefined || !Array.isArray(value) || value.length !== 1 || !isRawObject(value[0])) return operation;
    log.note('single-element-array', 'A list of one object was read as that object.', 'value');
    return { ...operation, value: value[0] };
  },
  scalar(value, _attribute, { log }) {
    if (!Array.isArray(value) || value.length !== 1) return value;
    if (value[0] === null || typeof value[0] === 'object') return value;
    log.note('single-element-array', 'A list of one value was read as that value.');
    return value[0];
  },
  complex(value, _attribute, { log }) {
    if (!Array.isArray(value) || value.length !== 1 || !isRawObject(value[0])) return value;
    log.note('single-element-array', 'A list of one object was read as that object.');
    return value[0];
  },
  element(element, _attribute, { log }) {
    if (!Array.isArray(element) || element.length !== 1 || !isRawObject(element[0])) return element;
    log.note('single-element-array', 'A list of one object was read as that object.');
    return element[0];
  },
};

export const missingArray: Repairer = {
  codes: ['missing-array'],
  list(value, attribute, { log }) {
    const isElement = isRawObject(value) || typeof value === 'number' || (typeof value === 'string' && value !== '');
    if (!isElement) return value;
    log.note('missing-array', `A single value was read as a list of one: ${attribute.name} is multi-valued.`);
    return [value];
  },
};

/** What a plain value is in an object that has it: an e-mail's value, an address as it is written on a letter. */
const PLAIN_KEYS: readonly string[] = ['value', 'formatted'];

export const bareElement: Repairer = {
  codes: ['bare-element'],
  element(element, attribute, { log }) {
    const key = PLAIN_KEYS.find((name) => attribute.subAttributes.has(name));
    const value = typeof element === 'number' ? toText(element) : element;
    if (key === undefined || typeof value !== 'string' || value === '') return element;
    log.note('bare-element', `A plain value was read as {"${key}": ...}.`);
    return { [key]: value };
  },
  complex(value, attribute, { log }) {
    if (!attribute.subAttributes.has('formatted') || typeof value !== 'string' || value === '') return value;
    log.note('bare-element', 'A plain value was read as {"formatted": ...}.');
    return { formatted: value };
  },
};
