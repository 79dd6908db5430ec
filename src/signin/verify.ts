/**
 * GET /auth/verify: who is this? For reverse proxies (nginx `auth_request`, Traefik `forwardAuth`, Caddy `forward_auth`),
 * so that a tracker without a sign-in of its own can stand behind one. docs/reverse-proxy.md.
 *
 * 200 with headers for a session or an API key (Bearer, or Basic as W&B clients send it); else 401, and for a browser the
 * address of the sign-in page: as a redirect where the proxy passes answers on, in `X-Drawbridge-Sign-In` where not.
 * `?organization=<name>` keeps everybody else's people out (403): a tracker that is told a name does not see whose it is.
 * In one organization a user name is told of one person: of those who have it, who has had it longest (403 for the others).
 * Reads only; the last use of a session or key is written once a minute.
 */
import type { Request, RequestHandler, Response } from 'express';
import { authenticateKey } from '../directory/keys/api-keys.ts';
import type { DirectoryParts } from '../directory/parts.ts';
import { type Described, describePrincipal, toldToTracker } from '../directory/people/whoami.ts';
import { isAppError } from '../errors.ts';
import { keyOf } from '../http/credentials.ts';
import { signInAddress } from '../web/return-address.ts';
import { findVisitor, type VisitorParts } from '../web/visitor.ts';

export interface VerifyParts extends VisitorParts {
  readonly directory: DirectoryParts;
}

/**
 * A header value that is one line of printable ASCII whatever the name is: everything else, and `%`, stands as its UTF-8
 * bytes in percent form (RFC 3986, section 2.1). In lists the comma as well, so that no name becomes two.
 */
export function toHeaderValue(text: string, isListed = false): string {
  const bytes = (character: string): string =>
    [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
  const odd = isListed ? /[^\x21-\x24\x26-\x2b\x2d-\x7e ]/gu : /[^\x21-\x24\x26-\x7e ]/gu;
  return text.replaceAll(odd, bytes).replaceAll(/^ +| +$/g, (blanks) => '%20'.repeat(blanks.length));
}

async function whoIs(parts: VerifyParts, request: Request): Promise<Described | 'namesake' | undefined> {
  const { directory } = parts;
  const { authorization } = request.headers;
  if (authorization !== undefined) {
    const key = keyOf(authorization);
    const principal = key === undefined ? undefined : await authenticateKey(directory, key);
    // A wrong key is wrong, whatever cookie came along with it.
    if (principal === undefined || isAppError(principal)) return undefined;
    const described = await describePrincipal(directory, principal);
    if (described === undefined || principal.kind !== 'user') return described;
    return toldToTracker(directory, principal.organizationId, described);
  }
  const visitor = await findVisitor(parts, request);
  if (visitor === undefined) return undefined;
  const { user, principal, teams } = visitor;
  const { id, userName, email, organization } = user;
  const described = { id, userName, email, role: principal.role, organization, teams: teams.map(({ name }) => name) };
  return toldToTracker(directory, principal.organizationId, described);
}

function tellWho(response: Response, who: Described): void {
  response.set({
    'X-Forwarded-User': toHeaderValue(who.userName),
    'X-Forwarded-Preferred-Username': toHeaderValue(who.userName),
    'X-Forwarded-Groups': who.teams
      .map((team) => toHeaderValue(team, true))
      .toSorted()
      .join(','),
    'X-Forwarded-Email': toHeaderValue(who.email ?? ''),
    'X-Drawbridge-Role': toHeaderValue(who.role),
    'X-Drawbridge-Organization': toHeaderValue(who.organization),
  });
  response.status(200).end();
}

function headerOf(request: Request, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' ? value : undefined;
}

/** Traefik and Caddy name the request that they ask about, and give the browser what they are answered. */
function refuse(request: Request, response: Response): void {
  const forwarded = headerOf(request, 'x-forwarded-uri');
  const original = forwarded ?? headerOf(request, 'x-original-uri');
  const method = headerOf(request, 'x-forwarded-method') ?? headerOf(request, 'x-original-method') ?? 'GET';
  const isPage = method === 'GET' && (request.headers.accept ?? '').includes('text/html');
  if (isPage && request.headers.authorization === undefined) {
    const address = signInAddress(original);
    if (forwarded !== undefined) {
      response.redirect(302, address);
      return;
    }
    response.set('X-Drawbridge-Sign-In', address);
  }
  response.status(401).set('WWW-Authenticate', 'Bearer realm="Drawbridge"').type('text/plain').send('Sign in first.\n');
}

/** Not 401: signing in again would lead back here. */
function refuseFor(response: Response, reason: string): void {
  response.status(403).type('text/plain').send(`${reason}\n`);
}

const OTHER = 'This is for the people of another organization.';
const NAMESAKE =
  'Somebody else has your user name, and has had it longer: you would be taken for them. Ask an admin of the organization to have one of the two renamed or deactivated.';

export function createVerify(parts: VerifyParts): RequestHandler {
  return async (request, response) => {
    response.set('Cache-Control', 'no-store');
    const who = await whoIs(parts, request);
    const wanted = new URL(request.originalUrl, 'http://localhost').searchParams.get('organization');
    if (who === undefined) refuse(request, response);
    else if (who === 'namesake') refuseFor(response, NAMESAKE);
    else if (wanted !== null && who.organization !== wanted) refuseFor(response, OTHER);
    else tellWho(response, who);
  };
}
