/**
 * `""` for an attribute that holds an object or a list: read as "clear it" (Entra's null update, Okta pushing empty
 * values). Never for members, and never in a removal: an empty text there is an accident, and the parser refuses it.
 */
import type { Repairer } from './repairer.ts';

export const emptyText: Repairer = {
  codes: ['empty-text'],
  list(value, attribute, { op, log }) {
    if (value !== '' || attribute.name === 'members' || op === 'remove') return value;
    log.note('empty-text', `An empty text was read as null: it clears ${attribute.name}.`);
    return null;
  },
  extension(value, { id }, { log }) {
    if (value !== '') return value;
    log.note('empty-text', `An empty text was read as null: it clears ${id}.`);
    return null;
  },
  complex(value, attribute, { log }) {
    if (value !== '') return value;
    log.note('empty-text', `An empty text was read as null: it clears ${attribute.name}.`);
    return null;
  },
};
