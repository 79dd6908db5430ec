/** How a sign-in answers the browser: the cookie and the way back, or the page that says why not. */
import type { Request, RequestHandler, Response } from 'express';
import { isAppError } from '../../errors.ts';
import { sendPage } from '../../web/page.ts';
import { toReturnAddress } from '../../web/return-address.ts';
import { enter } from '../enter.ts';
import type { Identity } from '../identity.ts';
import { refusedPage } from '../pages/notices.ts';
import type { SignInParts } from '../parts.ts';
import { type Try, tellRefused } from '../record.ts';
import type { Refusal, RefusalCode } from '../refusals.ts';

/** An address that only takes forms was opened, or reloaded. */
export const leadToLogin: RequestHandler = (_request, response) => response.redirect(303, '/auth/login');

export function setSession({ cookies, limits }: SignInParts, response: Response, token: string): void {
  cookies.set(response, 'session', token, { maxAgeMs: limits.lengthMs });
  cookies.clear(response, 'form');
}

/** @returns the reason, when just-in-time did not let the person in; then nothing has been answered yet */
export async function letIn(
  parts: SignInParts,
  one: Try,
  request: Request,
  response: Response,
  identity: Identity,
  returnTo: unknown,
): Promise<RefusalCode | undefined> {
  const entry = await enter(parts, one, identity, parts.cookies.read(request, 'session'));
  if (entry.kind === 'refused') return entry.code;
  setSession(parts, response, entry.token);
  response.redirect(303, toReturnAddress(returnTo));
  return undefined;
}

export function sendRefused({ contact }: SignInParts, one: Try, response: Response, code: RefusalCode): void {
  sendPage(response, 403, refusedPage(code, one.id, contact));
}

/** A use-case's refusal of a link of ours, in the words of the sync log; undefined: it is none. */
export function refusalOf(error: unknown): { readonly code: RefusalCode; readonly detail: string } | undefined {
  if (isAppError(error, 'seat_limit')) return { code: 'no_seat', detail: error.message };
  if (isAppError(error, 'conflict')) return { code: 'link_person_unfit', detail: error.message };
  if (isAppError(error, 'gone') || isAppError(error, 'not_found'))
    return { code: 'invite_unusable', detail: error.message };
  return undefined;
}

/** What was refused before anybody knew who it was. */
export async function recordRefusal(parts: SignInParts, one: Try, refusal: Refusal): Promise<void> {
  parts.onSignIn({ connector: one.connector, outcome: 'refused' });
  parts.recorder.record(tellRefused(parts, one, await parts.organization(), null, refusal));
}
