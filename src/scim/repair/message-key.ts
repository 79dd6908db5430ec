/** Keys in a PATCH body that belong to no PATCH: the id of the resource (Entra's Postman collection) and the like. */
import { omitKeys } from './raw-object.ts';
import { shown } from './repair-log.ts';
import type { Repairer } from './repairer.ts';

export const messageKey: Repairer = {
  codes: ['message-key'],
  message(message, { kind, log }) {
    if (kind !== 'patch') return message;
    const isExtra = (key: string) => key !== 'Operations' && key.toLowerCase() !== 'schemas';
    if (!Object.keys(message).some(isExtra)) return message;
    return omitKeys(message, (key) => {
      if (!isExtra(key)) return false;
      log.note('message-key', `"${shown(key)}" says nothing in a PATCH request and was left out.`, key);
      return true;
    });
  },
};
