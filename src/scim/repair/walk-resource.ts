/**
 * Walks a resource, or the object of a path-less operation, along the schema and calls the repairs of each place.
 * Depth is that of the schema (extension, attribute, element, sub-attribute), never that of the input.
 */
import type { Attribute, SchemaDefinition } from '../../schema/attribute.ts';
import { isRawObject, mapElements, mapEntries, type RawObject } from './raw-object.ts';
import type { RepairPlan, ResourceScene } from './repairer.ts';
import { type KeyedRepair, repairKeys } from './walk-keys.ts';

/** Everything in an object of attributes: a resource (container: its core schema) or an extension's object. */
export function repairAttributes(
  object: RawObject,
  container: SchemaDefinition,
  scene: ResourceScene,
  plan: RepairPlan,
): KeyedRepair {
  const keyed = repairKeys(object, container, scene, plan);
  const repaired = mapEntries(keyed.object, (key, value) => {
    const attribute = container.attributes.get(key.toLowerCase());
    scene.log.enter(key);
    const result =
      attribute === undefined
        ? repairExtension(key, value, container, scene, plan)
        : repairValue(value, attribute, scene, plan);
    scene.log.leave();
    return result;
  });
  return { object: repaired, operations: keyed.operations };
}

function repairExtension(
  key: string,
  value: unknown,
  container: SchemaDefinition,
  scene: ResourceScene,
  plan: RepairPlan,
): unknown {
  if (container !== scene.schema.core) return value;
  const extension = scene.schema.extensions.find(({ id }) => id.toLowerCase() === key.toLowerCase());
  if (extension === undefined) return value;
  if (isRawObject(value)) return repairAttributes(value, extension, scene, plan).object;
  return plan.extension.reduce((result, repair) => repair(result, extension, scene), value);
}

/** The value of one attribute or sub-attribute. Read-only ones are left alone: the parser ignores them. */
export function repairValue(value: unknown, attribute: Attribute, scene: ResourceScene, plan: RepairPlan): unknown {
  if (attribute.mutability === 'readOnly') return value;
  if (attribute.multiValued) return repairList(value, attribute, scene, plan);
  let result = value;
  if (attribute.type !== 'complex') {
    for (const scalar of plan.scalar) result = scalar(result, attribute, scene);
    return result;
  }
  for (const complex of plan.complex) result = complex(result, attribute, scene);
  return isRawObject(result) ? repairObject(result, attribute, scene, plan) : result;
}

function repairList(value: unknown, attribute: Attribute, scene: ResourceScene, plan: RepairPlan): unknown {
  let list = value;
  for (const repair of plan.list) list = repair(list, attribute, scene);
  if (!Array.isArray(list)) return list;
  let elements: readonly unknown[] = mapElements(list, (element, index) => {
    scene.log.enter(index);
    const repaired = repairElement(element, attribute, scene, plan);
    scene.log.leave();
    return repaired;
  });
  for (const repair of plan.elements) elements = repair(elements, attribute, scene);
  return elements;
}

/** One element of a multi-valued attribute, in its list or as the value of a value path. */
export function repairElement(element: unknown, attribute: Attribute, scene: ResourceScene, plan: RepairPlan): unknown {
  let result = element;
  for (const repair of plan.element) result = repair(result, attribute, scene);
  return isRawObject(result) ? repairObject(result, attribute, scene, plan) : result;
}

function repairObject(object: RawObject, attribute: Attribute, scene: ResourceScene, plan: RepairPlan): RawObject {
  let result = object;
  for (const repair of plan.object) result = repair(result, attribute, scene);
  result = mapEntries(result, (key, value) => {
    const sub = attribute.subAttributes.get(key.toLowerCase());
    if (sub === undefined || (typeof value === 'string' && sub.type === 'string')) return value;
    scene.log.enter(key);
    const repaired = repairValue(value, sub, scene, plan);
    scene.log.leave();
    return repaired;
  });
  return plan.completed.reduce((each, repair) => repair(each, attribute, scene), result);
}

/** A whole resource, as POST and PUT send it. */
export function repairResource(resource: RawObject, scene: ResourceScene, plan: RepairPlan): RawObject {
  let { object } = repairAttributes(resource, scene.schema.core, scene, plan);
  for (const repair of plan.resource) object = repair(object, scene);
  return object;
}
