/** A person of the organization, as the endpoints show them. */
import { z } from 'zod';
import { ORGANIZATION_ROLES } from '../../directory/people/user.ts';
import { id, instant } from '../fields.ts';

export const userParams = z.object({ userId: id.meta({ description: 'Id of a person.' }) });

export const MEMBER_STATUSES = ['invited', 'active', 'deactivated', 'removed'] as const;

export const person = z
  .object({
    id: id.meta({ description: 'Of the person, or of the invite.' }),
    status: z.enum(MEMBER_STATUSES),
    name: z.string().meta({ example: 'Ada Byron' }),
    userName: z.string().nullable().meta({ description: 'Null for an invited address.', example: 'ada@example.com' }),
    email: z.string().nullable(),
    role: z.enum(ORGANIZATION_ROLES),
    createdAt: instant,
    details: z
      .object({
        connectionId: id.nullable().meta({ description: 'Who manages them; null: nobody.' }),
        lastSeenAt: instant.nullable(),
        externalId: z.string().nullable(),
      })
      .nullable()
      .meta({ description: 'Null for those who may not see it.' }),
  })
  .meta({ id: 'Person' });
