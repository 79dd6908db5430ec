/**
 * The catalogue of roles and entitlements that is offered to an identity provider (at /Roles and /Entitlements): the
 * values to which a user condition of the rules gives a meaning.
 */
import type { Filter } from '../schema/filter.ts';
import { type MappingRule, parseUserCondition } from './rule.ts';

/** The values that `roles.value` is compared with by eq, each once, in the order of the rules. */
export function exposedRoles(rules: readonly MappingRule[]): readonly string[] {
  return exposedValues(rules, 'roles');
}

/** The same for `entitlements.value`. */
export function exposedEntitlements(rules: readonly MappingRule[]): readonly string[] {
  return exposedValues(rules, 'entitlements');
}

function exposedValues(rules: readonly MappingRule[], list: string): readonly string[] {
  const values = rules.flatMap(({ when }) => ('user' in when ? valuesIn(parseUserCondition(when.user), list) : []));
  // Both attributes are compared without regard to case, so the first spelling stands for all.
  const byKey = new Map<string, string>();
  for (const value of values) {
    const key = value.toLowerCase();
    if (!byKey.has(key)) byKey.set(key, value);
  }
  return [...byKey.values()];
}

function valuesIn(filter: Filter, list: string): readonly string[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.filters.flatMap((part) => valuesIn(part, list));
    case 'not':
    case 'element':
      return valuesIn(filter.filter, list);
    case 'present':
      return [];
    case 'compare': {
      const { attribute, op, value } = filter;
      const isMeant = attribute.extension === undefined && attribute.name === list && attribute.sub === 'value';
      return isMeant && op === 'eq' && typeof value === 'string' && value !== '' ? [value] : [];
    }
    default:
      return filter satisfies never;
  }
}
