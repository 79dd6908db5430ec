/** The PATCH envelope (RFC 7644 section 3.5.2), the same for every client; what goes into it is each client's own way. */
import type { Json, JsonObject } from '../../schema/json.ts';

export const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

export interface Operation extends JsonObject {
  readonly op: string;
  readonly [key: string]: Json;
}

export function toPatch(operations: readonly Operation[]): JsonObject {
  return { schemas: [PATCH_SCHEMA], Operations: operations };
}
