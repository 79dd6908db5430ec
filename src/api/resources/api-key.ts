/** An API key, as the endpoints show and make it. */
import { z } from 'zod';
import type { MadeApiKey } from '../../directory/keys/api-keys.ts';
import { SCOPES } from '../../directory/principal.ts';
import type { ValueOf } from '../answer.ts';
import { givenInstant, id, instant, line } from '../fields.ts';

export const apiKey = z
  .object({
    id,
    name: z.string().meta({ example: 'nightly export' }),
    hint: z.string().meta({ description: 'The last four characters.', example: 'x7Qa' }),
    scopes: z.array(z.enum(SCOPES)),
    createdAt: instant,
    expiresAt: instant.nullable().meta({ description: 'Null: never.' }),
    revokedAt: instant.nullable(),
    lastUsedAt: instant.nullable().meta({ description: 'To the minute.' }),
  })
  .meta({ id: 'ApiKey' });

export const madeApiKey = apiKey
  .extend({
    secret: z.string().meta({ description: 'Shown this once, and never again.', example: 'drawbridge_key_...' }),
  })
  .meta({ id: 'MadeApiKey' });

export const newApiKey = z.strictObject({
  name: line(100).meta({ description: 'To tell keys apart.', example: 'nightly export' }),
  scopes: z.array(z.enum(SCOPES)).min(1).max(SCOPES.length),
  expiresAt: givenInstant.nullable().default(null).meta({ description: 'Null: never.' }),
});

export function toMadeKey({ key, secret }: MadeApiKey): ValueOf<typeof madeApiKey> {
  return { ...key, secret };
}
