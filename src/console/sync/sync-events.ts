/**
 * GET /admin/sync/events: new rows of the sync log as Server-Sent Events (HTML Living Standard, section 9.2).
 *
 * Events: `rows` (table rows, newest first; the event id is the newest exchange), `gap` (more came than is shown),
 * `beat` (still here), `ended` (the session is over; do not come back).
 */
import type { Request, RequestHandler, Response } from 'express';
import { isAllowed } from '../../directory/policy.ts';
import { findVisitor } from '../../web/visitor.ts';
import { sessionOf } from '../access.ts';
import type { ConsoleParts } from '../parts.ts';
import { catchUp, createLiveFeeds, type LiveRows } from './live-feeds.ts';
import { resolvePerson } from './person-filter.ts';
import { parseFilter, type SyncFilter, toQuery, toSearch } from './sync-filter.ts';
import { renderRow } from './sync-row.ts';

/** A listener that reads so slowly that this much waits is let go; it comes back by itself. */
const MAX_WAITING_BYTES = 1_000_000;

function writeEvent(response: Response, event: string, data: string, id?: string): void {
  const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
  response.write(`event: ${event}\n${id === undefined ? '' : `id: ${id}\n`}${lines.join('')}\n`);
  if (response.writableLength > MAX_WAITING_BYTES) response.destroy();
}

async function writeRows(parts: ConsoleParts, response: Response, filter: SyncFilter, news: LiveRows): Promise<void> {
  if (news.gap) writeEvent(response, 'gap', 'More came than is shown here.');
  const newest = news.rows
    .map(({ id }) => id)
    .sort()
    .at(-1);
  if (newest === undefined) return;
  const connections = await parts.connections.list(sessionOf(response).organizationId);
  const frame = {
    now: parts.now(),
    connectionNames: new Map(connections.map(({ id, name }) => [id, name])),
    search: toSearch(filter),
  };
  writeEvent(response, 'rows', news.rows.map((row) => renderRow(row, frame).toString()).join('\n'), newest);
}

function lastSeen(request: Request, parameters: URLSearchParams): string | undefined {
  const id = request.get('Last-Event-ID') ?? parameters.get('after') ?? '';
  return /^[\w-]{1,64}$/.test(id) ? id : undefined;
}

function startStream(response: Response): void {
  response.status(200).set({ 'Content-Type': 'text/event-stream; charset=utf-8', 'Cache-Control': 'no-store' });
  response.flushHeaders();
  response.write('retry: 2000\n\n');
}

export function createSyncEvents(parts: ConsoleParts): RequestHandler {
  const { pollMs = 1000, heartbeatMs = 15_000, maxListeners = 64 } = parts.live ?? {};
  const feeds = createLiveFeeds({ ...parts, pollMs, maxListeners });

  /** Whoever lost their session or their role meanwhile gets nothing more. */
  async function mayStillRead(request: Request, response: Response): Promise<boolean> {
    const visitor = await findVisitor(parts, request);
    const mayRead = visitor !== undefined && isAllowed(visitor.principal, 'sync_log.read');
    if (response.closed || response.writableEnded) return false;
    if (!mayRead) {
      writeEvent(response, 'ended', '');
      response.end();
    }
    return mayRead;
  }

  async function beat(request: Request, response: Response): Promise<void> {
    if (await mayStillRead(request, response)) writeEvent(response, 'beat', '');
  }

  function keepAlive(request: Request, response: Response, unsubscribe: () => void): void {
    const timer = setInterval(() => void beat(request, response).catch(parts.reportFault), heartbeatMs);
    const stop = (): void => void response.end();
    parts.stopping.addEventListener('abort', stop);
    const cleanUp = (): void => {
      clearInterval(timer);
      parts.stopping.removeEventListener('abort', stop);
      unsubscribe();
    };
    response.once('close', cleanUp);
    // Either may have happened while the feed was starting.
    if (response.closed) cleanUp();
    else if (parts.stopping.aborted) stop();
  }

  return async (request, response) => {
    const { organizationId } = sessionOf(response);
    const parameters = new URL(request.originalUrl, 'http://localhost').searchParams;
    const { filter } = parseFilter(parameters);
    const person = await resolvePerson(parts.people, organizationId, filter);
    if (person.kind === 'unclear') return void response.status(204).end();
    const { limit: _limit, ...query } = toQuery(
      organizationId,
      filter,
      person.kind === 'one' ? person.person.id : undefined,
      { limit: 1 },
    );
    const send = (news: LiveRows): void => {
      const sent = mayStillRead(request, response).then((mayRead) => {
        return mayRead ? writeRows(parts, response, filter, news) : undefined;
      });
      sent.catch(parts.reportFault);
    };
    const unsubscribe = await feeds.subscribe(`${organizationId}${toSearch(filter)}`, query, send);
    if (unsubscribe === undefined) return void response.status(503).set('Retry-After', '15').end();
    startStream(response);
    keepAlive(request, response, unsubscribe);
    send(await catchUp(parts.syncLog, query, lastSeen(request, parameters)));
    writeEvent(response, 'beat', '');
  };
}
