/** What can be done to a team and its people: one use-case each, told on the team's page. */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Principal } from '../../directory/principal.ts';
import { AVATAR_MAX_BYTES, type DrawAvatar } from '../../directory/teams/avatar-image.ts';
import { findAvatar, removeAvatar, setAvatar } from '../../directory/teams/avatars.ts';
import { liftExclusion } from '../../directory/teams/exclusions.ts';
import { authorizeInTeam, findVisibleTeam } from '../../directory/teams/team-access.ts';
import { ALERT_EVENT_NAMES, type AlertChoice } from '../../directory/teams/team-alert.ts';
import { askIntoTeam } from '../../directory/teams/team-invites.ts';
import { changeMemberRole, removeMember, tellSource } from '../../directory/teams/team-members.ts';
import { PRIVACY_SWITCHES, type PrivacyChoice } from '../../directory/teams/team-privacy.ts';
import { changeTeamSettings } from '../../directory/teams/team-settings.ts';
import { archiveTeam, renameTeam, restoreTeam, type TeamRef } from '../../directory/teams/teams.ts';
import type { Work } from '../../directory/work.ts';
import { AppError, isAppError } from '../../errors.ts';
import { fieldOf, fieldsOf } from '../forms.ts';
import type { Room, RoomParts } from '../room.ts';
import { readUpload, uploadOf } from '../upload.ts';
import { askerOf } from '../visitor.ts';
import { teamQuestions } from './team-questions.ts';

export interface TeamPagesParts extends RoomParts {
  readonly drawAvatar: DrawAvatar;
}

type Show = (
  request: Request,
  response: Response,
  outcome: { told?: readonly string[]; problem?: AppError },
) => Promise<void>;

/** `once`: with a secret in it, for this answer and nowhere else. */
type Told = readonly string[] | { readonly once: readonly string[] };
type Run = (work: Work, asker: Principal, ref: TeamRef, request: Request) => Promise<Told>;

export function teamActions(parts: TeamPagesParts, { own, asks, commit, leadTo }: Room, show: Show): Router {
  const { directory } = parts;
  const { reader } = directory.store;

  const tell = (run: (request: Request, response: Response) => Promise<Told>): RequestHandler => {
    return async (request, response) => {
      const { search } = new URL(request.originalUrl, 'http://localhost');
      const page = `/admin/teams/${encodeURIComponent(String(request.params.id))}${search}`;
      try {
        const told = await run(request, response);
        if ('once' in told) await show(request, response, { told: told.once });
        else if (!leadTo(request, response, page, told)) await show(request, response, { told });
      } catch (error) {
        if (!isAppError(error) || error.status >= 500 || error.code === 'not_found') throw error;
        await show(request, response, { problem: error });
      }
    };
  };

  const act = (run: Run): RequestHandler =>
    tell((request, response) => {
      const [asker, ref] = [askerOf(response), { team: String(request.params.id) }];
      const reason = fieldOf(request, 'reason');
      return commit(response, (work) => run(work, asker, ref, request), { reason });
    });

  const add: Run = async (work, asker, ref, request) => {
    const role = fieldOf(request, 'role');
    const people = fieldOf(request, 'people')
      .split(/[,;\n]/)
      .map((text) => text.trim())
      .filter((text) => text !== '');
    if (people.length === 0) throw new AppError('invalid_value', 'Name at least one person.');
    const answers = await askIntoTeam(
      directory,
      work,
      asker,
      ref,
      people.map((person) => ({ person, role })),
    );
    const lines = answers.map((answer) => {
      if (answer.outcome === 'refused') return `${answer.person}: ${answer.message}`;
      if (answer.outcome === 'added') return `${answer.member.user.name} is in the team now.`;
      const link =
        answer.link !== null
          ? `hand over this link: ${parts.publicUrl()}${answer.link.path}`
          : directory.mail.delivers
            ? 'the mail is on its way'
            : 'an admin of the organization hands over the link, under People';
      return `${answer.person} is invited; ${link}`;
    });
    return answers.some((answer) => answer.outcome === 'invited' && answer.link !== null) ? { once: lines } : lines;
  };

  const remove: Run = async (work, asker, ref, request) => {
    const { outcome, keptOutOf } = await removeMember(directory, work, asker, ref, String(request.params.userId));
    if (outcome === 'removed') return ['They are out of the team. Their runs are kept.'];
    return [
      `They are kept out by hand, although they are in ${keptOutOf.map(tellSource).join(', ')}. Their runs are kept.`,
    ];
  };

  const setPrivacy: Run = async (work, asker, ref, request) => {
    const chosen = new Set(fieldsOf(request, 'privacy'));
    const team = await findVisibleTeam(directory, work.db, asker, ref.team);
    const enforced = await directory.store.enforcedPrivacy.of(work.db, team.organizationId);
    // What the organization decides is not sent by the form, and stays.
    const open = PRIVACY_SWITCHES.filter((name) => !enforced.has(name));
    const privacy: PrivacyChoice = Object.fromEntries(open.map((name) => [name, chosen.has(name)]));
    await changeTeamSettings(directory, work, asker, ref, { privacy });
    return ['Privacy was saved.'];
  };

  const setAlerts: Run = async (work, asker, ref, request) => {
    const admins = new Set(fieldsOf(request, 'admins'));
    const alerts: AlertChoice = Object.fromEntries(
      ALERT_EVENT_NAMES.map((event) => {
        const addresses = fieldOf(request, `addresses-${event}`)
          .split(/[,;\s]+/)
          .filter((text) => text !== '');
        return [event, { admins: admins.has(event), addresses }];
      }),
    );
    await changeTeamSettings(directory, work, asker, ref, { alerts });
    return ['Alerts were saved.'];
  };

  const setPicture = tell(async (request, response) => {
    const [asker, ref] = [askerOf(response), { team: String(request.params.id) }];
    // Drawing costs more than asking: whoever may not is refused first.
    const team = await findVisibleTeam(directory, reader, asker, ref.team);
    await authorizeInTeam(directory, reader, asker, 'teams.change_settings', team);
    const drawn = await parts.drawAvatar(uploadOf(response));
    await commit(response, (work) => setAvatar(directory, work, asker, ref, drawn));
    return ['The picture was saved.'];
  });

  const showPicture: RequestHandler = async (request, response) => {
    const found = await findAvatar(directory, reader, askerOf(response), String(request.params.id));
    if (found === undefined) throw new AppError('not_found', 'This team has no picture.');
    response.set({ 'Content-Type': 'image/webp', 'Cache-Control': 'private, max-age=300', ETag: `"${found.etag}"` });
    response.send(Buffer.from(found.image));
  };

  const told =
    (run: (work: Work, asker: Principal, ref: TeamRef, request: Request) => Promise<unknown>, words: string): Run =>
    async (...given) => {
      await run(...given);
      return [words];
    };

  const { lowering, removing, archiving, removingPicture } = teamQuestions(directory);
  const router = Router();
  const member = '/teams/:id/members/:userId';
  router.post('/teams/:id/members', own, act(add));
  router.post(`${member}/remove`, own, asks(removing), act(remove));
  router.post(
    `${member}/role`,
    own,
    asks(lowering),
    act(
      told(
        (work, asker, ref, request) =>
          changeMemberRole(directory, work, asker, ref, String(request.params.userId), fieldOf(request, 'role')),
        'The role was set.',
      ),
    ),
  );
  router.post(
    '/teams/:id/exclusions/:userId/lift',
    own,
    act(
      told(
        (work, asker, ref, request) => liftExclusion(directory, work, asker, ref, String(request.params.userId)),
        'They may be in the team again.',
      ),
    ),
  );
  router.post(
    '/teams/:id/rename',
    own,
    act(
      told(
        (work, asker, ref, request) => renameTeam(directory, work, asker, ref, fieldOf(request, 'name')),
        'The team has its new name.',
      ),
    ),
  );
  router.post(
    '/teams/:id/archive',
    own,
    asks(archiving),
    act(told((work, asker, ref) => archiveTeam(directory, work, asker, ref), 'The team is archived.')),
  );
  router.post(
    '/teams/:id/restore',
    own,
    act(told((work, asker, ref) => restoreTeam(directory, work, asker, ref), 'The team is restored.')),
  );
  router.post('/teams/:id/privacy', own, act(setPrivacy));
  router.post('/teams/:id/alerts', own, act(setAlerts));
  router.get('/teams/:id/avatar', showPicture);
  router.post('/teams/:id/avatar/change', ...readUpload('picture', AVATAR_MAX_BYTES), own, setPicture);
  router.post(
    '/teams/:id/avatar/remove',
    own,
    asks(removingPicture),
    act(told((work, asker, ref) => removeAvatar(directory, work, asker, ref), 'The picture was removed.')),
  );
  return router;
}
