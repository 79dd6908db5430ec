/**
 * What came of a form, told on the page that its answer leads to, so that a page stands in the address bar and reloading
 * it sends nothing again. The words wait in a cookie, for a minute, for one look at that page, and are signed with the
 * secret of the session: nobody else can put words there.
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Request, Response } from 'express';
import type { Cookies } from './cookies.ts';

const WAITS_MS = 60_000;
/** Proxies take 4096 bytes of an answer's headers, all in all, unless they are told otherwise. */
const LONGEST = 1_800;

function sign(secret: string, payload: string): string {
  return createHmac('sha256', secret).update(`told ${payload}`).digest('base64url');
}

function isSigned(secret: string, payload: string, signature: string): boolean {
  const [wanted, given] = [Buffer.from(sign(secret, payload)), Buffer.from(signature)];
  return wanted.length === given.length && timingSafeEqual(wanted, given);
}

/**
 * Answers with the way to a page of ours, which tells the words. Nothing secret: what is shown once stays in the answer.
 * @returns false when the words are too many to wait; then nothing has been answered yet
 */
export function leadTo(
  cookies: Cookies,
  request: Request,
  response: Response,
  address: string,
  words: readonly string[],
): boolean {
  const secret = cookies.read(request, 'session');
  const payload = Buffer.from(JSON.stringify([address, ...words])).toString('base64url');
  if (secret === undefined || payload.length > LONGEST) return false;
  if (words.length > 0) {
    cookies.set(response, 'told', `${payload}.${sign(secret, payload)}`, { maxAgeMs: WAITS_MS });
  }
  response.redirect(303, address);
  return true;
}

/** What waits for this page, once. */
export function toldHere(cookies: Cookies, request: Request, response: Response): readonly string[] {
  const [secret, kept] = [cookies.read(request, 'session'), cookies.read(request, 'told')];
  const [payload = '', signature = ''] = kept?.split('.') ?? [];
  if (secret === undefined || !isSigned(secret, payload, signature)) return [];
  const [address, ...words] = JSON.parse(Buffer.from(payload, 'base64url').toString()) as string[];
  if (address !== request.originalUrl) return [];
  cookies.clear(response, 'told');
  return words;
}
