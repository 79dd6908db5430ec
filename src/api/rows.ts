/** Rows of an export, one by one as they are read: JSON lines, or CSV for spreadsheets. */
import { once } from 'node:events';
import { stringify } from 'csv-stringify/sync';
import type { Request, Response } from 'express';
import { z } from 'zod';
import { AppError } from '../errors.ts';
import type { RowsAnswer } from './answer.ts';
import { MisfitError } from './misfit.ts';

export const ROW_MEDIA_TYPES = { jsonl: 'application/jsonl', csv: 'text/csv' } as const;

type RowFormat = keyof typeof ROW_MEDIA_TYPES;

/** The query of an endpoint that streams rows; others extend it. */
export const formatQuery = z.strictObject({
  format: z.enum(['jsonl', 'csv']).optional().meta({ description: 'Wins over Accept; jsonl where neither says.' }),
});

/** By `?format=`, else by Accept. */
function formatOf(request: Request): RowFormat {
  const given = new URLSearchParams(request.url.split('?')[1] ?? '').get('format');
  if (given === 'csv' || given === 'jsonl') return given;
  const accept = request.headers.accept ?? '';
  return /\btext\/csv\b/.test(accept) && !/jsonl|ndjson/.test(accept) ? 'csv' : 'jsonl';
}

/** The first row is read before anything is sent, so that a refusal is still a problem document. */
export async function sendRows(
  operation: string,
  answer: RowsAnswer<z.ZodObject>,
  request: Request,
  response: Response,
  values: AsyncIterable<unknown>,
): Promise<void> {
  const format = formatOf(request);
  const columns = Object.keys(answer.schema.shape);
  const iterator = values[Symbol.asyncIterator]();
  let next = await iterator.next();
  response.setHeader('content-type', `${ROW_MEDIA_TYPES[format]}; charset=utf-8`);
  response.setHeader('content-disposition', `attachment; filename="${answer.fileName}.${format}"`);
  response.setHeader('x-content-type-options', 'nosniff');
  if (format === 'csv') response.write(toCsvLine(columns));
  try {
    while (!next.done) {
      const row = checkRow(operation, answer, next.value);
      const text = format === 'csv' ? toCsvLine(columns.map((column) => row[column])) : `${JSON.stringify(row)}\n`;
      if (!response.write(text)) await drained(response);
      if (response.destroyed) break;
      next = await iterator.next();
    }
  } finally {
    await iterator.return?.();
  }
  response.end();
}

function checkRow(operation: string, { schema }: RowsAnswer<z.ZodObject>, value: unknown): Record<string, unknown> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new AppError('internal', undefined, { cause: new MisfitError(operation, parsed.error) });
}

/** A cell that a spreadsheet would take for a formula is escaped; what is no text or number goes as JSON. */
function toCsvLine(cells: readonly unknown[]): string {
  const plain = cells.map((cell) => (typeof cell === 'object' && cell !== null ? JSON.stringify(cell) : cell));
  return stringify([plain], { escape_formulas: true, cast: { boolean: String } });
}

async function drained(response: Response): Promise<void> {
  const gone = new AbortController();
  const stop = (): void => gone.abort();
  response.once('close', stop);
  await once(response, 'drain', { signal: gone.signal }).catch(() => undefined);
  response.off('close', stop);
}
