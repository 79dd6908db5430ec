/** What runs beside the doors: pruning, and a worker for each queue of jobs. */

import { linkForMail } from '../directory/invites/invite-links.ts';
import { ALERT_QUEUE, createAlertHandler, startAlerts } from '../directory/teams/team-alerts.ts';
import { createWorker, type Worker } from '../jobs/worker.ts';
import { CHAIN_QUEUE, chainWatchJob } from '../ledger/chain-watch.ts';
import { postWorker } from '../mail/mail.ts';
import { createTemplates } from '../mail/templates.ts';
import { createDelivery } from '../mail/transport.ts';
import { createHourCounter, HOUR_QUEUE, hourCountingJob } from '../ops/hour-counting.ts';
import type { Logger } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import { createLinkHandler, EMAIL_LINK_QUEUE, linkOfMail } from '../signin/email-links.ts';
import type { Handle } from '../synclog/handle.ts';
import { startPruning } from '../synclog/pruning.ts';
import type { Core } from './core.ts';
import { chainWatch, startLedgerWork } from './ledger-work.ts';
import { rulesWorker } from './rules-work.ts';
import type { Running } from './running.ts';
import type { StartWorker } from './start-worker.ts';
import { startTargets } from './targets.ts';

export interface Background {
  /** Interrupts what runs; jobs that are not done stay due. */
  stop(): Promise<void>;
}

export async function startBackground(
  core: Core,
  running: Running,
  log: Logger,
  metrics: Metrics,
): Promise<Background> {
  const { store, config, directory } = core;
  const pruning = startPruning({
    store,
    others: [store.targetPushes.prune, store.mails.prune],
    retentionDays: config.syncLog.retentionDays,
    now: directory.now,
    onError: (error) => log.error({ err: error }, 'pruning the sync log failed'),
  });
  const startWorker = workerStarter(core, log, metrics);
  const workers: Worker[] = [
    startHourCounting(core, log, startWorker),
    startChainWatch(core, log, startWorker),
    startLinkWorker(core, startWorker),
    startWorker(rulesWorker(core)),
    ...startLedgerWork(core, startWorker, (error) =>
      log.error({ err: error }, 'the work of the ledger could not be started'),
    ),
    ...startPost(core, running, startWorker),
    ...startTeamAlerts(core, log, startWorker),
  ];
  const targets = await startTargets(core, log, metrics, startWorker);
  return {
    async stop() {
      pruning.stop();
      await targets.stop();
      await Promise.all(workers.map((worker) => worker.stop()));
    },
  };
}

function startHourCounting({ store, directory: { now } }: Core, log: Logger, startWorker: StartWorker): Worker {
  const handle = createHourCounter({
    timeline: store.timeline,
    jobs: store.jobs,
    listOrganizations: () => store.organizations.list(store.reader),
    reader: store.reader,
    write: (work) => store.write(work),
    now,
  });
  void store
    .write((db) => store.jobs.mark(db, [hourCountingJob(now())], now()))
    .catch((error: unknown) => log.error({ err: error }, 'the counting of hours could not be started'));
  return startWorker({ queue: HOUR_QUEUE, handle, concurrency: 1, pollMs: 60_000 });
}

/** A minute after the start, and then once a day. */
function startChainWatch(core: Core, log: Logger, startWorker: StartWorker): Worker {
  const { store } = core;
  const { now } = core.directory;
  void store
    .write((db) => store.jobs.mark(db, [chainWatchJob(now() + 60_000)], now()))
    .catch((error: unknown) => log.error({ err: error }, 'the watch of the ledger could not be started'));
  return startWorker({ queue: CHAIN_QUEUE, handle: chainWatch(core), concurrency: 1, pollMs: 60_000 });
}

/** None without a mail server. */
function startTeamAlerts({ config, store, directory }: Core, log: Logger, startWorker: StartWorker): readonly Worker[] {
  if (config.mail === null) return [];
  const parts = { directory, feed: store.changeFeed, jobs: store.jobs };
  void startAlerts(parts).catch((error: unknown) => log.error({ err: error }, 'alerts of teams could not be started'));
  const options = { concurrency: 1, pollMs: 10_000, maxAttempts: Number.POSITIVE_INFINITY };
  return [startWorker({ queue: ALERT_QUEUE, handle: createAlertHandler(parts), ...options })];
}

/** None without a mail server: what lies in the outbox from before waits there. */
function startPost({ config, store, directory }: Core, running: Running, startWorker: StartWorker): readonly Worker[] {
  if (config.mail === null) return [];
  const { smtpUrl: url, from } = config.mail;
  const templates = createTemplates({
    publicUrl: () => running.publicUrl,
    linkOfInvite: (mail) => linkForMail(directory, mail),
    linkOfSignIn: (mail) => linkOfMail(directory, mail),
  });
  const parts = { mails: store.mails, reader: store.reader, now: directory.now, templates };
  const write = <T>(work: (db: Handle) => Promise<T>) => store.write(work);
  return [startWorker(postWorker({ ...parts, write, deliver: createDelivery({ url, from }) }))];
}

function startLinkWorker({ directory, config }: Core, startWorker: StartWorker): Worker {
  const hasSso = config.oidc !== null || config.saml !== null || config.ldap !== null;
  return startWorker({ queue: EMAIL_LINK_QUEUE, handle: createLinkHandler({ directory, hasSso }) });
}

/** A worker over the core's store, with its errors in the log and its results counted. */
export function workerStarter({ store, directory }: Core, log: Logger, metrics: Metrics): StartWorker {
  return (options) =>
    createWorker(
      {
        jobs: store.jobs,
        reader: store.reader,
        write: (work) => store.write(work),
        now: directory.now,
        newId: directory.newId,
        onError: (error, job) => log.error({ err: error, queue: options.queue, key: job?.key }, 'a job failed'),
        onResult: ({ queue, key, attempts }, result) => {
          metrics.jobResult(queue, result.kind);
          if (result.kind === 'park') log.warn({ queue, key, attempts, reason: result.reason }, 'a job was parked');
        },
      },
      options,
    );
}
