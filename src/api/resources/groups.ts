/** Groups as identity providers pushed them, of every connection. */
import { z } from 'zod';
import type { CountedGroup } from '../../directory/groups/group-pages.ts';
import { AppError } from '../../errors.ts';
import { json, page } from '../answer.ts';
import type { ApiContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { id, instant, line, pageQuery } from '../fields.ts';

const group = z
  .object({
    id,
    connectionId: id,
    displayName: z.string().meta({ example: 'ml-vision' }),
    externalId: z.string().nullable(),
    teamId: id.nullable().meta({ description: 'The team that a rule gives this group as its own; null for none.' }),
    memberCount: z.int(),
    version: z.int(),
    createdAt: instant,
    updatedAt: instant,
  })
  .meta({ id: 'Group' });

const member = z
  .object({
    userId: id,
    userName: z.string().meta({ example: 'ada@example.com' }),
    name: z.string().meta({ example: 'Ada Byron' }),
    email: z.string().nullable(),
    active: z.boolean(),
  })
  .meta({ id: 'GroupMember' });

const params = z.object({ groupId: id.meta({ description: 'Id of a group.' }) });

async function findGroup({ parts, organizationId }: ApiContext, wanted: string): Promise<CountedGroup> {
  const { store } = parts.directory;
  const found = await store.groupPages.find(store.reader, organizationId, wanted);
  if (found === undefined) throw new AppError('not_found', 'There is no such group in this organization.');
  return found;
}

const list = endpoint({
  id: 'groups.list',
  method: 'get',
  path: '/groups',
  summary: 'List groups',
  action: 'sync_log.read',
  query: pageQuery.extend({
    connectionId: id.optional().meta({ description: 'Groups of this connection alone.' }),
    text: line(200).optional().meta({ description: 'Part of the name, in any letter case.' }),
  }),
  answer: page(group),
  example: { query: 'text=ml-&limit=10' },
  async handle(context, { query }) {
    const { store } = context.parts.directory;
    const { connectionId, text } = query;
    const open = context.openPage(query);
    const wanted = { ...(connectionId && { connectionId }), ...(text && { text }) };
    const bounds = { afterId: open.after, limit: open.limit + 1 };
    const found = await store.groupPages.page(store.reader, context.organizationId, { ...wanted, ...bounds });
    return context.page(found, open, (each) => each.id);
  },
});

const get = endpoint({
  id: 'groups.get',
  method: 'get',
  path: '/groups/{groupId}',
  summary: 'Read a group',
  action: 'sync_log.read',
  params,
  answer: json(group, { description: 'The group.' }),
  example: { params: { groupId: 'GROUP' } },
  handle: (context, input) => findGroup(context, input.params.groupId),
});

const members = endpoint({
  id: 'groups.members',
  method: 'get',
  path: '/groups/{groupId}/members',
  summary: 'List the members of a group',
  action: 'sync_log.read',
  params,
  query: pageQuery,
  answer: page(member),
  example: { params: { groupId: 'GROUP' } },
  async handle(context, { params: { groupId }, query }) {
    const { store } = context.parts.directory;
    const found = await findGroup(context, groupId);
    const open = context.openPage(query);
    const rows = await store.members.page(store.reader, found.id, open.after, open.limit + 1);
    const cards = await store.users.cards(
      store.reader,
      found,
      rows.map((row) => row.userId),
    );
    const byId = new Map(cards.map((card) => [card.id, { ...card, userId: card.id }]));
    const { items, nextCursor } = context.page(rows, open, (row) => row.userId);
    return { items: items.flatMap((row) => byId.get(row.userId) ?? []), nextCursor };
  },
});

export const groupEndpoints: readonly Endpoint[] = [list, get, members];
