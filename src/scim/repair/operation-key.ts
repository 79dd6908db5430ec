/** Keys of an operation: in another case (`Path`), or none of the RFC's (`name`, Entra's Postman collection). */
import { shown } from './repair-log.ts';
import type { Repairer } from './repairer.ts';

const KEYS: ReadonlySet<string> = new Set(['op', 'path', 'value']);

export const operationKey: Repairer = {
  codes: ['operation-key'],
  operation(operation, { log }) {
    const extra = Object.keys(operation).filter((key) => !KEYS.has(key));
    if (extra.length === 0) return operation;
    const kept = Object.fromEntries(Object.entries(operation).filter(([key]) => KEYS.has(key)));
    for (const key of extra) {
      const lower = key.toLowerCase();
      if (KEYS.has(lower) && !Object.hasOwn(kept, lower)) {
        kept[lower] = operation[key];
        log.note('operation-key', `"${key}" was read as "${lower}".`, key);
      } else {
        log.note('operation-key', `"${shown(key)}" says nothing in an operation and was left out.`, key);
      }
    }
    return kept;
  },
};
