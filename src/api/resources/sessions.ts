/** Sessions of people in browsers: see them, end them. */
import { z } from 'zod';
import { endOtherSessions, endSession, listSessions } from '../../directory/entry/sessions.ts';
import { noSuchPerson } from '../../directory/people/people.ts';
import type { Person } from '../../directory/people/person.ts';
import type { Handle } from '../../synclog/handle.ts';
import { json, none } from '../answer.ts';
import type { ApiContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { id, instant } from '../fields.ts';
import { userParams } from './person.ts';

const session = z
  .object({
    id,
    connector: z.string().meta({ description: 'Through what the person signed in.', example: 'oidc' }),
    createdAt: instant,
    expiresAt: instant,
    lastSeenAt: instant.meta({ description: 'To the minute.' }),
    userAgent: z.string().nullable(),
    remoteAddress: z.string().nullable(),
  })
  .meta({ id: 'Session' });

async function ownerOf({ parts, organizationId }: ApiContext, db: Handle, userId: string): Promise<Person> {
  const found = await parts.directory.store.persons.find(db, organizationId, userId);
  if (found === undefined) throw noSuchPerson();
  return found;
}

const list = endpoint({
  id: 'sessions.list',
  method: 'get',
  path: '/people/{userId}/sessions',
  summary: "List a person's sessions",
  action: 'sessions.list',
  subject: ({ userId }) => ({ userId }),
  params: userParams,
  answer: json(z.object({ items: z.array(session) }), { description: 'Those that are alive, newest first.' }),
  example: { params: { userId: 'ME' } },
  async handle(context, { params }) {
    const { directory, sessionLimits } = context.parts;
    await ownerOf(context, directory.store.reader, params.userId);
    return { items: await listSessions(directory, sessionLimits, context.principal, params.userId) };
  },
});

const end = endpoint({
  id: 'sessions.end',
  method: 'delete',
  path: '/people/{userId}/sessions/{sessionId}',
  summary: 'End a session',
  action: 'sessions.end',
  subject: ({ userId }) => ({ userId }),
  params: userParams.extend({ sessionId: id.meta({ description: 'Id of a session.' }) }),
  answer: none(),
  example: { params: { userId: 'ME', sessionId: 'SESSION' }, notRunBecause: 'it needs a browser that signed in' },
  handle: (context, { params }) =>
    context.commit(async (work) => {
      const owner = await ownerOf(context, work.db, params.userId);
      await endSession(context.parts.directory, work, context.principal, owner, params.sessionId);
      return undefined;
    }),
});

const endAll = endpoint({
  id: 'sessions.end_all',
  method: 'delete',
  path: '/people/{userId}/sessions',
  summary: 'End all sessions of a person',
  action: 'sessions.end',
  subject: ({ userId }) => ({ userId }),
  params: userParams,
  answer: json(z.object({ ended: z.int() }), { description: 'How many there were.' }),
  example: { params: { userId: 'ME' } },
  handle: (context, { params }) =>
    context.commit(async (work) => {
      const owner = await ownerOf(context, work.db, params.userId);
      return { ended: await endOtherSessions(context.parts.directory, work, context.principal, owner, null) };
    }),
});

export const sessionEndpoints: readonly Endpoint[] = [list, end, endAll];
