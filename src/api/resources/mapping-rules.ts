/** Mapping rules of a connection: which groups and users get which roles. */
import { z } from 'zod';
import { readRuleRun, retryRuleRun } from '../../directory/rules/rule-run-worker.ts';
import { setRules } from '../../directory/rules/rules.ts';
import { effectOf, parseRulesFor, previewRules, SHOWN_MAX } from '../../directory/rules/rules-preview.ts';
import { AppError } from '../../errors.ts';
import type { Handle } from '../../synclog/handle.ts';
import { json, none, type ValueOf } from '../answer.ts';
import type { ApiContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { connectionParams, findConnection } from './connection.ts';
import { rules, rulesInput } from './mapping-rule.ts';
import { ruleRun, toRuleRunValue } from './rule-run.ts';

const roleChange = z
  .object({
    user: z.string().meta({ example: 'Ada Byron' }),
    scope: z.enum(['organization', 'team']),
    team: z.string().nullable(),
    role: z.string().meta({ example: 'member' }),
  })
  .meta({ id: 'RoleChange' });

const effect = z
  .object({
    gains: z.array(roleChange).meta({ description: `At most ${SHOWN_MAX}; counts has them all.` }),
    losses: z.array(roleChange).meta({ description: `At most ${SHOWN_MAX}; counts has them all.` }),
    counts: z.object({ gains: z.int(), losses: z.int(), users: z.int() }),
    newTeams: z
      .object({ count: z.int(), names: z.array(z.string()).meta({ description: `At most ${SHOWN_MAX}.` }) })
      .meta({ description: 'Teams that are made for it.' }),
    refusal: z
      .string()
      .nullable()
      .meta({ description: 'Why saving these rules would be refused; null where it would not.' }),
  })
  .meta({ id: 'RulesEffect' });

const foreseen = effect
  .extend({
    warnings: z
      .object({ count: z.int(), texts: z.array(z.string()).meta({ description: `At most ${SHOWN_MAX}.` }) })
      .meta({
        description: 'Groups that a rule is about and whose members get nothing by it: a captured role that is none.',
      }),
  })
  .meta({ id: 'ForeseenRulesEffect' });

const rulesOfConnection = z.object({ rules, version: z.int() }).meta({ id: 'MappingRules' });

async function readRules({ parts }: ApiContext, db: Handle, connectionId: string) {
  const { connections } = parts.directory.store;
  const version = await connections.version(db, connectionId);
  const document = JSON.parse(await connections.rules(db, connectionId)) as { rules: ValueOf<typeof rules> };
  return { rules: document.rules, version };
}

const version = (value: { version: number }): number => value.version;

const PATH = '/connections/{connectionId}/rules';

const EXAMPLE = {
  rules: [
    { when: { groupPattern: 'ml-{team}-admins' }, give: { team: '{team}', role: 'admin' } },
    { when: { everyOtherGroup: true }, give: { team: '{group}', role: 'member' } },
  ],
};

const get = endpoint({
  id: 'mapping_rules.get',
  method: 'get',
  path: PATH,
  summary: 'Read the mapping rules of a connection',
  action: 'connections.read',
  params: connectionParams,
  answer: json(rulesOfConnection, { description: 'The rules, in order.', version }),
  example: { params: { connectionId: 'CONNECTION' }, saves: { RULES_VERSION: 'version' } },
  async handle(context, { params }) {
    const found = await findConnection(context, params.connectionId);
    return readRules(context, context.parts.directory.store.reader, found.id);
  },
});

const set = endpoint({
  id: 'mapping_rules.set',
  method: 'put',
  path: PATH,
  summary: 'Replace the mapping rules of a connection',
  description:
    'Every role that came from rules is brought in line with the new ones: in the same moment where at most 500 people are concerned, else by a run that goes on after the answer. Until it is over, those whom it has not reached hold what the rules before gave them; what an identity provider sends follows the new rules at once. A rule without an id gets one from its content.',
  action: 'connections.rules',
  params: connectionParams,
  body: rulesInput,
  answer: json(rulesOfConnection.extend({ effect, run: ruleRun }).meta({ id: 'SetMappingRules' }), {
    description: 'The rules, who gained and lost what with this answer, and how far the run is.',
    version,
  }),
  ifMatch: 'required',
  example: { params: { connectionId: 'CONNECTION' }, body: EXAMPLE, ifMatch: 'RULES_VERSION' },
  async handle(context, { params, body }) {
    const { directory } = context.parts;
    const found = await findConnection(context, params.connectionId);
    const wanted = await parseRulesFor(directory, context.organizationId, body);
    return context.commit(
      async (work) => {
        context.matchVersion(await directory.store.connections.version(work.db, found.id));
        await setRules(directory, work, found, wanted);
        const run = await readRuleRun(directory, work.db, found.id);
        if (run === undefined) throw new AppError('internal');
        const saved = await readRules(context, work.db, found.id);
        return { ...saved, effect: effectOf(work.changes), run: toRuleRunValue(run) };
      },
      { connectionId: found.id },
    );
  },
});

const preview = endpoint({
  id: 'mapping_rules.preview',
  method: 'post',
  path: `${PATH}/preview`,
  summary: 'See who would gain and lose what with other rules',
  description: 'Nothing is changed, and nobody is kept from writing.',
  // Only for those who may save them: it tells what everybody holds.
  action: 'connections.rules',
  params: connectionParams,
  body: rulesInput,
  answer: json(foreseen, { description: 'What these rules would do.' }),
  example: { params: { connectionId: 'CONNECTION' }, body: EXAMPLE },
  async handle(context, { params, body }) {
    const { parts, organizationId } = context;
    const found = await findConnection(context, params.connectionId);
    const wanted = await parseRulesFor(parts.directory, organizationId, body);
    return previewRules(parts.directory, found, wanted);
  },
});

const getRun = endpoint({
  id: 'mapping_rules.get_run',
  method: 'get',
  path: `${PATH}/run`,
  summary: 'See how far mapping rules are applied',
  description:
    'A run begins when rules are saved, and when a custom role is made or deleted that a rule takes from the name of a group.',
  action: 'connections.read',
  params: connectionParams,
  answer: json(z.object({ run: ruleRun.nullable() }).meta({ id: 'NewestMappingRulesRun' }), {
    description: 'The newest run; null where there was none since the connection was made.',
  }),
  example: { params: { connectionId: 'CONNECTION' } },
  async handle(context, { params }) {
    const { directory } = context.parts;
    const found = await findConnection(context, params.connectionId);
    const run = await readRuleRun(directory, directory.store.reader, found.id);
    return { run: run === undefined ? null : toRuleRunValue(run) };
  },
});

const retry = endpoint({
  id: 'mapping_rules.retry_run',
  method: 'post',
  path: `${PATH}/run/retry`,
  summary: 'Go on with a run that was parked',
  description: 'It goes on where it stopped. A run that is not parked is left alone.',
  action: 'connections.rules',
  params: connectionParams,
  answer: none(),
  example: { params: { connectionId: 'CONNECTION' } },
  async handle(context, { params }) {
    const { directory } = context.parts;
    const found = await findConnection(context, params.connectionId);
    await context.commit(
      async (work) => {
        await retryRuleRun(directory, work, found);
        return undefined;
      },
      { connectionId: found.id },
    );
    return undefined;
  },
});

export const mappingRuleEndpoints: readonly Endpoint[] = [get, preview, set, getRun, retry];
