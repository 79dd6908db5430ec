/**
 * Checks a PATCH request whole, before any of it is applied (RFC 7644 section 3.5.2), and takes it apart into operations
 * on one attribute each. user-patch.ts applies them to a user; group-patch.ts makes steps for the store of them.
 *
 * Beyond the RFC, on purpose: `remove` of a list with a `value` removes only what it lists, and adding or replacing with
 * null or "" unassigns an optional attribute. Other oddities of identity providers were repaired before.
 */
import { AppError } from '../errors.ts';
import type { ResourceSchema, SchemaDefinition } from '../schema/attribute.ts';
import { isJsonObject, type Json, type JsonObject } from '../schema/json.ts';
import type { Repair } from '../synclog/exchange.ts';
import { writtenPath } from './attribute-path.ts';
import type { AttributeTarget } from './patch-path.ts';
import { type PatchPath, parsePatchPath } from './patch-path.ts';
import { parseAssignment, parseRemovalValues } from './patch-value.ts';
import { findExtension } from './resource.ts';
import { described, isWritable, visitAttributes } from './value.ts';

export const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
const OPERATIONS_MAX = 1000;

/**
 * `value` of add and replace is, checked and in canonical spelling: the list of elements for a multi-valued attribute
 * without filter; the parts to merge, null for those to unassign, for a complex one or an element; else a plain value.
 */
export type PatchOperation =
  | { readonly op: 'add' | 'replace'; readonly path: AttributeTarget; readonly value: Json; readonly at: string }
  | {
      readonly op: 'remove';
      readonly path: PatchPath;
      /** Elements to remove from a multi-valued attribute; absent: everything that the path names. */
      readonly values?: readonly JsonObject[];
      /** For messages: `Operations[2]: emails`. */
      readonly at: string;
    };

export interface PatchOptions {
  readonly maxOperations?: number;
  /** Refuse operations without a path (draft-zollner-scim-interop-profile). */
  readonly requirePath?: boolean;
  /** Takes bare words for text in the filter of a path, as in the filter of a query; on record. */
  readonly unquotedFilterValues?: boolean;
  readonly onRepair?: (repair: Repair) => void;
}

/** The checked operations in order; empty when there is nothing to do. Throws AppError naming the operation. */
export function parsePatch(schema: ResourceSchema, body: unknown, options: PatchOptions = {}): PatchOperation[] {
  if (!isJsonObject(body))
    throw new AppError('invalid_syntax', `The body must be a JSON object, not ${described(body)}`);
  checkSchemas(field(body, 'schemas'));
  const operations = field(body, 'Operations');
  if (!Array.isArray(operations)) {
    throw new AppError('invalid_syntax', `Operations must be a list, not ${described(operations)}`);
  }
  const max = options.maxOperations ?? OPERATIONS_MAX;
  if (operations.length > max) {
    throw new AppError('payload_too_large', `Operations has ${operations.length} entries; send at most ${max} at once`);
  }
  return operations.flatMap((operation, index) => parseOperation(schema, operation, `Operations[${index}]`, options));
}

function checkSchemas(schemas: unknown): void {
  const isPatch = (urn: unknown) => typeof urn === 'string' && urn.toLowerCase() === PATCH_SCHEMA.toLowerCase();
  if (!Array.isArray(schemas) || !schemas.some(isPatch)) {
    throw new AppError('invalid_syntax', `schemas must be a list with ${PATCH_SCHEMA} in it`);
  }
}

/** A key of the message, in any case (RFC 7643 section 2.1). Keys that mean nothing in a PATCH message are not looked at. */
function field(source: JsonObject, name: string): unknown {
  if (Object.hasOwn(source, name)) return source[name];
  const key = Object.keys(source).find((candidate) => candidate.toLowerCase() === name.toLowerCase());
  return key === undefined ? undefined : source[key];
}

function parseOperation(
  schema: ResourceSchema,
  operation: unknown,
  at: string,
  options: PatchOptions,
): PatchOperation[] {
  if (!isJsonObject(operation))
    throw new AppError('invalid_syntax', `${at} must be an object, not ${described(operation)}`);
  const op = field(operation, 'op');
  const path = field(operation, 'path') ?? undefined;
  const value = field(operation, 'value');
  if (op !== 'add' && op !== 'replace' && op !== 'remove') {
    throw new AppError('invalid_syntax', `${at}.op must be add, replace or remove, not ${described(op)}`);
  }
  if (path !== undefined && typeof path !== 'string') {
    throw new AppError('invalid_path', `${at}.path must be a string, not ${described(path)}`);
  }
  if (op === 'remove') return parseRemove(schema, path, value, at, options);
  if (path === undefined) return parseWithoutPath(schema, op, value, at, options);
  return parseWithPath(schema, op, path, value, at, options);
}

function parsePath(schema: ResourceSchema, text: string, at: string, options: PatchOptions): PatchPath {
  const path = parsePatchPath(schema, text, {
    unquoted: options.unquotedFilterValues,
    onRepair: (repair) => options.onRepair?.({ ...repair, at: `${at}.path` }),
  });
  for (const target of [path.attribute, path.sub]) {
    if (target?.mutability === 'readOnly') {
      throw new AppError('mutability', `${at}: ${writtenPath(path)} is read-only; leave it out`);
    }
  }
  return path;
}

/** Parts of an element that cannot change, such as those of a member: remove it and add another. */
function checkNotImmutable({ attribute, sub, filter }: PatchPath, op: string, at: string): void {
  if (attribute === undefined || (sub === undefined && (filter === undefined || op === 'remove'))) return;
  const targets = sub === undefined ? [...attribute.subAttributes.values()] : [sub];
  if (targets.some((target) => target.mutability === 'immutable')) {
    const name = sub === undefined ? attribute.name : `${attribute.name}.${sub.name}`;
    throw new AppError('mutability', `${at}: ${name} cannot be changed in place; remove the element and add another`);
  }
}

function parseWithPath(
  schema: ResourceSchema,
  op: 'add' | 'replace',
  text: string,
  value: unknown,
  at: string,
  options: PatchOptions,
): PatchOperation[] {
  const path = parsePath(schema, text, at, options);
  if (value === undefined) {
    throw new AppError('invalid_value', `${at}: ${op} of ${writtenPath(path)} needs a value`);
  }
  const { attribute, extension } = path;
  if (attribute !== undefined) {
    checkNotImmutable(path, op, at);
    return assign(op, { ...path, attribute }, value, at);
  }
  const definition = schema.extensions.find(({ id }) => id === extension);
  return definition === undefined ? [] : assignExtension(op, definition, value, at);
}

/** An operation on each attribute that the value names; what a client cannot set is ignored: Okta sends the id along. */
function parseWithoutPath(
  schema: ResourceSchema,
  op: 'add' | 'replace',
  value: unknown,
  at: string,
  options: PatchOptions,
): PatchOperation[] {
  if (options.requirePath)
    throw new AppError('invalid_syntax', `${at} has no path; this connection takes one in each operation`);
  if (!isJsonObject(value)) {
    // Nobody knows what it is about: a password may have been meant, and refusals are recorded.
    const given = typeof value === 'string' ? 'a string' : described(value);
    throw new AppError('invalid_value', `${at} has no path, so its value must be an object, not ${given}`);
  }
  const operations: PatchOperation[] = [];
  visitAttributes(
    schema.core.attributes,
    value,
    `${at}: `,
    (attribute, item) => {
      if (isWritable(attribute)) operations.push(...assign(op, { attribute }, item, at));
    },
    (lowerCaseKey, _key, item) => {
      const extension = findExtension(schema, lowerCaseKey);
      if (extension !== undefined) operations.push(...assignExtension(op, extension, item, at));
      return extension !== undefined || lowerCaseKey === 'schemas';
    },
  );
  return operations;
}

/** Adding and replacing an extension leaves alone what the value does not name, as with every complex value. */
function assignExtension(
  op: 'add' | 'replace',
  extension: SchemaDefinition,
  value: unknown,
  at: string,
): PatchOperation[] {
  if (value === null || value === '')
    return [{ op: 'remove', path: { extension: extension.id }, at: `${at}: ${extension.id}` }];
  if (!isJsonObject(value)) {
    throw new AppError('invalid_value', `${at}: ${extension.id} must be an object, not ${described(value)}`);
  }
  const operations: PatchOperation[] = [];
  visitAttributes(extension.attributes, value, `${at}: ${extension.id}:`, (attribute, item) => {
    if (isWritable(attribute)) operations.push(...assign(op, { extension: extension.id, attribute }, item, at));
  });
  return operations;
}

function assign(op: 'add' | 'replace', path: AttributeTarget, value: unknown, operationAt: string): PatchOperation[] {
  const at = `${operationAt}: ${writtenPath(path)}`;
  if (path.attribute.mutability === 'writeOnly') return [];
  const assignment = parseAssignment(path, value, at);
  if (assignment.kind === 'nothing') return [];
  if (assignment.kind === 'value') return [{ op, path, value: assignment.value, at }];
  // Nothing to add is no wish to remove: only replacing empties a list (design rule 4).
  const isList = path.attribute.multiValued && path.sub === undefined && path.filter === undefined;
  return isList && op === 'add' ? [] : [{ op: 'remove', path, at }];
}

function parseRemove(
  schema: ResourceSchema,
  text: string | undefined,
  value: unknown,
  operationAt: string,
  options: PatchOptions,
): PatchOperation[] {
  if (text === undefined || text === '') {
    throw new AppError('no_target', `${operationAt}: remove needs a path that says what to remove`);
  }
  const path = parsePath(schema, text, operationAt, options);
  const at = `${operationAt}: ${writtenPath(path)}`;
  const { attribute, sub, filter } = path;
  if (attribute === undefined) return [{ op: 'remove', path, at }];
  if (attribute.mutability === 'writeOnly') return [];
  checkNotImmutable(path, 'remove', operationAt);
  if (sub === undefined && attribute.required) {
    throw new AppError('mutability', `${at} is required and cannot be removed`);
  }
  if (attribute.name === 'active') {
    throw new AppError('invalid_value', `${at} cannot be removed; replace it with true or false`);
  }
  const namesList = attribute.multiValued && sub === undefined && filter === undefined;
  if (!namesList || value === undefined || value === null) return [{ op: 'remove', path, at }];
  const values = parseRemovalValues(attribute, value, at);
  return values.length === 0 ? [] : [{ op: 'remove', path, values, at }];
}
