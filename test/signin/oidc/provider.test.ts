/** The whole flow against a certified OpenID provider, with attempts in the store. */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OidcSettings } from '../../../src/config/sign-in.ts';
import type { Answer, RedirectConnector } from '../../../src/signin/connector.ts';
import { createOidcConnector } from '../../../src/signin/oidc/oidc.ts';
import { createStore, type Store } from '../../../src/store/store.ts';
import { describeEachEngine } from '../../support/each-engine.ts';
import { type OpenIdProvider, type OpenIdProviderOptions, startOpenIdProvider } from '../../support/openid-provider.ts';
import { begin, finish, partsOver } from '../round.ts';
import { memoryParts, oidcSettings, PUBLIC_URL } from './settings.ts';

const REDIRECT = `${PUBLIC_URL}/auth/oidc/callback`;
const toAnswer = (url: URL): Answer => ({ kind: 'query', parameters: url.searchParams });

describeEachEngine('signing in with OpenID Connect', (open) => {
  let store: Store;
  let provider: OpenIdProvider;
  let connector: RedirectConnector;

  beforeAll(async () => {
    store = createStore(await open());
    provider = await startOpenIdProvider({ redirectUri: REDIRECT });
    const settings = oidcSettings(provider.issuer, { scopes: 'openid email profile groups' });
    const claims = { ...settings.claims, groups: 'groups', link: 'sub' };
    connector = createOidcConnector({ ...settings, claims }, partsOver(store));
  });
  afterAll(() => provider?.stop());

  it('ends in an identity with what the provider says', async () => {
    const begun = await begin(store, connector);
    const back = await provider.signIn(begun.url, 'u-ann');
    const outcome = await finish(store, connector, toAnswer(back), begun.browser);
    expect(outcome).toMatchObject({
      kind: 'identity',
      identity: {
        connector: 'oidc',
        issuer: provider.issuer,
        subject: 'u-ann',
        userName: 'ann',
        email: 'ann@example.test',
        emailVerified: true,
        name: 'Ann Archer',
        groups: ['eng', 'admins'],
        externalId: 'u-ann',
      },
    });
  });

  it('says when an address is not verified', async () => {
    const begun = await begin(store, connector);
    const back = await provider.signIn(begun.url, 'u-bob');
    expect(await finish(store, connector, toAnswer(back), begun.browser)).toMatchObject({
      identity: { email: 'bob@example.test', emailVerified: false, groups: null },
    });
  });

  it('refuses an answer that is shown twice', async () => {
    const begun = await begin(store, connector);
    const back = toAnswer(await provider.signIn(begun.url, 'u-ann'));
    await finish(store, connector, back, begun.browser);
    expect(await finish(store, connector, back, begun.browser)).toMatchObject({ refusal: { code: 'attempt_unknown' } });
  });

  it('refuses an answer in another browser', async () => {
    const begun = await begin(store, connector);
    const other = await begin(store, connector);
    const back = toAnswer(await provider.signIn(begun.url, 'u-ann'));
    expect(await finish(store, connector, back, other.browser)).toMatchObject({
      refusal: { code: 'attempt_of_another_browser' },
    });
  });

  it('refuses a code that was used, even with a new attempt', async () => {
    const first = await begin(store, connector);
    const code = (await provider.signIn(first.url, 'u-ann')).searchParams.get('code') ?? '';
    const replayed = (state: string): Answer => ({
      kind: 'query',
      parameters: new URLSearchParams({ code, state, iss: provider.issuer }),
    });
    await finish(store, connector, replayed(first.state), first.browser);
    const second = await begin(store, connector);
    expect(await finish(store, connector, replayed(second.state), second.browser)).toMatchObject({
      refusal: { code: 'oidc_code_refused' },
    });
  });

  it('refuses a code that was stolen before it was used: the PKCE verifier is missing', async () => {
    const victim = await begin(store, connector);
    const code = (await provider.signIn(victim.url, 'u-ann')).searchParams.get('code') ?? '';
    const thief = await begin(store, connector);
    const parameters = new URLSearchParams({ code, state: thief.state, iss: provider.issuer });
    expect(await finish(store, connector, { kind: 'query', parameters }, thief.browser)).toMatchObject({
      refusal: { code: 'oidc_code_refused' },
    });
  });

  it('always asks with PKCE, state and nonce', async () => {
    const { url, state } = await begin(store, connector);
    const asked = new URL(url).searchParams;
    expect(asked.get('code_challenge_method')).toBe('S256');
    expect(asked.get('code_challenge')).toHaveLength(43);
    expect(asked.get('state')).toBe(state);
    expect(asked.get('nonce')?.length).toBeGreaterThan(20);
    expect(asked.get('response_type')).toBe('code');
  });

  it('is refused by the provider itself when PKCE is left out', async () => {
    const { url } = await begin(store, connector);
    const without = new URL(url);
    without.searchParams.delete('code_challenge');
    without.searchParams.delete('code_challenge_method');
    const back = await provider.signIn(without.href, 'u-ann');
    expect(back.searchParams.get('error')).toBe('invalid_request');
  });

  it('ends the session at the provider too', async () => {
    const begun = await begin(store, connector);
    const back = await provider.signIn(begun.url, 'u-ann');
    const outcome = await finish(store, connector, toAnswer(back), begun.browser);
    if (outcome.kind !== 'identity') throw new Error('not signed in');
    const url = new URL(
      (await connector.logoutUrl?.(outcome.identity.upstream?.hint ?? null, `${PUBLIC_URL}/bye`)) ?? '',
    );
    expect(url.origin).toBe(provider.issuer);
    expect(url.searchParams.get('post_logout_redirect_uri')).toBe(`${PUBLIC_URL}/bye`);
    const answer = await fetch(url, { redirect: 'manual' });
    expect(answer.status).toBe(200);
  });
});

describe('the client proves who it is', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const pemOf = (pair: { privateKey: { export(options: object): string | Buffer } }) =>
    pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
  const jwksOf = (key: string, alg: string, kid: string) => ({
    keys: [{ ...createPublicKey(key).export({ format: 'jwk' }), alg, kid, use: 'sig' }],
  });

  const METHODS: readonly { name: string; settings: Partial<OidcSettings>; client: OpenIdProviderOptions['client'] }[] =
    [
      {
        name: 'client_secret_basic',
        settings: { clientAuth: 'client_secret_basic' },
        client: { token_endpoint_auth_method: 'client_secret_basic' },
      },
      {
        name: 'client_secret_post',
        settings: { clientAuth: 'client_secret_post' },
        client: { token_endpoint_auth_method: 'client_secret_post' },
      },
      {
        name: 'private_key_jwt with RSA',
        settings: { clientAuth: 'private_key_jwt', clientKey: pemOf(rsa), clientKeyId: 'c1', clientSecret: undefined },
        client: {
          token_endpoint_auth_method: 'private_key_jwt',
          jwks: jwksOf(pemOf(rsa), 'RS256', 'c1'),
          token_endpoint_auth_signing_alg: 'RS256',
        },
      },
      {
        name: 'private_key_jwt with a curve, for the token endpoint',
        settings: { clientAuth: 'private_key_jwt', clientKey: pemOf(ec), assertionAudience: 'token_endpoint' },
        client: {
          token_endpoint_auth_method: 'private_key_jwt',
          jwks: jwksOf(pemOf(ec), 'ES256', 'c2'),
          token_endpoint_auth_signing_alg: 'ES256',
        },
      },
      {
        name: 'nothing, as a public client',
        settings: { clientAuth: 'none', clientSecret: undefined },
        client: { token_endpoint_auth_method: 'none' },
      },
    ];

  it.each(METHODS)('with $name', async ({ settings, client = {} }) => {
    const provider = await startOpenIdProvider({ redirectUri: REDIRECT, client });
    try {
      const connector = createOidcConnector(oidcSettings(provider.issuer, settings), memoryParts());
      const started = await connector.start('a-state');
      if (started.kind !== 'redirect') throw new Error(JSON.stringify(started.refusal));
      const back = await provider.signIn(started.url, 'u-ann');
      const attempt = { state: 'a-state', kept: started.kept };
      expect(await connector.finish(toAnswer(back), attempt)).toMatchObject({ identity: { subject: 'u-ann' } });
      expect(await connector.test()).toMatchObject({ ok: true });
    } finally {
      await provider.stop();
    }
  });

  it('and is told when the provider does not believe it', async () => {
    const provider = await startOpenIdProvider({ redirectUri: REDIRECT });
    try {
      const wrong = { clientSecret: 'not-this-one' };
      const connector = createOidcConnector(oidcSettings(provider.issuer, wrong), memoryParts());
      const started = await connector.start('a-state');
      if (started.kind !== 'redirect') throw new Error(JSON.stringify(started.refusal));
      const back = await provider.signIn(started.url, 'u-ann');
      const outcome = await connector.finish(toAnswer(back), { state: 'a-state', kept: started.kept });
      expect(outcome).toMatchObject({ refusal: { code: 'provider_misconfigured' } });
      const { ok, steps } = await connector.test();
      expect({ ok, steps: steps.map((step) => step.ok) }).toEqual({ ok: false, steps: [true, true, false] });
    } finally {
      await provider.stop();
    }
  });
});
