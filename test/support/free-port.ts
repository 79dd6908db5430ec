/**
 * A port of this machine that nobody listens on, for what has to know its port before it listens. None of those that the
 * system gives to whoever asks for any (from 32768 on Linux), which somebody else may be given meanwhile, and none of those
 * that tests in another worker are given here.
 */
import { createServer } from 'node:net';

const FIRST = 12_000;
const PER_WORKER = 4_000;

// Elsewhere in each file: what the file before listened on may still be closing.
let next = Math.floor(Math.random() * PER_WORKER);

export async function freePort(): Promise<number> {
  const worker = Number(process.env.VITEST_POOL_ID ?? 0);
  for (;;) {
    const port = FIRST + worker * PER_WORKER + (next % PER_WORKER);
    next += 1;
    if (await isFree(port)) return port;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
