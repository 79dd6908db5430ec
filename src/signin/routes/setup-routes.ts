/** The one-time link of the command line: a page that makes an admin and signs them in. */
import { type RequestHandler, Router } from 'express';
import { openSession } from '../../directory/entry/sessions.ts';
import { isSetupLinkUsable, makeAdmin, takeSetupLink } from '../../directory/entry/setup-links.ts';
import { beginWork, finishWork } from '../../directory/work.ts';
import { neighbourOf } from '../../web/client-address.ts';
import { formTokenOf, requireFormToken } from '../../web/form-token.ts';
import { sendPage } from '../../web/page.ts';
import { findVisitor, type Visitor } from '../../web/visitor.ts';
import { endFormer } from '../enter.ts';
import { setupPage, usedSetupLinkPage } from '../pages/notices.ts';
import type { SignInParts } from '../parts.ts';
import { beginTry, type Try, tellLinkUsed } from '../record.ts';
import { slowDown } from '../slow-down.ts';
import { recordRefusal, refusalOf, setSession } from './answers.ts';

const PER_ADDRESS = { burst: 20, everyMs: 5_000 };
const ADDRESS = /^[^\s<>@]{1,64}@[^\s<>@]{1,255}$/;

interface Form {
  readonly key: string;
  readonly name: string;
  readonly email: string;
}

function formOf(body: unknown): Form {
  const text = (field: string): string => {
    const value = (body as Record<string, unknown> | undefined)?.[field];
    return typeof value === 'string' ? value.trim().slice(0, 400) : '';
  };
  return { key: text('key'), name: text('name'), email: text('email') };
}

/** @returns the session's secret; undefined when the link does not work */
async function redeem(
  parts: SignInParts,
  one: Try,
  { key, name, email }: Form,
  old: Visitor | undefined,
): Promise<string | undefined> {
  const { directory, limits } = parts;
  const { store } = directory;
  return store.write(async (db) => {
    const at = directory.now();
    const link = await takeSetupLink(directory, { db, at }, key);
    if (link === undefined) return undefined;
    const actor = { kind: 'cli', id: null, name: 'setup link' } as const;
    const work = beginWork(db, { organizationId: link.organizationId, actor, exchangeId: one.id }, null, at);
    const user = await makeAdmin(directory, work, { name, email });
    await endFormer(parts, db, old);
    const { userAgent, remoteAddress } = one;
    const how = { connector: 'setup', issuer: 'command line', providerSession: null, providerSubject: null };
    const { token } = await openSession(directory, work, limits, user, { ...how, userAgent, remoteAddress });
    await finishWork(directory, work);
    await store.exchanges.insert(db, [tellLinkUsed(parts, one, user, 'became an admin by a setup link', work.changes)]);
    return token;
  });
}

function show(parts: SignInParts): RequestHandler {
  return async (request, response) => {
    const key = new URL(request.originalUrl, 'http://localhost').searchParams.get('key') ?? '';
    if (key === '' || !(await isSetupLinkUsable(parts.directory, key))) {
      return sendPage(response, 403, usedSetupLinkPage());
    }
    sendPage(response, 200, setupPage(key, formTokenOf(parts.cookies, request, response)));
  };
}

function submit(parts: SignInParts): RequestHandler {
  return async (request, response) => {
    const one = beginTry(parts, request, 'setup', 'a setup link');
    const who = neighbourOf(one.remoteAddress);
    await slowDown(parts, 'setup', [{ what: 'setup address', who, budget: PER_ADDRESS }]);
    const form = formOf(request.body);
    const again = (problem: string): void =>
      sendPage(response, 400, setupPage(form.key, formTokenOf(parts.cookies, request, response), problem));
    if (form.name === '' || !ADDRESS.test(form.email)) return again('Enter your name and your e-mail address.');
    try {
      const token = await redeem(parts, one, form, await findVisitor(parts, request));
      if (token === undefined) {
        await recordRefusal(parts, one, { code: 'setup_link_unusable', detail: null });
        return sendPage(response, 403, usedSetupLinkPage());
      }
      parts.onSignIn({ connector: 'setup', outcome: 'signed_in' });
      setSession(parts, response, token);
      response.redirect(303, '/admin');
    } catch (error) {
      // The link is not used up: all of it was taken back.
      const refusal = refusalOf(error);
      if (refusal === undefined) throw error;
      await recordRefusal(parts, one, refusal);
      return again(refusal.detail);
    }
  };
}

export function createSetupRoutes(parts: SignInParts): Router {
  const router = Router();
  router.get('/setup', show(parts));
  router.post('/setup', requireFormToken(parts.cookies, parts.place.publicUrl), submit(parts));
  return router;
}
