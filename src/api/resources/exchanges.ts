/** The sync log: what identity providers sent, what they were answered, and what it changed. */
import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { tellNumber } from '../../numbers.ts';
import { OUTCOMES, SEARCHED_MAX } from '../../synclog/exchange.ts';
import { json, page } from '../answer.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { givenInstant, id, instant, line, pageQuery } from '../fields.ts';
import { change, toChangeValue } from './change.ts';

const summary = z
  .object({
    id: id.meta({ description: 'Also the X-Request-Id of the answer.' }),
    at: instant,
    connectionId: id.nullable(),
    tokenId: id.nullable(),
    method: z.string().meta({ example: 'PATCH' }),
    path: z.string().meta({ description: 'Below /scim/v2.', example: '/Users/...' }),
    operation: z.string().meta({ example: 'users.patch' }),
    status: z.int(),
    outcome: z.enum(OUTCOMES),
    errorCode: z.string().nullable(),
    errorDetail: z.string().nullable(),
    subject: z.object({ type: z.string(), id: z.string(), name: z.string() }).nullable(),
    summary: z.string().meta({ example: 'Okta added Ada Byron to group vision' }),
    repairs: z.array(
      z.object({
        code: z.string().meta({ example: 'string-boolean' }),
        at: z.string().meta({ description: 'Which attribute, path or operation.' }),
        detail: z.string(),
      }),
    ),
    changeCount: z.int(),
    durationUs: z.int().meta({ description: 'Microseconds.' }),
    userAgent: z.string().nullable(),
    remoteAddress: z.string().nullable(),
  })
  .meta({ id: 'ExchangeSummary' });

const CHANGES_SHOWN = 500;

const exchange = summary
  .extend({
    requestBody: z.string().nullable().meta({ description: 'Without secrets; long ones are cut, and say so.' }),
    responseBody: z.string().nullable(),
    changes: z.array(change).meta({
      description: `The first ${CHANGES_SHOWN}; changeCount counts those that were there when it was answered.`,
    }),
  })
  .meta({ id: 'Exchange' });

const list = endpoint({
  id: 'exchanges.list',
  method: 'get',
  path: '/exchanges',
  summary: 'List exchanges',
  description: `Newest first. All conditions that are given hold together. A search by \`text\` without \`from\` reads ${tellNumber(SEARCHED_MAX)} exchanges for a page at most: its page may hold fewer than asked for, even none, with a nextCursor that goes on with older ones. It has ended when nextCursor is null.`,
  action: 'sync_log.read',
  query: pageQuery.extend({
    connectionId: id.optional(),
    outcome: z.enum(OUTCOMES).optional(),
    operation: line(100).optional().meta({ example: 'users.patch' }),
    userId: id
      .optional()
      .meta({ description: 'About this person, or changing something about them; plain reads left out.' }),
    from: givenInstant.optional().meta({ description: 'At or after this time.' }),
    until: givenInstant.optional().meta({ description: 'Before this time.' }),
    text: line(500).optional().meta({ description: 'Every word of it occurs, in any letter case.' }),
  }),
  answer: page(summary),
  example: { query: 'outcome=refused&limit=10' },
  async handle(context, { query: { cursor, limit, ...conditions } }) {
    const open = context.openPage({ cursor, limit });
    const before = open.after === '' ? {} : { before: open.after };
    const given = Object.fromEntries(Object.entries(conditions).filter(([, value]) => value !== undefined));
    const { organizationId } = context;
    const { syncLog } = context.parts;
    const query = { organizationId, ...given, ...before };
    const found = await syncLog.listExchanges({ ...query, limit: limit + 1 });
    const further = found.length > limit ? undefined : await syncLog.searchedDownTo(query);
    return context.page(found, open, (each) => each.id, further);
  },
});

const get = endpoint({
  id: 'exchanges.get',
  method: 'get',
  path: '/exchanges/{exchangeId}',
  summary: 'Read an exchange with its bodies and what it changed',
  action: 'sync_log.read',
  params: z.object({ exchangeId: id.meta({ description: 'Id of an exchange.' }) }),
  answer: json(exchange, { description: 'The exchange.' }),
  example: { params: { exchangeId: 'EXCHANGE' } },
  async handle({ parts, organizationId }, { params }) {
    const found = await parts.syncLog.findExchange(organizationId, params.exchangeId);
    if (found === undefined) throw new AppError('not_found', 'There is no such exchange in this organization.');
    const changes = await parts.syncLog.changesOfExchange(organizationId, found.id, CHANGES_SHOWN);
    return { ...found, changes: changes.map(toChangeValue) };
  },
});

export const exchangeEndpoints: readonly Endpoint[] = [list, get];
