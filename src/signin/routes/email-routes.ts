/** A link by e-mail: ask for one, open it, use it up with a button. */
import { type RequestHandler, Router } from 'express';
import { foldCase } from '../../directory/people/user.ts';
import { AppError } from '../../errors.ts';
import { clientAddress, neighbourOf } from '../../web/client-address.ts';
import { formTokenOf, requireFormToken } from '../../web/form-token.ts';
import { sendPage } from '../../web/page.ts';
import { toReturnAddress } from '../../web/return-address.ts';
import { askForLink, identityOf, takeEmailLink } from '../email-links.ts';
import { enterByLinkPage, linkSentPage, usedEmailLinkPage } from '../pages/notices.ts';
import type { SignInParts } from '../parts.ts';
import { beginTry } from '../record.ts';
import { slowDown } from '../slow-down.ts';
import { leadToLogin, letIn, recordRefusal, sendRefused } from './answers.ts';

const PER_ADDRESS = { burst: 10, everyMs: 30_000 };
/** Nobody's mailbox is filled. */
const PER_MAILBOX = { burst: 3, everyMs: 5 * 60_000 };
const PER_ADDRESS_ENTERING = { burst: 20, everyMs: 5_000 };

const MAILBOX = /^[^\s<>@]{1,64}@[^\s<>@]{1,255}$/;

function textOf(body: unknown, field: string): string {
  const value = (body as Record<string, unknown> | undefined)?.[field];
  return typeof value === 'string' ? value.trim().slice(0, 400) : '';
}

function ask(parts: SignInParts): RequestHandler {
  const { directory } = parts;
  return async (request, response) => {
    if (!parts.emailLinks.isOffered) throw new AppError('route_not_found');
    const email = textOf(request.body, 'email');
    if (!MAILBOX.test(email)) throw new AppError('invalid_value', 'Enter an e-mail address.');
    await slowDown(parts, 'email', [
      { what: 'e-mail link address', who: neighbourOf(clientAddress(request)), budget: PER_ADDRESS },
      { what: 'e-mail link mailbox', who: foldCase(email), budget: PER_MAILBOX },
    ]);
    const returnTo = toReturnAddress(textOf(request.body, 'return'));
    await askForLink(directory, await parts.organization(), { email, returnTo });
    sendPage(response, 200, linkSentPage());
  };
}

/** Whoever only looks at links (a mail scanner) gets this page, and uses nothing up. */
function show({ cookies }: SignInParts): RequestHandler {
  return (request, response) => {
    const key = new URL(request.originalUrl, 'http://localhost').searchParams.get('key') ?? '';
    if (key === '') sendPage(response, 403, usedEmailLinkPage());
    else sendPage(response, 200, enterByLinkPage(key, formTokenOf(cookies, request, response)));
  };
}

function use(parts: SignInParts): RequestHandler {
  return async (request, response) => {
    const one = beginTry(parts, request, 'email', 'a link by e-mail');
    const who = neighbourOf(one.remoteAddress);
    await slowDown(parts, 'email', [{ what: 'e-mail link use', who, budget: PER_ADDRESS_ENTERING }]);
    const link = await takeEmailLink(parts.directory, textOf(request.body, 'key'));
    if (link === undefined) {
      await recordRefusal(parts, one, { code: 'email_link_unusable', detail: null });
      return sendPage(response, 403, usedEmailLinkPage());
    }
    const code = await letIn(parts, one, request, response, identityOf(link), link.returnTo);
    if (code !== undefined) sendRefused(parts, one, response, code);
  };
}

export function createEmailRoutes(parts: SignInParts): Router {
  const router = Router();
  const ownForm = requireFormToken(parts.cookies, parts.place.publicUrl);
  router.post('/email', ownForm, ask(parts));
  router.get('/email', leadToLogin);
  router.get('/email/enter', show(parts));
  router.post('/email/enter', ownForm, use(parts));
  return router;
}
