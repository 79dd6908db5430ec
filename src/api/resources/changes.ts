/** The change log: by position, to follow it; by subject, to look back. */
import { z } from 'zod';
import { json, page } from '../answer.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { id, PAGE_MAX, pageQuery } from '../fields.ts';
import { change, toChangeValue } from './change.ts';

const follow = endpoint({
  id: 'changes.follow',
  method: 'get',
  path: '/changes',
  summary: 'Follow the change log',
  description:
    'Oldest first. Ask again with `cursor` as `after`: nothing is skipped, whatever was written meanwhile. The cursor never expires.',
  action: 'sync_log.read',
  query: z.strictObject({
    after: z
      .string()
      .regex(/^\d{1,18}(:\d{1,18})?$/, 'give the cursor of an answer')
      .optional()
      .meta({ description: 'The cursor of the answer before; absent at the beginning.' }),
    position: z.coerce.number().int().min(0).optional().meta({
      description: 'In place of after: begin behind this position; a few changes before it may come along.',
    }),
    limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50),
  }),
  answer: json(z.object({ items: z.array(change), cursor: z.string() }), {
    description: 'Changes after the cursor, as far as there are any; where to go on.',
  }),
  example: { query: 'limit=10', saves: { FEED: 'cursor' } },
  async handle({ parts, organizationId }, { query: { after, position, limit } }) {
    const from = after ?? (await parts.changeFeed.cursorAfter(position ?? 0));
    const { changes, cursor } = await parts.changeFeed.readChanges(from, limit, organizationId);
    return { items: changes.map(toChangeValue), cursor };
  },
});

const ofSubject = endpoint({
  id: 'changes.of_subject',
  method: 'get',
  path: '/subjects/{subjectId}/changes',
  summary: 'List what changed about one thing',
  description: 'Newest first. A person, group, team, connection or the organization itself, by id.',
  action: 'sync_log.read',
  params: z.object({ subjectId: id.meta({ description: 'Id of whatever it is about.' }) }),
  query: pageQuery,
  answer: page(change),
  example: { params: { subjectId: 'CONNECTION' }, query: 'limit=5' },
  async handle(context, { params, query }) {
    const open = context.openPage(query);
    const before = open.after === '' ? undefined : Number(open.after);
    const { syncLog } = context.parts;
    const found = await syncLog.changesOfSubject(context.organizationId, params.subjectId, open.limit + 1, before);
    const { items, nextCursor } = context.page(found, open, (each) => String(each.position));
    return { items: items.map(toChangeValue), nextCursor };
  },
});

export const changeEndpoints: readonly Endpoint[] = [follow, ofSubject];
