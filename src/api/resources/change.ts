/** One fact that changed, as the endpoints show it. */
import { z } from 'zod';
import { CHANGE_KINDS, type Change, tellChange } from '../../synclog/change.ts';
import type { ValueOf } from '../answer.ts';
import { id, instant } from '../fields.ts';

const subject = z
  .object({ type: z.string().meta({ example: 'user' }), id: z.string(), name: z.string() })
  .meta({ id: 'Subject', description: 'A thing by its id, with the name that it had at that time.' });

const state = z.record(z.string(), z.unknown()).nullable();

export const change = z
  .object({
    position: z.int().meta({ description: 'Grows with every change; gaps are possible.' }),
    kind: z.enum(CHANGE_KINDS as [string, ...string[]]).meta({ example: 'user.created' }),
    at: instant,
    words: z.string().meta({ description: 'What happened, in words.', example: 'Okta created Ada Byron' }),
    subject,
    related: subject.nullable().meta({ description: 'The group of a membership, the team of a grant.' }),
    before: state.meta({ description: 'Only what changed.' }),
    after: state,
    actor: z.object({ kind: z.string(), id: z.string().nullable(), name: z.string() }),
    reason: z.string().nullable(),
    connectionId: id.nullable(),
    exchangeId: id.nullable().meta({ description: 'The request that it came from; null outside the SCIM door.' }),
  })
  .meta({ id: 'Change' });

export function toChangeValue(found: Change): ValueOf<typeof change> {
  const { related = null, before = null, after = null } = found;
  return { ...found, related, before, after, words: `${found.actor.name} ${tellChange(found)}` };
}
