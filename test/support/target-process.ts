/** A process that does nothing but work on targets, with a short lease: to be killed, or to run beside another. */
import { openCore } from '../../src/app/core.ts';
import { createPause, createTargetParts } from '../../src/app/targets.ts';
import { loadConfig } from '../../src/config.ts';
import { createWorker } from '../../src/jobs/worker.ts';
import { createTargetRunner } from '../../src/targets/runner.ts';

const core = await openCore(
  loadConfig({ LOG_LEVEL: 'error', TARGET_NETWORKS: '127.0.0.0/8', ...databaseOf(process.argv) }),
);
const { store, directory } = core;
const fail = (error: unknown) => console.error(error);
const parts = await createTargetParts(core);
createTargetRunner({
  ...parts,
  pause: createPause(core, parts),
  ...{ pollMs: 50, gatherMs: 20, leaseMs: 1_500, concurrency: 8, onPush: () => console.log('pushed'), onError: fail },
  startWorker: (options) =>
    createWorker(
      {
        ...{ jobs: store.jobs, reader: store.reader, write: (work) => store.write(work) },
        ...{ now: Date.now, newId: directory.newId, onError: fail },
      },
      options,
    ),
});
console.log('running');
// The runner's timers do not keep a process alive.
setInterval(() => undefined, 1_000);

function databaseOf([, , url]: readonly string[]): { DATABASE_URL: string } {
  if (url === undefined) throw new Error('Give the address of the database.');
  return { DATABASE_URL: url };
}
