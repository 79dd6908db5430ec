/** A server as a process of its own, so that the load does not share its thread. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

export interface ServerProcess {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
  /** Processor time that the process has taken so far. */
  cpuMicroseconds(): Promise<number>;
  residentMegabytes(): Promise<number>;
  /** May be called twice. */
  stop(): Promise<void>;
}

const root = fileURLToPath(new URL('../../', import.meta.url));

/** Linux counts processor time in hundredths of a second (proc_pid_stat(5), fields 14 and 15). */
const TICK_US = 10_000;

function toServer(child: ChildProcess, url: string, token: string): ServerProcess {
  const pid = child.pid ?? 0;
  return {
    url,
    token,
    pid,
    async cpuMicroseconds() {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11]) + Number(fields[12])) * TICK_US;
    },
    async residentMegabytes() {
      const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
    },
    stop: () =>
      new Promise((resolve) => {
        if (child.exitCode !== null || child.signalCode !== null) return resolve();
        child.once('exit', () => resolve());
        child.kill('SIGTERM');
      }),
  };
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
  return toServer(child, `http://127.0.0.1:${port}`, 'none');
}

/**
 * @param databaseUrl `sqlite:<path>` or `postgres://...`
 * @param profileFolder where a V8 profile of the server goes; undefined: none
 */
export async function startDrawbridge(
  databaseUrl: string,
  port: number,
  profileFolder?: string,
): Promise<ServerProcess> {
  const settings = {
    DATABASE_URL: databaseUrl,
    HOST: '127.0.0.1',
    PORT: String(port),
    SCIM_RATE_LIMIT: '0',
    LOG_LEVEL: 'warn',
  };
  const env = { ...process.env, ...settings };
  // The flags of `npm start`.
  const command = ['--max-semi-space-size=8', '--disable-proto=delete', 'bin/drawbridge.js'];
  const created = await promisify(execFile)(
    process.execPath,
    [...command, 'connection', 'create', '--name', 'bench', '--dialect', 'generic', '--json'],
    { cwd: root, env },
  );
  const { token } = JSON.parse(created.stdout) as { token: string };
  const profile = profileFolder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profileFolder}`];
  const child = spawn(process.execPath, [...profile, ...command, 'serve'], {
    cwd: root,
    env,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, child);
  return toServer(child, url, token);
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
