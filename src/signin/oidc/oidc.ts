/**
 * Signing in with OpenID Connect: code flow with PKCE, state and nonce, by openid-client.
 *
 * Owns: what is asked of the provider and what is believed of its answer. Does not own: keeping the attempt, cookies, who is let
 * in. Called by the routes through the contract in connector.ts.
 */
import * as oidc from 'openid-client';
import type { OidcSettings } from '../../config/sign-in.ts';
import type { Answer, ConnectorParts, FinishedAttempt, Outcome, RedirectConnector, Started } from '../connector.ts';
import { refuse } from '../refusals.ts';
import { lacksClaims, type RawClaims, toIdentity } from './claims.ts';
import { testProvider } from './connection-test.ts';
import { toRefusal } from './faults.ts';
import { createLogoutTokenParser } from './logout-token.ts';
import { createProvider } from './provider.ts';

export function createOidcConnector(settings: OidcSettings, parts: ConnectorParts): RedirectConnector {
  const provider = createProvider(settings, parts);
  const parseToken = createLogoutTokenParser(settings, parts);
  const redirectUri = () => `${parts.publicUrl()}/auth/oidc/callback`;

  /** Whatever the outside can cause becomes a refusal; faults of our own are thrown on. */
  async function withProvider<T>(
    run: (configuration: oidc.Configuration) => Promise<T>,
  ): Promise<T | ReturnType<typeof refuse>> {
    try {
      return await run(await provider.configuration());
    } catch (error) {
      return { kind: 'refused', refusal: toRefusal(error) };
    }
  }

  return {
    type: 'oidc',
    way: 'redirect',
    returnsBy: 'get',
    acceptsUnsolicited: false,
    label: settings.label,
    start: (state) => withProvider((configuration) => startFlow(configuration, settings, state, redirectUri())),
    stateOf: (answer) => answer.parameters.get('state'),
    async finish(answer, attempt) {
      if (attempt === null) return refuse('attempt_unknown');
      return withProvider((configuration) =>
        finishFlow({ configuration, settings, parts, answer, attempt, redirectUri: redirectUri() }),
      );
    },
    async logoutUrl(hint, returnTo) {
      try {
        const configuration = await provider.configuration();
        if (configuration.serverMetadata().end_session_endpoint === undefined) return null;
        const parameters = { post_logout_redirect_uri: returnTo, ...(hint === null ? {} : { id_token_hint: hint }) };
        return oidc.buildEndSessionUrl(configuration, parameters).href;
      } catch (error) {
        parts.onFault('the provider could not be asked for its end of session', error);
        return null;
      }
    },
    parseLogoutToken: (token) => withProvider((configuration) => parseToken(token, configuration)),
    describe: () => [
      { label: 'Issuer', value: settings.issuer },
      { label: 'Client id', value: settings.clientId },
      { label: 'Client authentication', value: settings.clientAuth },
      { label: 'Scopes', value: settings.scopes },
      { label: 'Redirect address', value: redirectUri() },
      { label: 'Back-channel logout address', value: `${parts.publicUrl()}/auth/oidc/backchannel-logout` },
      { label: 'Claims', value: Object.values(settings.claims).filter(Boolean).join(', ') },
    ],
    test: () => testProvider(provider, settings, redirectUri()),
    close: async () => undefined,
  };
}

async function startFlow(
  configuration: oidc.Configuration,
  settings: OidcSettings,
  state: string,
  redirectUri: string,
): Promise<Started> {
  const verifier = oidc.randomPKCECodeVerifier();
  const nonce = oidc.randomNonce();
  const url = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: redirectUri,
    scope: settings.scopes,
    state,
    nonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  return { kind: 'redirect', url: url.href, kept: { verifier, nonce } };
}

interface Finish {
  readonly configuration: oidc.Configuration;
  readonly settings: OidcSettings;
  readonly parts: ConnectorParts;
  readonly answer: Answer;
  readonly attempt: FinishedAttempt;
  readonly redirectUri: string;
}

async function finishFlow(finish: Finish): Promise<Outcome> {
  const { configuration, settings, parts, answer, attempt, redirectUri } = finish;
  const { verifier, nonce } = attempt.kept;
  // Without them openid-client would leave the checks out.
  if (verifier === undefined || verifier === '') return refuse('oidc_pkce_missing');
  if (nonce === undefined || nonce === '') return refuse('oidc_nonce_wrong', 'the attempt has none');
  const url = new URL(redirectUri);
  url.search = answer.parameters.toString();
  const tokens = await oidc.authorizationCodeGrant(configuration, url, {
    pkceCodeVerifier: verifier,
    expectedState: attempt.state,
    expectedNonce: nonce,
    idTokenExpected: true,
  });
  const idClaims = tokens.claims();
  if (idClaims === undefined) return refuse('oidc_answer_invalid', 'there is no ID token');
  // Checked by nobody else: OpenID Connect asks for `iat` and lets it be of any time.
  if (idClaims.iat > parts.now() / 1000 + settings.clockToleranceSeconds) {
    return refuse('oidc_token_from_future', `iat is ${new Date(idClaims.iat * 1000).toISOString()}`);
  }
  const claims = await completeClaims(configuration, settings, tokens.access_token, idClaims);
  const session = { issuer: configuration.serverMetadata().issuer, idToken: tokens.id_token ?? null };
  const identity = toIdentity(claims, session, settings);
  return 'code' in identity ? { kind: 'refused', refusal: identity } : { kind: 'identity', identity };
}

/** Adds what UserInfo tells; of two answers the signed one counts. */
async function completeClaims(
  configuration: oidc.Configuration,
  settings: OidcSettings,
  accessToken: string,
  idClaims: RawClaims & { readonly sub: string },
): Promise<RawClaims> {
  const hasUserInfo = configuration.serverMetadata().userinfo_endpoint !== undefined;
  if (!hasUserInfo || !lacksClaims(idClaims, settings)) return idClaims;
  return { ...(await oidc.fetchUserInfo(configuration, accessToken, idClaims.sub)), ...idClaims };
}
