/**
 * The OpenID provider as its discovery document describes it, read when somebody first signs in: a provider that is down must
 * not keep the server from starting, and one that was down is asked again at the next sign-in.
 */
import * as oidc from 'openid-client';
import type { OidcSettings } from '../../config/sign-in.ts';
import type { ConnectorParts } from '../connector.ts';
import { createClientAuth } from './client-auth.ts';

const TIMEOUT_SECONDS = 10;
/** Endpoints move rarely; keys are looked up more often by themselves. */
const REFRESH_MS = 60 * 60_000;

/** The discovery document is of another issuer than the one that was asked for. */
export class IssuerMismatch extends Error {
  constructor(expected: string, found: string) {
    super(`the discovery document of ${expected} names the issuer ${found}`);
    this.name = 'IssuerMismatch';
  }
}

export interface Provider {
  /** @throws as openid-client does when the provider cannot be asked, IssuerMismatch */
  configuration(): Promise<oidc.Configuration>;
  /** As `configuration`, and asks anew. */
  discover(): Promise<oidc.Configuration>;
}

export function createProvider(settings: OidcSettings, parts: ConnectorParts): Provider {
  let known: { readonly configuration: oidc.Configuration; readonly at: number } | undefined;
  let asking: Promise<oidc.Configuration> | undefined;

  async function ask(): Promise<oidc.Configuration> {
    const configuration = await discoverProvider(settings);
    known = { configuration, at: parts.now() };
    return configuration;
  }

  function discover(): Promise<oidc.Configuration> {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    return asking;
  }

  return {
    discover,
    async configuration() {
      if (known === undefined) return discover();
      if (parts.now() - known.at < REFRESH_MS) return known.configuration;
      // What was true an hour ago is still the best guess when the provider does not answer now.
      const { configuration } = known;
      return discover().catch((error: unknown) => {
        parts.onFault(`the discovery document of ${settings.issuer} could not be read again`, error);
        return configuration;
      });
    },
  };
}

async function discoverProvider(settings: OidcSettings): Promise<oidc.Configuration> {
  const { issuer, clientId, clockToleranceSeconds } = settings;
  // The signature of an ID token that came over TLS is not checked by default (OpenID Connect Core 3.1.3.7, item 6).
  const execute = [oidc.enableNonRepudiationChecks];
  // The configuration takes http for this machine only.
  if (issuer.startsWith('http:')) execute.push(oidc.allowInsecureRequests);
  const configuration = await oidc.discovery(
    new URL(issuer),
    clientId,
    { [oidc.clockTolerance]: clockToleranceSeconds },
    await createClientAuth(settings),
    { timeout: TIMEOUT_SECONDS, execute },
  );
  configuration.timeout = TIMEOUT_SECONDS;
  requireIssuer(issuer, configuration.serverMetadata().issuer);
  return configuration;
}

/**
 * openid-client lets Entra ID's `common` stand for every tenant; then everybody with a Microsoft account could come in.
 * @throws IssuerMismatch
 */
export function requireIssuer(wanted: string, found: string): void {
  if (withoutSlash(found) !== withoutSlash(wanted)) throw new IssuerMismatch(wanted, found);
}

function withoutSlash(issuer: string): string {
  return issuer.replace(/\/$/, '');
}
