/** More than one primary in a list, which RFC 7643 section 2.4 forbids: the first one keeps it, as the sender's order has it. */
import { isRawObject, type RawObject } from './raw-object.ts';
import type { Repairer } from './repairer.ts';

function primaryKey(element: RawObject): string | undefined {
  if (element.primary === true) return 'primary';
  return Object.keys(element).find((key) => key.toLowerCase() === 'primary' && element[key] === true);
}

export const secondPrimary: Repairer = {
  codes: ['second-primary'],
  elements(elements, attribute, { op, log }) {
    if (op === 'remove' || !attribute.subAttributes.has('primary')) return elements;
    let found = false;
    let copy: unknown[] | undefined;
    for (const [index, element] of elements.entries()) {
      const key = isRawObject(element) ? primaryKey(element) : undefined;
      if (key === undefined) continue;
      if (found) {
        log.note('second-primary', `Only one of ${attribute.name} can be primary; the first one is.`, index);
        copy ??= elements.slice();
        copy[index] = { ...(element as RawObject), [key]: false };
      }
      found = true;
    }
    return copy ?? elements;
  },
};
