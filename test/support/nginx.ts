/** A real nginx on this machine, unprivileged ports, in a folder of its own. */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Peer, untilListening } from './peer.ts';

export const NGINX: Peer = { name: 'nginx', file: '/usr/sbin/nginx', packages: 'nginx-light' };

export interface Nginx {
  stop(): Promise<void>;
}

/**
 * @param site what stands inside of `http { }`
 * @param files beside the configuration; `{folder}` in the site is where they lie
 */
export async function startNginx(
  site: string,
  port: number,
  files: Readonly<Record<string, string>> = {},
): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-nginx-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `${name}_temp_path ${join(folder, name)};`,
  );
  const root = process.getuid?.() === 0 ? 'user root;' : '';
  const configuration = `${root}
    worker_processes 1; daemon off; pid ${join(folder, 'pid')}; error_log stderr warn;
    events { worker_connections 256; }
    http { access_log off; ${temporary.join(' ')} ${site.replaceAll('{folder}', folder)} }`;
  writeFileSync(join(folder, 'nginx.conf'), configuration);
  const child = spawn(NGINX.file, ['-c', join(folder, 'nginx.conf'), '-p', folder], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaints += chunk.toString('utf8');
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const early = ended.then(() => {
    throw new Error(`nginx did not start: ${complaints}`);
  });
  early.catch(() => undefined);
  await Promise.race([untilListening(port), early]);
  return {
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
