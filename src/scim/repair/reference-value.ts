/**
 * Members and managers that are named by nothing but their address: `{"$ref": "https://.../Users/7"}` is read as the
 * user 7. `$ref` beside a `value` is left alone.
 */
import { findKey, omitKeys } from './raw-object.ts';
import { shown } from './repair-log.ts';
import type { Repairer } from './repairer.ts';

/** The last segment of an address, without query and fragment; undefined when there is none that can be decoded. */
function idIn(reference: string): string | undefined {
  const [path = ''] = reference.trim().split(/[?#]/, 1);
  const last = path.split('/').findLast((segment) => segment !== '');
  try {
    return last === undefined ? undefined : decodeURIComponent(last);
  } catch {
    return undefined;
  }
}

export const referenceValue: Repairer = {
  codes: ['reference-value'],
  completed(object, attribute, { log }) {
    if (!attribute.subAttributes.has('$ref') || !attribute.subAttributes.has('value')) return object;
    const valueKey = findKey(object, 'value');
    if (valueKey !== undefined && object[valueKey] !== null) return object;
    const reference = object[findKey(object, '$ref') ?? '$ref'];
    const id = typeof reference === 'string' ? idIn(reference) : undefined;
    if (id === undefined) return object;
    log.note('reference-value', `"$ref" without a value was read as the id "${shown(id)}".`);
    return { ...omitKeys(object, (key) => key === valueKey), value: id };
  },
};
