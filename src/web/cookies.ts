/**
 * The cookies that this installation sets. Over https they carry the prefix `__Host-`: of this host alone, never from
 * another one, never in the clear. Browsers take that prefix over TLS only, so that an installation that is reached over
 * http on this machine uses the plain name.
 */

import type { IncomingMessage } from 'node:http';
import { parseCookie } from 'cookie';
import type { Response } from 'express';

/**
 * `session`: who is signed in; `form`: binds a form to a browser that is not; `told`: what came of a form, until the next
 * page; `flow_...`: binds a sign-in under way to a browser.
 */
export type CookieName = 'session' | 'form' | 'told' | FlowCookieName;
export type FlowCookieName = `flow_${string}`;

export interface CookieOptions {
  /** Without it, the cookie ends with the browser. */
  readonly maxAgeMs?: number;
  /** Comes along with a form that another site posts, too (SAML); over https only. */
  readonly crossSite?: boolean;
}

export interface Cookies {
  read(request: Pick<IncomingMessage, 'headers'>, name: CookieName): string | undefined;
  set(response: Response, name: CookieName, value: string, options?: CookieOptions): void;
  clear(response: Response, name: CookieName): void;
  /** Sign-ins under way, as browsers send them: the oldest first (RFC 6265, section 5.4). */
  flows(request: Pick<IncomingMessage, 'headers'>): readonly FlowCookieName[];
}

/** Values are made of characters that need no encoding; anything else was not set here. */
const VALUE = /^[\w.~-]{1,2048}$/;
const FLOW = /^flow_[0-9a-f]{1,64}$/;

/** @param publicUrl where browsers find this installation; asked at each request, since the port is known late */
export function createCookies(publicUrl: () => string): Cookies {
  const isSecure = (): boolean => publicUrl().startsWith('https:');
  const prefix = (): string => `${isSecure() ? '__Host-' : ''}drawbridge_`;
  const nameOf = (name: CookieName): string => `${prefix()}${name}`;
  const options = () => ({ httpOnly: true, sameSite: 'lax', secure: isSecure(), path: '/' }) as const;
  return {
    read(request, name) {
      const value = parseCookie(request.headers.cookie ?? '')[nameOf(name)];
      return value !== undefined && VALUE.test(value) ? value : undefined;
    },
    set(response, name, value, { maxAgeMs, crossSite = false } = {}) {
      const age = maxAgeMs === undefined ? {} : { maxAge: maxAgeMs };
      const site = crossSite && isSecure() ? ({ sameSite: 'none' } as const) : {};
      response.cookie(nameOf(name), value, { ...options(), ...age, ...site });
    },
    clear(response, name) {
      response.clearCookie(nameOf(name), options());
    },
    flows(request) {
      const named = Object.keys(parseCookie(request.headers.cookie ?? '')).filter((name) => name.startsWith(prefix()));
      return named.map((name) => name.slice(prefix().length)).filter((name): name is FlowCookieName => FLOW.test(name));
    },
  };
}
