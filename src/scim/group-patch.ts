/**
 * Splits checked PATCH operations on a group into steps for the directory, in order. Nothing here reads the group: a
 * step costs what it names, however large the group is (design rule 2).
 */
import { AppError } from '../errors.ts';
import type { Filter } from '../schema/filter.ts';
import type { Json } from '../schema/json.ts';
import type { Member } from './member.ts';
import type { PatchOperation } from './patch.ts';

export type GroupStep =
  /** Null takes externalId away. */
  | { readonly kind: 'set'; readonly displayName?: string; readonly externalId?: string | null }
  | { readonly kind: 'add'; readonly members: readonly Member[] }
  | { readonly kind: 'remove'; readonly userIds: readonly string[] }
  /** The filter is over one member; its references carry `sub`. */
  | { readonly kind: 'removeMatching'; readonly filter: Filter }
  /** Exactly these, also none. */
  | { readonly kind: 'replace'; readonly members: readonly Member[] }
  | { readonly kind: 'clear' };

export function toGroupSteps(operations: readonly PatchOperation[]): GroupStep[] {
  return operations.flatMap(toSteps);
}

function toSteps(operation: PatchOperation): GroupStep[] {
  const { attribute, sub, filter } = operation.path;
  if (attribute?.name !== 'members') return [toSet(operation)];
  if (sub !== undefined || (filter !== undefined && operation.op !== 'remove')) {
    throw new AppError('mutability', `${operation.at} cannot be changed in place; remove the member and add another`);
  }
  if (operation.op !== 'remove')
    return toWrite(operation.op, operation.value as readonly object[] as readonly Member[]);
  if (filter !== undefined) return [toRemoval(filter)];
  if (operation.values === undefined) return [{ kind: 'clear' }];
  const userIds = operation.values.map(({ value }) => value).filter((value) => typeof value === 'string');
  return [{ kind: 'remove', userIds }];
}

function toWrite(op: 'add' | 'replace', members: readonly Member[]): GroupStep[] {
  if (op === 'replace') return [{ kind: 'replace', members }];
  return members.length === 0 ? [] : [{ kind: 'add', members }];
}

function toSet(operation: PatchOperation): GroupStep {
  const value: Json = operation.op === 'remove' ? null : operation.value;
  const name = operation.path.attribute?.name;
  if (name === 'displayName' && typeof value === 'string') return { kind: 'set', displayName: value };
  if (name === 'externalId' && (typeof value === 'string' || value === null)) return { kind: 'set', externalId: value };
  throw new AppError('mutability', `${operation.at} cannot be changed`);
}

/** `members[value eq "a" or value eq "b"]` names its members, which is cheaper than a search. */
function toRemoval(filter: Filter): GroupStep {
  const userIds = namedIds(filter);
  return userIds === undefined ? { kind: 'removeMatching', filter } : { kind: 'remove', userIds };
}

function namedIds(filter: Filter): string[] | undefined {
  if (filter.kind === 'compare') {
    const isId = filter.op === 'eq' && filter.attribute.sub === 'value' && typeof filter.value === 'string';
    return isId ? [filter.value as string] : undefined;
  }
  if (filter.kind !== 'or') return undefined;
  const ids: string[] = [];
  for (const part of filter.filters) {
    const found = namedIds(part);
    if (found === undefined) return undefined;
    ids.push(...found);
  }
  return [...new Set(ids)];
}
