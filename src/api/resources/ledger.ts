/** The ledger: who left, what they left behind, and whether the record is whole. What changes it: removal-changes.ts. */
import { z } from 'zod';
import { readWorkList } from '../../directory/removals/handovers.ts';
import { requestVerification } from '../../directory/removals/inventories.ts';
import { listLedger, readStory } from '../../directory/removals/ledger-view.ts';
import { AppError } from '../../errors.ts';
import { exportRows } from '../../ledger/export.ts';
import { LEDGER_KINDS } from '../../ledger/kind.ts';
import type { Removal } from '../../ledger/removal.ts';
import type { LedgerConditions } from '../../ledger/store.ts';
import { accepted, json, page, rows } from '../answer.ts';
import type { ApiContext } from '../context.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { flag, givenInstant, id, line, pageQuery } from '../fields.ts';
import { formatQuery } from '../rows.ts';
import { exportRow, ledgerLine, REMOVAL_STATES, recordedProject, removalStory, SCOPES, time } from './removal.ts';

export const removalParams = z.object({ removalId: id.meta({ description: 'Id of a removal: its first entry.' }) });

/** @throws AppError `not_found`, also for another organization's */
export async function findRemovalById({ parts, organizationId }: ApiContext, wanted: string): Promise<Removal> {
  const { store } = parts.directory;
  const found = await store.removals.find(store.reader, organizationId, wanted);
  if (found === undefined) throw new AppError('not_found', 'There is no such removal in this organization.');
  return found;
}

/** What narrows a list or an export of entries. */
const conditions = {
  kind: z.enum(LEDGER_KINDS).optional(),
  scope: z.enum(SCOPES).optional(),
  person: line(500).optional().meta({ description: 'userName, e-mail address, externalId or id of that time.' }),
  teamId: id.optional(),
  state: z.enum(REMOVAL_STATES).optional(),
  inventory: z.enum(['none', 'taken', 'partial', 'failed']).optional(),
  hold: flag.optional(),
  missing: flag.optional().meta({ description: 'Whether runs that were to be kept are missing.' }),
  from: givenInstant.optional().meta({ description: 'At or after this time.' }),
  until: givenInstant.optional().meta({ description: 'Before this time.' }),
} as const;

type Conditions = z.output<z.ZodObject<typeof conditions>>;

/** For the store; undefined: every entry. */
async function toConditions(
  { parts, organizationId }: ApiContext,
  { kind, person, from, ...rest }: Conditions,
): Promise<LedgerConditions | undefined> {
  const { store } = parts.directory;
  const given = Object.entries({
    ...rest,
    kinds: kind === undefined ? undefined : [kind],
    userIds: person === undefined ? undefined : await store.removals.findPeople(store.reader, organizationId, person),
    since: from,
  }).filter(([, value]) => value !== undefined);
  return given.length === 0 ? undefined : (Object.fromEntries(given) as LedgerConditions);
}

const list = endpoint({
  id: 'ledger.list',
  method: 'get',
  path: '/ledger',
  summary: 'List entries of the ledger',
  description:
    'Newest first; kind=removed lists who left, and what came of it. All conditions that are given hold together; those on state, inventory, hold and missing are about the removal that an entry belongs to.',
  action: 'ledger.read',
  query: pageQuery.extend(conditions),
  answer: page(ledgerLine),
  example: { query: 'kind=removed&state=left&limit=10' },
  async handle(context, { query: { cursor, limit, ...given } }) {
    const { directory } = context.parts;
    const open = context.openPage({ cursor, limit });
    const before = open.after === '' ? {} : { before: Number(open.after) };
    const wanted = await toConditions(context, given);
    const lines = await listLedger(directory, context.organizationId, { ...wanted, ...before, limit: limit + 1 });
    return context.page(lines, open, ({ position }) => String(position));
  },
});

const checkpoint = endpoint({
  id: 'ledger.checkpoint',
  method: 'get',
  path: '/ledger/checkpoint',
  summary: 'Read position and hash of the newest entry',
  description: 'Kept elsewhere, it shows later that nothing before it was changed, added or taken away.',
  action: 'ledger.read',
  answer: json(
    z.object({ organization: id, position: z.int(), hash: z.string(), at: time }).meta({ id: 'Checkpoint' }),
  ),
  example: { saves: { POSITION: 'position', HASH: 'hash' } },
  async handle({ parts, organizationId }) {
    const { ledger, store, now } = parts.directory;
    const head = await ledger.head(store.reader, organizationId);
    return { organization: organizationId, ...head, at: new Date(now()).toISOString() };
  },
});

const verify = endpoint({
  id: 'ledger.verify',
  method: 'get',
  path: '/ledger/verification',
  summary: 'Check the whole chain from its first entry',
  description: 'With position and hash of an earlier checkpoint the chain has to go through it.',
  action: 'ledger.read',
  query: z.strictObject({
    position: z.coerce.number().int().min(0).optional(),
    hash: z
      .string()
      .regex(/^[0-9a-f]{64}$/)
      .optional(),
  }),
  answer: json(
    z
      .object({
        whole: z.boolean(),
        entries: z.int().meta({ description: 'Those that hold, from the first on.' }),
        hash: z.string().meta({ description: 'Of the last that holds.' }),
        firstBreak: z.object({ position: z.int(), id: z.string(), reason: z.string() }).nullable(),
      })
      .meta({ id: 'Verification' }),
    { description: 'Whether it is whole, and its first break.' },
  ),
  example: {},
  async handle({ parts, organizationId }, { query: { position, hash } }) {
    if ((position === undefined) !== (hash === undefined))
      throw new AppError('invalid_value', 'A checkpoint is a position with a hash: give both.');
    const point = position === undefined || hash === undefined ? undefined : { position, hash };
    const { ledger, store } = parts.directory;
    const check = await ledger.verify(store.reader, organizationId, point);
    return { whole: check.holds, entries: check.checked, hash: check.hash, firstBreak: check.firstBreak };
  },
});

const exportAll = endpoint({
  id: 'ledger.export',
  method: 'get',
  path: '/ledger/export',
  summary: 'Export entries, oldest first',
  description:
    'Every entry without conditions: docs/ledger.md has a script that checks such an export without Drawbridge. Conditions mean what they mean in the list; an export of some entries is no whole chain.',
  action: 'ledger.read',
  query: formatQuery.extend(conditions),
  answer: rows(exportRow, 'ledger'),
  example: { query: 'format=jsonl' },
  async handle(context, { query: { format: _format, ...given } }) {
    const { ledger, store } = context.parts.directory;
    const wanted = await toConditions(context, given);
    return exportRows(store.reader, { ledger, digests: store.runDigests }, context.organizationId, wanted);
  },
});

const reverify = endpoint({
  id: 'ledger.reverify',
  method: 'post',
  path: '/ledger/verifications',
  summary: 'Ask the tracker whether kept runs are still there',
  description: 'It is asked in the background; what it says becomes entries of kind `verified`.',
  action: 'ledger.change',
  body: z.strictObject({
    removalId: id
      .optional()
      .meta({ description: 'Only what was left behind then; everything that is kept without it.' }),
  }),
  answer: accepted(z.object({ asked: z.int().meta({ description: 'Removals.' }) })),
  refusals: ['conflict'],
  example: { body: {}, notRunBecause: 'it needs a tracker' },
  async handle(context, { body }) {
    const { directory } = context.parts;
    const removal = body.removalId === undefined ? undefined : await findRemovalById(context, body.removalId);
    return context.commit(async (work) => ({ asked: await requestVerification(directory, work, removal) }));
  },
});

const get = endpoint({
  id: 'ledger.get',
  method: 'get',
  path: '/ledger/{removalId}',
  summary: 'Read a removal with everything that happened since',
  action: 'ledger.read',
  params: removalParams,
  answer: json(removalStory, { description: 'The removal and its story.' }),
  example: { params: { removalId: 'REMOVAL' }, notRunBecause: 'it needs somebody who left' },
  handle: async (context, { params }) =>
    readStory(context.parts.directory, await findRemovalById(context, params.removalId)),
});

const workList = endpoint({
  id: 'ledger.work_list',
  method: 'get',
  path: '/ledger/{removalId}/work-list',
  summary: 'List what is to be moved by hand',
  description: 'For trackers that do not let runs change hands over their API.',
  action: 'ledger.read',
  params: removalParams,
  answer: json(
    z.object({
      items: z.array(recordedProject.extend({ runIds: z.array(z.string()).nullable() }).meta({ id: 'WorkListItem' })),
    }),
    { description: 'Project by project; empty while there is no inventory.' },
  ),
  example: { params: { removalId: 'REMOVAL' }, notRunBecause: 'it needs somebody who left' },
  async handle(context, { params }) {
    const items = await readWorkList(context.parts.directory, await findRemovalById(context, params.removalId));
    return { items: [...items.map((item) => ({ ...item, runIds: item.runIds === null ? null : [...item.runIds] }))] };
  },
});

export const ledgerEndpoints: readonly Endpoint[] = [list, checkpoint, verify, exportAll, reverify, get, workList];
