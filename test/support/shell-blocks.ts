/** The `bash` blocks of a page, run from the top in one shell, word for word. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface ShellBlock {
  readonly command: string;
  /** What the page says that it prints: the `text` block after it; undefined where it says nothing. */
  readonly prints: string | undefined;
}

export function bashBlocks(page: string): readonly ShellBlock[] {
  const text = readFileSync(new URL(`../../docs/${page}`, import.meta.url), 'utf8');
  const pattern = /^```bash\n(.*?)^```\n(?:\n```text\n(.*?)^```$)?/gms;
  return [...text.matchAll(pattern)].map(([, command = '', prints]) => ({ command, prints }));
}

export interface ShellResult {
  readonly code: number | null;
  /** What each block printed, as far as they came. */
  readonly printed: readonly string[];
  /** Standard error, for the report. */
  readonly errors: string;
}

/** @returns what came of it; the first command that fails ends it */
export function runBlocks(
  blocks: readonly ShellBlock[],
  env: Readonly<Record<string, string>>,
  folder: string,
): Promise<ShellResult> {
  const marked = blocks.map(({ command }) => `printf '\\n#block\\n'\n${command}`);
  const script = ['set -euo pipefail', ...marked].join('\n');
  return new Promise((resolve, reject) => {
    const child = spawn('bash', ['-c', script], { cwd: folder, env: { PATH: process.env.PATH ?? '', ...env } });
    const [output, errors]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const printed = Buffer.concat(output).toString('utf8').split('\n#block\n').slice(1);
      resolve({ code, printed, errors: Buffer.concat(errors).toString('utf8') });
    });
  });
}

/** Whether a text is what a page says; `...` there stands for anything. */
export function fits(prints: string, printed: string): boolean {
  const pattern = prints
    .trim()
    .split('...')
    .map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`))
    .join('[^]*');
  return new RegExp(`^${pattern}$`).test(printed.trim());
}
