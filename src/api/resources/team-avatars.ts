/** The picture of a team. */
import { AVATAR_MAX_BYTES } from '../../directory/teams/avatar-image.ts';
import { findAvatar, removeAvatar, setAvatar } from '../../directory/teams/avatars.ts';
import { authorizeInTeam } from '../../directory/teams/team-access.ts';
import { AppError } from '../../errors.ts';
import { bytes, none } from '../answer.ts';
import { type Endpoint, endpoint } from '../endpoint.ts';
import { findTeam, teamParams, teamRef } from './team.ts';

const get = endpoint({
  id: 'team_avatars.get',
  method: 'get',
  path: '/teams/{teamId}/avatar',
  summary: 'Read the picture of a team',
  action: 'teams.read',
  subject: 'by use-case',
  params: teamParams,
  answer: bytes(['image/webp']),
  example: { params: { teamId: 'TEAM' }, savesFile: 'avatar.webp' },
  async handle({ parts, principal }, { params }) {
    const { directory } = parts;
    const found = await findAvatar(directory, directory.store.reader, principal, params.teamId);
    if (found === undefined) throw new AppError('not_found', 'This team has no picture.');
    return { mediaType: 'image/webp', bytes: found.image, version: found.etag };
  },
});

const set = endpoint({
  id: 'team_avatars.set',
  method: 'put',
  path: '/teams/{teamId}/avatar',
  summary: 'Give a team a picture',
  description:
    'What it is is told by its content. It is drawn anew, so that nothing of the file but the picture is kept.',
  action: 'teams.change_settings',
  subject: 'by use-case',
  params: teamParams,
  binaryBody: { mediaTypes: ['image/png', 'image/jpeg', 'image/webp'], maxBytes: AVATAR_MAX_BYTES },
  answer: none(),
  refusals: ['invalid_value', 'conflict'],
  example: { params: { teamId: 'TEAM' } },
  async handle(context, { params, bytes: given }) {
    const { directory, drawAvatar } = context.parts;
    // Drawing costs more than asking, so that whoever may not is refused first.
    const team = await findTeam(context, params.teamId);
    await authorizeInTeam(directory, directory.store.reader, context.principal, 'teams.change_settings', team);
    const drawn = await drawAvatar(given.bytes);
    return context.commit(async (work) => {
      await setAvatar(directory, work, context.principal, teamRef(context, params.teamId), drawn);
      return undefined;
    });
  },
});

const remove = endpoint({
  id: 'team_avatars.remove',
  method: 'delete',
  path: '/teams/{teamId}/avatar',
  summary: 'Remove the picture of a team',
  action: 'teams.change_settings',
  subject: 'by use-case',
  params: teamParams,
  answer: none(),
  refusals: ['conflict'],
  example: { params: { teamId: 'TEAM' } },
  handle: (context, { params }) =>
    context.commit(async (work) => {
      await removeAvatar(context.parts.directory, work, context.principal, teamRef(context, params.teamId));
      return undefined;
    }),
});

export const teamAvatarEndpoints: readonly Endpoint[] = [set, get, remove];
