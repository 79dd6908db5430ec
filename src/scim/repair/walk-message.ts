/**
 * Walks the envelopes: a PATCH with its operations, a Bulk request with the requests inside, a search.
 */
import { groupSchema, userSchema } from '../../schema/attribute.ts';
import { type AttributeTarget, findTarget, splitPath } from './attribute-path.ts';
import { isRawObject, mapElements, type RawObject } from './raw-object.ts';
import type { RawRequest } from './raw-request.ts';
import type { RepairPlan, ResourceScene, Scene } from './repairer.ts';
import { repairAttributes, repairElement, repairResource, repairValue } from './walk-resource.ts';

const OPS: ReadonlySet<unknown> = new Set(['add', 'replace', 'remove']);

function repairEnvelope(message: RawObject, scene: Scene, plan: RepairPlan): RawObject {
  let result = message;
  for (const repair of plan.message) result = repair(result, scene);
  return result;
}

/** The body of one request, by its kind. */
export function repairBody(body: unknown, scene: Scene, plan: RepairPlan): unknown {
  if (!isRawObject(body)) return body;
  switch (scene.kind) {
    case 'create':
    case 'replace':
      return hasSchema(scene) ? repairResource(body, scene, plan) : body;
    case 'patch':
      return hasSchema(scene) ? repairPatch(body, scene, plan) : body;
    case 'bulk':
      return repairBulk(body, scene, plan);
    case 'search':
      return repairEnvelope(body, scene, plan);
    case 'other':
      return body;
  }
}

function hasSchema(scene: Scene): scene is ResourceScene {
  return scene.schema !== null;
}

function repairPatch(body: RawObject, scene: ResourceScene, plan: RepairPlan): RawObject {
  const message = repairEnvelope(body, scene, plan);
  const sent = message.Operations;
  if (!Array.isArray(sent)) return message;
  scene.log.enter('Operations');
  let operations: unknown[] | undefined;
  for (const [index, operation] of sent.entries()) {
    scene.log.enter(index);
    const repaired = isRawObject(operation) ? repairOperation(operation, scene, plan) : [operation];
    scene.log.leave();
    if (operations === undefined && (repaired.length !== 1 || repaired[0] !== operation)) {
      operations = sent.slice(0, index);
    }
    operations?.push(...repaired);
  }
  scene.log.leave();
  return operations === undefined ? message : { ...message, Operations: operations };
}

/** None, one or several operations for the one that was sent. */
function repairOperation(sent: RawObject, scene: ResourceScene, plan: RepairPlan): readonly RawObject[] {
  let operation = sent;
  for (const repair of plan.operation) operation = repair(operation, scene);
  if (!OPS.has(operation.op)) return [operation];
  const inOperation: ResourceScene = { ...scene, op: operation.op as NonNullable<Scene['op']> };
  if (typeof operation.path === 'string') return repairAtPath(operation, operation.path, inOperation, plan);
  const isPathless = operation.path === undefined && inOperation.op !== 'remove';
  return isPathless && isRawObject(operation.value)
    ? repairPathless(operation, operation.value, inOperation, plan)
    : [operation];
}

function repairPathless(
  operation: RawObject,
  value: RawObject,
  scene: ResourceScene,
  plan: RepairPlan,
): readonly RawObject[] {
  scene.log.enter('value');
  const { object, operations } = repairAttributes(value, scene.schema.core, scene, plan);
  scene.log.leave();
  if (object === value) return [operation];
  const split = operations.flatMap(({ path, value: own }) =>
    repairAtPath({ op: operation.op, path, value: own }, path, scene, plan),
  );
  const isEmptied = Object.keys(object).length === 0 && Object.keys(value).length > 0;
  return isEmptied ? split : [{ ...operation, value: object }, ...split];
}

function repairAtPath(
  operation: RawObject,
  sentPath: string,
  scene: ResourceScene,
  plan: RepairPlan,
): readonly RawObject[] {
  let path: string | null = sentPath;
  if (!scene.schema.core.attributes.has(sentPath.toLowerCase())) {
    for (const repair of plan.path) {
      path = repair(path, scene);
      if (path === null) return [];
    }
  }
  scene.log.enter('value');
  const value = repairAtTarget(operation.value, path, scene, plan);
  scene.log.leave();
  if (value !== operation.value) return [{ ...operation, path, value }];
  return path === sentPath ? [operation] : [{ ...operation, path }];
}

function repairAtTarget(value: unknown, path: string, scene: ResourceScene, plan: RepairPlan): unknown {
  if (value === undefined) return value;
  const plain = scene.schema.core.attributes.get(path.toLowerCase());
  const parts = plain === undefined ? splitPath(path, scene.schema) : null;
  const target: AttributeTarget | null = plain ? { attribute: plain, sub: null } : parts && findTarget(parts);
  if (target === null) {
    const extension = parts?.name === '' && scene.op !== 'remove' ? parts.definition : null;
    return extension && isRawObject(value) ? repairAttributes(value, extension, scene, plan).object : value;
  }
  const { attribute, sub } = target;
  // A value next to `remove` counts only where it lists elements; elsewhere it is ignored.
  if (scene.op === 'remove' && (sub !== null || !attribute.multiValued || parts?.filter != null)) return value;
  if (sub !== null) return repairValue(value, sub, scene, plan);
  return attribute.multiValued && parts?.filter != null
    ? repairElement(value, attribute, scene, plan)
    : repairValue(value, attribute, scene, plan);
}

function toResource(path: unknown): RawRequest['resource'] {
  const match = typeof path === 'string' ? /^\/?(users|groups)(?:\/|$)/i.exec(path) : null;
  if (match === null) return null;
  return match[1]?.toLowerCase() === 'users' ? 'User' : 'Group';
}

const KIND_OF_METHOD: ReadonlyMap<unknown, RawRequest['kind']> = new Map([
  ['POST', 'create'],
  ['PUT', 'replace'],
  ['PATCH', 'patch'],
]);

function repairBulk(body: RawObject, scene: Scene, plan: RepairPlan): RawObject {
  const message = repairEnvelope(body, scene, plan);
  const sent = message.Operations;
  if (!Array.isArray(sent)) return message;
  scene.log.enter('Operations');
  const operations = mapElements(sent, (operation, index) => {
    if (!isRawObject(operation)) return operation;
    const kind = KIND_OF_METHOD.get(operation.method) ?? 'other';
    const resource = toResource(operation.path);
    const schema = resource === null ? null : resource === 'User' ? userSchema : groupSchema;
    scene.log.enter(index);
    scene.log.enter('data');
    const data = repairBody(operation.data, { ...scene, kind, schema }, plan);
    scene.log.leave();
    scene.log.leave();
    return data === operation.data ? operation : { ...operation, data };
  });
  scene.log.leave();
  return operations === sent ? message : { ...message, Operations: operations };
}
