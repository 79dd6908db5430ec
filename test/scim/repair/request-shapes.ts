/** Bodies for the tests of the dialects, and a short way to repair one. */
import type { Dialect } from '../../../src/directory/connections/connection.ts';
import { type RawRequest, repairRequest } from '../../../src/scim/repair/repair.ts';

export const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';
export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';

export interface Repaired {
  readonly body: unknown;
  readonly codes: readonly string[];
  readonly at: readonly string[];
}

export function repair(dialect: Dialect, request: RawRequest): Repaired {
  const { body, repairs } = repairRequest(dialect, request);
  return { body, codes: repairs.map(({ code }) => code), at: repairs.map(({ at }) => at) };
}

export function patchOf(...operations: readonly unknown[]) {
  return { schemas: [PATCH_OP], Operations: operations };
}

export function userOf(attributes: object) {
  return { schemas: [USER], userName: 'ada', ...attributes };
}

/** One operation on a user: the operations that it is read as, and the codes of the repairs. */
export function repairOperation(dialect: Dialect, operation: unknown, resource: 'User' | 'Group' = 'User') {
  const { body, codes, at } = repair(dialect, { resource, kind: 'patch', body: patchOf(operation) });
  return { operations: (body as { Operations: unknown }).Operations, codes, at };
}
