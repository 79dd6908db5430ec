/** Handlers of the sync log: the list, its chart and export, and one exchange. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Request, RequestHandler } from 'express';
import { AppError } from '../../errors.ts';
import { type ExportFormat, exportExchanges } from '../../synclog/export.ts';
import { sendPage } from '../../web/page.ts';
import type { ConsoleParts } from '../parts.ts';
import { askerOf, organizationOf } from '../visitor.ts';
import { renderExchangePage } from './exchange-page.ts';
import { findNeighbours } from './neighbours.ts';
import { type PersonFilter, requireClear, resolvePerson } from './person-filter.ts';
import { parseFilter, toQuery, toSearch } from './sync-filter.ts';
import { renderSyncList } from './sync-list.ts';
import { connectionName } from './sync-row.ts';
import { renderTimeline, renderTimelinePage, spanOf } from './timeline-page.ts';

const PAGE = 50;
const PAGE_OF_CHANGES = 200;

export function parametersOf(request: Request): URLSearchParams {
  return new URL(request.originalUrl, 'http://localhost').searchParams;
}

function userIdOf(person: PersonFilter): string | undefined {
  return person.kind === 'one' ? person.person.id : undefined;
}

export function showSyncLog(parts: ConsoleParts): RequestHandler {
  return async (request, response) => {
    const organizationId = organizationOf(response);
    const parameters = parametersOf(request);
    const parsed = parseFilter(parameters);
    const address = `/admin/sync${toSearch(parsed.filter, parsed.before === undefined ? {} : { before: parsed.before })}`;
    // A form sends its empty fields too; the address that people keep and share should not carry them.
    if (request.get('HX-Request') !== undefined) response.set('HX-Push-Url', address);
    else if ([...parameters.values()].includes('') && parsed.problems.length === 0)
      return response.redirect(302, address);
    const [connections, person] = await Promise.all([
      parts.connections.list(organizationId),
      resolvePerson(parts.people, organizationId, parsed.filter),
    ]);
    const query = toQuery(organizationId, parsed.filter, userIdOf(person), { before: parsed.before, limit: PAGE + 1 });
    const found = person.kind === 'unclear' ? [] : await parts.syncLog.listExchanges(query);
    const rows = found.slice(0, PAGE);
    const hasOlder = found.length > PAGE;
    const searchedTo = hasOlder || person.kind === 'unclear' ? undefined : await parts.syncLog.searchedDownTo(query);
    const { publicUrl } = parts;
    const data = { ...parsed, connections, person, rows, hasOlder, searchedTo, now: parts.now(), publicUrl };
    sendPage(response, 200, renderSyncList(data));
  };
}

export function showExchange(parts: ConsoleParts): RequestHandler {
  return async (request, response) => {
    const organizationId = organizationOf(response);
    const exchange = await parts.syncLog.findExchange(organizationId, String(request.params.id));
    if (exchange === undefined) throw new AppError('not_found', 'There is no such exchange; it may have been pruned.');
    const parameters = parametersOf(request);
    const { filter } = parseFilter(parameters);
    const person = await resolvePerson(parts.people, organizationId, filter);
    const { limit: _limit, ...query } = toQuery(organizationId, filter, userIdOf(person), { limit: 1 });
    const after = Number(parameters.get('after'));
    const [found, sent, connections, token, neighbours] = await Promise.all([
      parts.syncLog.changesOfExchange(
        organizationId,
        exchange.id,
        PAGE_OF_CHANGES + 1,
        Number.isSafeInteger(after) ? after : 0,
      ),
      parts.sentBecauseOf(askerOf(response), exchange.id),
      parts.connections.list(organizationId),
      exchange.tokenId === null ? undefined : parts.connections.findToken(organizationId, exchange.tokenId),
      findNeighbours(parts.syncLog, query, exchange),
    ]);
    const changes = found.slice(0, PAGE_OF_CHANGES);
    const last = String(changes.at(-1)?.position);
    const more = `/admin/sync/${exchange.id}${toSearch(filter, { after: last })}#changes`;
    const connection = connectionName(new Map(connections.map(({ id, name }) => [id, name])), exchange.connectionId);
    const { publicUrl } = parts;
    const data = {
      exchange,
      ...{ changes, sent, moreChanges: found.length > PAGE_OF_CHANGES ? more : undefined },
      connection,
      token,
      neighbours,
      search: toSearch(filter),
      now: parts.now(),
      publicUrl,
      refusal: exchange.errorCode === null ? undefined : parts.explainRefusal(exchange.errorCode),
    };
    sendPage(response, 200, renderExchangePage(data));
  };
}

export function showTimeline(parts: ConsoleParts): RequestHandler {
  return async (request, response) => {
    const organizationId = organizationOf(response);
    const { filter } = parseFilter(parametersOf(request));
    const person = await resolvePerson(parts.people, organizationId, filter);
    requireClear(person);
    const { limit: _limit, ...query } = toQuery(organizationId, filter, userIdOf(person), { limit: 1 });
    const timeline = await parts.timeline.read({ ...query, ...spanOf(filter, parts.now()) });
    if (request.get('HX-Request') === undefined) sendPage(response, 200, renderTimelinePage(filter, timeline));
    else response.type('html').send(renderTimeline(filter, timeline).toString());
  };
}

/** Streams what the filter means; a reader that goes away ends it. */
export function exportSyncLog(parts: ConsoleParts, format: ExportFormat): RequestHandler {
  return async (request, response) => {
    const organizationId = organizationOf(response);
    const { filter } = parseFilter(parametersOf(request));
    const person = await resolvePerson(parts.people, organizationId, filter);
    requireClear(person);
    const { limit: _limit, ...query } = toQuery(organizationId, filter, userIdOf(person), { limit: 1 });
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    response.attachment(`sync-log.${format}`);
    response.type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl; charset=utf-8');
    await pipeline(Readable.from(exportExchanges(parts.syncLog, query, format, gone.signal)), response).catch(
      (error) => {
        if (!gone.signal.aborted) throw error;
      },
    );
  };
}
