/** Signing out here, and being signed out by the identity provider. */
import express, { type ErrorRequestHandler, type RequestHandler, Router } from 'express';
import { endProviderSessions, signOut } from '../../directory/entry/sessions.ts';
import { runWork } from '../../directory/work.ts';
import { isAppError } from '../../errors.ts';
import { clientAddress, neighbourOf } from '../../web/client-address.ts';
import { formTokenOf, requireFormToken } from '../../web/form-token.ts';
import { sendPage } from '../../web/page.ts';
import { findVisitor } from '../../web/visitor.ts';
import type { RedirectConnector } from '../connector.ts';
import { signedOutPage, signOutPage } from '../pages/notices.ts';
import type { SignInParts } from '../parts.ts';
import { beginTry } from '../record.ts';
import { slowDown } from '../slow-down.ts';
import { recordRefusal } from './answers.ts';

/** Of refused tokens alone: a provider may end the sessions of everybody at once, and a stranger must not fill the log. */
const REFUSED_PER_ADDRESS = { burst: 60, everyMs: 5_000 };

function redirectConnectorOf({ connectors }: SignInParts, type: string): RedirectConnector | undefined {
  return connectors.find(
    (connector): connector is RedirectConnector => connector.way === 'redirect' && connector.type === type,
  );
}

/** The form's answer is a page with a link, not a redirect: the content security policy lets no form lead to another host. */
function leave(parts: SignInParts): RequestHandler {
  return async (request, response) => {
    const token = parts.cookies.read(request, 'session') ?? '';
    const visitor = await findVisitor(parts, request);
    const hint = visitor && (await signOut(parts.directory, visitor.session, token)).providerHint;
    parts.cookies.clear(response, 'session');
    response.locals.viewer = undefined;
    const connector = visitor && redirectConnectorOf(parts, visitor.session.connector);
    const url = (await connector?.logoutUrl?.(hint ?? null, `${parts.place.publicUrl()}/auth/login`)) ?? null;
    const provider = url === null || connector === undefined ? null : { label: connector.label, url };
    // Other tabs and the way back show nothing of what was open.
    response.set('Clear-Site-Data', '"cache"');
    sendPage(response, 200, signedOutPage(provider));
  };
}

/** OpenID Connect Back-Channel Logout 1.0, section 2.5: 200 when done, 400 when the token is refused; never cached. */
function backChannelLogout(parts: SignInParts, connector: RedirectConnector): RequestHandler {
  return async (request, response) => {
    response.set('Cache-Control', 'no-store');
    const given: unknown = request.body?.logout_token;
    const outcome = await connector.parseLogoutToken?.(typeof given === 'string' ? given : '');
    if (outcome?.kind !== 'logout') {
      const who = neighbourOf(clientAddress(request));
      await slowDown(parts, connector.type, [{ what: 'refused logout token', who, budget: REFUSED_PER_ADDRESS }]);
      const one = beginTry(parts, request, connector.type, `${connector.label} (back-channel logout)`);
      if (outcome !== undefined) await recordRefusal(parts, one, outcome.refusal);
      response
        .status(400)
        .json({ error: 'invalid_request', error_description: outcome?.refusal.code ?? 'not offered' });
      return;
    }
    const { issuer, subject, sid } = outcome.notice;
    const actor = { kind: 'system', id: null, name: `${connector.label} (back-channel logout)` } as const;
    const context = { organizationId: await parts.organization(), actor, exchangeId: null };
    await runWork(parts.directory, context, (work) =>
      endProviderSessions(parts.directory, work, issuer, { session: sid, subject }),
    );
    response.status(200).end();
  };
}

export function createLogoutRoutes(parts: SignInParts): Router {
  const router = Router();
  router.get('/logout', (request, response) =>
    sendPage(response, 200, signOutPage(formTokenOf(parts.cookies, request, response))),
  );
  router.post('/logout', requireFormToken(parts.cookies, parts.place.publicUrl), leave(parts));
  return router;
}

function refuseLogout({ reportFault }: SignInParts): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    const status = isAppError(error) ? error.status : ((error as { status?: unknown } | null)?.status ?? 500);
    const told = typeof status === 'number' && status < 500 ? status : 500;
    if (told === 500) reportFault(error);
    if (isAppError(error) && error.retryAfterSeconds !== undefined)
      response.set('Retry-After', String(error.retryAfterSeconds));
    response.set('Cache-Control', 'no-store').status(told).json({ error: 'invalid_request' });
  };
}

/** Another machine calls this one: no pages, no cookies, no form tokens. */
export function createBackChannelRoutes(parts: SignInParts): Router {
  const router = Router();
  const oidc = redirectConnectorOf(parts, 'oidc');
  if (oidc?.parseLogoutToken !== undefined) {
    const form = express.urlencoded({ extended: false, limit: '64kb' });
    router.post('/oidc/backchannel-logout', form, backChannelLogout(parts, oidc), refuseLogout(parts));
  }
  return router;
}
