/** People of the organization, whoever manages them: list, look at, role, remove, bring back; and the seats. */
import { z } from 'zod';
import { changeOrganizationRole } from '../../directory/people/organization-role.ts';
import { listPeople, noSuchPerson, readPerson } from '../../directory/people/people.ts';
import { PERSON_SORTS, type PersonPosition, versionOf } from '../../directory/people/person.ts';
import { removePerson } from '../../directory/people/person-removal.ts';
import { reactivatePerson } from '../../directory/people/person-return.ts';
import { readSeats } from '../../directory/people/seats.ts';
import { ORGANIZATION_ROLES } from '../../directory/people/user.ts';
import type { Work } from '../../directory/work.ts';
import { json, page } from '../answer.ts';
import type { ApiContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { flag, id, instant, line, pageQuery } from '../fields.ts';
import { explainedRole, toExplainedRole } from './explained-role.ts';
import { MEMBER_STATUSES, person, userParams } from './person.ts';

const example = { params: { userId: 'PERSON' } };

const list = endpoint({
  id: 'people.list',
  method: 'get',
  path: '/people',
  summary: 'List and search people',
  description:
    'Everybody who is not removed, invited addresses among them, unless a status is asked for. By connection, unmanaged ones, and in the order of `last_seen` for those alone who see that of people.',
  action: 'people.list',
  query: pageQuery.extend({
    text: line(200).optional().meta({
      description:
        'How the name, its last word, the user name or the address begins; where fewer than 50 people are found so, also what one of these contains (from three characters on, in organizations of up to 100,000 people).',
    }),
    status: z.enum(MEMBER_STATUSES).optional(),
    role: z.enum(ORGANIZATION_ROLES).optional(),
    connectionId: id.optional().meta({ description: 'People whom this connection manages.' }),
    unmanaged: flag.optional().meta({ description: 'true: people whom nobody manages.' }),
    sort: z.enum(PERSON_SORTS).default('name'),
    descending: flag.default(false),
  }),
  answer: page(person),
  example: { query: 'text=ada&sort=last_seen&descending=true' },
  async handle(context, { query: { cursor, limit, status, text, role, connectionId, unmanaged, sort, descending } }) {
    const open = context.openPage({ cursor, limit });
    const { items, next } = await listPeople(context.parts.directory, context.principal, {
      ...{ sort, descending, limit },
      ...(status !== undefined && { statuses: [status] }),
      ...(text !== undefined && { text }),
      ...(role !== undefined && { role }),
      ...(connectionId !== undefined && { connectionId }),
      ...(unmanaged === true && { connectionId: null }),
      ...(open.after !== '' && { after: JSON.parse(open.after) as PersonPosition }),
    });
    return { items, nextCursor: next === null ? null : context.cursorAt(JSON.stringify(next)) };
  },
});

const personView = person
  .extend({
    roles: z.array(explainedRole).nullable().meta({ description: 'Why they hold them; null for who may not see it.' }),
    updatedAt: instant,
    version: z.string().meta({ description: 'Changes with the person; the ETag.' }),
  })
  .meta({ id: 'PersonView' });

const get = endpoint({
  id: 'people.get',
  method: 'get',
  path: '/people/{userId}',
  summary: 'Read a person',
  action: 'people.read',
  subject: ({ userId }) => ({ userId }),
  params: userParams,
  answer: json(personView, { description: 'The person.', version: (value) => value.version }),
  example: { ...example, saves: { PERSON_VERSION: 'version' } },
  async handle({ parts, principal }, { params }) {
    const found = await readPerson(parts.directory, principal, params.userId);
    return { ...found, roles: found.roles?.map(toExplainedRole) ?? null };
  },
});

const warnings = z.array(z.string()).meta({ description: 'What else to know; never a block.' });

/** So that If-Match is about what is changed. @throws AppError `not_found`, `precondition_failed` */
async function matchPerson(
  { parts, organizationId, matchVersion }: ApiContext,
  work: Work,
  userId: string,
): Promise<void> {
  const found = await parts.directory.store.persons.lock(work.db, organizationId, userId);
  if (found === undefined) throw noSuchPerson();
  matchVersion(versionOf(found));
}

const changeRole = endpoint({
  id: 'people.change_role',
  method: 'patch',
  path: '/people/{userId}',
  summary: "Change a person's role in the organization",
  description: 'Replaces what people decided before. What a mapping rule or a claim gives stays, and is named.',
  action: 'people.change_role',
  subject: ({ userId }) => ({ userId }),
  params: userParams,
  body: z.strictObject({ role: z.enum(ORGANIZATION_ROLES) }),
  answer: json(
    z.object({
      role: z.enum(ORGANIZATION_ROLES).meta({ description: 'What they hold now.' }),
      wanted: z.enum(ORGANIZATION_ROLES),
      heldUpBy: z
        .array(
          z.object({
            role: z.string(),
            origin: z.string(),
            connection: z.string().nullable(),
            rule: z.string().nullable(),
            group: z.string().nullable(),
          }),
        )
        .meta({ description: 'What gives more than was wanted.' }),
      warnings,
    }),
    { description: 'What they hold now, and why if it is more.' },
  ),
  ifMatch: 'optional',
  refusals: ['last_admin', 'conflict'],
  example: { ...example, body: { role: 'member' } },
  handle: (context, { params, body }) =>
    context.commit(async (work) => {
      await matchPerson(context, work, params.userId);
      return changeOrganizationRole(context.parts.directory, work, context.principal, params.userId, body.role);
    }),
});

const nextSync = z.string().nullable().meta({ description: 'What the identity provider that manages them will do.' });

const remove = endpoint({
  id: 'people.remove',
  method: 'delete',
  path: '/people/{userId}',
  summary: 'Remove a person',
  description:
    'They lose access at once, sessions and keys included; their runs are kept, and the ledger gets an entry. Somebody whom a connection manages is deactivated.',
  action: 'people.remove',
  subject: ({ userId }) => ({ userId }),
  params: userParams,
  query: z.strictObject({ reason: line(500).optional().meta({ description: 'Why; it goes on record.' }) }),
  answer: json(z.object({ status: z.enum(['removed', 'deactivated']), nextSync, warnings }), {
    description: 'What became of it.',
  }),
  ifMatch: 'optional',
  refusals: ['last_admin', 'conflict'],
  example: { ...example, query: 'reason=left%20the%20company' },
  handle: (context, { params, query }) =>
    context.commit(
      async (work) => {
        await matchPerson(context, work, params.userId);
        return removePerson(context.parts.directory, work, context.principal, params.userId);
      },
      { reason: query.reason },
    ),
});

const reactivate = endpoint({
  id: 'people.reactivate',
  method: 'post',
  path: '/people/{userId}/reactivate',
  summary: 'Bring a person back',
  description:
    'Removed stays removed until then. Where an identity provider took the access away, it has to be said twice.',
  action: 'people.reactivate',
  subject: ({ userId }) => ({ userId }),
  params: userParams,
  body: z.strictObject({
    againstConnection: z.boolean().default(false).meta({ description: 'Although an identity provider took it away.' }),
    reason: line(500).optional(),
  }),
  answer: json(z.object({ nextSync }), { description: 'They have access.' }),
  refusals: ['seat_limit', 'uniqueness', 'conflict', 'managed_by_connection'],
  example: { ...example, body: { reason: 'back from leave' } },
  handle: (context, { params, body: { againstConnection, reason } }) =>
    context.commit(
      (work) =>
        reactivatePerson(context.parts.directory, work, context.principal, params.userId, { againstConnection }),
      { reason },
    ),
});

const seats = endpoint({
  id: 'people.seats',
  method: 'get',
  path: '/seats',
  summary: 'Read how many seats are taken',
  action: 'seats.read',
  answer: json(
    z
      .object({
        limit: z.int().nullable().meta({ description: 'Null: unlimited.' }),
        active: z.int(),
        invited: z.int().meta({ description: 'Invites that can still be accepted.' }),
        free: z.int().nullable(),
        full: z.boolean().meta({ description: 'Nobody can be created, brought back or let in.' }),
        invitable: z.int().nullable().meta({ description: 'How many more may be invited; null: any number.' }),
        over: z.int().meta({
          description: 'Active people beyond the limit, after SEATS was lowered: they keep their access.',
        }),
      })
      .meta({ id: 'SeatUse' }),
    { description: 'The seats.' },
  ),
  example: {},
  handle: ({ parts, principal }) => readSeats(parts.directory, principal),
});

export const peopleEndpoints: readonly Endpoint[] = [seats, list, get, changeRole, remove, reactivate];
