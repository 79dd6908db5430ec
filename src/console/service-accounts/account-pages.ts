/**
 * Service accounts in the console: of the organization or of a team, with their keys. Owns: these pages. Does not own:
 * accounts and keys (directory/). Called by console.ts.
 */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { isLive } from '../../directory/keys/api-key.ts';
import { createServiceKey, listServiceKeys, revokeKey } from '../../directory/keys/api-keys.ts';
import {
  createServiceAccount,
  listServiceAccounts,
  readServiceAccount,
  removeServiceAccount,
} from '../../directory/keys/service-accounts.ts';
import { isAllowed } from '../../directory/policy.ts';
import { SCOPES, type Scope } from '../../directory/principal.ts';
import { type AppError, isAppError } from '../../errors.ts';
import { sendPage } from '../../web/page.ts';
import type { Ask } from '../../web/question.ts';
import { fieldOf, fieldsOf } from '../forms.ts';
import { createRoom, type RoomParts } from '../room.ts';
import { askerOf } from '../visitor.ts';
import { askToRemove, askToRevokeKey } from './account-questions.ts';
import { renderAccount, renderAccounts } from './account-views.ts';

const DAY_MS = 86_400_000;

export function serviceAccountPages(parts: RoomParts): Router {
  const { directory } = parts;
  const { store } = directory;
  const { own, asks, commit, formTokenOf } = createRoom(parts);

  async function showList(request: Request, response: Response, problem?: AppError): Promise<void> {
    const asker = askerOf(response);
    const teamId = new URL(request.originalUrl, 'http://localhost').searchParams.get('team') ?? undefined;
    const [accounts, all] = await Promise.all([
      listServiceAccounts(directory, asker, teamId),
      store.teams.list(store.reader, asker.organizationId),
    ]);
    // An admin of a team is told of no other: it may be hidden.
    const teams = all.filter((team) => isAllowed(asker, 'service_accounts.list', { teamId: team.id }));
    const data = { accounts, teams, formToken: formTokenOf(request, response), problem: problem?.message };
    sendPage(response, problem?.status ?? 200, renderAccounts({ ...data, teamId }));
  }

  async function showOne(
    request: Request,
    response: Response,
    more: { secret?: string; problem?: AppError } = {},
  ): Promise<void> {
    const asker = askerOf(response);
    const account = await readServiceAccount(directory, asker, String(request.params.id));
    const keys = await listServiceKeys(directory, asker, account.id);
    const team =
      account.teamId === null ? undefined : await store.teams.find(store.reader, asker.organizationId, account.teamId);
    const page = renderAccount({
      ...{ account, keys, team: team?.name ?? null, now: directory.now(), formToken: formTokenOf(request, response) },
      ...{ secret: more.secret, problem: more.problem?.message },
    });
    sendPage(response, more.problem?.status ?? 200, page);
  }

  /** @param show where a refusal is told */
  const act = (
    run: (request: Request, response: Response) => Promise<void>,
    show: (request: Request, response: Response, problem: AppError) => Promise<void>,
  ): RequestHandler => {
    return async (request, response) => {
      try {
        await run(request, response);
      } catch (error) {
        if (!isAppError(error) || error.status >= 500 || error.code === 'not_found') throw error;
        await show(request, response, error);
      }
    };
  };
  const onOne = (request: Request, response: Response, problem: AppError): Promise<void> =>
    showOne(request, response, { problem });

  const create = act(async (request, response) => {
    const input = { name: fieldOf(request, 'name'), teamId: fieldOf(request, 'team') || null };
    const made = await commit(response, (work) => createServiceAccount(directory, work, askerOf(response), input));
    response.redirect(303, `/admin/service-accounts/${made.id}`);
  }, showList);

  const makeKey = act(async (request, response) => {
    const days = Number(fieldOf(request, 'days'));
    const chosen = fieldsOf(request, 'scope');
    const scopes: readonly Scope[] = SCOPES.filter((scope) => chosen.includes(scope));
    const made = await commit(response, (work) =>
      createServiceKey(directory, work, askerOf(response), String(request.params.id), {
        ...{ name: fieldOf(request, 'name'), scopes },
        expiresAt: Number.isSafeInteger(days) && days > 0 ? work.at + days * DAY_MS : null,
      }),
    );
    // Not a redirect: the secret is shown in this answer and nowhere else.
    await showOne(request, response, { secret: made.secret });
  }, onOne);

  const endKey = act(async (request, response) => {
    await commit(response, (work) => revokeKey(directory, work, askerOf(response), String(request.params.keyId)));
    response.redirect(303, `/admin/service-accounts/${String(request.params.id)}`);
  }, onOne);

  const remove = act(async (request, response) => {
    await commit(response, (work) =>
      removeServiceAccount(directory, work, askerOf(response), String(request.params.id)),
    );
    response.redirect(303, '/admin/service-accounts');
  }, onOne);

  async function liveOf(request: Request, response: Response) {
    const asker = askerOf(response);
    const account = await readServiceAccount(directory, asker, String(request.params.id));
    const keys = await listServiceKeys(directory, asker, account.id);
    return { account, keys: keys.filter((key) => isLive(key, directory.now())) };
  }

  const revoking: Ask = async (request, response) => {
    const { account, keys } = await liveOf(request, response);
    const key = keys.find(({ id }) => id === request.params.keyId);
    return key && askToRevokeKey(account, key, keys.length);
  };

  const removing: Ask = async (request, response) => {
    const { account, keys } = await liveOf(request, response);
    return askToRemove(account, keys.length);
  };

  const router = Router();
  router.get('/service-accounts', (request, response) => showList(request, response));
  router.post('/service-accounts', own, create);
  router.get('/service-accounts/:id', (request, response) => showOne(request, response));
  router.post('/service-accounts/:id/keys', own, makeKey);
  router.post('/service-accounts/:id/keys/:keyId/revoke', own, asks(revoking), endKey);
  router.post('/service-accounts/:id/remove', own, asks(removing), remove);
  return router;
}
