/** OIDC and SAML: the browser goes to the identity provider and comes back. */
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { AppError } from '../../errors.ts';
import { clientAddress, neighbourOf } from '../../web/client-address.ts';
import { toReturnAddress } from '../../web/return-address.ts';
import { keepAttempt, newAttemptSecret, takeAttempt } from '../attempts.ts';
import type { Answer, FinishedAttempt, RedirectConnector } from '../connector.ts';
import { setFlowCookie, takeFlowCookie } from '../flow-cookies.ts';
import type { SignInParts } from '../parts.ts';
import { beginTry, type Try } from '../record.ts';
import type { Refusal } from '../refusals.ts';
import { slowDown } from '../slow-down.ts';
import { leadToLogin, letIn, recordRefusal, sendRefused } from './answers.ts';

/** Generous: a whole office may stand behind one address. It keeps a loop or a script from filling the log. */
const PER_ADDRESS = { burst: 300, everyMs: 200 };

function parametersOf(request: Request): URLSearchParams {
  return new URL(request.originalUrl, 'http://localhost').searchParams;
}

async function takeTry(parts: SignInParts, { type }: RedirectConnector, request: Request): Promise<void> {
  const who = neighbourOf(clientAddress(request));
  await slowDown(parts, type, [{ what: 'sign-in address', who, budget: PER_ADDRESS }]);
}

function start(parts: SignInParts, connector: RedirectConnector): RequestHandler {
  const { cookies, directory } = parts;
  return async (request, response) => {
    await takeTry(parts, connector, request);
    const state = newAttemptSecret();
    const started = await connector.start(state);
    const one = beginTry(parts, request, connector.type, connector.label);
    if (started.kind === 'refused') {
      await recordRefusal(parts, one, started.refusal);
      return sendRefused(parts, one, response, started.refusal.code);
    }
    const secret = newAttemptSecret();
    const returnTo = toReturnAddress(parametersOf(request).get('return'));
    const { type, returnsBy } = connector;
    await keepAttempt(directory, { state, browser: secret, connector: type, kept: started.kept, returnTo });
    setFlowCookie(cookies, request, response, { state, secret, crossSite: returnsBy === 'cross-site-post' });
    response.redirect(302, started.url);
  };
}

type Begun =
  | { readonly kind: 'begun'; readonly attempt: FinishedAttempt | null; readonly returnTo: string }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

async function findBeginning(
  { directory, cookies }: SignInParts,
  connector: RedirectConnector,
  { request, response }: { readonly request: Request; readonly response: Response },
  answer: Answer,
): Promise<Begun> {
  const state = connector.stateOf(answer);
  // The connector says whether that can be, and what it is called if not.
  if (state === null) return { kind: 'begun', attempt: null, returnTo: '/' };
  const browser = takeFlowCookie(cookies, request, response, state);
  const taken = await takeAttempt(directory, { state, browser, connector: connector.type });
  return taken.kind === 'refused' ? taken : { ...taken, kind: 'begun' };
}

async function identify(
  connector: RedirectConnector,
  answer: Answer,
  begun: Extract<Begun, { kind: 'begun' }>,
): ReturnType<RedirectConnector['finish']> {
  return connector.finish(answer, begun.attempt);
}

function finish(parts: SignInParts, connector: RedirectConnector, read: (request: Request) => Answer): RequestHandler {
  return async (request, response) => {
    await takeTry(parts, connector, request);
    const one: Try = beginTry(parts, request, connector.type, connector.label);
    const answer = read(request);
    const begun = await findBeginning(parts, connector, { request, response }, answer);
    const outcome = begun.kind === 'refused' ? begun : await identify(connector, answer, begun);
    if (outcome.kind === 'refused') {
      await recordRefusal(parts, one, outcome.refusal);
      return sendRefused(parts, one, response, outcome.refusal.code);
    }
    const returnTo = begun.kind === 'begun' ? begun.returnTo : '/';
    const code = await letIn(parts, one, request, response, outcome.identity, returnTo);
    if (code !== undefined) sendRefused(parts, one, response, code);
  };
}

const fromQuery = (request: Request): Answer => ({ kind: 'query', parameters: parametersOf(request) });

function fromForm(request: Request): Answer {
  const body = (request.body ?? {}) as Record<string, unknown>;
  const pairs = Object.entries(body).filter((pair): pair is [string, string] => typeof pair[1] === 'string');
  return { kind: 'form', parameters: new URLSearchParams(pairs) };
}

function sendMetadata(connector: RedirectConnector): RequestHandler {
  return async (_request, response) => {
    if (connector.metadata === undefined) throw new AppError('route_not_found');
    const { contentType, body } = await connector.metadata();
    response.type(contentType).send(body);
  };
}

/** A response of 1 MiB, the most that the connector reads, in base64 with its signs escaped. */
const samlForm = express.urlencoded({ extended: false, limit: '2mb', parameterLimit: 20 });

export function createRedirectRoutes(parts: SignInParts): Router {
  const router = Router();
  for (const connector of parts.connectors) {
    if (connector.way !== 'redirect') continue;
    router.get(`/${connector.type}/login`, start(parts, connector));
    if (connector.type === 'oidc') router.get('/oidc/callback', finish(parts, connector, fromQuery));
    if (connector.type === 'saml') {
      router.post('/saml/acs', samlForm, finish(parts, connector, fromForm));
      router.get('/saml/acs', leadToLogin);
      router.get('/saml/metadata', sendMetadata(connector));
    }
  }
  return router;
}
