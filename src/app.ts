/**
 * The one place where things are wired: config -> store -> core -> doors -> Express app, and how it stops.
 *
 * Owns: which part is given to which, the order of starting and stopping. Does not own: anything else. Called by main.ts,
 * which hands these functions to the CLI, and by the tests.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { migrations } from '../db/migrations/index.ts';
import { createLocalServices } from './cli/local-services.ts';
import type { OpenMigrator, OpenServer, OpenServices, RunningServer } from './cli/services.ts';
import type { Config } from './config.ts';
import { createConsole } from './console/console.ts';
import type { ConsoleParts } from './console/parts.ts';
import { createConsoleAccess } from './directory/console-access.ts';
import { createIdSource } from './directory/id-source.ts';
import { ensureDefaultOrganization } from './directory/organizations.ts';
import type { DirectoryParts } from './directory/parts.ts';
import { createRuleBook } from './directory/rule-book.ts';
import { createLedger } from './ledger/ledger.ts';
import { createHealthRouter } from './ops/health.ts';
import { createLogger, type Logger } from './ops/log.ts';
import { createMetrics, type Metrics } from './ops/metrics.ts';
import { createCursorSeal } from './scim/cursor.ts';
import { createScimDoor } from './scim/door.ts';
import type { ScimEvent } from './scim/parts.ts';
import type { Engine } from './store/engine.ts';
import { migrateDown, migrateUp, pendingMigrations } from './store/migrate.ts';
import { openEngine } from './store/open.ts';
import { createStore, type Store } from './store/store.ts';
import { startPruning } from './synclog/pruning.ts';
import { createExchangeRecorder, type ExchangeRecorder } from './synclog/recorder.ts';
import { version } from './version.ts';

/** The parts that every door and verb stands on. */
export interface Core {
  readonly config: Config;
  readonly engine: Engine;
  readonly store: Store;
  readonly directory: DirectoryParts;
}

/** Opens the database, brings its schema up to date and makes sure that there is an organization. */
export async function openCore(config: Config): Promise<Core> {
  const engine = await openDatabase(config);
  try {
    await migrateUp(engine, migrations);
    const store = createStore(engine);
    const newId = createIdSource();
    const ledger = createLedger({
      store: store.ledger,
      lockOrganization: (db, id) => store.organizations.lock(db, id),
      newId,
    });
    const rules = createRuleBook(store.connections);
    const directory: DirectoryParts = { store, ledger, rules, now: Date.now, newId, seats: config.seats };
    await ensureDefaultOrganization(directory, { kind: 'system', id: null, name: 'first start' });
    return { config, engine, store, directory };
  } catch (error) {
    await engine.close();
    throw error;
  }
}

function openDatabase({ database }: Config): Promise<Engine> {
  const address = database.engine === 'sqlite' ? `sqlite:${database.path}` : database.url;
  return openEngine(address, { poolSize: database.poolSize, queueMax: database.writeQueueMax });
}

export const openServices: OpenServices = async (config) => {
  const core = await openCore(config);
  const services = createLocalServices({ directory: core.directory, publicUrl: config.server.publicUrl });
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

export const openServer: OpenServer = async (config) => {
  const core = await openCore(config);
  try {
    return await startServer(core, createLogger(config));
  } catch (error) {
    await core.engine.close();
    throw error;
  }
};

interface Running {
  ready: boolean;
  /** Where the outside finds this installation; the port is known after listening only. */
  publicUrl: string;
  /** Aborted when stopping begins, so that live views end. */
  readonly stopping: AbortController;
}

async function startServer(core: Core, log: Logger): Promise<RunningServer> {
  const { config, engine, store } = core;
  const running: Running = { ready: false, publicUrl: config.server.publicUrl, stopping: new AbortController() };
  const metrics = createMetrics({ version });
  const recorder = openRecorder(core, log, metrics);
  metrics.observe({ storeQueueLength: () => engine.stats().queued, exchangesPending: () => recorder.pending() });
  const app = await createApp(core, running, recorder, metrics, log);
  const server = createServer(app);
  const pruning = startPruning({
    store,
    retentionDays: config.syncLog.retentionDays,
    now: Date.now,
    onError: (error) => log.error({ err: error }, 'pruning the sync log failed'),
  });
  await listen(server, config.server.port, config.server.host);
  const { port } = server.address() as AddressInfo;
  if (!config.server.publicUrlGiven) running.publicUrl = localUrl(config.server.host, port);
  running.ready = true;
  log.info({ url: running.publicUrl, database: engine.kind, version }, 'ready');
  return {
    consoleUrl: `${running.publicUrl}/admin`,
    scimUrl: `${running.publicUrl}/scim/v2`,
    hasConnections: await hasConnections(core),
    async stop() {
      running.ready = false;
      running.stopping.abort();
      pruning.stop();
      await closeServer(server);
      await recorder.close();
      await engine.close();
      log.info('stopped');
    },
  };
}

function openRecorder({ store, config }: Core, log: Logger, metrics: Metrics): ExchangeRecorder {
  return createExchangeRecorder({
    write: (work) => store.write(work),
    insertExchanges: (db, exchanges) => store.exchanges.insert(db, exchanges),
    touchTokens: (db, lastUsed) => store.connections.touchTokens(db, lastUsed),
    maxPending: config.database.writeQueueMax,
    onDropped: (count) => metrics.exchangesDropped(count),
    onError: (error) => log.error({ err: error }, 'exchanges could not be written; they are kept and tried again'),
  });
}

async function createApp(
  core: Core,
  running: Running,
  recorder: ExchangeRecorder,
  metrics: Metrics,
  log: Logger,
): Promise<Express> {
  const { config, directory, store } = core;
  const key = await store.settings.getOrMake('cursor-key', () => randomBytes(32).toString('hex'));
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('trust proxy', config.server.trustProxy);
  app.use(
    createHealthRouter({
      isReady: () => running.ready,
      pingDatabase: () => store.organizations.list(store.reader),
      metrics: { contentType: metrics.contentType, read: createMetricsReader(core.engine, metrics) },
    }),
  );
  app.use(
    '/scim/v2',
    createScimDoor({
      directory,
      recorder,
      limits: config.scim,
      cursors: createCursorSeal(key, config.scim.cursorTtlSeconds, Date.now),
      log: { bodyMaxBytes: config.syncLog.bodyMaxBytes },
      rateLimit: config.scim.rateLimit,
      baseUrl: () => `${running.publicUrl}/scim/v2`,
      onExchange: (event) => observe(event, metrics, log),
    }),
  );
  app.use('/admin', createConsole(consoleParts(core, running, log)));
  app.get('/', (_request, response) => response.redirect(302, '/admin'));
  app.use((_request: Request, response: Response) => {
    response
      .status(404)
      .type('text/plain')
      .send('There is nothing at this address. The console is at /admin, SCIM at /scim/v2.\n');
  });
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    log.error({ err: error, path: request.path }, 'a request failed');
    if (response.headersSent) response.destroy();
    else response.status(500).type('text/plain').send('Something went wrong here. The log says what.\n');
  });
  return app;
}

/** The store counts its commits by itself; whoever reads the metrics is told what came since the last reading. */
function createMetricsReader(engine: Engine, metrics: Metrics): () => Promise<string> {
  let told = { commits: 0, writes: 0 };
  return () => {
    const { commits, writes } = engine.stats();
    metrics.storeCommits(commits - told.commits, writes - told.writes);
    told = { commits, writes };
    return metrics.read();
  };
}

function consoleParts({ store, directory }: Core, running: Running, log: Logger): ConsoleParts {
  return {
    syncLog: store.syncLog,
    connections: {
      list: (organizationId) => store.connections.list(store.reader, organizationId),
      findToken: (organizationId, id) => store.connections.findToken(store.reader, organizationId, id),
    },
    people: {
      async find(organizationId, text) {
        const users = await store.users.search(store.reader, organizationId, text, 20);
        return users.map((user) => ({ id: user.id, name: user.displayName ?? user.userName }));
      },
    },
    access: createConsoleAccess(directory),
    now: Date.now,
    publicUrl: running.publicUrl,
    stopping: running.stopping.signal,
    reportFault: (error) => log.error({ err: error }, 'a page failed'),
  };
}

function observe(event: ScimEvent, metrics: Metrics, log: Logger): void {
  const { id, operation, status, dialect, connection, durationUs, repairs, changes, errorCode, cause } = event;
  metrics.scimRequest({ operation, status, dialect, durationSeconds: durationUs / 1e6, repairs });
  for (const change of changes) metrics.change(change as Parameters<Metrics['change']>[0]);
  const line = {
    requestId: id,
    operation,
    status,
    connection,
    durationUs,
    repairs: repairs.length,
    changes: changes.length,
  };
  if (status >= 500 && errorCode !== 'paused') log.error({ ...line, errorCode, err: cause }, 'exchange failed');
  else if (errorCode !== null) log.info({ ...line, errorCode }, 'exchange refused');
  else log.debug(line, 'exchange');
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

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Takes no new connections, lets requests under way end, then closes what is idle. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
    server.closeIdleConnections();
  });
}
