/** What becomes of what somebody left behind: holds, retention, handing over, erasing. */
import { z } from 'zod';
import { erasePerson } from '../../directory/removals/erasure.ts';
import { findHeirRef, handOver, undoHandover } from '../../directory/removals/handovers.ts';
import { liftHold, placeHold, setRetention } from '../../directory/removals/keeping.ts';
import { toRemovalView } from '../../directory/removals/ledger-view.ts';
import type { Work } from '../../directory/work.ts';
import { json } from '../answer.ts';
import type { ApiContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { givenInstant, line } from '../fields.ts';
import { findRemovalById, removalParams } from './ledger.ts';
import { removal } from './removal.ts';

const answer = json(removal, { description: 'What the removal has come to.' });
const reason = line(500).meta({ description: 'On record for good: leave personal data out of it.', example: 'case 7' });
const example = { params: { removalId: 'REMOVAL' }, notRunBecause: 'it needs somebody who left' } as const;

/** Runs one use-case; what it recorded is written at its end, so the removal is read after the commit. */
async function change(
  context: ApiContext<typeof answer>,
  wanted: string,
  run: (work: Work, id: string) => Promise<void>,
): Promise<z.input<typeof removal>> {
  const { directory } = context.parts;
  const { id } = await findRemovalById(context, wanted);
  return context.commit(async (work) => {
    await run(work, id);
    const after = await directory.ledger.preview(work.db, context.organizationId, work.at, work.ledger, id);
    return toRemovalView(after, directory.tracker);
  });
}

const placeHoldEndpoint = endpoint({
  id: 'ledger.place_hold',
  method: 'put',
  path: '/ledger/{removalId}/hold',
  summary: 'Place a legal hold',
  description: 'What was left behind is kept, whatever date was set, and the person cannot be erased.',
  action: 'ledger.change',
  params: removalParams,
  body: z.strictObject({ reason }),
  answer,
  refusals: ['conflict'],
  example: { ...example, body: { reason: 'case 7' } },
  handle: (context, { params, body }) =>
    change(context, params.removalId, (work, id) => placeHold(context.parts.directory, work, id, body.reason)),
});

const liftHoldEndpoint = endpoint({
  id: 'ledger.lift_hold',
  method: 'post',
  path: '/ledger/{removalId}/hold/lift',
  summary: 'Lift a legal hold',
  action: 'ledger.change',
  params: removalParams,
  body: z.strictObject({ reason }),
  answer,
  example: { ...example, body: { reason: 'settled' } },
  handle: (context, { params, body }) =>
    change(context, params.removalId, (work, id) => liftHold(context.parts.directory, work, id, body.reason)),
});

const retain = endpoint({
  id: 'ledger.set_retention',
  method: 'put',
  path: '/ledger/{removalId}/retention',
  summary: 'Say how long runs are to be kept',
  description: 'After that nobody is told any more when they are missing. Nothing is deleted.',
  action: 'ledger.change',
  params: removalParams,
  body: z.strictObject({
    until: givenInstant.nullable().meta({ description: 'Null: for ever.' }),
    reason: reason.optional(),
  }),
  answer,
  example: { ...example, body: { until: null } },
  handle: (context, { params, body }) =>
    change(context, params.removalId, (work, id) =>
      setRetention(context.parts.directory, work, id, body.until, body.reason ?? null),
    ),
});

const giveRuns = endpoint({
  id: 'ledger.hand_over',
  method: 'put',
  path: '/ledger/{removalId}/handover',
  summary: 'Give the runs to another user or to a team',
  description: 'Carried out in the background where the tracker lets it; elsewhere see the work list.',
  action: 'ledger.change',
  params: removalParams,
  body: z.strictObject({
    to: z.strictObject({
      kind: z.enum(['user', 'team']),
      name: line(500).meta({ description: 'Id or name; an e-mail address, too, for a user.', example: 'vision' }),
    }),
    reason: reason.optional(),
  }),
  answer,
  refusals: ['conflict'],
  example: { ...example, body: { to: { kind: 'team', name: 'vision' } } },
  async handle(context, { params, body }) {
    const { directory } = context.parts;
    const heir = await findHeirRef(directory, context.organizationId, body.to.kind, body.to.name);
    return change(context, params.removalId, (work, id) => handOver(directory, work, id, heir, body.reason ?? null));
  },
});

const takeBack = endpoint({
  id: 'ledger.undo_hand_over',
  method: 'post',
  path: '/ledger/{removalId}/handover/undo',
  summary: 'Take a hand-over back',
  action: 'ledger.change',
  params: removalParams,
  body: z.strictObject({ reason: reason.optional() }),
  answer,
  refusals: ['conflict'],
  example: { ...example, body: {} },
  handle: (context, { params, body }) =>
    change(context, params.removalId, (work, id) =>
      undoHandover(context.parts.directory, work, id, body.reason ?? null),
    ),
});

const erase = endpoint({
  id: 'ledger.erase',
  method: 'post',
  path: '/ledger/{removalId}/erase',
  summary: 'Replace the personal data of somebody who left by a pseudonym',
  description: 'For good. Refused while a legal hold stands, and while there is a user with this id.',
  action: 'ledger.erase',
  params: removalParams,
  body: z.strictObject({ reason: reason.optional() }),
  answer: json(z.object({ pseudonym: z.string(), entries: z.int() }).meta({ id: 'Erasure' })),
  refusals: ['conflict'],
  example: { ...example, body: {} },
  async handle(context, { params, body }) {
    const { directory } = context.parts;
    const { userId } = await findRemovalById(context, params.removalId);
    return context.commit((work) => erasePerson(directory, work, userId, body.reason ?? null));
  },
});

export const removalChangeEndpoints: readonly Endpoint[] = [
  ...[placeHoldEndpoint, liftHoldEndpoint, retain, giveRuns, takeBack, erase],
];
