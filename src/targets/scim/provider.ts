/**
 * What a service provider says about itself (RFC 7643 sections 5 and 7): PATCH, bulk, filters, and which attributes its
 * schemas have. Read once an hour; a provider without these documents is taken to offer what the RFC expects of everybody.
 */
import { ENTERPRISE_SCHEMA } from '../../schema/attribute.ts';
import { isJsonObject, type JsonObject } from '../../schema/json.ts';
import type { Call } from '../contract.ts';
import { isSuccess, resourcesOf, type ScimAnswer, type ScimClient } from './scim-client.ts';

export interface Provider {
  readonly patch: boolean;
  readonly filter: boolean;
  readonly etag: boolean;
  readonly bulk: { readonly maxOperations: number; readonly maxPayloadSize: number } | undefined;
  /** Writable user attributes by lower-case path (`title`, `urn:...:user:department`); undefined: not told. */
  readonly userAttributes: ReadonlySet<string> | undefined;
}

export const USER_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const GROUP_SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Group';
export const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

const KEPT_MS = 3_600_000;
const READ_MAX_MS = 120_000;

function isSupported(part: unknown, otherwise: boolean): boolean {
  return isJsonObject(part) && typeof part.supported === 'boolean' ? part.supported : otherwise;
}

function bulkOf(part: unknown): Provider['bulk'] {
  if (!isJsonObject(part) || part.supported !== true) return undefined;
  const positive = (value: unknown, otherwise: number) => (typeof value === 'number' && value > 0 ? value : otherwise);
  return { maxOperations: positive(part.maxOperations, 100), maxPayloadSize: positive(part.maxPayloadSize, 1_048_576) };
}

/** Only what can be written; sub-attributes of complex attributes go along with them. */
function attributesOf(schemas: readonly JsonObject[]): ReadonlySet<string> | undefined {
  const paths = new Set<string>();
  for (const schema of schemas) {
    const isCore = schema.id === USER_SCHEMA;
    if (!isCore && schema.id !== ENTERPRISE_SCHEMA) continue;
    const prefix = isCore ? '' : `${String(schema.id).toLowerCase()}:`;
    for (const attribute of Array.isArray(schema.attributes) ? schema.attributes : []) {
      if (!isJsonObject(attribute) || attribute.mutability === 'readOnly') continue;
      if (typeof attribute.name === 'string') paths.add(prefix + attribute.name.toLowerCase());
    }
  }
  return paths.has('username') ? paths : undefined;
}

/** RFC 7644 section 4: a list; some send one without a total. */
function schemasOf(answer: ScimAnswer): ReadonlySet<string> | undefined {
  return isSuccess(answer) && Array.isArray(answer.body.Resources) ? attributesOf(resourcesOf(answer.body)) : undefined;
}

export function createProviderReader(client: ScimClient, now: () => number): (call: Call) => Promise<Provider> {
  let kept: { readonly provider: Promise<Provider>; readonly until: number } | undefined;

  async function read(call: Call): Promise<Provider> {
    const config = await client.send(call, { method: 'GET', path: '/ServiceProviderConfig' });
    const said = isSuccess(config) ? config.body : {};
    const schemas = await client.send(call, { method: 'GET', path: '/Schemas' });
    return {
      patch: isSupported(said.patch, true),
      filter: isSupported(said.filter, true),
      etag: isSupported(said.etag, false),
      bulk: bulkOf(said.bulk),
      userAttributes: schemasOf(schemas),
    };
  }

  return (call) => {
    if (kept === undefined || kept.until <= now()) {
      // The documents belong to nobody's push: one that is interrupted must not spoil them for the others.
      const provider = read({ ...call, requestId: null, signal: AbortSignal.timeout(READ_MAX_MS) });
      kept = { provider, until: now() + KEPT_MS };
      provider.catch(() => {
        kept = undefined;
      });
    }
    return kept.provider;
  };
}
