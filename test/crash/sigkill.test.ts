/** A server that is killed under load loses nothing that it acknowledged. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scimClient } from '../support/scim-client.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const ROUNDS = 4;
const WRITERS = 64;

let folder = '';
let port = 0;
let env: NodeJS.ProcessEnv = {};
const children = new Set<ChildProcess>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'drawbridge-kill-'));
  port = await freePort();
  env = {
    ...process.env,
    DATABASE_URL: `sqlite:${join(folder, 'kill.db')}`,
    HOST: '127.0.0.1',
    PORT: String(port),
    SCIM_RATE_LIMIT: '0',
    LOG_LEVEL: 'error',
  };
});

afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function serve(): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['bin/drawbridge.js', 'serve'], { cwd: ROOT, env, stdio: 'ignore' });
  children.add(child);
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    const isReady = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return child;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function kill(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => resolve());
    child.kill('SIGKILL');
  });
}

it('has every acknowledged write after SIGKILL under 64 concurrent writers', { timeout: 120_000 }, async () => {
  const created = execFileSync(
    process.execPath,
    ['bin/drawbridge.js', 'connection', 'create', '--name', 'k', '--dialect', 'generic', '--json'],
    { cwd: ROOT, env },
  );
  const { token } = JSON.parse(created.toString()) as { token: string };
  const client = scimClient({ scimUrl: `http://127.0.0.1:${port}/scim/v2`, token });
  const acknowledged = new Map<string, string>();
  for (let round = 0; round < ROUNDS; round += 1) {
    const child = await serve();
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
        if (answered === 150 + round * 137) killed = kill(child);
      }
    };
    await Promise.all(Array.from({ length: WRITERS }, (_, number) => writer(number)));
    await killed;
    children.delete(child);
  }
  const child = await serve();
  const missing: string[] = [];
  for (const [id, userName] of acknowledged) {
    const { status, body } = await client.get(`/Users/${id}`);
    if (status !== 200 || body.userName !== userName) missing.push(userName);
  }
  expect(acknowledged.size).toBeGreaterThan(ROUNDS * 150);
  expect(missing).toEqual([]);
  await kill(child);
});
