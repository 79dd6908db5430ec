/** The URN of the message itself (PatchOp, BulkRequest, SearchRequest), left out or replaced by that of a resource. */
import { findKey } from './raw-object.ts';
import type { Repairer } from './repairer.ts';

const MESSAGES = 'urn:ietf:params:scim:api:messages:2.0:';
const URNS = {
  patch: `${MESSAGES}PatchOp`,
  bulk: `${MESSAGES}BulkRequest`,
  search: `${MESSAGES}SearchRequest`,
} as const;

export const messageSchemas: Repairer = {
  codes: ['message-schemas'],
  message(message, { kind, log }) {
    if (kind !== 'patch' && kind !== 'bulk' && kind !== 'search') return message;
    const urn = URNS[kind];
    const key = findKey(message, 'schemas') ?? 'schemas';
    const sent = message[key];
    if (Array.isArray(sent) && sent.length === 1 && sent[0] === urn) return message;
    log.note('message-schemas', `"schemas" was read as ["${urn}"].`, key);
    return { ...message, [key]: [urn] };
  },
};
