/**
 * Schemas that many endpoints share. What goes out is written for what the core gives (times as epoch milliseconds come
 * out as RFC 3339); what comes in is written for what a client sends.
 */
import { z } from 'zod';

export const id = z.uuid().meta({ example: '019a7b3e-6d2c-7f10-9c55-3a1f2e4d5b6c' });

const TIME_EXAMPLE = '2026-11-25T10:30:00.000Z';

/** Answers: epoch milliseconds in the core, RFC 3339 in UTC on the wire. */
export const instant = z
  .number()
  .transform((at) => new Date(at).toISOString())
  .pipe(z.iso.datetime())
  .meta({ example: TIME_EXAMPLE });

/** Requests: RFC 3339 on the wire, epoch milliseconds for the core. */
export const givenInstant = z.iso
  .datetime({ offset: true })
  .transform((text) => Date.parse(text))
  .meta({ example: TIME_EXAMPLE });

/** A name or other short text of one line. */
export function line(maxLength: number) {
  return z
    .string()
    .trim()
    .min(1)
    .max(maxLength)
    .regex(/^\P{Cc}*$/u, 'use one line without control characters');
}

export const flag = z
  .enum(['true', 'false'])
  .transform((text) => text === 'true')
  .meta({ override: { type: 'boolean', enum: undefined } });

export const PAGE_MAX = 200;

export const pageQuery = z.strictObject({
  cursor: z
    .string()
    .max(2048)
    .optional()
    .meta({ description: 'The nextCursor of the page before; absent for the first.' }),
  limit: z.coerce.number().int().min(1).max(PAGE_MAX).default(50).meta({ description: 'Items on a page.' }),
});

export type PageQuery = z.output<typeof pageQuery>;

/** A page of a list; nextCursor is null on the last one. */
export function pageOf<S extends z.ZodType>(item: S) {
  return z.object({
    items: z.array(item),
    nextCursor: z.string().nullable().meta({ description: 'Give it as cursor for the next page; null on the last.' }),
  });
}
