/** `npm start` as an operator runs it: npm, a shell and Node between the signal and the server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const leftovers: (() => unknown)[] = [];
afterEach(async () => {
  for (const clear of leftovers.splice(0).reverse()) await clear();
});

/** Resolves with the address once the server says that it is ready. A process group of its own, as a terminal makes it. */
async function npmStart() {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-start-'));
  leftovers.push(() => rm(folder, { recursive: true }));
  const child = spawn('npm', ['start'], {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      PORT: '0',
      DATABASE_URL: `sqlite:${join(folder, 'data', 'a.sqlite')}`,
    },
  });
  const { pid } = child;
  if (pid === undefined) throw new Error('npm could not be started.');
  leftovers.push(() => child.exitCode ?? endGroup(pid));
  const exited = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{')) continue;
    const { msg, url } = JSON.parse(line);
    if (msg === 'ready') return { pid, url: String(url), exited };
  }
  throw new Error('The server ended before it was ready.');
}

function endGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

describe('npm start', () => {
  it.each([
    { name: 'SIGTERM to npm', target: 1, signal: 'SIGTERM' as const },
    {
      name: 'Ctrl-C, which reaches npm and the server, and which npm passes on besides',
      target: -1,
      signal: 'SIGINT' as const,
    },
  ])('stops cleanly on $name', async ({ target, signal }) => {
    const { pid, url, exited } = await npmStart();
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    process.kill(target * pid, signal);
    expect(await exited).toEqual([0, null]);
    await expect(fetch(`${url}/healthz`)).rejects.toThrow();
  });
});

it('ends without a complaint when whoever reads its output has seen enough', async () => {
  const child = spawn('node', ['--disable-proto=delete', 'bin/drawbridge.js', 'check-config', '--json'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.stdout.destroy();
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += String(chunk);
  });
  const [code] = await once(child, 'close');
  expect([code, complaint]).toEqual([141, '']);
});
