/**
 * Who is behind a request of a browser: the session of its cookie, looked up in the store at every request, so that what
 * ends on one node has ended on all.
 */
import type { IncomingMessage } from 'node:http';
import type { RequestHandler, Response } from 'express';
import type { FoundSession } from '../directory/entry/sessions.ts';
import type { Principal } from '../directory/principal.ts';
import { AppError } from '../errors.ts';
import type { Cookies } from './cookies.ts';
import { formTokenOf, isOwnRequest } from './form-token.ts';
import type { Viewer } from './page.ts';
import { signInAddress } from './return-address.ts';

/** Somebody who is signed in. */
export type Visitor = FoundSession;

export interface SessionFinder {
  /** Undefined when the token is unknown or its session has ended. Notes that the session was used. */
  find(token: string): Promise<Visitor | undefined>;
}

export interface VisitorParts {
  readonly cookies: Cookies;
  readonly sessions: SessionFinder;
}

export async function findVisitor(
  { cookies, sessions }: VisitorParts,
  request: Pick<IncomingMessage, 'headers'>,
): Promise<Visitor | undefined> {
  const token = cookies.read(request, 'session');
  return token === undefined ? undefined : await sessions.find(token);
}

/** Looks who it is and lets everybody on; read it with `visitorOf`. The page's header names them. */
export function recogniseVisitor(parts: VisitorParts): RequestHandler {
  return async (request, response, next) => {
    const visitor = await findVisitor(parts, request);
    response.locals.visitor = visitor;
    if (visitor !== undefined) {
      const viewer: Viewer = { name: visitor.user.name, formToken: formTokenOf(parts.cookies, request, response) };
      response.locals.viewer = viewer;
    }
    next();
  };
}

/** Sends everybody else to the sign-in page, and back here afterwards. Stands behind `recogniseVisitor`. */
export const requireVisitor: RequestHandler = (request, response, next) => {
  if (response.locals.visitor !== undefined) return next();
  const isPage = request.method === 'GET' && request.accepts(['html', 'json', 'text']) === 'html';
  if (!isPage) throw new AppError('unauthorized', 'You are not signed in, or your session has ended. Sign in again.');
  response.redirect(302, signInAddress(request.originalUrl));
};

/** Behind `requireVisitor`. */
export function visitorOf(response: Response): Visitor {
  return response.locals.visitor as Visitor;
}

/**
 * For doors without pages (the JSON API): who the cookie stands for, with the cookie's secret. Undefined without a session;
 * a call that would change something must carry the form token in the header `X-CSRF-Token` as well.
 */
export function createCookieAuthenticator(
  parts: VisitorParts,
  publicUrl: () => string,
): (
  request: IncomingMessage,
) => Promise<{ readonly principal: Principal; readonly secret: string } | AppError | undefined> {
  return async (request) => {
    const secret = parts.cookies.read(request, 'session');
    const visitor = secret === undefined ? undefined : await parts.sessions.find(secret);
    if (secret === undefined || visitor === undefined) return undefined;
    if (isOwnRequest(parts.cookies, publicUrl(), request)) return { principal: visitor.principal, secret };
    return new AppError('forbidden', 'A call with a session has to carry the token of the page in X-CSRF-Token.');
  };
}
