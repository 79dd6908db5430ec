/** A token at the one moment when it is shown. */
import { z } from 'zod';
import { id, instant } from '../fields.ts';

export const newToken = z
  .object({
    id,
    token: z.string().meta({ description: 'Shown this once, and never again.', example: 'drawbridge_scim_...' }),
    expiresAt: instant.nullable().meta({ description: 'Null: never.' }),
  })
  .meta({ id: 'NewToken' });
