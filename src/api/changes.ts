/** The change log: by position, to follow it; by subject, to look back. */
import { z } from 'zod';
import { json, page } from './answer.ts';
import { change, toChangeValue } from './change.ts';
import { type Endpoint, endpoint } from './endpoint.ts';
import { id, PAGE_MAX, pageQuery } from './fields.ts';

const follow = endpoint({
  id: 'changes.follow',
  method: 'get',
  path: '/changes',
  summary: 'Follow the change log',
  description:
    'Oldest first. Ask again with `lastPosition` as `after`: nothing is skipped, whatever was written meanwhile.',
  action: 'sync_log.read',
  query: z.strictObject({
    after: z.coerce.number().int().min(0).default(0).meta({ description: 'The position that was read last; 0: none.' }),
    limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50),
  }),
  answer: json(z.object({ items: z.array(change), lastPosition: z.int() }), {
    description: 'Changes after the position, as far as there are any.',
  }),
  example: { query: 'after=0&limit=10' },
  async handle({ parts, organizationId }, { query: { after, limit } }) {
    const found = await parts.changeFeed.readChanges(after, limit, organizationId);
    return { items: found.map(toChangeValue), lastPosition: found.at(-1)?.position ?? after };
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
