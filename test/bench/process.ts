/** A server as a process of its own, so that the load does not share its thread. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface ServerProcess {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

function stopProcess(child: ChildProcess): () => Promise<void> {
  return () =>
    new Promise((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGTERM');
    });
}

function firstLine(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', (data) => resolve(String(data).trim()));
    child.once('exit', (code) => reject(new Error(`the server ended with ${code}`)));
  });
}

export async function startFloor(file: string): Promise<ServerProcess> {
  const child = spawn(process.execPath, ['test/bench/floor.ts', file], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const port = await firstLine(child);
  return { url: `http://127.0.0.1:${port}`, token: 'none', pid: child.pid ?? 0, stop: stopProcess(child) };
}

/** @param databaseUrl `sqlite:<path>` or `postgres://...` */
export async function startDrawbridge(databaseUrl: string, port: number): Promise<ServerProcess> {
  const settings = {
    DATABASE_URL: databaseUrl,
    HOST: '127.0.0.1',
    PORT: String(port),
    SCIM_RATE_LIMIT: '0',
    LOG_LEVEL: 'warn',
  };
  const env = { ...process.env, ...settings };
  const command = ['--disable-proto=delete', 'bin/drawbridge.js'];
  const created = await promisify(execFile)(
    process.execPath,
    [...command, 'connection', 'create', '--name', 'bench', '--dialect', 'generic', '--json'],
    { cwd: root, env },
  );
  const { token } = JSON.parse(created.stdout) as { token: string };
  const child = spawn(process.execPath, [...command, 'serve'], {
    cwd: root,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, child);
  return { url, token, pid: child.pid ?? 0, stop: stopProcess(child) };
}

async function untilReady(url: string, child: ChildProcess): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt += 1) {
    if (child.exitCode !== null) throw new Error(`the server ended with ${child.exitCode}`);
    const ready = await fetch(`${url}/readyz`).then(
      (response) => response.ok,
      () => false,
    );
    if (ready) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the server did not become ready');
}
