/**
 * Cookies that bind sign-ins under way to the browser that began them: one for each, named by its `state`. So two tabs,
 * and two ways to sign in (whose cookies differ: SAML's answer comes from another site), leave each other alone.
 */
import type { Request, Response } from 'express';
import { hashSecret } from '../directory/secret.ts';
import type { Cookies, FlowCookieName } from '../web/cookies.ts';
import { ATTEMPT_MINUTES } from './attempts.ts';

/** More are nobody's tabs; a browser that piles them up would send headers that no server takes. */
export const FLOWS_MAX = 8;

/** The `state` itself stands in addresses; its hash tells nothing more. */
export function flowCookieOf(state: string): FlowCookieName {
  return `flow_${hashSecret(state).slice(0, 16)}`;
}

export function setFlowCookie(
  cookies: Cookies,
  request: Request,
  response: Response,
  flow: { readonly state: string; readonly secret: string; readonly crossSite: boolean },
): void {
  const others = cookies.flows(request);
  for (const oldest of others.slice(0, Math.max(0, others.length + 1 - FLOWS_MAX))) cookies.clear(response, oldest);
  const options = { maxAgeMs: ATTEMPT_MINUTES * 60_000, crossSite: flow.crossSite };
  cookies.set(response, flowCookieOf(flow.state), flow.secret, options);
}

/** The secret, which the browser then forgets: an attempt is finished once. */
export function takeFlowCookie(cookies: Cookies, request: Request, response: Response, state: string): string | null {
  const name = flowCookieOf(state);
  const secret = cookies.read(request, name);
  if (secret !== undefined) cookies.clear(response, name);
  return secret ?? null;
}
