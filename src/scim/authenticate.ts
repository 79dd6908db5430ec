/** Which connection a request comes from: by its token, looked up by hash. */
import { hashSecret } from '../directory/secret.ts';
import type { ConnectionStore, TokenMatch } from '../directory/store.ts';
import { AppError } from '../errors.ts';
import type { Handle } from '../synclog/handle.ts';

/**
 * The secret of an Authorization header: `Bearer <token>`, the bare token (Okta's header authentication sends what the
 * admin typed), or Basic with the token as password.
 */
export function secretOf(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const [first = '', second] = header.trim().split(/\s+/, 2);
  if (second === undefined) return first === '' ? undefined : first;
  if (first.toLowerCase() === 'bearer') return second;
  if (first.toLowerCase() !== 'basic') return undefined;
  const pair = Buffer.from(second, 'base64').toString('utf8');
  return pair.slice(pair.indexOf(':') + 1);
}

/**
 * @throws AppError `unauthorized`, `token_expired`, `token_revoked`; the match goes along where there is one, so that
 * the refusal is recorded with its connection
 */
export async function authenticate(
  connections: ConnectionStore,
  reader: Handle,
  header: string | undefined,
  now: number,
): Promise<{ readonly match: TokenMatch | undefined; readonly refusal: AppError | undefined }> {
  const secret = secretOf(header);
  if (secret === undefined) {
    const text = 'This request has no usable Authorization header; send "Authorization: Bearer <token>".';
    return { match: undefined, refusal: new AppError('unauthorized', text) };
  }
  const match = await connections.findByTokenHash(reader, hashSecret(secret));
  if (match === undefined) {
    return {
      match,
      refusal: new AppError('unauthorized', 'This token is not known here; check that it was copied whole.'),
    };
  }
  if (match.revokedAt !== null) return { match, refusal: new AppError('token_revoked') };
  if (match.expiresAt !== null && match.expiresAt <= now) return { match, refusal: new AppError('token_expired') };
  return { match, refusal: undefined };
}
