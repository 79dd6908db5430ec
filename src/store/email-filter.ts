/**
 * Filters on e-mail addresses over the narrow table `user_emails`, which has an index, in place of the JSON. Only where it
 * gives the same answer: the table holds elements with an address, and does not tell "not primary" from "not said".
 */
import { sql } from 'kysely';
import type { AttributeRef, Filter } from '../schema/filter.ts';
import type { Target } from './filter-columns.ts';
import { type Condition, compare, isPresent, type Operand } from './operand.ts';
import type { TextDialect } from './text.ts';

const OPERANDS: Readonly<Record<string, Operand>> = {
  value: { kind: 'text', exact: sql.ref('email.value'), folded: sql.ref('email.value_key') },
  type: { kind: 'text', exact: sql.ref('email.type_key'), folded: sql.ref('email.type_key') },
  primary: { kind: 'flag', column: sql.ref('email.is_primary') },
};

/** @returns undefined when the table cannot answer this filter */
export function emailFilterToSql(filter: Filter, target: Target, text: TextDialect): Condition | undefined {
  if (target !== 'users' || (filter.kind !== 'compare' && filter.kind !== 'element')) return undefined;
  if (!isOfEmails(filter.attribute)) return undefined;
  const inner = filter.kind === 'element' ? filter.filter : filter;
  if (!isAnswerable(inner) || !needsAddress(inner)) return undefined;
  const condition = toCondition(inner, text);
  // The index starts with the organization, which a condition on `users` alone cannot name.
  return sql`users.id in (select email.user_id from user_emails as email
    where email.organization_id in (select id from organizations) and ${condition})`;
}

function isOfEmails({ name, extension }: AttributeRef): boolean {
  return name === 'emails' && extension === undefined;
}

function isAnswerable(filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters.every(isAnswerable);
    case 'compare': {
      const { attribute, op, value } = filter;
      if (attribute.sub === 'primary') return op === 'eq' && value === true;
      return (attribute.sub === 'value' || attribute.sub === 'type') && op !== 'ne' && value !== null;
    }
    case 'present':
      return filter.attribute.sub === 'value';
    default:
      return false;
  }
}

/** Whether an element without an address can never fulfil the filter. */
function needsAddress(filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.filters.some(needsAddress);
    case 'or':
      return filter.filters.every(needsAddress);
    case 'compare':
      // An empty address comes before every other one, and is not in the table either.
      return filter.attribute.sub === 'value' && filter.value !== '' && filter.op !== 'lt' && filter.op !== 'le';
    default:
      return filter.kind === 'present';
  }
}

function toCondition(filter: Filter, text: TextDialect): Condition {
  if (filter.kind === 'and' || filter.kind === 'or') {
    const parts = filter.filters.map((part) => toCondition(part, text));
    return sql`(${sql.join(parts, filter.kind === 'and' ? sql` and ` : sql` or `)})`;
  }
  const operand = OPERANDS[filter.kind === 'compare' || filter.kind === 'present' ? (filter.attribute.sub ?? '') : ''];
  if (operand === undefined) return sql`1 = 0`;
  return filter.kind === 'compare'
    ? compare(operand, filter.op, filter.value, filter.attribute, text)
    : isPresent(operand);
}
