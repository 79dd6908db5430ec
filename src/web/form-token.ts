/**
 * What proves that a form was filled in on a page of ours (CSRF): the browser's own word about where a request comes
 * from, and a token on the page that is made from a cookie which other sites can neither read nor set.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Request, RequestHandler, Response } from 'express';
import { AppError } from '../errors.ts';
import type { Cookies } from './cookies.ts';
import { type View, view } from './view.ts';

export const FORM_TOKEN_FIELD = 'form_token';
/** Scripts on our pages send the token so. */
export const FORM_TOKEN_HEADER = 'x-csrf-token';

/** What is asked of a request: any door's will do. */
type Asked = Pick<IncomingMessage, 'headers' | 'method'> & { readonly body?: unknown };

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

function deriveToken(secret: string): string {
  return createHash('sha256').update(`form ${secret}`).digest('base64url');
}

/** Pages put it into their forms. A browser without a session gets a cookie of its own for it. */
export function formTokenOf(cookies: Cookies, request: Request, response: Response): string {
  const known = cookies.read(request, 'session') ?? cookies.read(request, 'form');
  if (known !== undefined) return deriveToken(known);
  const secret = randomBytes(32).toString('base64url');
  cookies.set(response, 'form', secret);
  return deriveToken(secret);
}

export function formTokenField(token: string): View {
  return view`<input type="hidden" name="${FORM_TOKEN_FIELD}" value="${token}">`;
}

/** Browsers say where a request comes from (Fetch Metadata); older ones name the origin at least. */
export function isFromOtherSite(request: Asked, publicUrl: string): boolean {
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined) return site !== 'same-origin' && site !== 'none';
  const { origin, host } = request.headers;
  if (origin === undefined) return false;
  return origin !== new URL(publicUrl).origin && !(URL.canParse(origin) && new URL(origin).host === host);
}

function fieldOf(body: unknown): unknown {
  return (body as Record<string, unknown> | null | undefined)?.[FORM_TOKEN_FIELD];
}

function carriesToken(cookies: Cookies, request: Asked): boolean {
  const given: unknown = request.headers[FORM_TOKEN_HEADER] ?? fieldOf(request.body);
  if (typeof given !== 'string') return false;
  const secrets = [cookies.read(request, 'session'), cookies.read(request, 'form')];
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return secrets.some((secret) => secret !== undefined && timingSafeEqual(digest(deriveToken(secret)), digest(given)));
}

/** Whether a call that would change something may be made with the cookies that came along. Reading is always allowed. */
export function isOwnRequest(cookies: Cookies, publicUrl: string, request: Asked): boolean {
  if (SAFE_METHODS.has(request.method ?? 'GET')) return true;
  return !isFromOtherSite(request, publicUrl) && carriesToken(cookies, request);
}

/** For routes with forms; stands behind the body parser. @throws AppError `forbidden` */
export function requireFormToken(cookies: Cookies, publicUrl: () => string): RequestHandler {
  return (request, _response, next) => {
    if (!isOwnRequest(cookies, publicUrl(), request)) {
      throw new AppError(
        'forbidden',
        'This form was not sent from a page of this installation, or the page was too old. Nothing was done: go back, reload the page and try again.',
      );
    }
    next();
  };
}
