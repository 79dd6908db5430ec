/** Settings and parts for tests of the OIDC connector. */

import type { OidcSettings } from '../../../src/config/sign-in.ts';
import type { ConnectorParts } from '../../../src/signin/connector.ts';

export const PUBLIC_URL = 'http://127.0.0.1:9';

export function oidcSettings(issuer: string, change: Partial<OidcSettings> = {}): OidcSettings {
  return {
    issuer,
    clientId: 'bridge',
    clientAuth: 'client_secret_basic',
    clientSecret: 's3cr3t-s3cr3t-s3cr3t',
    clientKey: undefined,
    clientKeyId: undefined,
    assertionAudience: 'issuer',
    scopes: 'openid email profile',
    clockToleranceSeconds: 5,
    label: 'Example',
    claims: {
      userName: 'preferred_username',
      email: 'email',
      emailVerified: 'email_verified',
      name: 'name',
      groups: undefined,
      link: undefined,
    },
    trustEmail: false,
    ...change,
  };
}

/** Parts whose one-use memory is the process; tests over the store bring their own. */
export function memoryParts(change: Partial<ConnectorParts> = {}): ConnectorParts {
  const used = new Set<string>();
  return {
    publicUrl: () => PUBLIC_URL,
    // Not Date.now itself: a test may put another clock in its place.
    now: () => Date.now(),
    async useOnce({ realm, value }) {
      const isFirst = !used.has(`${realm} ${value}`);
      used.add(`${realm} ${value}`);
      return isFirst;
    },
    onFault: () => undefined,
    ...change,
  };
}
