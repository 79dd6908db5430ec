/** What the settings show of sign-in, and the test button, with a real OpenID provider. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operatorOf } from '../../src/directory/principal.ts';
import { createConnectors } from '../../src/signin/connectors.ts';
import { type SignInSetup, showSetup, testConnector } from '../../src/signin/settings.ts';
import { type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.ts';
import { memoryParts, oidcSettings } from './oidc/settings.ts';

describe('settings of sign-in', () => {
  let provider: OpenIdProvider;
  let setup: SignInSetup;
  const admin = operatorOf('o');
  const member = { ...admin, kind: 'user', role: 'member' } as const;
  beforeAll(async () => {
    provider = await startOpenIdProvider({ redirectUri: 'http://127.0.0.1:9/auth/oidc/callback' });
    setup = {
      connectors: createConnectors({ oidc: oidcSettings(provider.issuer), saml: null, ldap: null }, memoryParts()),
      emailLinks: { isOffered: true },
      settings: { provision: false, linkWays: new Set(['email', 'user_name']), bootstrapAdminEmail: null },
      limits: { lengthMs: 12 * 3_600_000, idleMs: 7_200_000 },
      contact: null,
    };
  });
  afterAll(async () => {
    for (const connector of setup.connectors) await connector.close();
    await provider.stop();
  });

  it('show how each way is set up, and no secret', () => {
    const shown = showSetup(setup, admin);
    expect(shown.connectors.map(({ type }) => type)).toEqual(['oidc']);
    expect(JSON.stringify(shown)).toContain(provider.issuer);
    expect(JSON.stringify(shown)).not.toContain('s3cr3t');
    expect(shown.facts).toContainEqual({ label: 'Strangers', value: 'are refused' });
    expect(shown.facts).toContainEqual({ label: 'Session', value: '12 h, or 120 min without a request' });
  });

  it('test a way by asking the other side', async () => {
    expect(await testConnector(setup, admin, 'oidc')).toMatchObject({ ok: true });
    await expect(testConnector(setup, admin, 'ldap')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are for admins', async () => {
    expect(() => showSetup(setup, member)).toThrow(expect.objectContaining({ code: 'forbidden' }));
    await expect(testConnector(setup, member, 'oidc')).rejects.toMatchObject({ code: 'forbidden' });
  });
});
