/** The server as a process of its own over a database file of its own, to be killed and started again. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from './free-port.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface KillableServer {
  readonly url: string;
  /** Starts it, and resolves when it serves. */
  start(): Promise<void>;
  /** SIGKILL: nothing is finished or written. */
  kill(): Promise<void>;
  /** A verb of the command line over the same database, with `--json`. */
  run(...words: readonly string[]): Record<string, unknown>;
  remove(): Promise<void>;
}

export async function createKillableServer(settings: Readonly<Record<string, string>>): Promise<KillableServer> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-kill-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const own = { DATABASE_URL: `sqlite:${join(folder, 'kill.db')}`, HOST: '127.0.0.1', PORT: String(port) };
  const env = { ...process.env, ...own, LOG_LEVEL: 'error', ...settings };
  let child: ChildProcess | undefined;

  async function kill(): Promise<void> {
    const dying = child;
    child = undefined;
    if (dying === undefined || dying.exitCode !== null) return;
    await new Promise<void>((resolve) => {
      dying.once('exit', () => resolve());
      dying.kill('SIGKILL');
    });
  }

  return {
    url,
    kill,
    async start() {
      const started = spawn(process.execPath, ['bin/drawbridge.js', 'serve'], { cwd: ROOT, env, stdio: 'ignore' });
      child = started;
      for (;;) {
        if (started.exitCode !== null) throw new Error(`the server ended with ${started.exitCode}`);
        const isReady = await fetch(`${url}/readyz`).then(
          (response) => response.ok,
          () => false,
        );
        if (isReady) return;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    run(...words) {
      const printed = execFileSync(process.execPath, ['bin/drawbridge.js', ...words, '--json'], { cwd: ROOT, env });
      return JSON.parse(printed.toString());
    },
    async remove() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
