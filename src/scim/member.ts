/** Members as a request names them: users by id. Groups in groups are not offered. */
import { AppError } from '../errors.ts';
import type { Attribute } from '../schema/attribute.ts';
import { isJsonObject, type Json } from '../schema/json.ts';
import { described, parseString, parseValue, visitAttributes } from './value.ts';

export interface Member {
  readonly value: string;
  readonly display?: string;
  readonly type?: 'User';
}

const NESTED = 'nested groups are not offered; send the users themselves';

/** A list of members, each once, in the order sent. `members` is the attribute of the Group schema; `at` names the list. */
export function parseMembers(members: Attribute, value: unknown, at: string): Member[] {
  if (!Array.isArray(value)) {
    throw new AppError('invalid_value', `${at} must be a list of members, not ${described(value)}`);
  }
  const byId = new Map<string, Member>();
  for (const [index, element] of value.entries()) {
    const member = parseMember(members, element, `${at}[${index}]`);
    if (!byId.has(member.value)) byId.set(member.value, member);
  }
  return [...byId.values()];
}

function parseMember(members: Attribute, element: unknown, at: string): Member {
  if (!isJsonObject(element)) {
    throw new AppError(
      'invalid_value',
      `${at} must be an object with the user's id in value, not ${described(element)}`,
    );
  }
  const parts: Record<string, Json | undefined> = {};
  visitAttributes(members.subAttributes, element, `${at}.`, (attribute, value) => {
    parts[attribute.name] = parseValue(attribute, value, `${at}.${attribute.name}`);
  });
  const { value, display, type, $ref } = parts;
  if (value === undefined || value === '') {
    throw new AppError('invalid_value', `${at}.value must be the id of a user`);
  }
  if (typeof type === 'string' && type !== '' && type.toLowerCase() !== 'user') {
    throw new AppError('invalid_value', `${at}.type must be "User": ${NESTED}`);
  }
  if (typeof $ref === 'string' && /\/groups\//i.test($ref)) {
    throw new AppError('invalid_value', `${at}.$ref names a group: ${NESTED}`);
  }
  return {
    value: parseString(value, `${at}.value`),
    ...(typeof display === 'string' && { display }),
    ...(typeof type === 'string' && type !== '' && { type: 'User' as const }),
  };
}
