/** MLflow's place behind a real nginx, with the configuration of docs/reverse-proxy.md, over TLS. */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPersonalKey } from '../../src/directory/keys/api-keys.ts';
import { operatorOf } from '../../src/directory/principal.ts';
import { runWork } from '../../src/directory/work.ts';
import { startBridge, type TestBridge } from '../support/bridge.ts';
import { createCertificate } from '../support/certificate.ts';
import { createVisitor, type Visitor } from '../support/cookie-jar.ts';
import { freePort } from '../support/free-port.ts';
import { NGINX, type Nginx, startNginx } from '../support/nginx.ts';
import { type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.ts';
import { describeWithPeer } from '../support/peer.ts';
import { scimClient } from '../support/scim-client.ts';

function documented(ports: { readonly site: number; readonly drawbridge: number; readonly mlflow: number }): string {
  const page = readFileSync(new URL('../../docs/reverse-proxy.md', import.meta.url), 'utf8');
  const block = /^```nginx\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? '';
  const changed = block
    .replace('listen 443 ssl;', `listen 127.0.0.1:${ports.site} ssl;`)
    .replace('127.0.0.1:8080', `127.0.0.1:${ports.drawbridge}`)
    .replace('127.0.0.1:5000', `127.0.0.1:${ports.mlflow}`)
    .replaceAll('/etc/ssl/tracker.example.com', '{folder}/site');
  for (const port of Object.values(ports)) expect(changed).toContain(String(port));
  return changed;
}

describeWithPeer('MLflow behind nginx', NGINX, () => {
  /** What reached MLflow. */
  const seen: Pick<IncomingMessage, 'url' | 'headers' | 'method'>[] = [];
  let url = '';
  let tracker: Server;
  let provider: OpenIdProvider;
  let bridge: TestBridge;
  let nginx: Nginx;

  beforeAll(async () => {
    const authority = createCertificate({ name: 'Test authority', isAuthority: true });
    const site = createCertificate({ name: 'localhost', hosts: ['localhost', '127.0.0.1'], by: authority });
    setDefaultCACertificates([...getCACertificates('default'), authority.certificate]);
    tracker = createServer((request, response) => {
      seen.push({ url: request.url, headers: request.headers, method: request.method });
      response.end('a page of MLflow');
    });
    await new Promise<void>((resolve) => tracker.listen(0, '127.0.0.1', resolve));
    const ports = {
      site: await freePort(),
      drawbridge: await freePort(),
      mlflow: (tracker.address() as AddressInfo).port,
    };
    url = `https://localhost:${ports.site}`;
    const person = (sub: string, name: string) => {
      const email = `${sub}@example.test`;
      return { sub, email, email_verified: true, preferred_username: email, name };
    };
    const people = { ada: person('ada', 'Ada'), bob: person('bob', 'Bob') };
    provider = await startOpenIdProvider({ redirectUri: `${url}/auth/oidc/callback`, people });
    bridge = await startBridge({
      engine: 'sqlite',
      env: {
        ...{ PORT: String(ports.drawbridge), PUBLIC_URL: url, TRUST_PROXY: 'loopback' },
        ...{ OIDC_ISSUER: provider.issuer, OIDC_CLIENT_ID: 'bridge', OIDC_CLIENT_SECRET: 's3cr3t-s3cr3t-s3cr3t' },
      },
    });
    const files = { 'site.pem': site.certificate, 'site.key': site.key };
    nginx = await startNginx(documented(ports), ports.site, files);
  });

  afterAll(async () => {
    await nginx?.stop();
    await bridge?.stop();
    await provider?.stop();
    await new Promise((resolve) => {
      tracker?.close(resolve);
      tracker?.closeAllConnections();
    });
  });

  const browse = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, { redirect: 'manual', headers: { accept: 'text/html', connection: 'close', ...headers } });

  async function signIn(visitor: Visitor, path: string, subject = 'ada') {
    const asked = await browse(path);
    const login = await visitor.request(new URL(asked.headers.get('location') ?? '', url).href);
    const link = /href="(\/auth\/oidc\/login[^"]*)"/.exec(login.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const begun = await visitor.request(`${url}${link}`);
    const callback = await provider.signIn(begun.headers.get('location') ?? '', subject, visitor);
    return visitor.follow(callback.href);
  }

  it('sends a browser to the sign-in page, and back to the very page with the person’s name', async () => {
    const visitor = createVisitor();
    const page = await signIn(visitor, '/mlflow/experiments?order=asc&page=2');
    expect([page.status, page.text, page.url]).toEqual([
      ...[200, 'a page of MLflow', `${url}/mlflow/experiments?order=asc&page=2`],
    ]);
    const cookies = await visitor.jar.getCookies(url);
    expect(cookies.find(({ key }) => key === '__Host-drawbridge_session')).toMatchObject({
      secure: true,
      httpOnly: true,
    });
    const last = seen.at(-1);
    expect(last?.url).toBe('/mlflow/experiments?order=asc&page=2');
    expect(last?.headers).toMatchObject({
      ...{ 'x-forwarded-user': 'ada@example.test', 'x-forwarded-email': 'ada@example.test' },
      ...{ 'x-drawbridge-role': 'admin', 'x-drawbridge-organization': 'default' },
    });
    expect(last?.headers.cookie).toBeUndefined();
  });

  it('tells programs 401, and lets them in with an API key that MLflow does not see', async () => {
    const before = seen.length;
    const api = '/mlflow/api/2.0/mlflow/experiments/search';
    expect((await browse(api, { accept: '*/*' })).status).toBe(401);
    expect((await browse(api, { accept: '*/*', authorization: 'Bearer wrong' })).status).toBe(401);
    expect(seen).toHaveLength(before);
    const { directory } = bridge.core;
    const { store } = directory;
    const organizationId = (await store.organizations.find(store.reader, 'default'))?.id ?? '';
    const [ada] = await store.users.findInOrganization(store.reader, organizationId, 'ada@example.test');
    const context = { organizationId, actor: { kind: 'cli', id: null, name: 'test' } as const, exchangeId: null };
    const person = { ...operatorOf(organizationId), kind: 'user', id: ada?.id ?? '' } as const;
    const { secret } = await runWork(directory, context, (work) =>
      createPersonalKey(directory, work, person, person.id, { name: 'k', scopes: ['everything'], expiresAt: null }),
    );
    const basic = Buffer.from(`api:${secret}`).toString('base64');
    for (const authorization of [`Bearer ${secret}`, `Basic ${basic}`]) {
      const answer = await fetch(`${url}${api}`, { method: 'POST', body: '{}', headers: { authorization } });
      expect(answer.status).toBe(200);
      const last = seen.at(-1);
      expect([last?.method, last?.url]).toEqual(['POST', '/api/2.0/mlflow/experiments/search']);
      expect(last?.headers['x-forwarded-user']).toBe('ada@example.test');
      expect(last?.headers.authorization).toBeUndefined();
    }
  });

  it('lets nobody name themselves, and shows the question to nobody', async () => {
    const before = seen.length;
    expect((await browse('/mlflow/', { 'x-forwarded-user': 'root', 'x-forwarded-uri': '/mlflow/' })).status).toBe(302);
    expect(seen).toHaveLength(before);
    const visitor = createVisitor();
    await signIn(visitor, '/mlflow/');
    const cookie = await visitor.jar.getCookieString(url);
    const names = { 'x-forwarded-user': 'root', 'x-drawbridge-role': 'owner', 'x-forwarded-groups': 'all' };
    expect((await browse('/mlflow/', { cookie, ...names })).status).toBe(200);
    const headers = seen.at(-1)?.headers;
    expect([
      headers?.['x-forwarded-user'],
      headers?.['x-drawbridge-role'],
      headers?.['x-forwarded-groups'] ?? '',
    ]).toEqual([...['ada@example.test', 'admin', '']]);
    expect((await browse('/auth/verify', { cookie })).status).toBe(404);
  });

  it('lets a person out with the request after their deactivation', async () => {
    const scim = scimClient({
      scimUrl: `${bridge.url}/scim/v2`,
      token: (await bridge.createConnection({ dialect: 'generic' })).token,
    });
    const emails = [{ value: 'bob@example.test', primary: true }];
    const id = await scim.user('bob@example.test', { emails });
    const visitor = createVisitor();
    await signIn(visitor, '/mlflow/', 'bob');
    const cookie = await visitor.jar.getCookieString(url);
    expect((await browse('/mlflow/', { cookie })).status).toBe(200);
    await scim.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false });
    const after = await browse('/mlflow/', { cookie });
    expect([after.status, after.headers.get('location')]).toEqual([302, '/auth/login?return=%2Fmlflow%2F']);
  });

  it('shows Drawbridge itself at the same host, with the people’s own addresses in the log', async () => {
    expect((await browse('/auth/login', { 'x-forwarded-for': '203.0.113.9' })).status).toBe(200);
    expect((await browse('/readyz')).status).toBe(200);
    expect((await browse('/metrics')).status).toBe(404);
    const { store } = bridge.core;
    const organizationId = (await store.organizations.find(store.reader, 'default'))?.id ?? '';
    const [newest] = await store.syncLog.listExchanges({ organizationId, operation: 'signin.oidc', limit: 1 });
    const exchange = await store.syncLog.findExchange(organizationId, newest?.id ?? '');
    expect(exchange?.remoteAddress).toBe('127.0.0.1');
  });
});
