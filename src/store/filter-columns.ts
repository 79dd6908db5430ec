/**
 * Where an attribute lies: an allow-list of dedicated columns and tables, and for the rest the JSON of `users.attributes`,
 * reached by the schema's own spelling. No name of a client's gets here.
 */
import { type Expression, type RawBuilder, sql } from 'kysely';
import { AppError } from '../errors.ts';
import {
  type Attribute,
  GROUP_SCHEMA,
  groupSchema,
  type ResourceSchema,
  USER_SCHEMA,
  userSchema,
} from '../schema/attribute.ts';
import type { AttributeRef } from '../schema/filter.ts';
import { writtenName } from '../schema/filter-value.ts';
import type { JsonDialect } from './json.ts';
import type { Operand } from './operand.ts';

export type Target = 'users' | 'groups';

/** One row per value of a multi-valued attribute. */
export interface ElementSource {
  /** `from ...` with the condition that ties it to the row of the target; an `and` may follow. */
  readonly from: RawBuilder<unknown>;
  readonly operand: (sub: Attribute) => Operand;
  /** Sub-attributes that make an element present. */
  readonly subs: readonly Attribute[];
}

const text = (column: string, key = column): Operand => ({
  kind: 'text',
  exact: sql.ref(column),
  folded: sql.ref(key),
});

const ATTRIBUTES = sql.ref('users.attributes');

/** @param path `userName`, `meta.created`; undefined when there is no dedicated column */
function dedicated(target: Target, path: string): Operand | undefined {
  switch (path) {
    case 'id':
      return text(`${target}.id`);
    case 'externalId':
      return text(`${target}.external_id`);
    case 'displayName':
      // users.display_name is the name for people to read, which may come from elsewhere.
      return target === 'users'
        ? text('users.display_name_key')
        : text('groups.display_name', 'groups.display_name_key');
    case 'meta.created':
      return { kind: 'time', column: sql.ref(`${target}.created_at`) };
    case 'meta.lastModified':
      return { kind: 'time', column: sql.ref(`${target}.updated_at`) };
    case 'meta.resourceType':
      return { kind: 'constant', value: schemaOf(target).resourceType };
    case 'userName':
      return target === 'users' ? text('users.user_name', 'users.user_name_key') : undefined;
    case 'active':
      return target === 'users' ? { kind: 'flag', column: sql.ref('users.active') } : undefined;
    default:
      return undefined;
  }
}

export function schemaOf(target: Target): ResourceSchema {
  return target === 'users' ? userSchema : groupSchema;
}

/** The attribute definition that a reference stands for. */
export function definitionOf(target: Target, ref: AttributeRef): Attribute {
  const { core, extensions } = schemaOf(target);
  const schema = ref.extension === undefined ? core : extensions.find(({ id }) => id === ref.extension);
  const attribute = schema?.attributes.get(ref.name.toLowerCase());
  if (attribute === undefined) throw cannotFilter(ref);
  return attribute;
}

export function cannotFilter(ref: AttributeRef): AppError {
  return new AppError('invalid_filter', `The attribute ${writtenName(ref)} cannot be filtered or sorted by here.`);
}

/** The value of a single-valued attribute. */
export function operandOf(target: Target, ref: AttributeRef, json: JsonDialect): Operand {
  const { extension, name, sub } = ref;
  const path = sub === undefined ? [name] : [name, sub];
  const column = extension === undefined ? dedicated(target, path.join('.')) : undefined;
  if (column !== undefined) return column;
  if (target === 'groups' || name === 'meta' || name === 'password') throw cannotFilter(ref);
  return jsonOperand(ATTRIBUTES, extension === undefined ? path : [extension, ...path], ref, json);
}

function jsonOperand(
  root: Expression<unknown>,
  path: readonly string[],
  ref: AttributeRef,
  json: JsonDialect,
): Operand {
  switch (ref.type) {
    case 'boolean':
      return { kind: 'flag', column: json.boolean(root, path) };
    case 'integer':
    case 'decimal':
      return { kind: 'number', column: json.number(root, path) };
    case 'complex':
    case 'dateTime':
      // No such attribute lies in JSON: the only dateTimes are those of meta.
      throw cannotFilter(ref);
    default: {
      const exact = json.string(root, path);
      return { kind: 'text', exact, folded: json.fold(exact) };
    }
  }
}

/** The values of a multi-valued attribute. */
export function elementsOf(target: Target, ref: AttributeRef, json: JsonDialect): ElementSource {
  const definition = definitionOf(target, ref);
  const subs = [...definition.subAttributes.values()].filter(({ name }) => isStored(target, ref.name, name));
  if (target === 'groups' || ref.name === 'groups') return { ...memberships(target, ref, json), subs };
  const path = ref.extension === undefined ? [ref.name] : [ref.extension, ref.name];
  const element = sql.ref('element.value');
  return {
    from: sql`from ${json.elements(ATTRIBUTES, path, 'element')} where 1 = 1`,
    operand: (sub) =>
      jsonOperand(element, [sub.name], { ...ref, sub: sub.name, type: sub.type, caseExact: sub.caseExact }, json),
    subs,
  };
}

/** The address of a resource is put together for each answer. */
function isStored(target: Target, list: string, sub: string): boolean {
  return sub !== '$ref' || (target === 'users' && list !== 'groups');
}

function memberships(target: Target, ref: AttributeRef, json: JsonDialect): Pick<ElementSource, 'from' | 'operand'> {
  const display = sql.ref<string | null>('membership.display');
  const operands: Record<string, Operand> =
    target === 'users'
      ? {
          value: text('membership.group_id'),
          display: text('pushed.display_name', 'pushed.display_name_key'),
          type: { kind: 'constant', value: 'direct' },
        }
      : {
          value: text('membership.user_id'),
          display: { kind: 'text', exact: display, folded: json.fold(display) },
          type: { kind: 'constant', value: 'User' },
        };
  return {
    from:
      target === 'users'
        ? sql`from group_members as membership join groups as pushed on pushed.id = membership.group_id where membership.user_id = users.id`
        : sql`from group_members as membership where membership.group_id = groups.id`,
    operand: (sub) => {
      const operand = operands[sub.name];
      if (operand === undefined) throw cannotFilter({ ...ref, sub: sub.name });
      return operand;
    },
  };
}

/** The URNs in `schemas`: the core schema's, and the extension's where it has attributes. */
export function schemaUrns(
  target: Target,
  json: JsonDialect,
): readonly { readonly urn: string; readonly when?: RawBuilder<boolean> }[] {
  if (target === 'groups') return [{ urn: GROUP_SCHEMA }];
  const extensions = userSchema.extensions.map(({ id }) => ({ urn: id, when: json.exists(ATTRIBUTES, [id]) }));
  return [{ urn: USER_SCHEMA }, ...extensions];
}
