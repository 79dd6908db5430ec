/**
 * A value that says again which attribute it is for: `{"path": "active", "value": {"active": false}}`, a mixture of the
 * forms with and without a path.
 */
import { findTarget, splitPath } from './attribute-path.ts';
import { isRawObject } from './raw-object.ts';
import { shown } from './repair-log.ts';
import type { Repairer } from './repairer.ts';

export const namedValue: Repairer = {
  codes: ['named-value'],
  operation(operation, { schema, log }) {
    const { path, value } = operation;
    if (schema === null || typeof path !== 'string' || !isRawObject(value)) return operation;
    const [key, ...others] = Object.keys(value);
    if (key === undefined || others.length > 0) return operation;
    const parts = splitPath(path.trim(), schema);
    if (parts === null || parts.filter !== null || parts.sub !== null) return operation;
    const lower = key.toLowerCase();
    const isSame = lower === parts.name.toLowerCase() || lower === path.trim().toLowerCase();
    if (!isSame || findTarget(parts)?.attribute.subAttributes.has(lower) === true) return operation;
    log.note('named-value', `The value inside "${shown(key)}" was read as the value of the path.`, 'value');
    return { ...operation, value: value[key] };
  },
};
