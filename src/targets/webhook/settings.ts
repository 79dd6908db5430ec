/** What a `webhook` target is told. */
import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { addressSchema, perSecondSchema } from '../settings.ts';

export const webhookSettings = z.strictObject({
  url: addressSchema,
  /** Event types: `user.deactivated`, `user.*`, `*`. */
  events: z
    .array(z.string().regex(/^(\*|[a-z_]+\.(\*|[a-z_]+))$/))
    .min(1)
    .max(100)
    .default(['*']),
  requestsPerSecond: perSecondSchema.default(20),
});

export type WebhookSettings = z.infer<typeof webhookSettings>;

const secret = z.string().regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/);

export const webhookSecrets = z.strictObject({
  /** Signs; the second one too, while the receiver changes over. */
  signing: z
    .array(z.strictObject({ secret, /** Epoch milliseconds; null: no end. */ until: z.number().nullable() }))
    .min(1)
    .max(5),
});

export type WebhookSecrets = z.infer<typeof webhookSecrets>;

/** 256 random bits in the form of Standard Webhooks. */
export function newSigningSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

/** The new secret signs from now on, the old ones until `until`. */
export function rotateSigning(secrets: WebhookSecrets, added: string, until: number, now: number): WebhookSecrets {
  const old = secrets.signing
    .filter((each) => (each.until ?? Infinity) > now)
    .map((each) => ({ secret: each.secret, until: Math.min(each.until ?? until, until) }))
    .filter((each) => each.until > now);
  return { signing: [{ secret: added, until: null }, ...old.slice(0, 1)] };
}

export function wantsEvent({ events }: WebhookSettings, kind: string): boolean {
  return events.some(
    (pattern) =>
      pattern === '*' || pattern === kind || (pattern.endsWith('.*') && kind.startsWith(pattern.slice(0, -1))),
  );
}
