/** Rules for the groups that come with a sign-in: which of them give which roles. */
import { z } from 'zod';
import { readSignInRules, type SignInRules, setSignInRules } from '../../directory/entry/sign-in-grants.ts';
import { parseRules } from '../../mapping/rule.ts';
import { json, type ValueOf } from '../answer.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { rules, rulesInput } from './mapping-rule.ts';

const PATH = '/sign-in/rules';

const signInRules = z
  .object({
    rules,
    version: z.int().meta({ description: '1: none were ever set.' }),
  })
  .meta({ id: 'SignInRules' });

type Value = ValueOf<typeof signInRules>;

/** As JSON has them: the core's are read-only. */
function toValue({ rules, version }: SignInRules): Value {
  return { rules: rules.map(({ id, when, give }) => ({ id, when, give })) as Value['rules'], version };
}

const version = (value: Value): number => value.version;

const get = endpoint({
  id: 'sign_in_rules.get',
  method: 'get',
  path: PATH,
  summary: 'Read the rules for groups of sign-ins',
  action: 'connections.read',
  answer: json(signInRules, {
    description: 'The rules, in order. Without any, groups of sign-ins give nothing.',
    version,
  }),
  example: { saves: { SIGN_IN_RULES_VERSION: 'version' } },
  async handle({ parts: { directory }, organizationId }) {
    return toValue(await readSignInRules(directory, directory.store.reader, organizationId));
  },
});

const set = endpoint({
  id: 'sign_in_rules.set',
  method: 'put',
  path: PATH,
  summary: 'Replace the rules for groups of sign-ins',
  description:
    'They hold from the next sign-in of each person on. Rules about users, and custom roles, are for connections only. Where a connection manages a person, groups of their sign-ins are ignored.',
  action: 'connections.rules',
  body: rulesInput,
  answer: json(signInRules, { description: 'The rules as they are now.', version }),
  ifMatch: 'required',
  example: {
    body: { rules: [{ when: { group: 'ml-leads' }, give: { team: 'ml', role: 'admin' } }] },
    ifMatch: 'SIGN_IN_RULES_VERSION',
  },
  handle: (context, { body }) => {
    const { parts, principal, matchVersion } = context;
    const wanted = parseRules(body);
    return context.commit(async (work) =>
      toValue(await setSignInRules(parts.directory, work, principal, wanted, matchVersion)),
    );
  },
});

export const signInRuleEndpoints: readonly Endpoint[] = [get, set];
