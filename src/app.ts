/**
 * The one place where things are wired: config -> store -> core (app/core.ts) -> doors (app/http.ts), and how it stops.
 *
 * Owns: which part is given to which, the order of starting and stopping. Does not own: anything else. Called by main.ts,
 * which hands these functions to the CLI, and by the tests.
 */
import type { AddressInfo } from 'node:net';
import { migrations } from '../db/migrations/index.ts';
import { startBackground } from './app/background.ts';
import { type Core, openCore, openDatabase } from './app/core.ts';
import { createApp } from './app/http.ts';
import { runVerifications } from './app/ledger-work.ts';
import { closeServer, createBoundedServer, listen } from './app/listening.ts';
import { runRules } from './app/rules-work.ts';
import type { Running } from './app/running.ts';
import { noticeSeatLimit } from './app/seat-limit.ts';
import { openConnectors } from './app/sign-in.ts';
import { createTargetParts } from './app/targets.ts';
import { createLocalServices } from './cli/local-services.ts';
import type { OpenMigrator, OpenServer, OpenServices, RunningServer } from './cli/services.ts';
import { findOrganization } from './directory/connections/organizations.ts';
import { createSetupLink } from './directory/entry/setup-links.ts';
import { runWork } from './directory/work.ts';
import { createLogger, type Logger } from './ops/log.ts';
import { createMetrics, type Metrics } from './ops/metrics.ts';
import type { Connector } from './signin/connector.ts';
import { migrateDown, migrateUp, pendingMigrations } from './store/migrate.ts';
import { createExchangeRecorder, type ExchangeRecorder } from './synclog/recorder.ts';
import { version } from './version.ts';

export { type Core, openCore } from './app/core.ts';

export const openServices: OpenServices = async (config, now) => {
  const core = await openCore(config, now);
  const services = createLocalServices({
    directory: core.directory,
    publicUrl: config.server.publicUrl,
    runTrackerWork: () => runVerifications(core),
    runRules: () => runRules(core),
    openTargets: () => createTargetParts(core),
  });
  return { ...services, close: () => core.engine.close() };
};

export const openMigrator: OpenMigrator = async (config) => {
  const engine = await openDatabase(config);
  return {
    async state() {
      const pending = await pendingMigrations(engine, migrations);
      return migrations.map(({ name }) => ({ name, applied: !pending.includes(name) }));
    },
    up: () => migrateUp(engine, migrations),
    down: (steps) => migrateDown(engine, migrations, steps),
    close: () => engine.close(),
  };
};

export const openServer: OpenServer = async (config, now) => {
  const core = await openCore(config, now);
  try {
    return await startServer(core, createLogger(config));
  } catch (error) {
    await core.engine.close();
    throw error;
  }
};

async function startServer(core: Core, log: Logger): Promise<RunningServer> {
  const { config, engine, store } = core;
  const { publicUrl, publicUrlGiven } = config.server;
  const running: Running = { ready: false, publicUrl, ownUrl: publicUrl, stopping: new AbortController() };
  const metrics = createMetrics({ version });
  const recorder = openRecorder(core, log, metrics);
  metrics.observe({
    storeQueueLength: () => engine.stats().queued,
    exchangesPending: () => recorder.pending(),
    jobCounts: () => store.jobs.counts(store.reader, null),
    ledger: async () => ({
      ...(await store.removals.counts(store.reader)),
      brokenChains: await store.chainStandings.countBroken(store.reader),
    }),
    now: core.directory.now,
  });
  const connectors = openConnectors(core, running, log);
  const app = await createApp(core, running, recorder, connectors, metrics, log);
  const server = createBoundedServer(app);
  await listen(server, config.server.port, config.server.host);
  const { port } = server.address() as AddressInfo;
  running.ownUrl = localUrl(config.server.host, port);
  if (!publicUrlGiven) running.publicUrl = running.ownUrl;
  await noticeSeatLimit(core, log).catch((error: unknown) =>
    log.error({ err: error }, 'the seats could not be counted'),
  );
  const background = await startBackground(core, running, log, metrics);
  running.ready = true;
  log.info({ url: running.publicUrl, database: engine.kind, version }, 'ready');
  return {
    consoleUrl: `${running.publicUrl}/admin`,
    scimUrl: `${running.publicUrl}/scim/v2`,
    setupUrl: await firstSetupUrl(core, connectors, running.publicUrl),
    hasConnections: await hasConnections(core),
    async stop() {
      running.ready = false;
      running.stopping.abort();
      await closeServer(server);
      await background.stop();
      await Promise.all(connectors.map((connector) => connector.close()));
      await recorder.close();
      await engine.close();
      log.info('stopped');
    },
  };
}

function openRecorder({ store, config }: Core, log: Logger, metrics: Metrics): ExchangeRecorder {
  return createExchangeRecorder({
    write: (work) => store.write(work, { durable: false }),
    insertExchanges: (db, exchanges) => store.exchanges.insert(db, exchanges),
    touchTokens: (db, lastUsed) => store.connections.touchTokens(db, lastUsed),
    maxPending: config.database.writeQueueMax,
    onDropped: (count) => metrics.exchangesDropped(count),
    onError: (error) => log.error({ err: error }, 'exchanges could not be written; they are kept and tried again'),
  });
}

/** Without SSO nobody could come in to an installation that has no admin. */
async function firstSetupUrl(
  { directory, store }: Core,
  connectors: readonly Connector[],
  publicUrl: string,
): Promise<string | null> {
  if (connectors.length > 0) return null;
  const { id } = await findOrganization(directory, 'default');
  if ((await store.users.countActiveAdmins(store.reader, id)) > 0) return null;
  const actor = { kind: 'system', id: null, name: 'first start' } as const;
  const context = { organizationId: id, actor, exchangeId: null };
  const { secret } = await runWork(directory, context, (work) => createSetupLink(directory, work));
  return `${publicUrl}/auth/setup?key=${secret}`;
}

async function hasConnections({ store }: Core): Promise<boolean> {
  for (const organization of await store.organizations.list(store.reader)) {
    if ((await store.connections.list(store.reader, organization.id)).length > 0) return true;
  }
  return false;
}

function localUrl(host: string, port: number): string {
  const name = ['0.0.0.0', '::', ''].includes(host) ? '127.0.0.1' : host;
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`;
}
