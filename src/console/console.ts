/**
 * The console: pages under /admin where admins read what happened and why.
 *
 * Owns: pages, and who may see which. Does not own: what they show (synclog/ and directory/ do), sessions, the frame and
 * the assets (web/). Called by app.ts, which mounts the router at /admin.
 * To add a page: a handler next to sync-pages.ts, a view that returns a Page, a route below, a section in SECTIONS. To add
 * an address that only takes forms: its line in action-addresses.ts.
 */
import express, { type ErrorRequestHandler, Router } from 'express';
import { AppError, isAppError } from '../errors.ts';
import { loadAssets } from '../web/assets.ts';
import { securityHeaders } from '../web/headers.ts';
import { errorPage, requireSafeWay } from '../web/notice.ts';
import { providePages, type Section, sendPage } from '../web/page.ts';
import { recogniseVisitor, requireVisitor } from '../web/visitor.ts';
import { requireAction } from './access.ts';
import { leadFromActions } from './action-addresses.ts';
import { showOverview } from './overview/overview-page.ts';
import type { ConsoleParts } from './parts.ts';
import { createSyncEvents } from './sync/sync-events.ts';
import { exportSyncLog, showExchange, showSyncLog, showTimeline } from './sync/sync-pages.ts';

export const CONSOLE_PATH = '/admin';

/** Later pages add themselves here; only what exists is shown. */
const SECTIONS: readonly Section[] = [
  { key: 'overview', label: 'Overview', address: CONSOLE_PATH },
  { key: 'sync', label: 'Sync log', address: `${CONSOLE_PATH}/sync` },
  { key: 'people', label: 'People', address: `${CONSOLE_PATH}/people` },
  { key: 'teams', label: 'Teams', address: `${CONSOLE_PATH}/teams` },
  { key: 'service-accounts', label: 'Service accounts', address: `${CONSOLE_PATH}/service-accounts` },
  { key: 'removed', label: 'Removed people', address: `${CONSOLE_PATH}/removed` },
  { key: 'targets', label: 'Targets', address: `${CONSOLE_PATH}/targets` },
  { key: 'connections', label: 'Connections', address: `${CONSOLE_PATH}/connections` },
  { key: 'settings', label: 'Settings', address: `${CONSOLE_PATH}/settings` },
];

/** Faults of the body parser carry a 4xx status of their own. */
function toAppError(error: unknown): AppError {
  if (isAppError(error)) return error;
  const status = (error as { status?: unknown } | null)?.status;
  if (status === 413) return new AppError('payload_too_large');
  if (typeof status === 'number' && status < 500) return new AppError('invalid_syntax');
  return new AppError('internal', undefined, { cause: error });
}

function showError({ reportFault }: ConsoleParts): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    const fault = toAppError(error);
    if (fault.status >= 500) reportFault(error);
    if (response.headersSent) response.destroy();
    else sendPage(response, fault.status, errorPage(fault, response.get('X-Request-Id')));
  };
}

/** Router for CONSOLE_PATH. Reads its assets once, here. */
export function createConsole(parts: ConsoleParts): Router {
  const assets = loadAssets(`${CONSOLE_PATH}/assets`);
  const router = Router();
  router.use(securityHeaders(parts.publicUrl), providePages({ assets, sections: SECTIONS }));
  router.get('/assets/:file', assets.serve);
  router.use(requireSafeWay(parts.place), recogniseVisitor(parts), requireVisitor);
  router.get('/', requireAction('sync_log.read'), showOverview(parts));
  router.use('/sync', requireAction('sync_log.read'));
  router.get('/sync', showSyncLog(parts));
  router.get('/sync/events', createSyncEvents(parts));
  router.get('/sync/timeline', showTimeline(parts));
  router.get('/sync/export.jsonl', exportSyncLog(parts, 'jsonl'));
  router.get('/sync/export.csv', exportSyncLog(parts, 'csv'));
  router.get('/sync/:id', showExchange(parts));
  router.use('/connections', requireAction('connections.read'));
  router.use(leadFromActions());
  router.use(express.urlencoded({ extended: false, limit: '256kb' }), ...parts.rooms);
  router.use(() => {
    throw new AppError('route_not_found');
  });
  router.use(showError(parts));
  return router;
}
