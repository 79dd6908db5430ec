import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { cameThroughProxy, isLoopbackAddress, isLoopbackHost } from '../../src/web/loopback.ts';
import { exampleMemory } from './example-log.ts';
import { createMemoryConsole } from './memory-console.ts';

describe('loopback', () => {
  it.each([
    ['127.0.0.1', true],
    ['127.8.9.1', true],
    ['::1', true],
    ['::ffff:127.0.0.1', true],
    ['10.0.0.1', false],
    ['::ffff:10.0.0.1', false],
    ['127.evil', false],
    [undefined, false],
  ])('address %s: %s', (address, want) => expect(isLoopbackAddress(address)).toBe(want));

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
  it('opens a session once, by POST only', async () => {
    const memory = exampleMemory();
    memory.links.set('s3cret', 'org-1');
    const { app } = createMemoryConsole(memory);
    const looked = await request(app).get('/admin/enter?key=s3cret');
    expect(looked.status).toBe(200);
    expect(looked.headers['set-cookie']).toBeUndefined();
    const entered = await request(app).post('/admin/enter').type('form').send({ key: 's3cret' });
    expect(entered.status).toBe(303);
    expect(entered.headers['set-cookie']?.[0]).toBe('drawbridge_setup=session-s3cret; Path=/; HttpOnly; SameSite=Lax');
    const page = await request(app).get('/admin/sync').set('Cookie', 'a=b; drawbridge_setup=session-s3cret');
    expect(page.status).toBe(200);
    const again = await request(app).post('/admin/enter').type('form').send({ key: 's3cret' });
    expect(again.status).toBe(403);
    expect(again.text).toContain('admin setup-link');
  });

  it.each(['/admin', '/admin/sync', '/admin/sync/x', '/admin/sync/events', '/admin/nothing'])(
    '%s without a session says how to get one',
    async (path) => {
      const { status, text } = await request(createMemoryConsole(exampleMemory()).app)
        .get(path)
        .set('Cookie', 'drawbridge_setup=guess');
      expect(status).toBe(401);
      expect(text).toContain('npm run --silent drawbridge -- admin setup-link');
    },
  );

  it.each([
    { name: 'another host name (DNS rebinding)', headers: { Host: 'evil.example' } },
    { name: 'a proxy', headers: { 'X-Forwarded-For': '203.0.113.9' } },
  ])('refuses $name even with a session', async ({ headers }) => {
    const { app } = createMemoryConsole(exampleMemory());
    const { status, text } = await request(app)
      .get('/admin/sync')
      .set({ Cookie: 'drawbridge_setup=session', ...headers });
    expect(status).toBe(403);
    expect(text).toContain('ssh -L');
    expect(text).not.toContain('Ada');
  });

  it('refuses a form that another site sends, and keeps the link', async () => {
    const memory = exampleMemory();
    memory.links.set('s3cret', 'org-1');
    const { status } = await request(createMemoryConsole(memory).app)
      .post('/admin/enter')
      .set('Sec-Fetch-Site', 'cross-site')
      .type('form')
      .send({ key: 's3cret' });
    expect(status).toBe(403);
    expect(memory.links.has('s3cret')).toBe(true);
  });
});

describe('headers', () => {
  it('allows nothing inline and nothing from elsewhere', async () => {
    const { headers } = await request(createMemoryConsole(exampleMemory()).app)
      .get('/admin/sync')
      .set('Cookie', 'drawbridge_setup=session');
    expect(headers['content-security-policy']).toBe(
      "default-src 'none';script-src 'self';style-src 'self';img-src 'self';connect-src 'self';form-action 'self';base-uri 'none';frame-ancestors 'none'",
    );
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('pages name only assets that exist, from this host, kept for ever', async () => {
    const { app } = createMemoryConsole(exampleMemory());
    const { text } = await request(app).get('/admin/enter?key=x');
    const addresses = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '');
    expect(addresses.filter((address) => !address.startsWith('/admin') && !['#main', '/'].includes(address))).toEqual(
      [],
    );
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
  const { status, text } = await request(app).get('/admin/sync').set('Cookie', 'drawbridge_setup=session');
  expect(status).toBe(500);
  expect(text).not.toContain('fire');
  expect(faults).toHaveLength(1);
});
