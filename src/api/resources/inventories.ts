/** Inventories that a tracker, or a script, tells by itself. */
import { z } from 'zod';
import { reportInventory } from '../../directory/removals/inventories.ts';
import { json } from '../answer.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { givenInstant, id, line } from '../fields.ts';

const MAX_PROJECTS = 10_000;
const MAX_RUNS = 1_000_000;

const project = z
  .strictObject({
    team: line(500).nullable().default(null),
    project: line(500),
    runs: z.int().min(0).max(MAX_RUNS).optional().meta({ description: 'How many; not needed with runIds.' }),
    runIds: z.array(line(500)).max(MAX_RUNS).optional(),
    firstRunAt: givenInstant.nullable().default(null),
    lastRunAt: givenInstant.nullable().default(null),
  })
  .refine(({ runs, runIds }) => runs !== undefined || runIds !== undefined, 'give runs or runIds')
  .meta({ id: 'ReportedProject' });

const report = endpoint({
  id: 'inventories.report',
  method: 'put',
  path: '/inventories/{person}',
  summary: 'Tell what somebody who left has at the tracker',
  description:
    'The first report is the inventory; those after it are compared with it. With runIds a later report tells which number of runs is gone, whatever was added; with runs alone, the least that is.',
  action: 'ledger.report',
  params: z.object({
    person: line(500).meta({ description: 'Id, userName, e-mail address or externalId of somebody who left.' }),
  }),
  body: z.strictObject({ projects: z.array(project).max(MAX_PROJECTS) }),
  answer: json(
    z
      .object({
        userId: id,
        removals: z.array(z.object({ removalId: id, outcome: z.enum(['recorded', 'compared']), missing: z.int() })),
      })
      .meta({ id: 'ReportResult' }),
    { description: 'What the report was good for.' },
  ),
  refusals: ['conflict'],
  example: {
    params: { person: 'USER' },
    body: { projects: [{ team: 'vision', project: 'cats', runs: 340 }] },
    notRunBecause: 'it needs somebody who left',
  },
  async handle(context, { params, body }) {
    const projects = body.projects.map(({ runs, runIds, ...rest }) => {
      const ids = runIds === undefined ? null : [...new Set(runIds)];
      return { ...rest, runs: ids?.length ?? runs ?? 0, runIds: ids };
    });
    return context.commit(async (work) => {
      const { userId, removals } = await reportInventory(context.parts.directory, work, {
        user: params.person,
        projects,
      });
      return { userId, removals: [...removals] };
    });
  },
});

export const inventoryEndpoints: readonly Endpoint[] = [report];
