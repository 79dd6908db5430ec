/** Who asks: the first authenticator that knows the kind of credentials says. API keys here; sessions join from signin/. */
import type { IncomingMessage } from 'node:http';
import type { Principal } from '../directory/principal.ts';
import { AppError } from '../errors.ts';
import { keyOf } from '../http/credentials.ts';
import type { Authenticated, Authenticator } from './authenticator.ts';
import { type Endpoint, scopesOf } from './endpoint.ts';

/** @param authenticateKey whom a key belongs to, or why it is refused */
export function createKeyAuthenticator(
  authenticateKey: (secret: string) => Promise<Principal | AppError>,
): Authenticator {
  return async ({ headers }) => {
    if (headers.authorization === undefined) return undefined;
    const secret = keyOf(headers.authorization);
    if (secret === undefined) {
      const text = 'Authorization: send "Bearer <key>", or Basic with the user "api" and the key as password.';
      return new AppError('unauthorized', text);
    }
    const found = await authenticateKey(secret);
    return found instanceof AppError ? found : { principal: found, secret };
  };
}

/** @throws AppError of status 401 */
export async function authenticate(
  authenticators: readonly Authenticator[],
  request: IncomingMessage,
): Promise<Authenticated> {
  for (const ask of authenticators) {
    const found = await ask(request);
    if (found instanceof AppError) throw found;
    if (found !== undefined) return found;
  }
  throw new AppError('unauthorized', 'Send an API key: "Authorization: Bearer <key>".');
}

/** @throws AppError `insufficient_scope` */
export function checkScope({ scopes }: Principal, declared: Endpoint): void {
  const enough = scopesOf(declared);
  if (enough.length === 0 || enough.some((scope) => scopes.has(scope))) return;
  const carried = scopes.size === 0 ? 'none' : [...scopes].join(', ');
  const text = `This needs a key with one of the scopes ${enough.join(', ')}; this one carries ${carried}.`;
  throw new AppError('insufficient_scope', text);
}
