/** What a `wandb` target is told. */
import { z } from 'zod';
import { baseUrlSchema, perSecondSchema } from '../settings.ts';

const seat = z.enum(['full', 'viewer', 'none']);

export const wandbSettings = z.strictObject({
  /** Address of W&B Server; `/scim` is added. */
  url: baseUrlSchema,
  /** `basic` for servers before 0.79. */
  auth: z.enum(['bearer', 'basic']).default('bearer'),
  /** For `basic` with the key of a person; without it: of an organization service account. */
  username: z.string().max(200).optional(),
  requestsPerSecond: perSecondSchema.default(10),
  /** The seats that an organization role takes. */
  seats: z
    .strictObject({
      admin: z.strictObject({ models: seat, weave: seat }).default({ models: 'full', weave: 'full' }),
      member: z.strictObject({ models: seat, weave: seat }).default({ models: 'full', weave: 'full' }),
      viewer: z.strictObject({ models: seat, weave: seat }).default({ models: 'viewer', weave: 'viewer' }),
    })
    .default({
      admin: { models: 'full', weave: 'full' },
      member: { models: 'full', weave: 'full' },
      viewer: { models: 'viewer', weave: 'viewer' },
    }),
  /** False: seats are left alone. */
  manageSeats: z.boolean().default(true),
  teams: z.boolean().default(true),
  customRoles: z.boolean().default(true),
  /** From 0.81; nothing but making (and, with `deleteUsers`, deleting) them is offered there. */
  serviceAccounts: z.boolean().default(false),
  /** The team there of service accounts of the organization. */
  defaultTeam: z.string().min(1).max(200).optional(),
  /** The role that the server gives to whoever is added to a team. */
  addedRole: z.enum(['admin', 'member', 'viewer']).default('member'),
  /** DELETE deleted people, which destroys their data there. Otherwise they are deactivated. */
  deleteUsers: z.boolean().default(false),
  /** Demote or deactivate people who were admins there before Drawbridge came. */
  demoteAdmins: z.boolean().default(false),
});

export type WandbSettings = z.infer<typeof wandbSettings>;

export const wandbSecrets = z.strictObject({ apiKey: z.string().min(1).max(10_000) });

export type WandbSecrets = z.infer<typeof wandbSecrets>;

/** `https://host` -> `https://host/scim`; an address that ends in `/scim` or `/scim/v2` stays. */
export function scimBase({ url }: WandbSettings): string {
  return /\/scim(\/v2)?$/.test(url) ? url : `${url}/scim`;
}
