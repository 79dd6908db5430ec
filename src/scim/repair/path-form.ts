/**
 * Paths that are not written as RFC 7644 section 3.5.2 has them: blanks or a slash around, blanks between the parts, empty
 * or null for none, a schema URN with a dot after it (`ENT.manager`, Entra's inbound collection) or in another spelling.
 */
import { closingBracket, joinPath, splitPath } from './attribute-path.ts';
import { omitKeys } from './raw-object.ts';
import { shown } from './repair-log.ts';
import type { Repairer } from './repairer.ts';

function isBlankPath(path: unknown): boolean {
  return path === null || (typeof path === 'string' && path.trim() === '');
}

function withoutBlanks(names: string): string {
  return names
    .split('.')
    .map((name) => name.trim())
    .join('.');
}

/** The path without blanks at its dots and brackets; what stands between the brackets is left as it is. */
function closeUp(path: string): string {
  const open = path.indexOf('[');
  const close = open === -1 ? -1 : closingBracket(path, open);
  if (close === -1) return withoutBlanks(path);
  return withoutBlanks(path.slice(0, open)) + path.slice(open, close + 1) + withoutBlanks(path.slice(close + 1));
}

export const emptyPath: Repairer = {
  codes: ['path-empty'],
  operation(operation, { log }) {
    if (operation.path === undefined || !isBlankPath(operation.path)) return operation;
    log.note('path-empty', 'An empty path was read as no path.', 'path');
    return omitKeys(operation, (key) => key === 'path');
  },
};

export const pathForm: Repairer = {
  codes: ['path-form', 'path-urn'],
  path(path, { schema, log }) {
    let bare = path.trim();
    if (bare.startsWith('/')) bare = bare.slice(1).trim();
    bare = closeUp(bare);
    if (bare !== path) log.note('path-form', `The path was read as "${shown(bare)}".`, 'path');
    const parts = splitPath(bare, schema);
    if (parts?.urn !== 'irregular') return bare;
    const regular = joinPath(parts, schema);
    log.note('path-urn', `"${shown(bare)}" was read as "${shown(regular)}".`, 'path');
    return regular;
  },
};
