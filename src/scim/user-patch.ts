/**
 * Applies checked PATCH operations to a user as plain data: in order, all or none. Its input is never changed; the same
 * object comes back when nothing changed, so that the caller can answer without a write.
 */
import { AppError } from '../errors.ts';
import { userSchema } from '../schema/attribute.ts';
import { countTerms } from '../schema/filter.ts';
import { isJsonObject, type Json, type JsonObject } from '../schema/json.ts';
import { patchElements, type UserPatchOptions } from './element-patch.ts';
import { isSame, mergeParts, withKey } from './merge.ts';
import type { PatchOperation } from './patch.ts';
import { checkRequired } from './resource.ts';

/**
 * Comparisons that one PATCH may ask for: operations, elements and terms of filters each have a bound, but their product
 * would keep the process busy for seconds. So many take about a tenth of one.
 */
const COMPARISONS_MAX = 400_000;
/** Adding to a list compares whole elements. */
const WHOLE_ELEMENT = 4;

/** The user after the operations. Throws no_target, invalid_value and payload_too_large, naming the operation. */
export function applyUserPatch(
  resource: JsonObject,
  operations: readonly PatchOperation[],
  options: UserPatchOptions,
): JsonObject {
  let current = resource;
  let comparisons = 0;
  for (const operation of operations) {
    comparisons += comparisonsOf(current, operation);
    if (comparisons > COMPARISONS_MAX) {
      const text = `${operation.at}: up to here the operations compare more than ${COMPARISONS_MAX} parts of lists`;
      throw new AppError('payload_too_large', `${text}; send fewer of them at once`);
    }
    current = applyOperation(current, operation, options);
  }
  if (current === resource) return resource;
  checkRequired(userSchema, current);
  return isSame(current, resource) ? resource : current;
}

function comparisonsOf(resource: JsonObject, operation: PatchOperation): number {
  const { extension, attribute, filter } = operation.path;
  if (attribute?.multiValued !== true) return 1;
  const held = (extension === undefined ? resource : toObject(resource[extension]))[attribute.name];
  const elements = Array.isArray(held) ? held.length : 0;
  if (filter !== undefined) return elements * countTerms(filter);
  if (operation.op === 'remove') return elements * (operation.values?.length ?? 0);
  const given = Array.isArray(operation.value) ? operation.value.length : 1;
  return (elements + given) * WHOLE_ELEMENT;
}

function applyOperation(resource: JsonObject, operation: PatchOperation, options: UserPatchOptions): JsonObject {
  const { extension, attribute } = operation.path;
  if (extension === undefined) return attribute === undefined ? resource : applyTo(resource, operation, options);
  if (attribute === undefined) return withKey(resource, extension, undefined);
  const held = toObject(resource[extension]);
  const next = applyTo(held, operation, options);
  if (next === held) return resource;
  return withKey(resource, extension, Object.keys(next).length === 0 ? undefined : next);
}

function toObject(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

/** `container` is the user, or its extension object. */
function applyTo(container: JsonObject, operation: PatchOperation, options: UserPatchOptions): JsonObject {
  const { attribute } = operation.path;
  if (attribute === undefined) return container;
  const held = container[attribute.name];
  if (attribute.multiValued) {
    const elements = patchElements(Array.isArray(held) ? held : [], attribute, operation, options);
    return withKey(container, attribute.name, elements.length === 0 ? undefined : elements);
  }
  return withKey(container, attribute.name, singleValue(held, operation));
}

/** Undefined: unassigned. Parts of a complex value that are not named stay (RFC 7644 section 3.5.2.3). */
function singleValue(held: Json | undefined, operation: PatchOperation): Json | undefined {
  const { attribute, sub } = operation.path;
  if (operation.op === 'remove' && sub === undefined) return undefined;
  const value = operation.op === 'remove' ? null : operation.value;
  if (sub === undefined && attribute?.type !== 'complex') return value ?? undefined;
  const parts = sub === undefined ? (value as JsonObject) : { [sub.name]: value };
  const merged = mergeParts(toObject(held), parts);
  return Object.keys(merged).length === 0 ? undefined : merged;
}
