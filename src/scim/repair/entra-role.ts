/**
 * Entra's app roles: AppRoleAssignmentsComplex sends each role as JSON text inside `value`, and on create names the
 * display text `displayName`. Text that is not such JSON is left as it is.
 */
import { isRawObject, type RawObject, renameKey } from './raw-object.ts';
import type { Repairer } from './repairer.ts';

function parseRole(text: unknown): RawObject | null {
  if (typeof text !== 'string' || !text.trimStart().startsWith('{')) return null;
  try {
    const role: unknown = JSON.parse(text);
    return isRawObject(role) && typeof role.value === 'string' && role.value !== '' ? role : null;
  } catch {
    return null;
  }
}

/** A role whose own value is again JSON text is not Entra's; reading it once more would never end well. */
function isPlain(role: RawObject): boolean {
  return parseRole(role.value) === null;
}

export const roleJson: Repairer = {
  codes: ['role-json'],
  object(object, attribute, { log }) {
    if (attribute.name !== 'roles') return object;
    const role = parseRole(object.value);
    if (role === null || !isPlain(role)) return object;
    log.note('role-json', 'JSON text was read as a role with value and display.', 'value');
    const display = typeof role.displayName === 'string' ? { display: role.displayName } : {};
    return { ...display, ...object, value: role.value };
  },
};

export const roleDisplayName: Repairer = {
  codes: ['role-display-name'],
  object(object, attribute, { log }) {
    if (attribute.name !== 'roles' || !Object.hasOwn(object, 'displayName') || Object.hasOwn(object, 'display')) {
      return object;
    }
    log.note('role-display-name', '"displayName" of a role was read as "display".', 'displayName');
    return renameKey(object, 'displayName', 'display');
  },
};
