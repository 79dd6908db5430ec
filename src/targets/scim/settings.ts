/** What a `scim` target is told: where, as whom, and what it may do there. */
import { z } from 'zod';
import { addressSchema, baseUrlSchema, perSecondSchema } from '../settings.ts';

export const scimSettings = z.strictObject({
  /** Base of the SCIM endpoints: `https://host/scim/v2`. */
  url: baseUrlSchema,
  auth: z.enum(['bearer', 'oauth']).default('bearer'),
  /** OAuth 2.0 client credentials (RFC 6749 section 4.4). */
  tokenUrl: addressSchema.optional(),
  clientId: z.string().min(1).max(500).optional(),
  scope: z.string().max(1000).optional(),
  requestsPerSecond: perSecondSchema.default(25),
  /** What is sent as userName. */
  userName: z.enum(['userName', 'email']).default('userName'),
  /** Teams become groups. */
  teams: z.boolean().default(true),
  /** Also send the organization role, as `roles[0].value`. */
  sendRole: z.boolean().default(false),
  /** DELETE deleted people instead of deactivating them. */
  deleteUsers: z.boolean().default(false),
  /** DELETE the groups of archived teams. */
  deleteTeams: z.boolean().default(false),
  bulk: z.enum(['auto', 'never']).default('auto'),
});

export type ScimSettings = z.infer<typeof scimSettings>;

export const scimSecrets = z.strictObject({
  token: z.string().min(1).max(10_000).optional(),
  clientSecret: z.string().min(1).max(10_000).optional(),
});

export type ScimSecrets = z.infer<typeof scimSecrets>;

/** What is missing together, in words. */
export function findScimFaults(settings: ScimSettings, secrets: ScimSecrets): string[] {
  if (settings.auth === 'bearer') return secrets.token === undefined ? ['A bearer token is needed (token).'] : [];
  const faults: string[] = [];
  if (settings.tokenUrl === undefined) faults.push('OAuth needs tokenUrl.');
  if (settings.clientId === undefined) faults.push('OAuth needs clientId.');
  if (secrets.clientSecret === undefined) faults.push('OAuth needs a clientSecret.');
  return faults;
}
