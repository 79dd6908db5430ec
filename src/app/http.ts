/** The Express app: which door stands at which address, and what each is given. */
import { randomBytes } from 'node:crypto';
import type { RequestListener } from 'node:http';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { API_PATH } from '../api/api.ts';
import { createCursorSeal } from '../http/cursor.ts';
import { createHealthRouter } from '../ops/health.ts';
import type { Logger } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import { createScimDoor, type ScimDoor } from '../scim/door.ts';
import type { ScimEvent } from '../scim/parts.ts';
import type { Connector } from '../signin/connector.ts';
import type { SignInEvent } from '../signin/parts.ts';
import type { Engine } from '../store/engine.ts';
import type { ExchangeRecorder } from '../synclog/recorder.ts';
import { addressThrough } from '../web/client-address.ts';
import { createApiDoor } from './api.ts';
import { createBrowserParts } from './browser.ts';
import type { Core } from './core.ts';
import { mountPeopleDoors } from './people-doors.ts';
import type { Running } from './running.ts';
import { createTargetParts } from './targets.ts';

export async function createApp(
  core: Core,
  running: Running,
  recorder: ExchangeRecorder,
  connectors: readonly Connector[],
  metrics: Metrics,
  log: Logger,
): Promise<RequestListener> {
  const { config, directory, store } = core;
  const key = await store.settings.getOrMake('cursor-key', () => randomBytes(32).toString('hex'));
  const cursors = createCursorSeal(key, config.scim.cursorTtlSeconds, directory.now);
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
  const trusts = app.get('trust proxy fn') as (address: string, hop: number) => boolean;
  const scim = createScimDoor({
    directory,
    recorder,
    limits: config.scim,
    cursors,
    log: { bodyMaxBytes: config.syncLog.bodyMaxBytes },
    rateLimit: config.scim.rateLimit,
    baseUrl: () => `${running.publicUrl}/scim/v2`,
    addressOf: (request) => addressThrough(request, trusts),
    onExchange: (event) => observe(event, metrics, log),
  });
  app.use(SCIM_PATH, (request, response, next) => scim(request, response, request.url).catch(next));
  const browser = createBrowserParts(core, running, log);
  const targets = await createTargetParts(core);
  app.use(API_PATH, createApiDoor({ core, running, browser, targets, cursors, metrics, log }));
  const onSignIn = (event: SignInEvent): void => metrics.signIn(event);
  mountPeopleDoors(app, { core, running, browser, connectors, recorder, onSignIn, log }, targets);
  app.use((_request: Request, response: Response) => {
    response
      .status(404)
      .type('text/plain')
      .send('There is nothing at this address. The console is at /admin, SCIM at /scim/v2, the API at /api/v1.\n');
  });
  app.use((error: unknown, request: Request, response: Response, _next: NextFunction) => {
    log.error({ err: error, path: request.path }, 'a request failed');
    if (response.headersSent) response.destroy();
    else response.status(500).type('text/plain').send('Something went wrong here. The log says what.\n');
  });
  return scimFirst(scim, app, log);
}

const SCIM_PATH = '/scim/v2';

/**
 * SCIM goes straight to its door: Express's walk there takes longer than reading a user. An address that is written in
 * another way (case, absolute form) finds the same door through Express.
 */
function scimFirst(scim: ScimDoor, app: Express, log: Logger): RequestListener {
  return (request, response) => {
    const url = request.url ?? '';
    if (!url.startsWith(`${SCIM_PATH}/`)) return app(request, response);
    scim(request, response, url.slice(SCIM_PATH.length)).catch((error: unknown) => {
      log.error({ err: error, path: url.replace(/\?.*$/s, '') }, 'a request failed');
      response.destroy();
    });
  };
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

function observe(event: ScimEvent, metrics: Metrics, log: Logger): void {
  const { id, operation, status, dialect, connection, durationUs, repairs, changes, errorCode, isFailure, cause } =
    event;
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
  if (isFailure) log.error({ ...line, errorCode, err: cause }, 'exchange failed');
  else if (errorCode !== null) log.info({ ...line, errorCode }, 'exchange refused');
  else if (log.isLevelEnabled('debug')) log.debug(line, 'exchange');
}
