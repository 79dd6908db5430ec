/** Checks the token of a back-channel logout (OpenID Connect Back-Channel Logout 1.0, section 2.6). */
import { createRemoteJWKSet, errors, type JWTPayload, jwtVerify } from 'jose';
import type { Configuration } from 'openid-client';
import type { OidcSettings } from '../../config/sign-in.ts';
import type { ConnectorParts, LogoutOutcome } from '../connector.ts';
import { refuse } from '../refusals.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** The specification recommends two minutes; a provider that repeats a failed delivery needs more. */
const MAX_AGE_SECONDS = 600;
/** Asymmetric ones only: with a shared key our own client secret would be a key of the provider's. */
const ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'Ed25519',
  'EdDSA',
];

type KeySet = ReturnType<typeof createRemoteJWKSet>;
export type LogoutTokenParser = (token: string, configuration: Configuration) => Promise<LogoutOutcome>;

export function createLogoutTokenParser(settings: OidcSettings, parts: ConnectorParts): LogoutTokenParser {
  // A set keeps the keys that it has read, so it is made once for an address.
  let keys: { readonly uri: string; readonly set: KeySet } | undefined;
  const keysAt = (uri: string): KeySet => {
    if (keys?.uri !== uri) keys = { uri, set: createRemoteJWKSet(new URL(uri), { timeoutDuration: 10_000 }) };
    return keys.set;
  };
  return async (token, configuration) => {
    const { issuer, jwks_uri: uri } = configuration.serverMetadata();
    if (uri === undefined) return refuse('provider_misconfigured', 'the discovery document has no jwks_uri');
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, keysAt(uri), {
        issuer,
        audience: settings.clientId,
        algorithms: ALGORITHMS,
        clockTolerance: settings.clockToleranceSeconds,
        maxTokenAge: MAX_AGE_SECONDS,
        currentDate: new Date(parts.now()),
        requiredClaims: ['iat', 'jti', 'events'],
      }));
    } catch (error) {
      // Only what jose itself found; that the keys cannot be read is no fault of the token's.
      if (error instanceof errors.JOSEError && !(error instanceof errors.JWKSTimeout)) {
        return refuse('oidc_logout_token_invalid', error.message);
      }
      return refuse('provider_unreachable', error instanceof Error ? error.message : String(error));
    }
    return checkContent(payload, issuer, parts, settings);
  };
}

async function checkContent(
  payload: JWTPayload,
  issuer: string,
  parts: ConnectorParts,
  { clockToleranceSeconds }: OidcSettings,
): Promise<LogoutOutcome> {
  const fault = findFault(payload);
  if (fault !== undefined) return refuse('oidc_logout_token_invalid', fault);
  const until = ((payload.iat ?? 0) + MAX_AGE_SECONDS + clockToleranceSeconds) * 1000;
  const isFirst = await parts.useOnce({ realm: 'oidc logout token', value: `${issuer} ${payload.jti}`, until });
  if (!isFirst) return refuse('oidc_logout_token_invalid', 'this token was used before');
  const sid = typeof payload.sid === 'string' ? payload.sid : null;
  return { kind: 'logout', notice: { issuer, subject: payload.sub ?? null, sid } };
}

function findFault({ events, nonce, sub, sid }: JWTPayload): string | undefined {
  const event = isObject(events) ? events[EVENT] : undefined;
  if (!isObject(event)) return 'it has no back-channel logout event';
  // So that an ID token can never pass for a logout token.
  if (nonce !== undefined) return 'it has a nonce';
  if (typeof sub !== 'string' && typeof sid !== 'string') return 'it has neither sub nor sid';
  return undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
