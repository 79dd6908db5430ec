/**
 * Nulls that say nothing: `"$ref": null` in a member (Entra), `"country": null` in an address, null among the elements
 * of a list, `"id": null` (OneLogin). Null that clears an attribute is the RFC's and stays, as does null for `active`.
 * A list never becomes empty by this, and a removal never loses what it names: both would clear more than was asked for.
 */
import type { Attribute } from '../../schema/attribute.ts';
import { isRawObject, mapElements, namesValue, omitKeys } from './raw-object.ts';
import type { RepairLog } from './repair-log.ts';
import type { Repairer, Scene } from './repairer.ts';

function isEmptyElement(element: unknown): boolean {
  if (element === null) return true;
  if (!isRawObject(element)) return false;
  const values = Object.values(element);
  return values.length > 0 && values.every((value) => value === null);
}

/** Not for the object of a value path, where null clears a sub-attribute: only for whole elements of a list. */
function withoutNulls(element: unknown, attribute: Attribute, op: Scene['op'], log: RepairLog): unknown {
  if (!isRawObject(element)) return element;
  let hasNull = false;
  for (const key in element) hasNull ||= element[key] === null;
  if (!hasNull || (op === 'remove' && !namesValue(element))) return element;
  const isDropped = (key: string) =>
    element[key] === null && key.toLowerCase() !== 'value' && attribute.subAttributes.has(key.toLowerCase());
  const kept = omitKeys(element, isDropped);
  if (kept === element || Object.keys(kept).length === 0) return element;
  for (const key of Object.keys(element)) {
    if (isDropped(key)) log.note('null-sub-attribute', 'Null was read as not there.', key);
  }
  return kept;
}

export const nullElement: Repairer = {
  codes: ['null-element', 'null-sub-attribute'],
  elements(elements, attribute, { kind, op, log }) {
    const kept = attribute.name === 'members' || op === 'remove' ? elements : withoutEmpty(elements, kind, log);
    return mapElements(kept, (element, index) => {
      log.enter(index);
      const repaired = withoutNulls(element, attribute, op, log);
      log.leave();
      return repaired;
    });
  },
};

function withoutEmpty(elements: readonly unknown[], kind: Scene['kind'], log: RepairLog): readonly unknown[] {
  if (!elements.some(isEmptyElement)) return elements;
  const kept = elements.filter((element) => !isEmptyElement(element));
  if (kept.length === 0 && kind === 'patch') return elements;
  log.note('null-element', `Entries without a value were left out: ${elements.length - kept.length}.`);
  return kept;
}

export const nullId: Repairer = {
  codes: ['null-id'],
  resource(resource, { log }) {
    if (resource.id !== null) return resource;
    log.note('null-id', '"id": null was left out; ids are issued here.', 'id');
    return omitKeys(resource, (key) => key === 'id');
  },
};
