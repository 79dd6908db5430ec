/**
 * Filters and sort orders in SQL, with the meaning that schema/match-filter.ts gives them in memory (how a missing value
 * is treated is written there). Conditions are on the unaliased tables `users` and `groups`.
 *
 * Owns: the translation. Does not own: where an attribute lies (filter-columns.ts), comparing one value (operand.ts), who
 * may see a row. Every value of a client's is a parameter; every name comes from the schema. Called by the lists.
 */
import { type RawBuilder, sql } from 'kysely';
import { compareValue } from '../schema/compare.ts';
import type { AttributeRef, Filter, SortOrder } from '../schema/filter.ts';
import { emailFilterToSql } from './email-filter.ts';
import {
  cannotFilter,
  definitionOf,
  type ElementSource,
  elementsOf,
  operandOf,
  schemaUrns,
  type Target,
} from './filter-columns.ts';
import type { JsonDialect } from './json.ts';
import { membershipFilterToSql } from './membership-filter.ts';
import { type Condition, columnOf, compare, FALSE, isPresent, not, type Operand, TRUE } from './operand.ts';

export type { Target } from './filter-columns.ts';

type Compared = Extract<Filter, { kind: 'compare' }>;

/** @throws AppError `invalid_filter` for an attribute that is not stored */
export function filterToSql(filter: Filter, target: Target, json: JsonDialect): Condition {
  const indexed = emailFilterToSql(filter, target, json) ?? membershipFilterToSql(filter, target);
  if (indexed !== undefined) return indexed;
  switch (filter.kind) {
    case 'and':
    case 'or':
      return join(
        filter.kind,
        filter.filters.map((part) => filterToSql(part, target, json)),
      );
    case 'not':
      return not(filterToSql(filter.filter, target, json));
    case 'compare':
      return comparison(filter, target, json);
    case 'present':
      return presence(filter.attribute, target, json);
    case 'element':
      return exists(elementsOf(target, filter.attribute, json), (source) =>
        elementCondition(filter.filter, source, target, json),
      );
    default:
      return filter satisfies never;
  }
}

function join(kind: 'and' | 'or', conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return kind === 'and' ? TRUE : FALSE;
  return sql`(${sql.join([...conditions], kind === 'and' ? sql` and ` : sql` or `)})`;
}

function exists(source: ElementSource, condition: (source: ElementSource) => Condition): Condition {
  return sql`exists (select 1 ${source.from} and ${condition(source)})`;
}

function comparison(filter: Compared, target: Target, json: JsonDialect): Condition {
  const { attribute, op, value } = filter;
  if (attribute.name === 'schemas') return schemasComparison(filter, target, json);
  if (!attribute.multiValued) return compare(operandOf(target, attribute, json), op, value, attribute, json);
  const source = elementsOf(target, attribute, json);
  const some = exists(source, () => compare(subOperand(source, attribute, target), op, value, attribute, json));
  // A list without elements counts as one missing value.
  return compareValue(undefined, op, value, attribute) ? sql`(${some} or not exists (select 1 ${source.from}))` : some;
}

function schemasComparison({ attribute, op, value }: Compared, target: Target, json: JsonDialect): Condition {
  const held = schemaUrns(target, json).filter(({ urn }) => compareValue(urn, op, value, attribute));
  return join(
    'or',
    held.map(({ when }) => when ?? TRUE),
  );
}

function subOperand(source: ElementSource, attribute: AttributeRef, target: Target): Operand {
  const sub = definitionOf(target, attribute).subAttributes.get(attribute.sub?.toLowerCase() ?? '');
  if (sub === undefined) throw cannotFilter(attribute);
  return source.operand(sub);
}

function elementCondition(filter: Filter, source: ElementSource, target: Target, json: JsonDialect): Condition {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return join(
        filter.kind,
        filter.filters.map((part) => elementCondition(part, source, target, json)),
      );
    case 'not':
      return not(elementCondition(filter.filter, source, target, json));
    case 'compare':
      return compare(subOperand(source, filter.attribute, target), filter.op, filter.value, filter.attribute, json);
    case 'present':
      return isPresent(subOperand(source, filter.attribute, target));
    case 'element':
      throw cannotFilter(filter.attribute);
    default:
      return filter satisfies never;
  }
}

function presence(attribute: AttributeRef, target: Target, json: JsonDialect): Condition {
  if (attribute.name === 'schemas' || (attribute.name === 'meta' && attribute.sub === undefined)) return TRUE;
  if (attribute.multiValued) {
    const source = elementsOf(target, attribute, json);
    const subs =
      attribute.sub === undefined
        ? source.subs.map((sub) => source.operand(sub))
        : [subOperand(source, attribute, target)];
    return exists(source, () => join('or', subs.map(isPresent)));
  }
  if (attribute.type !== 'complex') return isPresent(operandOf(target, attribute, json));
  const subs = [...definitionOf(target, attribute).subAttributes.values()];
  const operands = subs.map(({ name: sub, type, caseExact }) =>
    operandOf(target, { ...attribute, sub, type, caseExact }, json),
  );
  return join('or', operands.map(isPresent));
}

/**
 * What rows are sorted by (RFC 7644 section 3.4.2.3): case folded unless `caseExact`, text by code point, dateTimes as
 * instants, of a list its primary or first value. SQL null for a missing value: the caller puts those last, ascending.
 * @throws AppError `invalid_filter` for an attribute that is not stored
 */
export function sortToSql(
  { attribute }: SortOrder,
  target: Target,
  json: JsonDialect,
): RawBuilder<string | number | null> {
  if (attribute.name === 'schemas') throw cannotFilter(attribute);
  if (!attribute.multiValued) return sortKey(operandOf(target, attribute, json), attribute, json);
  const source = elementsOf(target, attribute, json);
  const key = sortKey(subOperand(source, attribute, target), attribute, json);
  const primary = source.subs.find(({ name }) => name === 'primary');
  if (primary === undefined) {
    const first = sql`select ${key} ${source.from}`;
    return target === 'groups' || attribute.name === 'groups'
      ? sql`(${first} order by 1 limit 1)`
      : sql`(${first} limit 1)`;
  }
  const isPrimary = compare(source.operand(primary), 'eq', true, attribute, json);
  return sql`coalesce((select ${key} ${source.from} and ${isPrimary} limit 1), (select ${key} ${source.from} limit 1))`;
}

function sortKey(operand: Operand, attribute: AttributeRef, json: JsonDialect): RawBuilder<string | number | null> {
  const column = columnOf(operand, attribute);
  return operand.kind === 'text' ? json.byCodePoint(column as RawBuilder<string | null>) : sql`${column}`;
}
