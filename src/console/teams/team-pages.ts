/**
 * Teams in the console: list, make, one team with its people, settings and usage. Owns: these pages. Does not own: teams
 * (directory/). Called by console.ts. Handlers that change something stand in team-actions.ts.
 */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { foldCase } from '../../directory/people/user.ts';
import { isAllowed } from '../../directory/policy.ts';
import { listCustomRoles } from '../../directory/roles/custom-roles.ts';
import { findAvatar } from '../../directory/teams/avatars.ts';
import { findVisibleTeam, listTeams, mayInTeam, privacyOf } from '../../directory/teams/team-access.ts';
import { listInvited } from '../../directory/teams/team-invites.ts';
import { countMembers, listExclusions, listMembers, warnOfAdmins } from '../../directory/teams/team-roster.ts';
import { usageOfTeam } from '../../directory/teams/team-usage.ts';
import { createTeam } from '../../directory/teams/teams.ts';
import { type AppError, isAppError } from '../../errors.ts';
import { tellFault } from '../../web/notice.ts';
import { sendPage } from '../../web/page.ts';
import { fieldOf } from '../forms.ts';
import { createRoom } from '../room.ts';
import { askerOf } from '../visitor.ts';
import { type TeamPagesParts, teamActions } from './team-actions.ts';
import { type NewTeamForm, renderNewTeam, renderTeamList, TEAM_STATES } from './team-list.ts';
import { toMembersQuery } from './team-members.ts';
import { renderTeamPage } from './team-page.ts';

const PAGE = 50;
const EXCLUDED = 200;
const SEARCH_MAX = 200;

export function teamPages(parts: TeamPagesParts): Router {
  const { directory } = parts;
  const { store } = directory;
  const { reader } = store;
  const room = createRoom(parts);
  const { may, own, commit, formTokenOf } = room;

  const parametersOf = (request: Request): URLSearchParams =>
    new URL(request.originalUrl, 'http://localhost').searchParams;

  const searchOf = (parameters: URLSearchParams): string => parameters.get('search')?.trim().slice(0, SEARCH_MAX) ?? '';

  const list: RequestHandler = async (request, response) => {
    const asker = askerOf(response);
    const parameters = parametersOf(request);
    const search = searchOf(parameters);
    const state = TEAM_STATES.find((one) => one === parameters.get('archived')) ?? 'no';
    const after = parameters.get('after') ?? '';
    const query = {
      afterName: after,
      limit: PAGE + 1,
      ...(state === 'any' ? {} : { archived: state === 'yes' }),
      ...(search === '' ? {} : { search }),
    };
    const found = await listTeams(directory, reader, asker, query);
    const teams = found.slice(0, PAGE);
    const members = await countMembers(directory, reader, asker, teams);
    const last = teams.at(-1);
    const following = new URLSearchParams({
      search,
      archived: state,
      after: foldCase(last?.name ?? ''),
    });
    const next = found.length > PAGE ? `/admin/teams?${following}` : null;
    const start = after === '' ? null : `/admin/teams?${new URLSearchParams({ search, archived: state })}`;
    const mayCreate = isAllowed(asker, 'teams.create');
    sendPage(response, 200, renderTeamList({ search, state, teams, members, start, next, mayCreate }));
  };

  const create: RequestHandler = async (request, response) => {
    const [name, provider, bucket, path, kmsKey] = ['name', 'provider', 'bucket', 'path', 'kmsKey'].map((field) =>
      fieldOf(request, field),
    ) as [string, string, string, string, string];
    const form: NewTeamForm = { name, provider, bucket, path, kmsKey };
    const storage = provider === '' ? null : { provider, name: bucket, path: path || null, kmsKey: kmsKey || null };
    try {
      const made = await commit(response, (work) => createTeam(directory, work, askerOf(response), { name, storage }));
      response.redirect(303, `/admin/teams/${made.id}`);
    } catch (error) {
      if (!isAppError(error) || error.status >= 500) throw error;
      sendPage(
        response,
        error.status,
        renderNewTeam({ ...form, problem: error.message }, formTokenOf(request, response)),
      );
    }
  };

  async function show(
    request: Request,
    response: Response,
    { told = [], problem }: { told?: readonly string[]; problem?: AppError } = {},
  ): Promise<void> {
    const asker = askerOf(response);
    const team = await findVisibleTeam(directory, reader, asker, String(request.params.id));
    const parameters = parametersOf(request);
    const search = searchOf(parameters);
    const afterUserId = parameters.get('after') ?? '';
    const query = { afterUserId, limit: PAGE + 1, ...(search === '' ? {} : { search }) };
    const found = await listMembers(directory, reader, asker, team, query);
    const members = found.slice(0, PAGE);
    const mayManage = await mayInTeam(directory, reader, asker, 'team_members.change_role', team);
    const formToken = formTokenOf(request, response);
    const roles = await listCustomRoles(directory, reader, asker);
    const here = toMembersQuery(search, afterUserId);
    const frame = { search, here, teamId: team.id, customRoles: roles.map(({ name }) => name), mayManage, formToken };
    const toPage = (after: string): string => `/admin/teams/${team.id}${toMembersQuery(search, after)}`;
    const page = renderTeamPage({
      ...{ team, members, frame, formToken, told },
      start: afterUserId === '' ? null : toPage(''),
      next: found.length > PAGE ? toPage(members.at(-1)?.user.id ?? '') : null,
      excluded: await listExclusions(directory, reader, asker, team, { afterUserId: '', limit: EXCLUDED }),
      invited: mayManage ? await listInvited(directory, asker, team) : [],
      warning: (await warnOfAdmins(directory, reader, team.id)).warning,
      usage: await usageOfTeam(directory, reader, asker, team),
      privacy: await privacyOf(directory, reader, team),
      hasAvatar: (await findAvatar(directory, reader, asker, team.id)) !== undefined,
      ...(problem === undefined ? {} : { problem: tellFault(problem) }),
    });
    sendPage(response, problem?.status ?? 200, page);
  }

  const router = Router();
  router.get('/teams', may('teams.list'), list);
  router.get('/teams/new', may('teams.create'), (request, response) => {
    const form = { name: '', provider: '', bucket: '', path: '', kmsKey: '' };
    sendPage(response, 200, renderNewTeam(form, formTokenOf(request, response)));
  });
  router.post('/teams', own, may('teams.create'), create);
  router.get('/teams/:id', (request, response) => show(request, response, { told: room.toldHere(request, response) }));
  router.use(teamActions(parts, room, show));
  return router;
}
