/** Attributes that the schemas do not have, at any level: left out by name, except where that would change the meaning. */
import { findTarget, splitPath } from './attribute-path.ts';
import { namesValue, omitKeys } from './raw-object.ts';
import { shown } from './repair-log.ts';
import type { Repairer } from './repairer.ts';

const DETAIL = 'is no attribute here and was left out.';

export const unknownAttribute: Repairer = {
  codes: ['unknown-attribute'],
  key(key, _parts, _container, { log }) {
    log.note('unknown-attribute', `"${shown(key)}" ${DETAIL}`, key);
    return { kind: 'drop' };
  },
  path(path, { schema, log }) {
    const parts = splitPath(path, schema);
    // Not a path at all, a whole extension, or `schemas`: judged elsewhere.
    if (parts === null || parts.name === '' || parts.name.toLowerCase() === 'schemas') return path;
    if (findTarget(parts) !== null) return path;
    log.note('unknown-attribute', `"${shown(path)}" ${DETAIL} The operation does nothing.`, 'path');
    return null;
  },
  object(object, attribute, { op, log }) {
    const keys = Object.keys(object);
    const unknown = keys.filter((key) => !attribute.subAttributes.has(key.toLowerCase()));
    if (unknown.length === 0) return object;
    // Nothing known in it: an element without content could mean any of them, so it is left for the parser to refuse.
    if (attribute.multiValued && unknown.length === keys.length) return object;
    // In a removal the unknown part may be what narrows it: without it more would go than was named.
    if (op === 'remove' && !namesValue(object)) return object;
    for (const key of unknown) log.note('unknown-attribute', `"${shown(key)}" ${DETAIL}`, key);
    return omitKeys(object, (key) => !attribute.subAttributes.has(key.toLowerCase()));
  },
};
