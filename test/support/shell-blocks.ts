/** The `bash` blocks of a page, run from the top in one shell, word for word. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export function bashBlocks(page: string): readonly string[] {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  return [...text.matchAll(/^```bash\n(.*?)^```$/gms)].map((match) => match[1] ?? '');
}

export interface ShellResult {
  readonly code: number | null;
  /** Of the block that failed, or of the last one. */
  readonly block: number;
  readonly output: string;
}

/** @returns what came of it; the first command that fails ends it */
export function runBlocks(
  blocks: readonly string[],
  env: Readonly<Record<string, string>>,
  folder: string,
): Promise<ShellResult> {
  const script = [
    'set -euo pipefail',
    ...blocks.map((block, index) => `printf "\\n#block ${index}\\n"\n${block}`),
  ].join('\n');
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', script], { cwd: folder, env: { PATH: process.env.PATH ?? '', ...env } });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString('utf8');
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      const block = Number([...output.matchAll(/^#block (\d+)$/gm)].at(-1)?.[1] ?? -1);
      resolve({ code, block, output: output.split(/^#block \d+$/m).at(-1) ?? '' });
    });
  });
}
