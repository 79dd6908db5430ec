/** Handlers of inviting: the form, what became of each address, one invite. */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { invitePeople, readInvite, resendInvite, revokeInvite } from '../../directory/invites/invites.ts';
import { readSeats } from '../../directory/people/seats.ts';
import { AppError, isAppError } from '../../errors.ts';
import { isOrganizationRole } from '../../mapping/roles.ts';
import { tellFault } from '../../web/notice.ts';
import { sendPage } from '../../web/page.ts';
import type { Ask } from '../../web/question.ts';
import { fieldOf } from '../forms.ts';
import type { Room, RoomParts } from '../room.ts';
import { askerOf } from '../visitor.ts';
import { type InviteForm, renderInvited, renderInviteForm, renderInvitePage } from './invite-pages.ts';
import { askToRevokeInvite } from './people-questions.ts';

export function invitePages({ directory, publicUrl }: RoomParts, room: Room): Router {
  const { store } = directory;
  const { may, own, asks, commit, formTokenOf } = room;

  async function showForm(request: Request, response: Response, form: InviteForm, status = 200): Promise<void> {
    const asker = askerOf(response);
    const [teams, seats] = await Promise.all([
      store.teams.list(store.reader, asker.organizationId),
      readSeats(directory, asker),
    ]);
    const open = teams.filter(({ archivedAt }) => archivedAt === null);
    sendPage(response, status, renderInviteForm(form, open, seats, formTokenOf(request, response)));
  }

  const invite: RequestHandler = async (request, response) => {
    const [addresses, role, teamId, teamRole] = ['addresses', 'role', 'team', 'teamRole'].map((name) =>
      fieldOf(request, name),
    ) as [string, string, string, string];
    try {
      if (!isOrganizationRole(role)) throw new AppError('invalid_value', `There is no role “${role}”.`);
      const teams = teamId === '' ? [] : [{ teamId, role: teamRole }];
      const answers = await commit(response, (work) =>
        invitePeople(directory, work, askerOf(response), { addresses, role, teams }),
      );
      sendPage(response, 200, renderInvited(answers, publicUrl()));
    } catch (error) {
      if (!isAppError(error) || error.status >= 500) throw error;
      await showForm(request, response, { addresses, role, problem: tellFault(error) }, error.status);
    }
  };

  async function show(
    request: Request,
    response: Response,
    more: { link?: string; problem?: AppError } = {},
  ): Promise<void> {
    const found = await readInvite(directory, askerOf(response), String(request.params.id));
    const page = renderInvitePage({
      ...{ ...found, formToken: formTokenOf(request, response) },
      ...(more.link === undefined ? {} : { link: more.link }),
      ...(more.problem === undefined ? {} : { problem: tellFault(more.problem) }),
    });
    sendPage(response, more.problem?.status ?? 200, page);
  }

  const act = (run: (id: string, response: Response) => Promise<string | undefined>): RequestHandler => {
    return async (request, response) => {
      const id = String(request.params.id);
      try {
        const link = await run(id, response);
        // A link is shown in this answer and nowhere else.
        if (link === undefined) response.redirect(303, `/admin/people/invites/${encodeURIComponent(id)}`);
        else await show(request, response, { link });
      } catch (error) {
        if (!isAppError(error) || error.status >= 500 || error.code === 'not_found') throw error;
        await show(request, response, { problem: error });
      }
    };
  };

  const resend = act(async (id, response) => {
    const sent = await commit(response, (work) => resendInvite(directory, work, askerOf(response), id));
    return sent.link === null ? undefined : `${publicUrl()}${sent.link.path}`;
  });

  const revoke = act(async (id, response) => {
    await commit(response, (work) => revokeInvite(directory, work, askerOf(response), id));
    return undefined;
  });

  const revoking: Ask = async (request, response) => {
    const found = await readInvite(directory, askerOf(response), String(request.params.id));
    return found.state === 'accepted' || found.state === 'revoked' ? undefined : askToRevokeInvite(found);
  };

  const router = Router();
  router.get('/people/invite', may('invites.create'), (request, response) =>
    showForm(request, response, { addresses: '', role: 'member' }),
  );
  router.post('/people/invite', own, may('invites.create'), invite);
  router.get('/people/invites/:id', may('invites.list'), (request, response) => show(request, response));
  router.post('/people/invites/:id/resend', own, resend);
  router.post('/people/invites/:id/revoke', own, asks(revoking), revoke);
  return router;
}
