/**
 * The manager of the enterprise extension, as it comes: bare id (Entra's service, its validation), a list with
 * `$ref` and `value` (its documentation), `{"value": ""}` to clear, `managerId` (OneLogin, SCIM 1.x).
 */
import { ENTERPRISE_SCHEMA, userSchema } from '../../schema/attribute.ts';
import { findTarget, joinPath, splitPath } from './attribute-path.ts';
import { isRawObject, type RawObject, renameKey } from './raw-object.ts';
import { shown } from './repair-log.ts';
import type { Repairer, Scene } from './repairer.ts';
import { toText } from './text-value.ts';

const MANAGER = userSchema.extensions.find(({ id }) => id === ENTERPRISE_SCHEMA)?.attributes.get('manager');

function firstKey(object: RawObject, lower: string): string | undefined {
  return Object.keys(object).find((key) => key.toLowerCase() === lower);
}

/** Whether the object names no manager: `{"value": ""}`, `{"value": null, "$ref": ""}`, `{"value": [""]}`. */
function isCleared(object: RawObject): boolean {
  const isEmpty = (key: string) => {
    const value = object[key];
    // A list of one is opened later, when the object has been read already.
    return value === '' || value === null || (Array.isArray(value) && value.length === 1 && value[0] === '');
  };
  const ref = firstKey(object, '$ref');
  const value = firstKey(object, 'value');
  return value !== undefined && isEmpty(value) && (ref === undefined || isEmpty(ref));
}

/** The first of a list; a list of anything but ids and objects stays. */
function readList(list: readonly unknown[], { log }: Scene): unknown {
  const [first] = list;
  if (list.length > 0 && typeof first !== 'string' && typeof first !== 'number' && !isRawObject(first)) return list;
  if (list.length === 0) log.note('manager-value', 'An empty list was read as null: it clears the manager.');
  else if (list.length === 1) log.note('manager-value', 'A list of one was read as that manager.');
  else log.note('manager-value', `Of ${list.length} managers the first was taken.`);
  return list.length === 0 ? null : first;
}

function readManagerId(object: RawObject, { log }: Scene): RawObject {
  const key = firstKey(object, 'managerid');
  if (key === undefined || firstKey(object, 'value') !== undefined) return object;
  log.note('manager-id', '"managerId" was read as "value".', key);
  return renameKey(object, key, 'value');
}

export const managerValue: Repairer = {
  codes: ['manager-value', 'manager-id'],
  complex(sent, attribute, scene) {
    if (attribute !== MANAGER) return sent;
    const value = Array.isArray(sent) ? readList(sent, scene) : sent;
    const text = typeof value === 'number' ? toText(value) : value;
    if (typeof text === 'string' && text !== '') {
      scene.log.note('manager-value', 'A bare id was read as {"value": ...}.');
      return { value: text };
    }
    if (!isRawObject(value)) return value;
    const manager = readManagerId(value, scene);
    if (!isCleared(manager)) return manager;
    scene.log.note('manager-value', 'A manager without a value was read as null: it clears the manager.');
    return null;
  },
  path(path, { schema, log }) {
    const parts = splitPath(path, schema);
    if (parts?.sub?.toLowerCase() !== 'managerid') return path;
    if (findTarget({ ...parts, sub: null })?.attribute !== MANAGER) return path;
    const repaired = joinPath({ ...parts, sub: 'value' }, schema);
    log.note('manager-id', `"${shown(path)}" was read as "${repaired}".`, 'path');
    return repaired;
  },
};
