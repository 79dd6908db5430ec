/**
 * Keys that are no attribute of the object that they stand in: asks the repairs where each belongs, and puts its value
 * there. An object whose keys are all known is given back as it is.
 */
import type { SchemaDefinition } from '../../schema/attribute.ts';
import { type PathParts, splitPath } from './attribute-path.ts';
import { isRawObject, type RawObject } from './raw-object.ts';
import { shown } from './repair-log.ts';
import type { KeyTarget, RepairPlan, ResourceScene } from './repairer.ts';

export interface KeyedRepair {
  readonly object: RawObject;
  /** PATCH only: what became an operation of its own. */
  readonly operations: readonly { readonly path: string; readonly value: unknown }[];
}

const NO_OPERATIONS: KeyedRepair['operations'] = Object.freeze([]);

function isKnownKey(key: string, container: SchemaDefinition, scene: ResourceScene): boolean {
  const lower = key.toLowerCase();
  if (container.attributes.has(lower)) return true;
  if (container !== scene.schema.core) return false;
  return lower === 'schemas' || scene.schema.extensions.some(({ id }) => id.toLowerCase() === lower);
}

/** In an extension's object a key without URN is a name of that extension. */
function splitKey(key: string, container: SchemaDefinition, scene: ResourceScene): PathParts | null {
  const parts = splitPath(key, scene.schema);
  return parts?.urn === 'none' ? { ...parts, definition: container } : parts;
}

function findKeyTarget(
  key: string,
  container: SchemaDefinition,
  scene: ResourceScene,
  plan: RepairPlan,
): KeyTarget | undefined {
  const parts = splitKey(key, container, scene);
  for (const repair of plan.key) {
    const target = repair(key, parts, container, scene);
    if (target !== undefined) return target;
  }
  return undefined;
}

export function repairKeys(
  object: RawObject,
  container: SchemaDefinition,
  scene: ResourceScene,
  plan: RepairPlan,
): KeyedRepair {
  const unknown = Object.keys(object).filter((key) => !isKnownKey(key, container, scene));
  if (unknown.length === 0) return { object, operations: NO_OPERATIONS };
  const moved = new Map<string, KeyTarget>();
  for (const key of unknown) {
    const target = findKeyTarget(key, container, scene, plan);
    if (target !== undefined) moved.set(key, target);
  }
  if (moved.size === 0) return { object, operations: NO_OPERATIONS };
  const placer = createPlacer(Object.fromEntries(Object.entries(object).filter(([key]) => !moved.has(key))));
  const operations: { path: string; value: unknown }[] = [];
  for (const [key, target] of moved) {
    if (target.kind === 'operation') operations.push({ path: target.path, value: object[key] });
    if (target.kind === 'place' && !placer.place(target.names, object[key])) {
      const [first = ''] = target.names;
      scene.log.note(
        'conflicting-key',
        `"${shown(key)}" was left out: ${first} was sent as well, with another form.`,
        key,
      );
    }
  }
  return { object: placer.root, operations };
}

/** A copy of ours, with its keys by lower-case name so that finding one costs the same in a large object. */
interface OwnCopy {
  readonly object: Record<string, unknown>;
  readonly keys: Map<string, string>;
}

function createPlacer(root: Record<string, unknown>) {
  const copies = new Map<unknown, OwnCopy>();

  function own(object: Record<string, unknown>): OwnCopy {
    const copy = { object, keys: new Map(Object.keys(object).map((key) => [key.toLowerCase(), key])) };
    copies.set(object, copy);
    return copy;
  }

  /** The object at a name, copied before it is written to; undefined when something else stands there. */
  function descend(parent: OwnCopy, name: string): OwnCopy | undefined {
    const key = parent.keys.get(name.toLowerCase()) ?? name;
    const child = parent.object[key] ?? {};
    const owned = copies.get(child);
    if (owned !== undefined) return owned;
    if (!isRawObject(child)) return undefined;
    const copy = own({ ...child });
    parent.object[key] = copy.object;
    parent.keys.set(name.toLowerCase(), key);
    return copy;
  }

  const top = own(root);
  return {
    root: root as RawObject,
    /** Puts a value below canonical names; false when the place is taken. */
    place(names: readonly string[], value: unknown): boolean {
      let parent: OwnCopy | undefined = top;
      for (const name of names.slice(0, -1)) {
        parent = descend(parent, name);
        if (parent === undefined) return false;
      }
      const last = names.at(-1) ?? '';
      const lower = last.toLowerCase();
      const taken = parent.keys.get(lower);
      if (taken !== undefined && parent.object[taken] !== null) return false;
      parent.object[taken ?? last] = value;
      parent.keys.set(lower, taken ?? last);
      return true;
    },
  };
}
