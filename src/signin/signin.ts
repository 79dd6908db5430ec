/**
 * signin/: the door that people come in by.
 *
 * Owns: the routes under /auth, the sign-in page, connectors, the record of every try. Does not own: who is let in
 * (directory/entry/sign-in.ts), sessions (directory/entry/sessions.ts), the look of pages and cookies (web/). Called by app, which
 * mounts it at /auth.
 */
import express, { type ErrorRequestHandler, type RequestHandler, Router } from 'express';
import { AppError, isAppError } from '../errors.ts';
import type { Assets } from '../web/assets.ts';
import { formTokenOf, requireFormToken } from '../web/form-token.ts';
import { securityHeaders } from '../web/headers.ts';
import { errorPage, requireSafeWay } from '../web/notice.ts';
import { providePages, sendPage } from '../web/page.ts';
import { toReturnAddress } from '../web/return-address.ts';
import { recogniseVisitor } from '../web/visitor.ts';
import { renderLoginPage } from './pages/login-page.ts';
import { refusedPage } from './pages/notices.ts';
import type { SignInParts } from './parts.ts';
import { leadToLogin } from './routes/answers.ts';
import { createEmailRoutes } from './routes/email-routes.ts';
import { createInviteRoutes } from './routes/invite-routes.ts';
import { signInByPassword } from './routes/ldap-route.ts';
import { createBackChannelRoutes, createLogoutRoutes } from './routes/logout-routes.ts';
import { createRedirectRoutes } from './routes/redirect-routes.ts';
import { createSetupRoutes } from './routes/setup-routes.ts';
import { createVerify } from './verify.ts';

function showLogin(parts: SignInParts): RequestHandler {
  const { connectors, emailLinks, cookies } = parts;
  return (request, response) => {
    const returnTo = toReturnAddress(new URL(request.originalUrl, 'http://localhost').searchParams.get('return'));
    if (response.locals.visitor !== undefined) return response.redirect(302, returnTo);
    const formToken = formTokenOf(cookies, request, response);
    sendPage(
      response,
      200,
      renderLoginPage({ connectors, offersEmailLink: emailLinks.isOffered, formToken, returnTo }),
    );
  };
}

const CONNECTOR_PATHS = ['/oidc/login', '/oidc/callback', '/saml/login', '/saml/acs', '/saml/metadata', '/ldap'];

/** An address of a connector that the environment does not set up. */
function notConfigured({ directory, contact }: SignInParts): RequestHandler {
  return (_request, response) =>
    sendPage(response, 404, refusedPage('connector_not_configured', directory.newId(), contact));
}

function showError({ reportFault }: SignInParts): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    const status = (error as { status?: unknown } | null)?.status;
    const isClient = typeof status === 'number' && status < 500;
    const fault = isAppError(error)
      ? error
      : new AppError(isClient ? 'invalid_syntax' : 'internal', undefined, { cause: error });
    if (fault.status >= 500) reportFault(error);
    if (response.headersSent) return void response.destroy();
    if (fault.retryAfterSeconds !== undefined) response.set('Retry-After', String(fault.retryAfterSeconds));
    sendPage(response, fault.status, errorPage(fault));
  };
}

/** Router for /auth. */
export function createSignIn(parts: SignInParts, assets: Assets): Router {
  const { cookies, place, connectors } = parts;
  const router = Router();
  router.get('/verify', createVerify({ ...parts, directory: parts.directory }));
  router.use(createBackChannelRoutes(parts));
  router.use(securityHeaders(place.publicUrl()), providePages({ assets, sections: [] }), requireSafeWay(place));
  router.use(createRedirectRoutes(parts));
  router.use(express.urlencoded({ extended: false, limit: '16kb', parameterLimit: 20 }));
  for (const connector of connectors) {
    if (connector.way !== 'form') continue;
    router.post('/ldap', requireFormToken(cookies, place.publicUrl), signInByPassword(parts, connector));
    router.get('/ldap', leadToLogin);
  }
  router.use(createEmailRoutes(parts), createInviteRoutes(parts), createSetupRoutes(parts), createLogoutRoutes(parts));
  router.get('/login', recogniseVisitor(parts), showLogin(parts));
  router.use(CONNECTOR_PATHS, notConfigured(parts));
  router.use(() => {
    throw new AppError('route_not_found');
  });
  router.use(showError(parts));
  return router;
}
