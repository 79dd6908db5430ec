/** Mapping rules of a connection: which groups and users get which roles. */
import { z } from 'zod';
import { setRules } from '../../directory/connections/connections.ts';
import { effectOf, parseRulesFor, previewRules, type RulesEffect } from '../../directory/groups/rules-preview.ts';
import { actorOf } from '../../directory/principal.ts';
import type { Handle } from '../../synclog/handle.ts';
import { json, type ValueOf } from '../answer.ts';
import type { ApiContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { connectionParams, findConnection } from './connection.ts';
import { rules, rulesInput } from './mapping-rule.ts';

const roleChange = z
  .object({
    user: z.string().meta({ example: 'Ada Byron' }),
    scope: z.enum(['organization', 'team']),
    team: z.string().nullable(),
    role: z.string().meta({ example: 'member' }),
  })
  .meta({ id: 'RoleChange' });

/** As many as a person may want to look through; `counts` has them all. */
const SHOWN = 200;

const effect = z
  .object({
    gains: z.array(roleChange).meta({ description: `At most ${SHOWN}; counts has them all.` }),
    losses: z.array(roleChange).meta({ description: `At most ${SHOWN}; counts has them all.` }),
    counts: z.object({ gains: z.int(), losses: z.int(), users: z.int() }),
  })
  .meta({ id: 'RulesEffect' });

function shown({ gains, losses, counts }: RulesEffect): ValueOf<typeof effect> {
  return { gains: gains.slice(0, SHOWN), losses: losses.slice(0, SHOWN), counts };
}

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
    'Every role that came from rules is brought in line with the new ones in the same moment. A rule without an id gets one from its content.',
  action: 'connections.rules',
  params: connectionParams,
  body: rulesInput,
  answer: json(rulesOfConnection.extend({ effect }).meta({ id: 'SetMappingRules' }), {
    description: 'The rules, and who gained and lost what.',
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
        return { ...(await readRules(context, work.db, found.id)), effect: shown(effectOf(work.changes)) };
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
  description: 'Nothing is changed.',
  // Not a reading: it is the change itself, taken back, and holds the database's one writer meanwhile.
  action: 'connections.rules',
  params: connectionParams,
  body: rulesInput,
  answer: json(effect, { description: 'What these rules would do.' }),
  example: { params: { connectionId: 'CONNECTION' }, body: EXAMPLE },
  async handle(context, { params, body }) {
    const { parts, organizationId, principal } = context;
    const found = await findConnection(context, params.connectionId);
    const asked = { organizationId, actor: actorOf(principal), exchangeId: null };
    const wanted = await parseRulesFor(parts.directory, organizationId, body);
    return shown(await previewRules(parts.directory, asked, found, wanted));
  },
});

export const mappingRuleEndpoints: readonly Endpoint[] = [get, preview, set];
