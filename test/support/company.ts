/** The demonstration's company for tests and screenshots: the same doors, the same people, a server of its own. */
import { openServer, openServices } from '../../src/app.ts';
import { type OpenDemo, openDemo } from '../../src/cli/demo/demo.ts';
import { createStartServer } from '../../src/cli/demo/demo-server.ts';

/** The caller stops it. */
export async function openCompany(): Promise<OpenDemo> {
  const plain = (_style: string, text: string): string => text;
  const demo = await openDemo(
    {
      startServer: createStartServer({ openServer, openServices }),
      output: { write: () => undefined, style: plain },
      signals: process,
      exit: () => undefined,
      now: Date.now,
      once: true,
    },
    new AbortController().signal,
  );
  for (const simulation of demo.simulations) simulation.close();
  return demo;
}
