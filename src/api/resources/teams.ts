/** Teams: create, list, rename, archive, restore, usage. */
import { z } from 'zod';
import { foldCase } from '../../directory/people/user.ts';
import { listTeams } from '../../directory/teams/team-access.ts';
import { STORAGE_PROVIDERS } from '../../directory/teams/team-storage.ts';
import { usageOfTeam } from '../../directory/teams/team-usage.ts';
import { archiveTeam, createTeam, renameTeam, restoreTeam } from '../../directory/teams/teams.ts';
import { created, json, page } from '../answer.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { flag, id, instant, line, pageQuery } from '../fields.ts';
import {
  findTeam,
  team,
  teamParams,
  teamRef,
  teamVersion,
  teamWithWarning,
  toTeamValue,
  toTeamWithWarning,
} from './team.ts';

const bucket = z.strictObject({
  provider: z.enum(STORAGE_PROVIDERS),
  name: line(255).meta({ description: 'AZURE: account/container.' }),
  path: z.string().max(512).nullish().meta({ description: 'Folder in the bucket.' }),
  kmsKey: z.string().max(500).nullish(),
});

const create = endpoint({
  id: 'teams.create',
  method: 'post',
  path: '/teams',
  summary: 'Create a team',
  description: 'A bucket of its own is checked for form, and is handed to the tracker; it does not change afterwards.',
  action: 'teams.create',
  body: z.strictObject({
    name: line(64).meta({ description: 'Letters, digits, - and _: what trackers take.', example: 'vision' }),
    storage: bucket.nullish().meta({ description: "Null or left out: the instance's own." }),
  }),
  answer: created(team, { version: teamVersion, location: (made) => `/teams/${made.id}` }),
  refusals: ['uniqueness'],
  example: {
    body: { name: 'vision', storage: { provider: 'AWS', name: 'ml-team-vision', path: 'runs' } },
    saves: { TEAM: 'id' },
  },
  handle: (context, { body }) =>
    context.commit(async (work) =>
      toTeamValue(await createTeam(context.parts.directory, work, context.principal, body)),
    ),
});

const list = endpoint({
  id: 'teams.list',
  method: 'get',
  path: '/teams',
  summary: 'List teams',
  description: 'By name. A team that hides itself is shown to its members and to admins of the organization.',
  action: 'teams.list',
  query: pageQuery.extend({
    search: line(200).optional().meta({ description: 'Part of the name, in any letter case.' }),
    archived: flag.optional().meta({ description: 'Only archived ones, or only others.' }),
  }),
  answer: page(team),
  example: { query: 'search=vis' },
  async handle(context, { query }) {
    const { directory } = context.parts;
    const { search, archived } = query;
    const open = context.openPage(query);
    const wanted = { ...(search !== undefined && { search }), ...(archived !== undefined && { archived }) };
    const bounds = { afterName: open.after, limit: open.limit + 1 };
    const { reader } = directory.store;
    const found = await listTeams(directory, reader, context.principal, { ...wanted, ...bounds });
    return context.page(found.map(toTeamValue), open, (each) => foldCase(each.name));
  },
});

const get = endpoint({
  id: 'teams.get',
  method: 'get',
  path: '/teams/{teamId}',
  summary: 'Read a team',
  action: 'teams.read',
  subject: 'by use-case',
  params: teamParams,
  answer: json(teamWithWarning, { description: 'The team.', version: teamVersion }),
  example: { params: { teamId: 'TEAM' } },
  handle: async (context, { params }) =>
    toTeamWithWarning(context, context.parts.directory.store.reader, await findTeam(context, params.teamId)),
});

const rename = endpoint({
  id: 'teams.rename',
  method: 'patch',
  path: '/teams/{teamId}',
  summary: 'Rename a team',
  description:
    'Refused where a tracker knows the team by its name for good, and where a mapping rule gives it by its name.',
  action: 'teams.rename',
  subject: 'by use-case',
  params: teamParams,
  body: z.strictObject({ name: line(64).meta({ example: 'computer-vision' }) }),
  answer: json(team, { description: 'The team as it is now.', version: teamVersion }),
  ifMatch: 'optional',
  refusals: ['uniqueness', 'conflict'],
  example: { params: { teamId: 'TEAM' }, body: { name: 'computer-vision' } },
  handle: (context, { params, body }) =>
    context.commit(async (work) => {
      const ref = teamRef(context, params.teamId);
      return toTeamValue(await renameTeam(context.parts.directory, work, context.principal, ref, body.name));
    }),
});

function changeArchived(verb: 'archive' | 'restore', summary: string, change: typeof archiveTeam): Endpoint {
  return endpoint({
    id: `teams.${verb}`,
    method: 'post',
    path: `/teams/{teamId}/${verb}`,
    summary,
    action: 'teams.archive',
    subject: 'by use-case',
    params: teamParams,
    answer: json(team, { description: 'The team as it is now.', version: teamVersion }),
    ifMatch: 'optional',
    example: { params: { teamId: 'TEAM' } },
    handle: (context, { params }) =>
      context.commit(async (work) => {
        const ref = teamRef(context, params.teamId);
        return toTeamValue(await change(context.parts.directory, work, context.principal, ref));
      }),
  });
}

const keptRuns = z.object({
  userId: id,
  person: z.string().meta({ description: 'A pseudonym after erasure.' }),
  project: z.string(),
  runs: z.int(),
  firstAt: instant.nullable(),
  lastAt: instant.nullable(),
  takenAt: instant.meta({ description: 'When the tracker was asked.' }),
});

const usage = endpoint({
  id: 'teams.usage',
  method: 'get',
  path: '/teams/{teamId}/usage',
  summary: 'Read what a team uses',
  description: 'People by role, seats, and the runs that are kept for whoever left, from the last inventory.',
  action: 'teams.usage',
  subject: 'by use-case',
  params: teamParams,
  answer: json(
    z
      .object({
        members: z.int().meta({ description: 'Active people; service accounts are not among them.' }),
        byRole: z.array(z.object({ role: z.string(), inherits: z.string().nullable(), members: z.int() })),
        admins: z.int(),
        seats: z.object({
          team: z.int(),
          organization: z.int(),
          limit: z.int().nullable().meta({ description: 'Null: no limit.' }),
        }),
        keptRuns: z.array(keptRuns),
      })
      .meta({ id: 'TeamUsage' }),
    { description: 'What it uses.' },
  ),
  example: { params: { teamId: 'TEAM' } },
  async handle(context, { params }) {
    const { directory } = context.parts;
    const found = await findTeam(context, params.teamId);
    return usageOfTeam(directory, directory.store.reader, context.principal, found);
  },
});

export const teamEndpoints: readonly Endpoint[] = [
  create,
  list,
  get,
  rename,
  usage,
  changeArchived('archive', 'Archive a team: everything is kept, and nobody holds anything in it', archiveTeam),
  changeArchived('restore', 'Restore an archived team', restoreTeam),
];
