/** Runs `simulate` through the whole command line, as main.ts does, against an address. */
import { EventEmitter } from 'node:events';
import { runCli } from '../../src/cli/cli.ts';
import type { ReportDocument } from '../../src/cli/simulate/report.ts';
import { AppError } from '../../src/errors.ts';

export interface SimulateRun {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  /** The one JSON document. */
  readonly report: () => ReportDocument;
}

export async function runSimulate(args: readonly string[], signals = new EventEmitter()): Promise<SimulateRun> {
  let [out, err] = ['', ''];
  const refuse = () => Promise.reject(new AppError('not_implemented'));
  const code = await runCli(['simulate', ...args], {
    env: {},
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    openServices: refuse,
    openServer: refuse,
    openMigrator: refuse,
    signals,
    exit: () => undefined,
    now: Date.now,
  });
  return { code, out, err, report: () => JSON.parse(out) };
}
