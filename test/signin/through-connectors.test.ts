/** The routes with real identity providers behind them: SAML from the sign-in page to the person's own page, and sign-out there. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBridge, type TestBridge } from '../support/bridge.ts';
import { createVisitor, readForm } from '../support/cookie-jar.ts';
import {
  createIdentityProvider,
  encode,
  type SamlIdentityProvider,
  signedResponse,
} from '../support/saml-identity-provider.ts';
import { type SamlServer, startSamlServer } from '../support/samlp-server.ts';
import { type SignInBridge, startSignInBridge, submit } from '../support/sign-in-bridge.ts';

describe.each(['sqlite', 'postgres'] as const)('signing in through the routes (%s)', (engine) => {
  let test: SignInBridge;
  let server: SamlServer;
  let idp: SamlIdentityProvider;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'drawbridge-saml-'));
    const metadata = join(folder, 'idp.xml');
    test = await startSignInBridge({ engine, env: { SAML_IDP_METADATA: metadata, SAML_ENTITY_ID: 'urn:bridge' } });
    const us = { entityId: 'urn:bridge', consumer: `${test.url}/auth/saml/acs` };
    server = await startSamlServer(us);
    idp = createIdentityProvider(us);
    writeFileSync(metadata, await (await fetch(server.metadataUrl)).text());
  });
  afterAll(async () => {
    await test?.stop();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('SAML ends on the page of the person, once', async () => {
    const visitor = createVisitor();
    const atProvider = await visitor.follow(`${test.url}/auth/saml/login?return=/`);
    const { action, fields } = readForm(atProvider);
    const page = await visitor.follow(action, fields);
    expect(new URL(page.url).pathname).toBe('/');
    expect(page.text).toContain('Ann Archer');
    const again = await visitor.request(action, fields);
    expect(again.status).toBe(403);
    expect(again.text).toContain('attempt_unknown');
  });

  it('two tabs of one browser sign in at once, each its own way', async () => {
    test.add('tabs');
    const visitor = createVisitor();
    // Both begin before either has a cookie.
    const [oidc, saml] = await Promise.all(
      ['oidc', 'saml'].map((way) => visitor.request(`${test.url}/auth/${way}/login`)),
    );
    const callback = await test.provider.signIn(oidc?.headers.get('location') ?? '', 'tabs', visitor);
    const { action, fields } = readForm(await visitor.follow(saml?.headers.get('location') ?? ''));
    const page = await visitor.follow(action, fields);
    expect([page.status, page.text.includes('Ann Archer')]).toEqual([200, true]);
    const other = await visitor.follow(callback.href);
    expect([other.status, other.text.includes('tabs@example.test')]).toEqual([200, true]);
    const left = await visitor.jar.getCookies(test.url);
    expect(left.map(({ key }) => key).filter((key) => key.includes('flow'))).toEqual([]);
  });

  it('sign-ins are counted by how they ended', async () => {
    const metrics = await (await fetch(`${test.url}/metrics`)).text();
    const counted = [...metrics.matchAll(/^drawbridge_sign_ins_total\{connector="(\w+)",outcome="(\w+)"\} \d+$/gm)];
    const told = counted.map(([, connector, outcome]) => `${connector} ${outcome}`);
    expect(told).toEqual(expect.arrayContaining(['saml created', 'saml signed_in', 'saml refused', 'oidc created']));
  });

  it('SAML that the identity provider begins is refused by its own name', async () => {
    const form = new URLSearchParams({ SAMLResponse: encode(signedResponse(idp.parts(), { by: idp.signing })) });
    const page = await createVisitor().request(`${test.url}/auth/saml/acs`, form);
    expect(page.status).toBe(403);
    expect(page.text).toContain('saml_unsolicited');
    // Refusals are written in batches.
    await expect
      .poll(async () => (await test.signIns())[0])
      .toMatchObject({ operation: 'signin.saml', outcome: 'refused', errorCode: 'saml_unsolicited' });
  });

  it('an answer of OpenID Connect without a state is refused', async () => {
    const page = await createVisitor().request(`${test.url}/auth/oidc/callback?code=x`);
    expect(page.status).toBe(403);
    expect(page.text).toContain('attempt_unknown');
  });

  it('signing out offers to sign out of the provider, who is told which session by its own token', async () => {
    test.add('ada');
    const visitor = createVisitor();
    await test.signIn('ada', visitor);
    const signedOut = await submit(visitor, await visitor.request(`${test.url}/auth/logout`), '/auth/logout');
    const link = /href="([^"]*\/session\/end[^"]*)"/.exec(signedOut.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const asked = new URL(link).searchParams;
    expect(asked.get('post_logout_redirect_uri')).toBe(`${test.url}/auth/login`);
    const [, payload = ''] = (asked.get('id_token_hint') ?? '').split('.');
    expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ sub: 'ada', aud: 'bridge' });
  });
});

describe.each(['sqlite', 'postgres'] as const)('what a session keeps of the provider (%s)', (engine) => {
  it('cannot be read without the cookie', async () => {
    const test = await startSignInBridge({ engine });
    try {
      test.add('ada');
      await test.signIn('ada');
      const { store, directory } = test.bridge.core;
      const [user] = await store.users.findInOrganization(store.reader, test.organizationId, 'ada@example.test');
      const [session] = await store.sessions.ofUser(store.reader, user?.id ?? '', { at: 0, seenAfter: 0 });
      const kept = await directory.store.sessions.providerHint(store.reader, session?.id ?? '');
      expect(kept?.length).toBeGreaterThan(200);
      expect(kept).not.toContain('eyJ');
      expect(kept?.split('.')).toHaveLength(1);
    } finally {
      await test.stop();
    }
  });
});

describe('identity providers that are all down', () => {
  let bridge: TestBridge;
  beforeAll(async () => {
    bridge = await startBridge({
      engine: 'sqlite',
      env: {
        OIDC_ISSUER: 'http://127.0.0.1:1',
        OIDC_CLIENT_ID: 'bridge',
        SAML_IDP_METADATA: '/nowhere/idp.xml',
        LDAP_URL: 'ldap://127.0.0.1:1',
        LDAP_BASE_DN: 'dc=example',
      },
    });
  });
  afterAll(() => bridge?.stop());

  it('do not keep the server from starting and from offering all ways', async () => {
    expect((await fetch(`${bridge.url}/readyz`)).status).toBe(200);
    const { text } = await createVisitor().request(`${bridge.url}/auth/login`);
    for (const way of ['/auth/oidc/login', '/auth/saml/login', '/auth/ldap']) expect(text).toContain(way);
  });

  it.each(['oidc', 'saml'])('are named as such to who tries %s', async (type) => {
    const page = await createVisitor().request(`${bridge.url}/auth/${type}/login`);
    expect(page.status).toBe(403);
    expect(page.text).toContain('provider_unreachable');
  });

  it('are named as such to who types a password', async () => {
    const visitor = createVisitor();
    const login = await visitor.request(`${bridge.url}/auth/login`);
    const page = await submit(visitor, login, '/auth/ldap', { username: 'ann', password: 'annpw' });
    expect(page.status).toBe(403);
    expect(page.text).toContain('cannot be reached just now');
  });
});
