import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { createCookies } from '../../src/web/cookies.ts';
import { cameThroughProxy, isLoopbackHost } from '../../src/web/loopback.ts';
import { exampleMemory } from './example-log.ts';
import { createMemoryConsole } from './memory-console.ts';

describe('loopback', () => {
  it.each([
    ['localhost:8080', true],
    ['LOCALHOST', true],
    ['127.0.0.1:80', true],
    ['[::1]:8080', true],
    ['127.0.0.1.evil.example', false],
    ['localhost.evil.example', false],
    ['evil.example', false],
    ['127.0.0.1@evil', false],
    [undefined, false],
  ])('host %s: %s', (host, want) => expect(isLoopbackHost(host)).toBe(want));

  it.each(['x-forwarded-for', 'forwarded', 'via', 'x-real-ip'])('%s gives a proxy away', (name) => {
    expect(cameThroughProxy({ [name]: '127.0.0.1' })).toBe(true);
  });
});

describe('entry', () => {
  it.each(['/admin', '/admin/sync', '/admin/sync/x', '/admin/nothing'])(
    '%s without a session leads to the sign-in page, and back here afterwards',
    async (path) => {
      const { status, headers } = await request(createMemoryConsole(exampleMemory()).app)
        .get(path)
        .set('Cookie', 'drawbridge_session=guess');
      expect([status, headers.location]).toEqual([302, `/auth/login?return=${encodeURIComponent(path)}`]);
    },
  );

  it('a live view without a session ends with 401, so that it does not come back', async () => {
    const { status } = await request(createMemoryConsole(exampleMemory()).app)
      .get('/admin/sync/events')
      .set('Accept', 'text/event-stream');
    expect(status).toBe(401);
  });

  it.each(['member', 'viewer'] as const)('shows the sync log to no %s', async (role) => {
    const memory = exampleMemory();
    memory.roles.set('session', role);
    const { status, text } = await request(createMemoryConsole(memory).app)
      .get('/admin/sync')
      .set('Cookie', 'drawbridge_session=session');
    expect(status).toBe(403);
    expect(text).toContain('You may not see exchanges');
    expect(text).not.toContain('Grace');
  });

  it.each([
    { name: 'another host name (DNS rebinding)', headers: { Host: 'evil.example' } },
    { name: 'a proxy that nobody knows of', headers: { 'X-Forwarded-For': '203.0.113.9' } },
  ])('refuses $name even with a session, where there is no https', async ({ headers }) => {
    const { app } = createMemoryConsole(exampleMemory());
    const { status, text } = await request(app)
      .get('/admin/sync')
      .set({ Cookie: 'drawbridge_session=session', ...headers });
    expect(status).toBe(403);
    expect(text).toContain('PUBLIC_URL');
    expect(text).not.toContain('Grace');
  });

  it('takes over https no cookie without the prefix __Host-', async () => {
    const publicUrl = () => 'https://bridge.example';
    const cookies = createCookies(publicUrl);
    const { app } = createMemoryConsole(exampleMemory(), { cookies, place: { publicUrl, publicUrlGiven: true } });
    const look = (cookie: string) => request(app).get('/admin/sync').set('Cookie', cookie);
    expect((await look('drawbridge_session=session')).status).toBe(302);
    expect((await look('__Host-drawbridge_session=session')).status).toBe(200);
  });
});

describe('headers', () => {
  it('allows nothing inline and nothing from elsewhere', async () => {
    const { headers } = await request(createMemoryConsole(exampleMemory()).app)
      .get('/admin/sync')
      .set('Cookie', 'drawbridge_session=session');
    expect(headers['content-security-policy']).toBe(
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
    );
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('pages name only assets that exist, from this host, kept for ever', async () => {
    const { app } = createMemoryConsole(exampleMemory());
    const { text } = await request(app).get('/admin/sync').set('Cookie', 'drawbridge_session=session');
    const addresses = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(
      addresses.filter(
        (address) =>
          !address.startsWith('/admin') &&
          !address.startsWith('https://bridge.example/scim') &&
          !['#main', '/'].includes(address),
      ),
    ).toEqual([]);
    const assets = addresses.filter((address) => address.startsWith('/admin/assets/'));
    expect(new Set(assets).size).toBe(5);
    for (const asset of assets) {
      const { status, headers } = await request(app).get(asset);
      expect([status, headers['cache-control']]).toEqual([200, 'public, max-age=31536000, immutable']);
    }
    expect((await request(app).get('/admin/assets/console.000000000000.css')).status).toBe(404);
  });
});

it('apologises for a fault, reports it, and tells nothing of it', async () => {
  const syncLog = { listExchanges: () => Promise.reject(new Error('disk on fire')) } as never;
  const { app, faults } = createMemoryConsole(exampleMemory(), { syncLog });
  const { status, text } = await request(app).get('/admin/sync').set('Cookie', 'drawbridge_session=session');
  expect(status).toBe(500);
  expect(text).not.toContain('fire');
  expect(faults).toHaveLength(1);
});
