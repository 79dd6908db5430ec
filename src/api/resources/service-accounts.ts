/** Service accounts: non-people with keys, of a team or of the organization. They take no seat. */
import { z } from 'zod';
import { createServiceKey, listServiceKeys } from '../../directory/keys/api-keys.ts';
import {
  createServiceAccount,
  listServiceAccounts,
  readServiceAccount,
  removeServiceAccount,
} from '../../directory/keys/service-accounts.ts';
import { created, json, none } from '../answer.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { flag, id, instant, line } from '../fields.ts';
import { apiKey, madeApiKey, newApiKey, toMadeKey } from './api-key.ts';

const account = z
  .object({
    id,
    name: z.string().meta({ example: 'nightly export' }),
    teamId: id.nullable().meta({ description: 'Null: of the organization.' }),
    createdAt: instant,
  })
  .meta({ id: 'ServiceAccount' });

const params = z.object({ serviceAccountId: id.meta({ description: 'Id of a service account.' }) });
const example = { params: { serviceAccountId: 'SERVICE_ACCOUNT' } };

const create = endpoint({
  id: 'service_accounts.create',
  method: 'post',
  path: '/service-accounts',
  summary: 'Create a service account',
  description: 'It takes no seat and holds no grants: what it may do is what its keys carry.',
  action: 'service_accounts.create',
  subject: 'by use-case',
  body: z.strictObject({
    name: line(100).meta({ example: 'nightly export' }),
    teamId: id.nullable().default(null).meta({ description: 'Null: of the organization.' }),
  }),
  answer: created(account, { location: (made) => `/service-accounts/${made.id}` }),
  refusals: ['not_found', 'uniqueness', 'conflict'],
  example: { body: { name: 'nightly export' }, saves: { SERVICE_ACCOUNT: 'id' } },
  handle: (context, { body }) =>
    context.commit((work) => createServiceAccount(context.parts.directory, work, context.principal, body)),
});

const list = endpoint({
  id: 'service_accounts.list',
  method: 'get',
  path: '/service-accounts',
  summary: 'List service accounts',
  description: 'By name. All of them, unless a team is named or only those of the organization itself are asked for.',
  action: 'service_accounts.list',
  subject: 'by use-case',
  query: z.strictObject({
    teamId: id.optional(),
    ofOrganization: flag.optional().meta({ description: 'true: only those of no team.' }),
  }),
  answer: json(z.object({ items: z.array(account) }), { description: 'All of them.' }),
  example: {},
  async handle({ parts, principal }, { query: { teamId, ofOrganization } }) {
    const of = ofOrganization === true ? null : teamId;
    return { items: await listServiceAccounts(parts.directory, principal, of) };
  },
});

const get = endpoint({
  id: 'service_accounts.get',
  method: 'get',
  path: '/service-accounts/{serviceAccountId}',
  summary: 'Read a service account',
  action: 'service_accounts.list',
  subject: 'by use-case',
  params,
  answer: json(account, { description: 'The account.' }),
  example,
  handle: ({ parts, principal }, input) =>
    readServiceAccount(parts.directory, principal, input.params.serviceAccountId),
});

const remove = endpoint({
  id: 'service_accounts.remove',
  method: 'delete',
  path: '/service-accounts/{serviceAccountId}',
  summary: 'Remove a service account',
  description: 'Its keys end at once. What it did stays on record under its name.',
  action: 'service_accounts.remove',
  subject: 'by use-case',
  params,
  answer: none(),
  example,
  handle: (context, input) =>
    context.commit(async (work) => {
      const { serviceAccountId } = input.params;
      await removeServiceAccount(context.parts.directory, work, context.principal, serviceAccountId);
      return undefined;
    }),
});

const createKey = endpoint({
  id: 'service_accounts.create_key',
  method: 'post',
  path: '/service-accounts/{serviceAccountId}/keys',
  summary: 'Make a key of a service account',
  description:
    'Its secret is in the answer, this once. An account may have several, so that they can be changed without a gap.',
  action: 'service_accounts.create_key',
  subject: 'by use-case',
  params,
  body: newApiKey,
  answer: created(madeApiKey),
  refusals: ['conflict'],
  example: { ...example, body: { name: 'main', scopes: ['read', 'ledger'] }, saves: { SERVICE_KEY: 'id' } },
  handle: (context, input) =>
    context.commit(async (work) => {
      const { serviceAccountId } = input.params;
      const { directory } = context.parts;
      return toMadeKey(await createServiceKey(directory, work, context.principal, serviceAccountId, input.body));
    }),
});

const listKeys = endpoint({
  id: 'service_accounts.keys',
  method: 'get',
  path: '/service-accounts/{serviceAccountId}/keys',
  summary: 'List the keys of a service account',
  description: 'Oldest first, ended ones too. One is revoked as a person’s is.',
  action: 'service_accounts.list',
  subject: 'by use-case',
  params,
  answer: json(z.object({ items: z.array(apiKey) }), { description: 'All of them.' }),
  example,
  handle: async ({ parts, principal }, input) => ({
    items: await listServiceKeys(parts.directory, principal, input.params.serviceAccountId),
  }),
});

export const serviceAccountEndpoints: readonly Endpoint[] = [create, list, get, createKey, listKeys, remove];
