/** A server that is killed between a change and its answer: whoever sends the request again gets one change, not two. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type ApiAnswer, apiClient } from '../support/api-client.ts';
import { createKillableServer, type KillableServer } from '../support/killable-server.ts';

const REQUESTS = 90;

let server: KillableServer;
beforeAll(async () => {
  server = await createKillableServer({ API_RATE_LIMIT: '0' });
});
afterAll(() => server?.remove());

it('does each keyed request once, whatever was under way when it was killed', { timeout: 120_000 }, async () => {
  const { key } = server.run('key', 'create', '--name', 'crash') as { key: string };
  const client = apiClient(`${server.url}/api/v1`, key);
  await server.start();
  const account = (await client.post('/service-accounts', { name: 'crashing' })).body.id;
  // Keys may have the same name, so that doing it twice would show.
  const send = (number: number): Promise<ApiAnswer> =>
    client.post(
      `/service-accounts/${account}/keys`,
      { name: `key ${number}`, scopes: ['read'] },
      { 'idempotency-key': `request-${number}` },
    );
  const before = new Map<number, ApiAnswer>();
  let killed: Promise<void> | undefined;
  await Promise.all(
    Array.from({ length: REQUESTS }, async (_, number) => {
      const answer = await send(number).catch(() => undefined);
      if (answer === undefined) return;
      before.set(number, answer);
      if (before.size === 20) killed ??= server.kill();
    }),
  );
  await killed;
  await server.start();
  const after = await Promise.all(Array.from({ length: REQUESTS }, (_, number) => send(number)));
  for (const [number, answer] of before) {
    expect([after[number]?.status, after[number]?.body]).toEqual([201, answer.body]);
  }
  // What was claimed and not committed by the dead process says so until its lease is over.
  const states = after.map(({ status, body }) => (status === 201 ? 'done' : body.code));
  expect(states.filter((state) => state !== 'done' && state !== 'in_flight')).toEqual([]);
  const { items } = (await client.get(`/service-accounts/${account}/keys`)).body;
  const counts = states.map(
    (_, number) => items.filter((item: { name: string }) => item.name === `key ${number}`).length,
  );
  expect(counts).toEqual(states.map((state) => (state === 'done' ? 1 : 0)));
  expect(before.size).toBeGreaterThanOrEqual(20);
});
