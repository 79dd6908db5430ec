/** Why a person has a role: every grant with its origin, and the exchange that made it. */
import { z } from 'zod';
import { explainUser, findPerson } from '../directory/explain.ts';
import { json } from './answer.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { id, instant } from './fields.ts';

const explanation = z
  .object({
    person: z.object({
      id,
      userName: z.string().meta({ example: 'ada@example.com' }),
      displayName: z.string().nullable(),
      active: z.boolean().meta({ description: 'False: the grants below are kept, and give nothing.' }),
      connectionId: id.nullable().meta({ description: 'Who manages the person; null: nobody.' }),
    }),
    roles: z.array(
      z.object({
        team: z.object({ id, name: z.string() }).nullable().meta({ description: 'Null for the organization.' }),
        role: z.string().meta({ description: 'What the grants add up to.', example: 'member' }),
        grants: z.array(
          z.object({
            id,
            role: z.string(),
            origin: z.string().meta({ example: 'rule' }),
            rule: z.string().nullable(),
            connectionId: id.nullable(),
            group: z.string().nullable().meta({ description: 'Name of the group that fed the rule.' }),
            since: instant,
            changePosition: z.int().nullable(),
            exchangeId: id.nullable(),
          }),
        ),
      }),
    ),
  })
  .meta({ id: 'Explanation' });

const get = endpoint({
  id: 'explanations.get',
  method: 'get',
  path: '/people/{userId}/explanation',
  summary: 'Say why a person has their roles',
  action: 'people.details',
  params: z.object({ userId: id.meta({ description: 'Id of a person.' }) }),
  subject: ({ userId }) => ({ userId }),
  answer: json(explanation, { description: 'The organization first, then teams by name.' }),
  example: { params: { userId: 'PERSON' } },
  async handle({ parts, organizationId }, { params }) {
    const found = await findPerson(parts.directory, organizationId, params.userId);
    const scopes = await explainUser(parts.directory, found);
    return {
      person: found,
      roles: scopes.map(({ team, role, grants }) => ({
        ...{ team, role },
        grants: grants.map(({ grant, group, position, exchangeId }) => ({
          ...{ id: grant.id, role: grant.role, origin: grant.origin, rule: grant.ruleId },
          ...{ connectionId: grant.connectionId, group, since: grant.createdAt, changePosition: position, exchangeId },
        })),
      })),
    };
  },
});

export const explanationEndpoints: readonly Endpoint[] = [get];
