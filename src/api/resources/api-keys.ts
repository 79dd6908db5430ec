/** Keys of people. Keys of service accounts are made in service-accounts.ts; revoking is the same for both. */
import { z } from 'zod';
import { createPersonalKey, listPersonalKeys, revokeKey } from '../../directory/keys/api-keys.ts';
import { created, json, none } from '../answer.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { id } from '../fields.ts';
import { apiKey, madeApiKey, newApiKey, toMadeKey } from './api-key.ts';
import { userParams } from './person.ts';

const list = endpoint({
  id: 'api_keys.list',
  method: 'get',
  path: '/people/{userId}/keys',
  summary: "List a person's keys",
  description: 'Oldest first, ended ones too.',
  action: 'api_keys.list',
  subject: ({ userId }) => ({ userId }),
  params: userParams,
  answer: json(z.object({ items: z.array(apiKey) }), { description: 'All of them.' }),
  example: { params: { userId: 'PERSON' } },
  handle: async ({ parts, principal }, { params }) => ({
    items: await listPersonalKeys(parts.directory, principal, params.userId),
  }),
});

const create = endpoint({
  id: 'api_keys.create',
  method: 'post',
  path: '/people/{userId}/keys',
  summary: 'Make a key for yourself',
  description: 'Its secret is in the answer, this once.',
  action: 'api_keys.create',
  subject: ({ userId }) => ({ userId }),
  params: userParams,
  body: newApiKey,
  answer: created(madeApiKey),
  refusals: ['conflict'],
  example: {
    params: { userId: 'ME' },
    body: { name: 'nightly export', scopes: ['read'], expiresAt: '2099-01-01T00:00:00Z' },
    saves: { KEY_ID: 'id' },
  },
  handle: (context, { params, body }) =>
    context.commit(async (work) =>
      toMadeKey(await createPersonalKey(context.parts.directory, work, context.principal, params.userId, body)),
    ),
});

const revoke = endpoint({
  id: 'api_keys.revoke',
  method: 'delete',
  path: '/keys/{keyId}',
  summary: 'Revoke a key',
  description: 'The next request with it is refused. Of a person or of a service account.',
  action: 'api_keys.revoke',
  subject: 'by use-case',
  params: z.object({ keyId: id.meta({ description: 'Id of a key.' }) }),
  answer: none(),
  example: { params: { keyId: 'KEY_ID' } },
  handle: (context, { params }) =>
    context.commit(async (work) => {
      await revokeKey(context.parts.directory, work, context.principal, params.keyId);
      return undefined;
    }),
});

export const apiKeyEndpoints: readonly Endpoint[] = [create, list, revoke];
