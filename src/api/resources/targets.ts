/** Targets: systems that are kept in step. What looks into them is in target-checks.ts. */
import { z } from 'zod';
import { listTargets } from '../../targets/status.ts';
import { TARGET_KINDS, type Target } from '../../targets/target.ts';
import {
  changeTarget,
  createTarget,
  removeTarget,
  rotateSigningSecret,
  setTargetState,
} from '../../targets/targets.ts';
import { created, json, none, page } from '../answer.ts';
import type { ApiContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { line, pageQuery } from '../fields.ts';
import { target, targetOf, targetParams, targetVersion, toTargetValue } from './target.ts';

const example = { params: { targetId: 'TARGET' } };
const record = z.record(z.string().max(100), z.unknown());
const secretText = z.string().max(10_000);

const create = endpoint({
  id: 'targets.create',
  method: 'post',
  path: '/targets',
  summary: 'Add a target',
  description:
    'Everybody and every team is pushed to it from now on. Settings and secrets are by kind: docs/targets. The signing secret of a webhook is shown this once.',
  action: 'targets.change',
  body: z.strictObject({
    kind: z.enum(TARGET_KINDS),
    name: line(100).meta({ example: 'Audit' }),
    settings: record.meta({ example: { url: 'https://hooks.example.com/drawbridge' } }),
    secrets: z
      .record(z.string().max(100), secretText)
      .optional()
      .meta({ description: '`apiKey`, `token`, `clientSecret`.' }),
    paused: z.boolean().default(false).meta({ description: 'true: nothing is pushed until it is resumed.' }),
  }),
  answer: created(target.extend({ signingSecret: z.string().nullable() }).meta({ id: 'NewTarget' }), {
    version: targetVersion,
    location: (made) => `/targets/${made.id}`,
  }),
  refusals: ['uniqueness'],
  example: {
    body: { kind: 'webhook', name: 'Audit', settings: { url: 'https://hooks.example.com/drawbridge' } },
    saves: { TARGET: 'id' },
  },
  handle: (context, { body: { paused, secrets = {}, ...given } }) =>
    context.commit(async (work) => {
      const input = { ...given, secrets, state: paused ? 'paused' : 'active' } as const;
      const made = await createTarget(context.parts.targets, work, context.principal, input);
      return { ...(await toTargetValue(context, made.target)), signingSecret: made.signingSecret };
    }),
});

const list = endpoint({
  id: 'targets.list',
  method: 'get',
  path: '/targets',
  summary: 'List targets, and how far behind they are',
  action: 'targets.read',
  query: pageQuery,
  answer: page(target),
  example: {},
  async handle(context, { query }) {
    const open = context.openPage(query);
    const all = await listTargets(context.parts.targets, context.principal);
    const rest = all.filter((each) => each.target.id > open.after).slice(0, open.limit + 1);
    const values = await Promise.all(rest.map((each) => toTargetValue(context, each.target)));
    return context.page(values, open, (each) => each.id);
  },
});

const get = endpoint({
  id: 'targets.get',
  method: 'get',
  path: '/targets/{targetId}',
  summary: 'Read a target',
  action: 'targets.read',
  params: targetParams,
  answer: json(target, { description: 'The target.', version: targetVersion }),
  example,
  handle: async (context, { params }) => toTargetValue(context, await targetOf(context, params.targetId)),
});

/** The target as it is in the transaction, with If-Match about that. */
async function current(context: ApiContext, targetId: string): Promise<Target> {
  const found = await targetOf(context, targetId);
  context.matchVersion(found.updatedAt);
  return found;
}

const change = endpoint({
  id: 'targets.change',
  method: 'patch',
  path: '/targets/{targetId}',
  summary: 'Change settings or secrets of a target',
  description:
    'What is left out stays as it is. Everything is compared with the new settings, and pushed where it differs.',
  action: 'targets.change',
  params: targetParams,
  body: z.strictObject({ settings: record.optional(), secrets: z.record(z.string().max(100), secretText).optional() }),
  answer: json(target, { description: 'The target as it is now.', version: targetVersion }),
  ifMatch: 'optional',
  refusals: ['conflict'],
  example: { ...example, body: { settings: { requestsPerSecond: 5 } } },
  handle: (context, { params, body }) =>
    context.commit(async (work) => {
      const given = { settings: body.settings ?? {}, secrets: body.secrets ?? {} };
      const found = await current(context, params.targetId);
      return toTargetValue(context, await changeTarget(context.parts.targets, work, context.principal, found, given));
    }),
});

function changeState(verb: 'pause' | 'resume', state: Target['state'], summary: string): Endpoint {
  return endpoint({
    id: `targets.${verb}`,
    method: 'post',
    path: `/targets/{targetId}/${verb}`,
    summary,
    action: 'targets.change',
    params: targetParams,
    answer: json(target, { description: 'The target as it is now.', version: targetVersion }),
    ifMatch: 'optional',
    example,
    handle: (context, { params }) =>
      context.commit(async (work) => {
        const found = await current(context, params.targetId);
        const { targets } = context.parts;
        return toTargetValue(context, await setTargetState(targets, work, context.principal, found, state));
      }),
  });
}

const rotate = endpoint({
  id: 'targets.rotate_secret',
  method: 'post',
  path: '/targets/{targetId}/signing-secrets',
  summary: 'Make a new signing secret for a webhook',
  description: 'The one before signs along for `graceHours`. The new one is shown this once.',
  action: 'targets.change',
  params: targetParams,
  body: z.strictObject({ graceHours: z.number().min(0).max(720).default(24) }),
  answer: created(z.object({ signingSecret: z.string() })),
  refusals: ['not_implemented'],
  example: { ...example, body: { graceHours: 24 } },
  handle: (context, { params, body }) =>
    context.commit(async (work) => {
      const found = await targetOf(context, params.targetId);
      const options = { graceMs: body.graceHours * 3_600_000 };
      const { targets } = context.parts;
      return { signingSecret: await rotateSigningSecret(targets, work, context.principal, found, options) };
    }),
});

const remove = endpoint({
  id: 'targets.delete',
  method: 'delete',
  path: '/targets/{targetId}',
  summary: 'Remove a target',
  description: 'Its map of ids and its history go with it. Over there nobody is touched.',
  action: 'targets.change',
  params: targetParams,
  answer: none(),
  ifMatch: 'optional',
  example,
  handle: (context, { params }) =>
    context.commit(async (work) => {
      await removeTarget(context.parts.targets, work, context.principal, await current(context, params.targetId));
      return undefined;
    }),
});

export const targetEndpoints: readonly Endpoint[] = [
  create,
  list,
  get,
  change,
  changeState('pause', 'paused', 'Pause a target: what changes meanwhile waits'),
  changeState('resume', 'active', 'Resume a target'),
  rotate,
];

/** Last, so that the examples before it have a target to work on. */
export const targetRemoval: readonly Endpoint[] = [remove];
