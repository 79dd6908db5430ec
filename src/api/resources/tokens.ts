/** Tokens of connections: what an identity provider signs in with. */
import { z } from 'zod';
import { revokeToken, rotateToken } from '../../directory/connections/connections.ts';
import { created, json, none } from '../answer.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { givenInstant, id, instant } from '../fields.ts';
import { connectionParams, findConnection } from './connection.ts';
import { newToken } from './new-token.ts';

const token = z
  .object({
    id,
    hint: z.string().meta({ description: 'The last four characters.', example: 'x7Qa' }),
    createdAt: instant,
    expiresAt: instant.nullable().meta({ description: 'Null: never.' }),
    revokedAt: instant.nullable(),
    lastUsedAt: instant.nullable().meta({ description: 'To the minute.' }),
  })
  .meta({ id: 'Token' });

const list = endpoint({
  id: 'tokens.list',
  method: 'get',
  path: '/connections/{connectionId}/tokens',
  summary: 'List the tokens of a connection',
  description: 'Oldest first, ended ones too.',
  action: 'connections.read',
  params: connectionParams,
  answer: json(z.object({ items: z.array(token) }), { description: 'All its tokens.' }),
  example: { params: { connectionId: 'CONNECTION' } },
  async handle(context, { params }) {
    const { store } = context.parts.directory;
    const found = await findConnection(context, params.connectionId);
    return { items: await store.connections.tokens(store.reader, found.id) };
  },
});

const GRACE_MAX_SECONDS = 30 * 86_400;

const rotate = endpoint({
  id: 'tokens.rotate',
  method: 'post',
  path: '/connections/{connectionId}/tokens',
  summary: 'Make a new token and give the others an end',
  description:
    'The new token is shown this once. The others go on working for the grace period, so that the identity provider can be switched over without a gap.',
  action: 'connections.tokens',
  params: connectionParams,
  body: z.strictObject({
    graceSeconds: z.int().min(0).max(GRACE_MAX_SECONDS).default(86_400).meta({ description: '0: the others end now.' }),
    expiresAt: givenInstant.nullable().default(null).meta({ description: 'Null: never.' }),
  }),
  answer: created(newToken),
  example: { params: { connectionId: 'CONNECTION' }, body: { graceSeconds: 3600 }, saves: { TOKEN: 'id' } },
  async handle(context, { params, body }) {
    const { directory } = context.parts;
    const found = await findConnection(context, params.connectionId);
    const options = { graceMs: body.graceSeconds * 1000, expiresAt: body.expiresAt };
    return context.commit((work) => rotateToken(directory, work, found, options), { connectionId: found.id });
  },
});

const revoke = endpoint({
  id: 'tokens.revoke',
  method: 'delete',
  path: '/connections/{connectionId}/tokens/{tokenId}',
  summary: 'End a token at once',
  description: 'The identity provider that uses it is refused from the next request on.',
  action: 'connections.tokens',
  params: connectionParams.extend({ tokenId: id.meta({ description: 'Id of a token.' }) }),
  answer: none(),
  example: { params: { connectionId: 'CONNECTION', tokenId: 'TOKEN' } },
  async handle(context, { params }) {
    const { directory } = context.parts;
    const found = await findConnection(context, params.connectionId);
    return context.commit(
      async (work) => {
        await revokeToken(directory, work, found, params.tokenId);
        return undefined;
      },
      { connectionId: found.id },
    );
  },
});

export const tokenEndpoints: readonly Endpoint[] = [list, rotate, revoke];
