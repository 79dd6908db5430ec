/**
 * account/: a person's own page, at `/`.
 *
 * Owns: what one sees of oneself (roles and why, sessions, API keys) and what one may change of it. Does not own: what
 * admins see of others (console/), the rules (directory/), the look (web/). Called by app, which mounts it at the root.
 */
import express, { type ErrorRequestHandler, type Request, type RequestHandler, type Response, Router } from 'express';
import { endOtherSessions, endSession, listSessions } from '../directory/entry/sessions.ts';
import { isLive } from '../directory/keys/api-key.ts';
import { createPersonalKey, listPersonalKeys, revokeKey } from '../directory/keys/api-keys.ts';
import { actorOf } from '../directory/principal.ts';
import { runWork, type Work } from '../directory/work.ts';
import { AppError, isAppError } from '../errors.ts';
import type { Assets } from '../web/assets.ts';
import { formTokenOf, requireFormToken } from '../web/form-token.ts';
import { securityHeaders } from '../web/headers.ts';
import { errorPage, requireSafeWay } from '../web/notice.ts';
import { providePages, sendPage } from '../web/page.ts';
import { type Ask, askFirst } from '../web/question.ts';
import { recogniseVisitor, requireVisitor, type Visitor, visitorOf } from '../web/visitor.ts';
import { loadOwnPage } from './own-data.ts';
import { type MadeKey, renderOwnPage } from './own-page.ts';
import { askToEndOthers, askToEndSession, askToRevokeKey } from './own-questions.ts';
import type { AccountParts } from './parts.ts';

const DAY_MS = 86_400_000;

/** How long a key may live, in days; the form offers these. */
export const KEY_DAYS = [30, 90, 365] as const;

async function show(parts: AccountParts, request: Request, response: Response, made: MadeKey | null): Promise<void> {
  const data = await loadOwnPage(parts, visitorOf(response), request, response);
  sendPage(response, made === null ? 200 : 201, renderOwnPage(data, made));
}

function asSelf<T>({ directory }: AccountParts, { principal }: Visitor, run: (work: Work) => Promise<T>): Promise<T> {
  const context = { organizationId: principal.organizationId, actor: actorOf(principal), exchangeId: null };
  return runWork(directory, context, run);
}

function field(request: Request, name: string): string {
  const value: unknown = request.body?.[name];
  return typeof value === 'string' ? value : '';
}

function ownerOf({ principal, user }: Visitor): { id: string; organizationId: string; name: string } {
  return { id: user.id, organizationId: principal.organizationId, name: user.name };
}

function endOne(parts: AccountParts): RequestHandler {
  return async (request, response) => {
    const visitor = visitorOf(response);
    await asSelf(parts, visitor, (work) =>
      endSession(parts.directory, work, visitor.principal, ownerOf(visitor), field(request, 'id')),
    );
    response.redirect(303, '/#sessions');
  };
}

function endOthers(parts: AccountParts): RequestHandler {
  return async (_request, response) => {
    const visitor = visitorOf(response);
    await asSelf(parts, visitor, (work) =>
      endOtherSessions(parts.directory, work, visitor.principal, ownerOf(visitor), visitor.session.id),
    );
    response.redirect(303, '/#sessions');
  };
}

/** The answer to the form is the page with the secret: it is shown once, and no address leads to it. */
function makeKey(parts: AccountParts): RequestHandler {
  return async (request, response) => {
    const visitor = visitorOf(response);
    const days = KEY_DAYS.find((known) => String(known) === field(request, 'days')) ?? KEY_DAYS[1];
    const input = { name: field(request, 'name'), scopes: ['everything'] as const };
    const { key, secret } = await asSelf(parts, visitor, (work) =>
      createPersonalKey(parts.directory, work, visitor.principal, visitor.user.id, {
        ...input,
        expiresAt: work.at + days * DAY_MS,
      }),
    );
    await show(parts, request, response, { name: key.name, secret });
  };
}

function endKey(parts: AccountParts): RequestHandler {
  return async (request, response) => {
    const visitor = visitorOf(response);
    await asSelf(parts, visitor, (work) => revokeKey(parts.directory, work, visitor.principal, field(request, 'id')));
    response.redirect(303, '/#keys');
  };
}

function endingOne({ directory, limits }: AccountParts): Ask {
  return async (request, response) => {
    const { principal, user } = visitorOf(response);
    const sessions = await listSessions(directory, limits, principal, user.id);
    const session = sessions.find(({ id }) => id === field(request, 'id'));
    return session && askToEndSession(session, sessions.length - 1);
  };
}

function endingOthers({ directory, limits }: AccountParts): Ask {
  return async (_request, response) => {
    const { principal, user } = visitorOf(response);
    const others = (await listSessions(directory, limits, principal, user.id)).length - 1;
    return others === 0 ? undefined : askToEndOthers(others);
  };
}

function revoking({ directory }: AccountParts): Ask {
  return async (request, response) => {
    const { principal, user } = visitorOf(response);
    const keys = await listPersonalKeys(directory, principal, user.id);
    const live = keys.filter((key) => isLive(key, directory.now()));
    const key = live.find(({ id }) => id === field(request, 'id'));
    return key && askToRevokeKey(key, live.length - 1);
  };
}

function showError({ reportFault }: AccountParts): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    const status = (error as { status?: unknown } | null)?.status;
    const isClient = typeof status === 'number' && status < 500;
    const fault = isAppError(error)
      ? error
      : new AppError(isClient ? 'invalid_syntax' : 'internal', undefined, { cause: error });
    if (fault.status >= 500) reportFault(error);
    if (response.headersSent) response.destroy();
    else sendPage(response, fault.status, errorPage(fault));
  };
}

/** Router for `/` and what lies under /account; passes everything else on. */
export function createAccount(parts: AccountParts, assets: Assets): Router {
  const { cookies, place } = parts;
  const pages = Router();
  pages.use(securityHeaders(place.publicUrl()), providePages({ assets, sections: [] }), requireSafeWay(place));
  pages.use(recogniseVisitor(parts), requireVisitor);
  pages.use(express.urlencoded({ extended: false, limit: '16kb', parameterLimit: 20 }));
  pages.get(['/', '/account'], (request, response) => show(parts, request, response, null));
  const leadTo =
    (address: string): RequestHandler =>
    (_request, response) =>
      response.redirect(303, address);
  pages.get(['/account/sessions/end', '/account/sessions/end-others'], leadTo('/#sessions'));
  pages.get(['/account/keys', '/account/keys/revoke'], leadTo('/#keys'));
  const ownForm = requireFormToken(cookies, place.publicUrl);
  const asks = (ask: Ask): RequestHandler =>
    askFirst((request, response) => formTokenOf(cookies, request, response), ask);
  pages.post('/account/sessions/end', ownForm, asks(endingOne(parts)), endOne(parts));
  pages.post('/account/sessions/end-others', ownForm, asks(endingOthers(parts)), endOthers(parts));
  pages.post('/account/keys', ownForm, makeKey(parts));
  pages.post('/account/keys/revoke', ownForm, asks(revoking(parts)), endKey(parts));
  pages.use(() => {
    throw new AppError('route_not_found');
  });
  pages.use(showError(parts));
  const router = Router();
  router.use((request, response, next) => {
    const isOurs = request.path === '/' || request.path === '/account' || request.path.startsWith('/account/');
    if (isOurs) pages(request, response, next);
    else next();
  });
  return router;
}
