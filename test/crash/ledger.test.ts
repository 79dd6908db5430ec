/** A server that is killed between a removal and its inventory, and in the middle of one: nothing lost, nothing twice. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type FakeWandb, fakeRuns, startFakeWandb } from '../support/fake-wandb.ts';
import { freePort } from '../support/free-port.ts';
import { freshPostgresUrl, missingPostgres } from '../support/postgres.ts';
import { type ScimClient, scimClient } from '../support/scim-client.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const EMAIL = 'ada@crash.example';

const ENGINES = missingPostgres() === undefined ? (['sqlite', 'postgres'] as const) : (['sqlite'] as const);

describe.each(ENGINES)('a killed server (%s)', (engine) => {
  let folder = '';
  let env: NodeJS.ProcessEnv = {};
  let port = 0;
  let wandb: FakeWandb;
  let client: ScimClient;
  const children = new Set<ChildProcess>();

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'drawbridge-kill-'));
    wandb = await startFakeWandb();
    wandb.addUser({ username: 'ada', email: EMAIL });
    wandb.addProject('vision', 'cats', fakeRuns('ada', 2_000));
    port = await freePort();
    env = {
      ...process.env,
      ...{ HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'error', TRACKER: 'wandb', TRACKER_RATE_LIMIT: '0' },
      ...{ TRACKER_URL: wandb.url, TRACKER_API_KEY: wandb.apiKey },
      DATABASE_URL: engine === 'sqlite' ? `sqlite:${join(folder, 'kill.db')}` : await freshPostgresUrl(),
    };
    const { token } = await cli('connection', 'create', '--name', 'k', '--dialect', 'generic');
    client = scimClient({ scimUrl: `http://127.0.0.1:${port}/scim/v2`, token: String(token) });
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
    children.clear();
    await wandb.stop();
    await rm(folder, { recursive: true, force: true });
  });

  async function cli(...args: readonly string[]): Promise<Record<string, unknown>> {
    const { stdout } = await promisify(execFile)(process.execPath, ['bin/drawbridge.js', ...args, '--json'], {
      cwd: ROOT,
      env,
    });
    return JSON.parse(stdout) as Record<string, unknown>;
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

  async function removeAda(): Promise<void> {
    const id = await client.user(EMAIL, { emails: [{ value: EMAIL, primary: true }] });
    await client.group('vision', [id]);
    expect((await client.send('DELETE', `/Users/${id}`)).status).toBe(204);
  }

  /** What the story says once the inventory is there. */
  async function storyWithInventory(): Promise<readonly string[]> {
    for (let tries = 0; tries < 120; tries += 1) {
      const story = await cli('ledger', 'show', EMAIL);
      const { removal } = story as { removal: { inventory: { state: string; runs: number } } };
      if (removal.inventory.state === 'taken') {
        expect(removal.inventory.runs).toBe(2_000);
        return (story.story as readonly { kind: string }[]).map(({ kind }) => kind);
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    throw new Error('the inventory was not taken');
  }

  it('asks after its restart for what it did not come to', { timeout: 60_000 }, async () => {
    wandb.faults.hang = 1_000;
    const child = await serve();
    await removeAda();
    await kill(child);
    wandb.faults.hang = 0;
    await serve();
    expect(await storyWithInventory()).toEqual(['removed', 'inventory_taken']);
    expect(await cli('ledger', 'verify')).toMatchObject({ whole: true, entries: 2 });
  });

  it('asks once more for what it was in the middle of, and records it once', { timeout: 90_000 }, async () => {
    let killed: Promise<void> | undefined;
    let pages = 0;
    const child = await serve();
    wandb.onRequest = (operation) => {
      if (operation === 'Runs') pages += 1;
      if (pages === 3) killed ??= kill(child);
    };
    await removeAda();
    await expect.poll(() => killed !== undefined, { timeout: 10_000 }).toBe(true);
    await killed;
    await serve();
    expect(await storyWithInventory()).toEqual(['removed', 'inventory_taken']);
    // Pages of the first try, and all four of the second.
    expect(pages).toBeGreaterThanOrEqual(3 + 4);
    expect(await cli('ledger', 'verify')).toMatchObject({ whole: true, entries: 2 });
  });
});
