/** Why a person has a role: every grant with its origin, and the exchange that made it. */
import { z } from 'zod';
import { explainUser, findPerson } from '../../directory/roles/explain.ts';
import { json } from '../answer.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { id } from '../fields.ts';
import { explainedRole, toExplainedRole } from './explained-role.ts';

const explanation = z
  .object({
    person: z.object({
      id,
      userName: z.string().meta({ example: 'ada@example.com' }),
      displayName: z.string().nullable(),
      active: z.boolean().meta({ description: 'False: the grants below are kept, and give nothing.' }),
      connectionId: id.nullable().meta({ description: 'Who manages the person; null: nobody.' }),
    }),
    roles: z.array(explainedRole),
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
    return { person: found, roles: (await explainUser(parts.directory, found)).map(toExplainedRole) };
  },
});

export const explanationEndpoints: readonly Endpoint[] = [get];
