/** A server that is killed under load loses nothing that it acknowledged. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKillableServer, type KillableServer } from '../support/killable-server.ts';
import { scimClient } from '../support/scim-client.ts';

const ROUNDS = 4;
const WRITERS = 64;

let server: KillableServer;
beforeAll(async () => {
  server = await createKillableServer({ SCIM_RATE_LIMIT: '0' });
});
afterAll(() => server?.remove());

it('has every acknowledged write after SIGKILL under 64 concurrent writers', { timeout: 120_000 }, async () => {
  const made = server.run('connection', 'create', '--name', 'k', '--dialect', 'generic');
  const client = scimClient({ scimUrl: `${server.url}/scim/v2`, token: String(made.token) });
  const acknowledged = new Map<string, string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    await server.start();
    let killed: Promise<void> | undefined;
    let answered = 0;
    const writer = async (number: number): Promise<void> => {
      for (let serial = 0; killed === undefined; serial += 1) {
        const userName = `r${round}-w${number}-${serial}@kill.example`;
        const answer = await client.send('POST', '/Users', { userName }).catch(() => undefined);
        if (answer === undefined) return;
        expect(answer.status).toBe(201);
        acknowledged.set(answer.body.id, userName);
        answered += 1;
        // In the middle of the work of the others, after a different number of answers each time.
        if (answered === 150 + round * 137) killed = server.kill();
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, (_, number) => writer(number)));
    await killed;
  }
  await server.start();
  const missing: string[] = [];
  for (const [id, userName] of acknowledged) {
    const { status, body } = await client.get(`/Users/${id}`);
    if (status !== 200 || body.userName !== userName) missing.push(userName);
  }
  expect(acknowledged.size).toBeGreaterThan(ROUNDS * 150);
  expect(missing).toEqual([]);
});
