/**
 * Attributes of the enterprise extension without its URN: `manager`, `department` at the top of a resource (OneLogin's
 * templates) or as a path (Entra's documentation of `manager`).
 */
import type { Attribute, SchemaDefinition } from '../../schema/attribute.ts';
import { joinPath, type PathParts, splitPath } from './attribute-path.ts';
import { shown } from './repair-log.ts';
import type { Repairer, ResourceScene } from './repairer.ts';

interface ExtensionTarget {
  readonly extension: SchemaDefinition;
  readonly attribute: Attribute;
}

/** The extension attribute that a name without URN stands for, unless the core schema has that name itself. */
function findInExtension(parts: PathParts | null, { schema }: ResourceScene): ExtensionTarget | null {
  if (parts?.urn !== 'none' || parts.definition !== schema.core) return null;
  const lower = parts.name.toLowerCase();
  if (schema.core.attributes.has(lower)) return null;
  for (const extension of schema.extensions) {
    const attribute = extension.attributes.get(lower);
    if (attribute !== undefined) return { extension, attribute };
  }
  return null;
}

export const enterpriseAttribute: Repairer = {
  codes: ['enterprise-attribute'],
  path(path, scene) {
    const parts = splitPath(path, scene.schema);
    const found = findInExtension(parts, scene);
    if (parts === null || found === null) return path;
    const full = joinPath({ ...parts, definition: found.extension }, scene.schema);
    scene.log.note('enterprise-attribute', `"${shown(path)}" was read as "${shown(full)}".`, 'path');
    return full;
  },
  key(key, parts, _container, scene) {
    const found = findInExtension(parts, scene);
    if (parts === null || parts.filter !== null || found === null) return undefined;
    const { extension, attribute } = found;
    if (parts.sub !== null && attribute.type !== 'complex') return undefined;
    scene.log.note('enterprise-attribute', `"${shown(key)}" was read as part of ${extension.id}.`, key);
    const sub = parts.sub === null ? [] : [attribute.subAttributes.get(parts.sub.toLowerCase())?.name ?? parts.sub];
    return { kind: 'place', names: [extension.id, attribute.name, ...sub] };
  },
};
