/**
 * Who may see the console. Until people can sign in: whoever sits at this machine and holds a session that a one-time
 * setup link opened. Owns the cookie; does not own sessions (the directory does). Used by console.ts.
 */
import type { Request, RequestHandler, Response } from 'express';
import { cameThroughProxy, isLoopbackAddress, isLoopbackHost } from '../web/loopback.ts';
import { sendPage } from '../web/page.ts';
import { notLocalPage, otherSitePage, signedOutPage } from './notices.ts';

export interface ConsoleSession {
  readonly organizationId: string;
}

export interface ConsoleAccess {
  /** Uses the link up. Undefined when it is unknown, used or expired. */
  redeemSetupLink(secret: string): Promise<(ConsoleSession & { readonly sessionToken: string }) | undefined>;
  /** Undefined when the session is unknown or has ended. Asked again while a live view is open. */
  findSession(sessionToken: string): Promise<ConsoleSession | undefined>;
}

/** Browsers take `__Host-` only over TLS; it is the connection itself that counts, since no proxy may stand before this door. */
function cookieName(request: Request): string {
  return request.secure ? '__Host-drawbridge_setup' : 'drawbridge_setup';
}

/** Session cookie: it ends with the browser, and the session behind it by the clock. */
export function setSessionCookie(request: Request, response: Response, sessionToken: string): void {
  response.cookie(cookieName(request), sessionToken, {
    httpOnly: true,
    sameSite: 'lax',
    secure: request.secure,
    path: '/',
  });
}

export function readSessionToken(request: Request): string | undefined {
  const wanted = `${cookieName(request)}=`;
  const pairs = (request.headers.cookie ?? '').split(';').map((pair) => pair.trim());
  const value = pairs.find((pair) => pair.startsWith(wanted))?.slice(wanted.length);
  // Tokens are made of characters that need no encoding; anything else was not set here.
  return value !== undefined && /^[\w.~-]{1,256}$/.test(value) ? value : undefined;
}

/** Lets only this machine in, and no other site's page acting through the browser. */
export const requireLocal: RequestHandler = (request, response, next) => {
  const local =
    isLoopbackAddress(request.socket.remoteAddress) &&
    isLoopbackHost(request.headers.host) &&
    !cameThroughProxy(request.headers);
  if (!local) {
    sendPage(response, 403, notLocalPage());
    return;
  }
  const site = request.headers['sec-fetch-site'];
  const foreign = site !== undefined && site !== 'same-origin' && site !== 'none';
  if (foreign && request.method !== 'GET' && request.method !== 'HEAD') {
    sendPage(response, 403, otherSitePage());
    return;
  }
  next();
};

/** Pages behind this find the session in `response.locals.session`: read it with `sessionOf`. */
export function requireSession(access: ConsoleAccess): RequestHandler {
  return async (request, response, next) => {
    const token = readSessionToken(request);
    const session = token === undefined ? undefined : await access.findSession(token);
    if (session === undefined) {
      sendPage(response, 401, signedOutPage());
      return;
    }
    response.locals.session = session;
    next();
  };
}

export function sessionOf(response: Response): ConsoleSession {
  return response.locals.session as ConsoleSession;
}
