/**
 * Paths used as keys: `name.givenName` and `URN:employeeNumber` (Entra with its compatibility flag, path-less), the
 * same in POST and PUT (OneLogin's `manager.managerId`), and value paths such as `emails[type eq "work"].value`.
 */
import { findTarget, type PathParts } from './attribute-path.ts';
import { shown } from './repair-log.ts';
import type { Repairer, ResourceScene } from './repairer.ts';

/** Canonical names from the resource's top to the attribute, or null when the parts name no place for one value. */
function toNames(parts: PathParts, { schema }: ResourceScene): readonly string[] | null {
  const { definition, name } = parts;
  if (definition === null || parts.filter !== null) return null;
  const prefix = definition === schema.core ? [] : [definition.id];
  if (name === '') return definition === schema.core ? null : prefix;
  const attribute = definition.attributes.get(name.toLowerCase());
  if (attribute === undefined) return null;
  if (parts.sub === null) return [...prefix, attribute.name];
  if (attribute.type !== 'complex' || attribute.multiValued) return null;
  // An unknown sub-attribute goes along: further repairs know some (managerId) and leave out the others by name.
  return [...prefix, attribute.name, attribute.subAttributes.get(parts.sub.toLowerCase())?.name ?? parts.sub];
}

export const expandedKey: Repairer = {
  codes: ['dotted-key', 'urn-key', 'conflicting-key'],
  key(key, parts, container, scene) {
    if (parts === null) return undefined;
    const fromTop = toNames(parts, scene);
    if (fromTop === null) return undefined;
    const isNested = container !== scene.schema.core;
    if (isNested && parts.definition !== container) return undefined;
    const names = isNested ? fromTop.slice(1) : fromTop;
    if (names.length === 0) return undefined;
    const code = parts.urn === 'none' ? 'dotted-key' : 'urn-key';
    scene.log.note(code, `"${shown(key)}" was read as ${shown(names.join(' > '))}.`, key);
    return { kind: 'place', names };
  },
};

export const valuePathKey: Repairer = {
  codes: ['value-path-key'],
  key(key, parts, container, { kind, schema, log }) {
    if (kind !== 'patch' || container !== schema.core || parts === null) return undefined;
    const target = findTarget(parts);
    if (target === null || !target.attribute.multiValued) return undefined;
    if (parts.filter === null && parts.sub === null) return undefined;
    log.note('value-path-key', `"${shown(key)}" was read as the path of an operation of its own.`, key);
    return { kind: 'operation', path: key };
  },
};
