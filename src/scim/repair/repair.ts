/**
 * Dialects: from what an identity provider really sends to a request of RFC 7643 and 7644, with the list of repairs.
 *
 * Owns: the contract, the walk (walk-*.ts), the single repairs (one file each) and which dialect has which (dialect.ts).
 * Does not own: judging the result. What cannot be repaired is passed on for the strict parser to refuse.
 * Called by the SCIM door after authentication and before parsing. Pure: never throws, never changes its input, and
 * gives back the same body when nothing was repaired.
 */
import type { Dialect } from '../../directory/connections/connection.ts';
import { groupSchema, type ResourceSchema, userSchema } from '../../schema/attribute.ts';
import type { Repair } from '../../synclog/exchange.ts';
import { repairPlan } from './dialect.ts';
import type { RawRequest } from './raw-request.ts';
import { createRepairLog } from './repair-log.ts';
import { repairBody } from './walk-message.ts';

export type { RawRequest } from './raw-request.ts';

export interface RepairedRequest {
  /** The very same value that came in when there was nothing to repair. */
  readonly body: unknown;
  readonly repairs: Repair[];
}

function schemaOf(resource: RawRequest['resource']): ResourceSchema | null {
  if (resource === null) return null;
  return resource === 'User' ? userSchema : groupSchema;
}

/** Repairs a request as far as the dialect goes; `strict` repairs nothing. */
export function repairRequest(dialect: Dialect, request: RawRequest): RepairedRequest {
  if (dialect === 'strict' || request.kind === 'other') return { body: request.body, repairs: [] };
  const log = createRepairLog();
  const scene = { schema: schemaOf(request.resource), kind: request.kind, op: null, log };
  const body = repairBody(request.body, scene, repairPlan(dialect));
  return { body, repairs: log.list() };
}
