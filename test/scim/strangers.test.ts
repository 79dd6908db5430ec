/** What may be read in the sync log of requests that anybody can send, and how much of it. */
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import type { TestBridge } from '../support/bridge.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { scimClient } from '../support/scim-client.ts';

type Row = Readonly<Record<string, unknown>>;

/** Whole exchanges, once as many as wanted are written. */
async function recorded({ core }: TestBridge, atLeast: number): Promise<readonly Row[]> {
  const { reader } = core.engine;
  for (let tries = 0; tries < 100; tries += 1) {
    const { rows } = await sql<Row>`select * from exchanges`.execute(reader);
    if (rows.length >= atLeast) return rows;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`fewer than ${atLeast} exchanges were written`);
}

describeBridge(
  'what strangers leave in the sync log',
  (bridge) => {
    it('holds no value that a filter on a secret names, in a path, a body or a refusal', async () => {
      const client = scimClient(await bridge().createConnection({ dialect: 'generic' }));
      const filters = [
        'password eq "hunter2"',
        'PASSWORD  sw "hunter2"',
        'userName eq "a" and password eq "hunter2\\"2"',
        'password.value eq "hunter2"',
        'password[value eq "hunter2"]',
      ];
      for (const filter of filters) {
        const found = await client.send('GET', `/Users?filter=${encodeURIComponent(filter)}`);
        expect(found.status).toBe(400);
        await client.send('GET', `/Users?filter=${filter.replaceAll(' ', '+').replaceAll('"', '%22')}`);
        const schemas = ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'];
        await client.send('POST', '/Users/.search', { schemas, filter });
      }
      const text = JSON.stringify({ password: 'hunter2' });
      const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
      await client.send('PATCH', '/Users/nobody', { schemas, Operations: [{ op: 'replace', value: text }] });
      for (const body of [
        '{"password": hunter2}',
        '{"password": "hunter2" "userName": "a"}',
        '{"userName":"aaaaaaaaaaaaaaaaaaaaaa","password": hunter2 }',
      ]) {
        expect((await client.send('POST', '/Users', body)).status).toBe(400);
      }
      const id = await client.user('ada');
      for (const operation of [
        { Op: 'replace', Path: 'password', Value: 'hunter2' },
        { op: 'replace', path: 'password.value', value: 'hunter2' },
        { op: 'replace', path: 'password[type eq "x"]', value: 'hunter2' },
        { op: 'replace', path: '/password', value: 'hunter2' },
        { op: 'replace', name: 'password', value: 'hunter2' },
        { op: 'replace', value: { 'password.value': 'hunter2' } },
      ]) {
        await client.send('PATCH', `/Users/${id}`, { schemas, Operations: [operation] });
      }
      for (const password of [424242, ['hunter2'], { value: 'hunter2' }]) {
        await client.send('POST', '/Users', { userName: 'bob', password });
        await client.send('PATCH', `/Users/${id}`, {
          schemas,
          Operations: [{ op: 'replace', path: 'password', value: password }],
        });
      }
      expect(JSON.stringify(await recorded(bridge(), 32))).not.toMatch(/hunter2|424242/);
    });

    it('names the client behind a proxy that is believed, and nobody whom the client makes up', async () => {
      const { token, scimUrl } = await bridge().createConnection({ dialect: 'generic' });
      const headers = { authorization: `Bearer ${token}`, 'x-forwarded-for': '10.9.9.9, 203.0.113.7' };
      await fetch(`${scimUrl}/Users/nobody`, { headers });
      const rows = await recorded(bridge(), 33);
      expect(rows.at(-1)?.remote_address ?? '').toBe('203.0.113.7');
    });

    it('is bounded, so that nobody without a token fills the disk', async () => {
      const before = (await recorded(bridge(), 1)).length;
      const one = () => fetch(`${bridge().scimUrl}/Users`, { headers: { authorization: 'Bearer wrong' } });
      for (let batch = 0; batch < 20; batch += 1) await Promise.all(Array.from({ length: 25 }, one));
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      const rows = (await recorded(bridge(), before + 1)).length - before;
      expect(rows).toBeGreaterThanOrEqual(300);
      expect(rows).toBeLessThan(400);
      const metrics = await (await fetch(`${bridge().url}/metrics`)).text();
      expect(Number(/^drawbridge_exchanges_dropped_total (\d+)/m.exec(metrics)?.[1])).toBeGreaterThan(100);
    });
  },
  { TRUST_PROXY: 'loopback' },
);
