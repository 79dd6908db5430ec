/** In whose name a service account acts: W&B's clients say it with each request. */
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { attribute } from '../../directory/keys/attribution.ts';
import type { DirectoryParts } from '../../directory/parts.ts';
import type { Principal } from '../../directory/principal.ts';
import { AppError } from '../../errors.ts';
import { json } from '../answer.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { id, line } from '../fields.ts';

const USER_NAME = 'X-WANDB-USERNAME';
const EMAIL = 'X-WANDB-USER-EMAIL';

function headerOf({ headers }: IncomingMessage, name: string): string | null {
  const value = headers[name.toLowerCase()];
  return typeof value === 'string' && value.trim() !== '' ? value : null;
}

/**
 * The name of the person that a service account names in the headers of its request; null where it names nobody. What a
 * person's own key says about others is not listened to: people act for themselves.
 * @throws AppError `forbidden` with the reason when the request cannot be theirs
 */
export async function personNamed(
  parts: DirectoryParts,
  principal: Principal,
  request: IncomingMessage,
): Promise<string | null> {
  const claim = { userName: headerOf(request, USER_NAME), email: headerOf(request, EMAIL) };
  if (principal.kind !== 'service_account' || (claim.userName === null && claim.email === null)) return null;
  const found = await attribute(parts, principal, claim);
  if (found.kind === 'attributed') return found.person.name;
  if (found.kind === 'none') return null;
  const name = claim.userName === null ? EMAIL : USER_NAME;
  throw new AppError('forbidden', found.message, { fields: [{ in: 'header', at: name, detail: found.message }] });
}

const resolve = endpoint({
  id: 'authz.attribution',
  method: 'post',
  path: '/authz/attribution',
  summary: 'Ask whose a request of a service account is',
  description: `For trackers, with a key of a service account: the person that a job named in ${USER_NAME} or ${EMAIL}, if they are a member of the team. The user name wins. The headers are understood at every endpoint, too: what changes then stands on record as done for that person.`,
  action: 'attribution.resolve',
  subject: 'by use-case',
  body: z.strictObject({
    userName: line(320).optional().meta({ example: 'ada@example.com' }),
    email: line(320).optional(),
    teamId: id.optional().meta({ description: 'For an account of the organization; one of a team acts in its team.' }),
  }),
  answer: json(
    z
      .object({
        outcome: z.enum(['attributed', 'none', 'refused']),
        person: z.object({ id, userName: z.string(), name: z.string(), email: z.string().nullable() }).nullable(),
        by: z.enum(['user_name', 'email']).nullable(),
        reason: z.enum(['unknown_person', 'no_access', 'not_in_team', 'ambiguous']).nullable(),
        message: z.string().nullable().meta({ description: 'Why not.' }),
      })
      .meta({ id: 'Attribution' }),
    { description: 'Whose it is, or why it cannot be.' },
  ),
  example: {
    body: { userName: 'ada@example.com' },
    notRunBecause: 'it needs a key of a service account',
  },
  async handle({ parts, principal }, { body: { userName = null, email = null, teamId = null } }) {
    const found = await attribute(parts.directory, principal, { userName, email }, teamId);
    const nothing = { person: null, by: null, reason: null, message: null };
    switch (found.kind) {
      case 'none':
        return { ...nothing, outcome: found.kind };
      case 'attributed':
        return { ...nothing, outcome: found.kind, person: found.person, by: found.by };
      case 'refused':
        return { ...nothing, outcome: found.kind, reason: found.reason, message: found.message };
      default:
        return found satisfies never;
    }
  },
});

export const attributionEndpoints: readonly Endpoint[] = [resolve];
