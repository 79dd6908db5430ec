/** A provider that is down, comes back, changes, or is not who it should be. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { createOidcConnector } from '../../../src/signin/oidc/oidc.ts';
import { IssuerMismatch, requireIssuer } from '../../../src/signin/oidc/provider.ts';
import { type RogueProvider, startRogueProvider } from '../../support/rogue-openid-provider.ts';
import { memoryParts, oidcSettings } from './settings.ts';

const open: RogueProvider[] = [];
async function startProvider(): Promise<RogueProvider> {
  const provider = await startRogueProvider();
  open.push(provider);
  return provider;
}
afterEach(async () => {
  for (const provider of open.splice(0)) await provider.stop();
});

describe('discovery', () => {
  it('is not needed to make the connector', () => {
    expect(() => createOidcConnector(oidcSettings('http://127.0.0.1:1'), memoryParts())).not.toThrow();
  });

  it('refuses while the provider is down and goes on when it is back', async () => {
    const placeholder = createServer();
    await new Promise<void>((resolve) => placeholder.listen(0, '127.0.0.1', resolve));
    const { port } = placeholder.address() as AddressInfo;
    const issuer = `http://127.0.0.1:${port}`;
    await new Promise((resolve) => placeholder.close(resolve));
    const connector = createOidcConnector(oidcSettings(issuer), memoryParts());
    const refused = await connector.start('s');
    expect(refused).toMatchObject({ kind: 'refused', refusal: { code: 'provider_unreachable' } });
    expect(JSON.stringify(refused)).toContain('ECONNREFUSED');
    const back = createServer((_request, response) =>
      response.setHeader('content-type', 'application/json').end(
        JSON.stringify({
          issuer,
          authorization_endpoint: `${issuer}/a`,
          token_endpoint: `${issuer}/t`,
          jwks_uri: `${issuer}/k`,
        }),
      ),
    );
    await new Promise<void>((resolve) => back.listen(port, '127.0.0.1', resolve));
    try {
      expect(await connector.start('s')).toMatchObject({ kind: 'redirect' });
    } finally {
      back.closeAllConnections();
      await new Promise((resolve) => back.close(resolve));
    }
  });

  it.each([
    { name: 'another issuer', issuer: 'https://evil.test' },
    { name: 'a template of issuers, as Entra ID has for all tenants', issuer: 'https://login.example/{tenantid}/v2.0' },
  ])('refuses $name', async ({ issuer }) => {
    const provider = await startProvider();
    provider.describe({ issuer });
    const connector = createOidcConnector(oidcSettings(provider.issuer), memoryParts());
    expect(await connector.start('s')).toMatchObject({ refusal: { code: 'oidc_issuer_wrong' } });
  });

  it.each([
    {
      wanted: 'https://login.microsoftonline.com/common/v2.0',
      found: 'https://login.microsoftonline.com/{tenantid}/v2.0',
    },
    { wanted: 'https://i.example/one', found: 'https://i.example/two' },
    { wanted: 'https://i.example', found: 'https://i.example.evil.test' },
  ])('does not take $found for $wanted', ({ wanted, found }) => {
    expect(() => requireIssuer(wanted, found)).toThrow(IssuerMismatch);
  });

  it('takes an issuer with and without the slash at its end', () => {
    expect(() => requireIssuer('https://i.example/x', 'https://i.example/x/')).not.toThrow();
  });

  it('asks again after an hour, and lives on with what it knew when that fails', async () => {
    const provider = await startProvider();
    let now = Date.now();
    const faults: string[] = [];
    const parts = memoryParts({ now: () => now, onFault: (message) => faults.push(message) });
    const connector = createOidcConnector(oidcSettings(provider.issuer), parts);
    await connector.start('s');
    provider.describe({ authorization_endpoint: `${provider.issuer}/elsewhere` });
    expect(await connector.start('s')).toMatchObject({ url: expect.stringContaining('/authorize?') });
    now += 60 * 60_000;
    expect(await connector.start('s')).toMatchObject({ url: expect.stringContaining('/elsewhere?') });
    now += 60 * 60_000;
    await provider.stop();
    open.length = 0;
    expect(await connector.start('s')).toMatchObject({ url: expect.stringContaining('/elsewhere?') });
    expect(faults).toHaveLength(1);
  });

  it('of a provider without an end of session gives no address to go to', async () => {
    const provider = await startProvider();
    provider.describe({ end_session_endpoint: undefined });
    const connector = createOidcConnector(oidcSettings(provider.issuer), memoryParts());
    expect(await connector.logoutUrl?.('hint', 'http://127.0.0.1:9/')).toBeNull();
  });

  it('finds new keys of the provider by itself', async () => {
    const provider = await startProvider();
    const connector = createOidcConnector(oidcSettings(provider.issuer), memoryParts());
    const signIn = async () => {
      const started = await connector.start('s');
      if (started.kind !== 'redirect') throw new Error(JSON.stringify(started.refusal));
      const nonce = started.kept.nonce ?? '';
      provider.answer({
        access_token: 'a',
        token_type: 'Bearer',
        id_token: await provider.sign({ claims: { nonce } }),
      });
      const parameters = new URLSearchParams({ code: 'c', state: 's' });
      return connector.finish({ kind: 'query', parameters }, { state: 's', kept: started.kept });
    };
    expect(await signIn()).toMatchObject({ kind: 'identity' });
    await provider.changeKey();
    // The library asks for keys at most once a minute, so that forgeries do not turn into requests.
    expect(await signIn()).toMatchObject({ refusal: { code: 'oidc_signature_wrong' } });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
    try {
      expect(await signIn()).toMatchObject({ kind: 'identity' });
    } finally {
      vi.useRealTimers();
    }
  });

  it('says in a test what is wrong', async () => {
    const connector = createOidcConnector(oidcSettings('http://127.0.0.1:1'), memoryParts());
    const { ok, steps } = await connector.test();
    expect(ok).toBe(false);
    expect(steps).toHaveLength(1);
    expect(steps[0]).toMatchObject({ what: 'Discovery document of http://127.0.0.1:1', ok: false });
  });
});
