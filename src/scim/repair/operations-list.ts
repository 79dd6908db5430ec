/** `Operations` under another case, or one operation without its list. Seen in hand-written templates. */
import { isRawObject, renameKey } from './raw-object.ts';
import type { Repairer } from './repairer.ts';

export const operationsList: Repairer = {
  codes: ['operations-key', 'operations-single'],
  message(message, { kind, log }) {
    if (kind === 'search') return message;
    let result = message;
    if (!Object.hasOwn(result, 'Operations')) {
      const key = Object.keys(result).find((candidate) => candidate.toLowerCase() === 'operations');
      if (key === undefined) return result;
      log.note('operations-key', `"${key}" was read as "Operations".`, key);
      result = renameKey(result, key, 'Operations');
    }
    if (isRawObject(result.Operations)) {
      log.note('operations-single', 'A single operation was read as a list of one.', 'Operations');
      result = { ...result, Operations: [result.Operations] };
    }
    return result;
  },
};
