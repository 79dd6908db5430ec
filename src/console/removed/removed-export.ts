/** The ledger as a file: every entry, or those of the removals that a filter means. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import type { RequestHandler } from 'express';
import type { DirectoryParts } from '../../directory/parts.ts';
import { EXPORT_COLUMNS, type ExportRow, exportRows } from '../../ledger/export.ts';
import { toCell } from '../../synclog/export.ts';
import { organizationOf } from '../visitor.ts';
import { parseRemovedFilter, readConditions } from './removed-filter.ts';

export type LedgerFormat = 'jsonl' | 'csv';

function toLine(row: ExportRow, format: LedgerFormat): string {
  if (format === 'jsonl') return `${JSON.stringify(row)}\n`;
  const cells = EXPORT_COLUMNS.map((name) => (typeof row[name] === 'object' ? JSON.stringify(row[name]) : row[name]));
  return stringify([cells.map(toCell)]);
}

async function* toLines(rows: AsyncIterable<ExportRow>, format: LedgerFormat): AsyncGenerator<string> {
  if (format === 'csv') yield stringify([EXPORT_COLUMNS]);
  for await (const row of rows) yield toLine(row, format);
}

/** Streams what the filter in the address means, oldest first; without one the whole chain, which can be verified. */
export function exportLedger(directory: DirectoryParts, format: LedgerFormat): RequestHandler {
  const { store, ledger } = directory;
  return async (request, response) => {
    const organizationId = organizationOf(response);
    const filter = parseRemovedFilter(new URL(request.originalUrl, 'http://localhost').searchParams);
    const isWhole = Object.keys(filter).length === 0;
    const conditions = isWhole ? undefined : await readConditions(directory, organizationId, filter);
    const rows = exportRows(store.reader, { ledger, digests: store.runDigests }, organizationId, conditions);
    response
      .attachment(`${isWhole ? 'ledger' : 'ledger-filtered'}.${format}`)
      .type(format === 'csv' ? 'text/csv; charset=utf-8' : 'application/jsonl');
    await pipeline(Readable.from(toLines(rows, format)), response).catch((error: unknown) => {
      if (!response.destroyed) throw error;
    });
  };
}
