/**
 * `members.value eq "id"` and `groups.value eq "id"`, also in brackets: answered from the other side of the membership,
 * so that the cost is that of one member or group and not of all (design rule 2).
 */
import { sql } from 'kysely';
import { foldText } from '../schema/compare.ts';
import type { Filter } from '../schema/filter.ts';
import type { Target } from './filter-columns.ts';
import type { Condition } from './operand.ts';

/** @returns undefined when the filter is another one */
export function membershipFilterToSql(filter: Filter, target: Target): Condition | undefined {
  if (filter.kind !== 'compare' && filter.kind !== 'element') return undefined;
  if (filter.attribute.name !== (target === 'users' ? 'groups' : 'members')) return undefined;
  const inner = filter.kind === 'element' ? filter.filter : filter;
  if (inner.kind !== 'compare' || inner.attribute.sub !== 'value' || inner.op !== 'eq') return undefined;
  if (typeof inner.value !== 'string') return undefined;
  // Ids are issued here, in lower case.
  const id = foldText(inner.value);
  return target === 'users'
    ? sql`users.id in (select user_id from group_members where group_id = ${id})`
    : sql`groups.id in (select group_id from group_members where user_id = ${id})`;
}
