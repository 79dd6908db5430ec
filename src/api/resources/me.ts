/** Whoever asks: what a script should know about its own key before it does anything. */
import { z } from 'zod';
import { actionsOf } from '../../directory/policy.ts';
import { SCOPES } from '../../directory/principal.ts';
import { json } from '../answer.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { id } from '../fields.ts';

const get = endpoint({
  id: 'me.get',
  method: 'get',
  path: '/me',
  summary: 'Ask who you are',
  action: 'any caller',
  answer: json(
    z
      .object({
        kind: z.enum(['user', 'service_account', 'operator']),
        id: id.nullable(),
        name: z.string().meta({ example: 'Ada Byron' }),
        organization: z.object({ id, name: z.string() }),
        role: z.string().meta({ description: 'In the organization; `none`: a service account of a team.' }),
        teams: z.array(z.object({ id, name: z.string(), role: z.string() })),
        scopes: z.array(z.enum(SCOPES)),
        actions: z.array(z.string()).meta({
          description: 'What you may do wherever it is not about one person or team (docs/permissions.md).',
        }),
      })
      .meta({ id: 'Me' }),
    { description: 'You.' },
  ),
  example: { saves: { ME: 'id' } },
  async handle({ parts, principal }) {
    const { store } = parts.directory;
    const { kind, name, role, organizationId } = principal;
    const organization = await store.organizations.find(store.reader, organizationId);
    const teams = await Promise.all(
      [...principal.teams].map(async ([teamId, teamRole]) => {
        const team = await store.teams.find(store.reader, organizationId, teamId);
        return { id: teamId, name: team?.name ?? '', role: teamRole };
      }),
    );
    return {
      ...{ kind, id: principal.id, name, role, teams },
      organization: { id: organizationId, name: organization?.name ?? '' },
      scopes: [...principal.scopes],
      actions: actionsOf(principal),
    };
  },
});

export const meEndpoints: readonly Endpoint[] = [get];
