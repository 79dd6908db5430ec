/** Connections: the identity providers that feed the organization. */
import { z } from 'zod';
import { type Connection, DIALECTS } from '../../directory/connections/connection.ts';
import { createConnection, setConnectionState } from '../../directory/connections/connections.ts';
import { approveAdoption } from '../../directory/people/adoption.ts';
import { findPerson } from '../../directory/roles/explain.ts';
import { AppError } from '../../errors.ts';
import { created, json, none, page } from '../answer.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { line, pageQuery } from '../fields.ts';
import { type ConnectionValue, connection, connectionParams, findConnection, toConnectionValue } from './connection.ts';
import { newToken } from './new-token.ts';

const version = ({ updatedAt }: ConnectionValue): number => updatedAt;

const list = endpoint({
  id: 'connections.list',
  method: 'get',
  path: '/connections',
  summary: 'List connections',
  action: 'connections.read',
  query: pageQuery,
  answer: page(connection),
  example: { query: 'limit=10' },
  async handle(context, { query }) {
    const { store } = context.parts.directory;
    const open = context.openPage(query);
    const all = await store.connections.list(store.reader, context.organizationId);
    const rest = all.filter((each) => each.id > open.after).map((each) => toConnectionValue(context, each));
    return context.page(rest, open, (each) => each.id);
  },
});

const create = endpoint({
  id: 'connections.create',
  method: 'post',
  path: '/connections',
  summary: 'Create a connection',
  description:
    'The answer holds the first token, which is shown this once. Each pushed group gives a team of its name until other mapping rules are set.',
  action: 'connections.create',
  body: z.strictObject({ name: line(100).meta({ example: 'Okta' }), dialect: z.enum(DIALECTS) }),
  answer: created(connection.extend({ token: newToken }).meta({ id: 'NewConnection' }), {
    version,
    location: (made) => `/connections/${made.id}`,
  }),
  refusals: ['uniqueness'],
  example: { body: { name: 'Okta', dialect: 'okta' }, saves: { CONNECTION: 'id' } },
  handle: (context, { body }) =>
    context.commit(async (work) => {
      const made = await createConnection(context.parts.directory, work, body);
      return { ...toConnectionValue(context, made.connection), token: made.token };
    }),
});

const get = endpoint({
  id: 'connections.get',
  method: 'get',
  path: '/connections/{connectionId}',
  summary: 'Read a connection',
  action: 'connections.read',
  params: connectionParams,
  answer: json(connection, { description: 'The connection.', version }),
  example: { params: { connectionId: 'CONNECTION' } },
  handle: async (context, { params }) => toConnectionValue(context, await findConnection(context, params.connectionId)),
});

function changeState(verb: 'pause' | 'resume', state: Connection['state'], summary: string): Endpoint {
  return endpoint({
    id: `connections.${verb}`,
    method: 'post',
    path: `/connections/{connectionId}/${verb}`,
    summary,
    action: 'connections.change',
    params: connectionParams,
    answer: json(connection, { description: 'The connection as it is now.', version }),
    ifMatch: 'optional',
    example: { params: { connectionId: 'CONNECTION' } },
    async handle(context, { params }) {
      const { directory } = context.parts;
      const { id: found } = await findConnection(context, params.connectionId);
      return context.commit(
        async (work) => {
          // Locked by its version, so that If-Match is about what is changed.
          await directory.store.connections.version(work.db, found);
          const current = await directory.store.connections.find(work.db, context.organizationId, found);
          if (current === undefined) throw new AppError('not_found');
          context.matchVersion(current.updatedAt);
          return toConnectionValue(context, await setConnectionState(directory, work, current, state));
        },
        { connectionId: found },
      );
    },
  });
}

const approve = endpoint({
  id: 'connections.approve_adoption',
  method: 'post',
  path: '/connections/{connectionId}/adoptions',
  summary: 'Let a connection take over an admin whom nobody manages',
  action: 'people.approve_adoption',
  params: connectionParams,
  body: z.strictObject({
    person: line(500).meta({ description: 'Id, user name or e-mail address.', example: 'ada@example.com' }),
  }),
  answer: none(),
  refusals: ['conflict'],
  example: {
    params: { connectionId: 'CONNECTION' },
    body: { person: '{UNMANAGED_ADMIN}' },
  },
  async handle(context, { params, body }) {
    const { directory } = context.parts;
    const found = await findConnection(context, params.connectionId);
    const person = await findPerson(directory, context.organizationId, body.person);
    await context.commit(
      async (work) => {
        await approveAdoption(directory, work, found, person);
        return undefined;
      },
      { connectionId: found.id },
    );
    return undefined;
  },
});

export const connectionEndpoints: readonly Endpoint[] = [
  create,
  list,
  get,
  changeState('pause', 'paused', 'Pause a connection: its identity provider is answered 503 until it is resumed'),
  changeState('resume', 'active', 'Resume a connection'),
  approve,
];
