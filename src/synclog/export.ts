/** The sync log as a stream of text, a line for each exchange, newest first: as JSON lines or as CSV with a header. Without bodies. */
import { stringify } from 'csv-stringify/sync';
import type { ExchangeQuery } from './exchange.ts';
import type { ExchangeSummary, SyncLogReader } from './sync-log.ts';

export type ExportFormat = 'jsonl' | 'csv';

const PAGE = 500;

const COLUMNS = [
  'id',
  'time',
  'summary',
  'outcome',
  'status',
  'operation',
  'method',
  'path',
  'connectionId',
  'tokenId',
  'subjectType',
  'subjectId',
  'subjectName',
  'errorCode',
  'errorDetail',
  'repairs',
  'changes',
  'durationUs',
  'userAgent',
  'remoteAddress',
] as const;

type Line = Readonly<Record<(typeof COLUMNS)[number], unknown>>;

function toLine(exchange: ExchangeSummary): Line {
  const { id, summary, outcome, status, operation, method, path, connectionId, tokenId, subject } = exchange;
  const { errorCode, errorDetail, repairs, changeCount, durationUs, userAgent, remoteAddress } = exchange;
  return {
    ...{ id, time: new Date(exchange.at).toISOString(), summary, outcome, status, operation, method, path },
    ...{ connectionId, tokenId, errorCode, errorDetail, durationUs, userAgent, remoteAddress, repairs },
    ...{ subjectType: subject?.type ?? null, subjectId: subject?.id ?? null, subjectName: subject?.name ?? null },
    changes: changeCount,
  };
}

/** A spreadsheet takes a cell that begins so, or with the wide forms of these signs, for a formula: an apostrophe before it makes it text. */
export function toCell(value: unknown): unknown {
  const text = Array.isArray(value) ? value.map(({ code }) => code).join(' ') : value;
  return typeof text === 'string' && /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(text) ? `'${text}` : text;
}

function toText(line: Line, format: ExportFormat): string {
  return format === 'jsonl' ? `${JSON.stringify(line)}\n` : stringify([COLUMNS.map((name) => toCell(line[name]))]);
}

/** Pieces of text that end a line each; memory stays flat whatever the length. Ends early when `signal` is aborted. */
export async function* exportExchanges(
  reader: SyncLogReader,
  query: Omit<ExchangeQuery, 'limit'>,
  format: ExportFormat,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  if (format === 'csv') yield stringify([COLUMNS]);
  let before = query.before;
  while (signal?.aborted !== true) {
    const asked = { ...query, ...(before === undefined ? {} : { before }) };
    const page = await reader.listExchanges({ ...asked, limit: PAGE });
    if (page.length > 0) yield page.map((exchange) => toText(toLine(exchange), format)).join('');
    before = page.length === PAGE ? page.at(-1)?.id : await reader.searchedDownTo(asked);
    if (before === undefined) return;
  }
}
