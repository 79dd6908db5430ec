/** Looking into a target (test, plan, drift, history) and having something done again. */
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { replayEvents, retryParked } from '../../targets/again.ts';
import { findDrift } from '../../targets/drift.ts';
import { dryRun } from '../../targets/dry-run.ts';
import { repairDrift } from '../../targets/repair.ts';
import { deadLettersOf, parkedOf, pushesOf, pushesOfExchange } from '../../targets/status.ts';
import { testTarget } from '../../targets/testing.ts';
import { accepted, json, page } from '../answer.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { id, instant, pageQuery } from '../fields.ts';
import { targetOf, targetParams } from './target.ts';

const example = { params: { targetId: 'TARGET' } };
const ASKS_ANOTHER = 'It asks the other system.';
const subject = z
  .string()
  .max(200)
  .regex(/^(user|team|role|service_account):[\w-]+$/)
  .meta({ description: '`user:<id>`, `team:<id>`, `role:<id>` or `service_account:<id>`.' });
const field = z.object({ field: z.string(), wanted: z.unknown(), there: z.unknown() });
const difference = z
  .object({
    id: z.string().meta({ description: 'To be named in a repair.' }),
    kind: z.enum(['missing', 'extra', 'different']),
    name: z.string(),
    fields: z.array(field),
  })
  .meta({ id: 'Difference' });

const push = z
  .object({
    id,
    targetId: id,
    subject: z.object({ type: z.string(), id: z.string(), name: z.string() }),
    outcome: z.enum(['done', 'retry', 'refused', 'parked']),
    reason: z.string().nullable().meta({ description: 'Why not, or what was noted.' }),
    requests: z.array(z.string()).meta({ description: 'What was asked, and the status of the answer.' }),
    cause: z
      .object({ position: z.int(), exchangeId: z.string().nullable(), at: instant })
      .nullable()
      .meta({ description: 'The change that caused it, and the request that it came from.' }),
    at: instant,
    durationMs: z.int(),
  })
  .meta({ id: 'Push' });

const test = endpoint({
  id: 'targets.test',
  method: 'post',
  path: '/targets/{targetId}/test',
  summary: 'Ask a target whether it can be worked with',
  action: 'targets.read',
  params: targetParams,
  answer: json(z.object({ ok: z.boolean(), findings: z.array(z.string()) })),
  example: { ...example, notRunBecause: ASKS_ANOTHER },
  async handle(context, { params }) {
    const { parts, principal, signal } = context;
    return testTarget(parts.targets, principal, await targetOf(context, params.targetId), signal);
  },
});

const plan = endpoint({
  id: 'targets.plan',
  method: 'get',
  path: '/targets/{targetId}/plan',
  summary: 'See what would be sent, without sending it',
  description:
    'Looks at `limit` subjects; `next` is the `after` of the next look, null when everything was looked at. Of a webhook, the events that wait, those that were given up (with a `reason`), and those of changes that it was not told of yet; `name` begins with the type of the event, and the events about one subject go in this order.',
  action: 'targets.read',
  params: targetParams,
  query: z.strictObject({
    subject: subject.optional(),
    after: z.string().max(200).optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  answer: json(
    z.object({
      planned: z.array(
        z.object({
          subject: z.string(),
          name: z.string(),
          requests: z.array(z.object({ method: z.string(), url: z.string(), body: z.unknown().optional() })),
          reason: z
            .string()
            .nullable()
            .meta({ description: 'Why it would be refused; of an event, why it was given up.' }),
        }),
      ),
      looked: z.int(),
      next: z.string().nullable(),
      more: z.int().nullable().meta({
        description: 'Events of a webhook that come after these, counted up to 10,000 changes; null: not counted.',
      }),
    }),
  ),
  refusals: ['conflict'],
  example,
  async handle(context, { params, query }) {
    const { parts, principal, signal } = context;
    const { limit, ...rest } = query;
    const found = await targetOf(context, params.targetId);
    const asked = {
      limit,
      ...(rest.subject === undefined ? {} : { subject: rest.subject }),
      ...(rest.after === undefined ? {} : { after: rest.after }),
    };
    return dryRun(parts.targets, principal, found, asked, signal);
  },
});

const drift = endpoint({
  id: 'targets.drift',
  method: 'get',
  path: '/targets/{targetId}/drift',
  summary: 'Compare what is there with what is wanted',
  description:
    'Reads every user and team of the target, which takes a while for a large one. A webhook holds nothing to compare.',
  action: 'targets.read',
  refusals: ['target_unavailable', 'conflict'],
  params: targetParams,
  answer: json(
    z.object({
      differences: z.array(difference),
      unmanaged: z
        .object({ users: z.int(), teams: z.int(), members: z.int() })
        .meta({ description: 'Left alone: Drawbridge never managed them.' }),
      archivedTeams: z.int().meta({
        description: 'Left alone: archived here, and there they are not deleted, by the system or its settings.',
      }),
      isCut: z.boolean(),
    }),
  ),
  example,
  async handle(context, { params }) {
    const { parts, principal, signal } = context;
    return findDrift(parts.targets, principal, await targetOf(context, params.targetId), signal);
  },
});

const repair = endpoint({
  id: 'targets.repair',
  method: 'post',
  path: '/targets/{targetId}/repairs',
  summary: 'Repair differences',
  description: 'The target is compared anew; of what differs, what is named is brought in line in the background.',
  action: 'targets.change',
  params: targetParams,
  body: z.strictObject({
    differences: z.union([z.literal('all'), z.array(z.string().max(200)).max(10_000)]).meta({ example: 'all' }),
  }),
  refusals: ['target_unavailable', 'conflict'],
  answer: accepted(z.object({ repairing: z.int() })),
  example: { ...example, body: { differences: 'all' } },
  async handle(context, { params, body }) {
    const { parts, principal, signal } = context;
    const found = await targetOf(context, params.targetId);
    const { differences } = await findDrift(parts.targets, principal, found, signal);
    const ids = body.differences;
    const chosen = differences.filter((each) => ids === 'all' || ids.includes(each.id));
    return context.commit(async (work) => ({
      repairing: await repairDrift(parts.targets, work, principal, found, chosen),
    }));
  },
});

const parked = endpoint({
  id: 'targets.parked',
  method: 'get',
  path: '/targets/{targetId}/parked',
  summary: 'List subjects that were given up, and why',
  action: 'targets.read',
  params: targetParams,
  query: pageQuery,
  answer: page(z.object({ subject: z.string(), name: z.string(), reason: z.string(), since: instant })),
  example,
  async handle(context, { params, query }) {
    const open = context.openPage(query);
    const found = await targetOf(context, params.targetId);
    const bounds = { after: open.after, limit: open.limit + 1 };
    const list = await parkedOf(context.parts.targets, context.principal, found, bounds);
    return context.page(list, open, (each) => each.subject);
  },
});

const retry = endpoint({
  id: 'targets.retry',
  method: 'post',
  path: '/targets/{targetId}/retries',
  summary: 'Try what was given up again',
  description: 'One parked subject, or (without a subject) all of them and the events of a webhook that were given up.',
  action: 'targets.change',
  params: targetParams,
  body: z.strictObject({ subject: subject.optional() }),
  answer: accepted(z.object({ retried: z.int() })),
  example: { ...example, body: {} },
  handle: (context, { params, body }) =>
    context.commit(async (work) => {
      const found = await targetOf(context, params.targetId);
      const wanted = body.subject ?? null;
      return { retried: await retryParked(context.parts.targets, work, context.principal, found, wanted) };
    }),
});

const deadLetters = endpoint({
  id: 'targets.dead_letters',
  method: 'get',
  path: '/targets/{targetId}/dead-letters',
  summary: 'List events of a webhook that were given up',
  action: 'targets.read',
  params: targetParams,
  query: pageQuery,
  answer: page(
    z.object({
      sequence: z.int(),
      position: z.int(),
      subject: z.string().meta({ description: 'Its type and id: `user:<id>`.' }),
      name: z.string().meta({ description: 'What it was called at that time.' }),
      attempts: z.int(),
      reason: z.string().nullable(),
      since: instant,
    }),
  ),
  example,
  async handle(context, { params, query }) {
    const open = context.openPage(query);
    const found = await targetOf(context, params.targetId);
    const bounds = { after: Number(open.after || 0), limit: open.limit + 1 };
    const list = await deadLettersOf(context.parts.targets, context.principal, found, bounds);
    return context.page(list, open, (each) => String(each.sequence));
  },
});

const replay = endpoint({
  id: 'targets.replay',
  method: 'post',
  path: '/targets/{targetId}/replays',
  summary: 'Send events of a webhook again, from a position of the change log',
  action: 'targets.change',
  params: targetParams,
  body: z.strictObject({ after: z.int().min(0).meta({ description: 'The last position that is not wanted again.' }) }),
  answer: accepted(z.object({ after: z.int() })),
  refusals: ['not_implemented'],
  example: { ...example, body: { after: 0 } },
  handle: (context, { params, body }) =>
    context.commit(async (work) => {
      const found = await targetOf(context, params.targetId);
      await replayEvents(context.parts.targets, work, context.principal, found, body.after);
      return { after: body.after };
    }),
});

const pushes = endpoint({
  id: 'targets.pushes',
  method: 'get',
  path: '/targets/{targetId}/pushes',
  summary: 'List what went out, newest first',
  action: 'targets.read',
  params: targetParams,
  query: pageQuery,
  answer: page(push),
  example,
  async handle(context, { params, query }) {
    const open = context.openPage(query);
    const found = await targetOf(context, params.targetId);
    const bounds = { beforeId: open.after === '' ? null : open.after, limit: open.limit + 1 };
    const list = await pushesOf(context.parts.targets, context.principal, found, bounds);
    return context.page(list, open, (each) => each.id);
  },
});

const ofExchange = endpoint({
  id: 'targets.pushes_of_exchange',
  method: 'get',
  path: '/exchanges/{exchangeId}/pushes',
  summary: 'See what became of one request of an identity provider, in every target',
  action: 'targets.read',
  params: z.object({ exchangeId: id.meta({ description: 'Id of an exchange.' }) }),
  answer: json(z.object({ items: z.array(push) })),
  example: { params: { exchangeId: 'EXCHANGE' } },
  async handle(context, { params }) {
    const { parts, principal, organizationId } = context;
    if ((await parts.syncLog.findExchange(organizationId, params.exchangeId)) === undefined) {
      throw new AppError('not_found', 'There is no such exchange in this organization.');
    }
    return { items: await pushesOfExchange(parts.targets, principal, params.exchangeId) };
  },
});

export const targetCheckEndpoints: readonly Endpoint[] = [
  ...[test, plan, drift, repair, parked, retry, deadLetters, replay, pushes, ofExchange],
];
