/** A process that is killed while it applies mapping rules: the next one goes on, and everybody gets everything once. */
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createKillableServer, type KillableServer } from '../support/killable-server.ts';
import { scimClient } from '../support/scim-client.ts';

const PEOPLE = 1_500;

let server: KillableServer;
beforeAll(async () => {
  server = await createKillableServer({ SCIM_RATE_LIMIT: '0', API_RATE_LIMIT: '0' });
});
afterAll(() => server?.remove());

interface Run {
  readonly state: string;
  readonly people: { readonly done: number; readonly changed: number };
  readonly roles: { readonly gained: number; readonly lost: number };
}

it('goes on where it stopped after SIGKILL, and ends with every role given once', { timeout: 180_000 }, async () => {
  const made = server.run('connection', 'create', '--name', 'k', '--dialect', 'generic');
  const key = server.run('key', 'create', '--name', 'automation').key as string;
  await server.start();
  const client = scimClient({ scimUrl: `${server.url}/scim/v2`, token: String(made.token) });
  const ids: string[] = [];
  for (let start = 0; start < PEOPLE; start += 50) {
    const names = Array.from({ length: 50 }, (_, n) => `p${start + n}@rules.example`);
    ids.push(...(await Promise.all(names.map((userName) => client.user(userName)))));
  }
  await client.group('crew', ids);
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const path = `${server.url}/api/v1/connections/${made.id}/rules`;
  const readRun = async (): Promise<Run> => {
    const answer = await fetch(`${path}/run`, { headers });
    expect(answer.status).toBe(200);
    return (await answer.json()).run;
  };
  const etag = (await fetch(path, { headers })).headers.get('etag') ?? '';
  const body = JSON.stringify({ rules: [{ when: { group: 'crew' }, give: { team: 'robots', role: 'member' } }] });
  const saved = await fetch(path, { method: 'PUT', headers: { ...headers, 'if-match': etag }, body });
  expect((await saved.json()).run).toMatchObject({ state: 'running', people: { done: 0, total: PEOPLE } });
  // In the middle: some are done and not all.
  await expect.poll(async () => (await readRun()).people.done, { timeout: 60_000, interval: 10 }).toBeGreaterThan(0);
  await server.kill();
  await server.start();
  const found = await readRun();
  expect(found.state).toBe('running');
  expect(found.people.done).toBeGreaterThan(0);
  expect(found.people.done).toBeLessThan(PEOPLE);
  await expect.poll(async () => (await readRun()).state, { timeout: 120_000, interval: 500 }).toBe('done');
  expect(await readRun()).toMatchObject({ people: { changed: PEOPLE }, roles: { gained: PEOPLE, lost: PEOPLE } });
  const file = join(tmpdir(), `rules-${made.id}.json`);
  await writeFile(file, body);
  const again = server.run('connection', 'rules', 'set', 'k', file);
  expect(again).toMatchObject({ saved: true, counts: { gains: 0, losses: 0, users: 0 }, run: null });
});
