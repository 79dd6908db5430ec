/** An invite that came by e-mail: a page that says what it is for, and a button that accepts it and signs in. */
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { openSession } from '../../directory/entry/sessions.ts';
import { acceptInvite, openInvite } from '../../directory/invites/invite-acceptance.ts';
import { beginWork, finishWork } from '../../directory/work.ts';
import { isAppError } from '../../errors.ts';
import { neighbourOf } from '../../web/client-address.ts';
import { formTokenOf, requireFormToken } from '../../web/form-token.ts';
import { sendPage } from '../../web/page.ts';
import { findVisitor, type Visitor } from '../../web/visitor.ts';
import { endFormer } from '../enter.ts';
import { endedInvitePage, invitePage } from '../pages/notices.ts';
import type { SignInParts } from '../parts.ts';
import { beginTry, type Try, tellLinkUsed } from '../record.ts';
import { slowDown } from '../slow-down.ts';
import { recordRefusal, refusalOf, setSession } from './answers.ts';

const PER_ADDRESS = { burst: 20, everyMs: 5_000 };

function textOf(value: unknown, max: number): string {
  return typeof value === 'string' ? value.trim().slice(0, max) : '';
}

async function showInvite(
  parts: SignInParts,
  request: Request,
  response: Response,
  key: string,
  problem?: string,
): Promise<void> {
  const { invite, organization } = await openInvite(parts.directory, key);
  const shown = { key, email: invite.email, organization, invitedBy: invite.invitedBy.name };
  const formToken = formTokenOf(parts.cookies, request, response);
  sendPage(response, problem === undefined ? 200 : 400, invitePage(shown, formToken, problem));
}

/** Links that do not work have a page of their own; looking at one uses nothing up. */
async function orEnded(response: Response, run: () => Promise<void>): Promise<void> {
  try {
    await run();
  } catch (error) {
    if (!isAppError(error, 'gone') && !isAppError(error, 'not_found')) throw error;
    sendPage(response, error.status, endedInvitePage(error.message));
  }
}

function show(parts: SignInParts): RequestHandler {
  return (request, response) => {
    const key = new URL(request.originalUrl, 'http://localhost').searchParams.get('key') ?? '';
    return orEnded(response, () => showInvite(parts, request, response, key));
  };
}

/**
 * Whoever had come in by another way meanwhile gets the roles, and signs in as they always do: a mailbox stands in for no
 * second factor.
 * @returns the session's secret; null where they have to sign in
 */
async function accept(
  parts: SignInParts,
  one: Try,
  { key, name }: { readonly key: string; readonly name: string },
  old: Visitor | undefined,
): Promise<string | null> {
  const { directory, limits } = parts;
  const { store } = directory;
  const { invite } = await openInvite(directory, key);
  const { organizationId, email } = invite;
  const actor = { kind: 'system', id: null, name: `invite of ${email}` } as const;
  return store.write(async (db) => {
    const work = beginWork(db, { organizationId, actor, exchangeId: one.id }, null, directory.now());
    const { user, created } = await acceptInvite(directory, work, key, { displayName: name === '' ? null : name });
    const signsIn = created || parts.connectors.length === 0;
    const how = { connector: 'invite', issuer: 'this installation', providerSession: null, providerSubject: null };
    const { userAgent, remoteAddress } = one;
    if (signsIn) await endFormer(parts, db, old);
    const session = signsIn
      ? await openSession(directory, work, limits, user, { ...how, userAgent, remoteAddress })
      : null;
    await finishWork(directory, work);
    await store.exchanges.insert(db, [tellLinkUsed(parts, one, user, 'accepted an invite', work.changes)]);
    return session?.token ?? null;
  });
}

function submit(parts: SignInParts): RequestHandler {
  return (request, response) =>
    orEnded(response, async () => {
      const one = beginTry(parts, request, 'invite', 'an invite');
      const who = neighbourOf(one.remoteAddress);
      await slowDown(parts, 'invite', [{ what: 'invite address', who, budget: PER_ADDRESS }]);
      const key = textOf(request.body?.key, 400);
      try {
        const given = { key, name: textOf(request.body?.name, 200) };
        const token = await accept(parts, one, given, await findVisitor(parts, request));
        parts.onSignIn({ connector: 'invite', outcome: token === null ? 'linked' : 'signed_in' });
        if (token !== null) setSession(parts, response, token);
        response.redirect(303, token === null ? '/auth/login' : '/');
      } catch (error) {
        const refusal = refusalOf(error);
        if (refusal !== undefined) await recordRefusal(parts, one, refusal);
        if (refusal === undefined || refusal.code === 'invite_unusable') throw error;
        // The invite stays open.
        await showInvite(parts, request, response, key, refusal.detail);
      }
    });
}

export function createInviteRoutes(parts: SignInParts): Router {
  const router = Router();
  router.get('/invite', show(parts));
  router.post('/invite', requireFormToken(parts.cookies, parts.place.publicUrl), submit(parts));
  return router;
}
