/** What an endpoint answers with: JSON that fits a schema, nothing, rows that are streamed, or bytes. */
import type { z } from 'zod';
import { pageOf } from './fields.ts';

export interface JsonAnswer<S extends z.ZodType> {
  readonly kind: 'json';
  readonly status: 200 | 201 | 202;
  readonly description: string;
  readonly schema: S;
  /** Version of what is answered: the ETag is made of it. */
  readonly version?: ((value: ValueOf<S>) => string | number) | undefined;
  /** Path below /api/v1 of what was created. */
  readonly location?: ((value: ValueOf<S>) => string) | undefined;
}

export interface NoAnswer {
  readonly kind: 'none';
  readonly status: 204;
  readonly description: string;
}

/** A list without paging, as JSON lines or CSV, as long as it may be. */
export interface RowsAnswer<S extends z.ZodObject> {
  readonly kind: 'rows';
  readonly status: 200;
  readonly description: string;
  /** One row; in CSV its keys are the columns. */
  readonly schema: S;
  /** Without an ending. */
  readonly fileName: string;
}

export interface BytesAnswer {
  readonly kind: 'bytes';
  readonly status: 200;
  readonly description: string;
  readonly mediaTypes: readonly string[];
}

export interface Bytes {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  /** The ETag is made of it. */
  readonly version?: string | number;
}

export type Answer = JsonAnswer<z.ZodType> | NoAnswer | RowsAnswer<z.ZodObject> | BytesAnswer;

/** What a schema of an answer takes; the core gives readonly things, and they are only read. */
export type ValueOf<S extends z.ZodType> = Unchanged<z.input<S>>;

type Unchanged<T> = T extends readonly (infer I)[]
  ? readonly Unchanged<I>[]
  : T extends object
    ? { readonly [K in keyof T]: Unchanged<T[K]> }
    : T;

/** What a handler gives for such an answer. */
export type AnswerValue<A> =
  A extends JsonAnswer<infer S>
    ? ValueOf<S>
    : A extends RowsAnswer<infer S>
      ? AsyncIterable<ValueOf<S>>
      : A extends BytesAnswer
        ? Bytes
        : undefined;

interface JsonOptions<S extends z.ZodType> {
  readonly description?: string;
  readonly version?: (value: ValueOf<S>) => string | number;
}

export function json<S extends z.ZodType>(schema: S, options: JsonOptions<S> = {}): JsonAnswer<S> {
  return { kind: 'json', status: 200, description: 'Done.', schema, ...options };
}

export function created<S extends z.ZodType>(
  schema: S,
  options: JsonOptions<S> & { readonly location?: (value: ValueOf<S>) => string } = {},
): JsonAnswer<S> {
  return { kind: 'json', status: 201, description: 'Created.', schema, ...options };
}

/** What was asked for is under way and not done yet. */
export function accepted<S extends z.ZodType>(schema: S, options: JsonOptions<S> = {}): JsonAnswer<S> {
  return { kind: 'json', status: 202, description: 'Under way.', schema, ...options };
}

export function page<S extends z.ZodType>(item: S) {
  return json(pageOf(item), { description: 'A page of the list.' });
}

export function none(): NoAnswer {
  return { kind: 'none', status: 204, description: 'Done; there is nothing to say.' };
}

export function rows<S extends z.ZodObject>(schema: S, fileName: string): RowsAnswer<S> {
  return {
    kind: 'rows',
    status: 200,
    description: 'All rows, streamed: one such object a line, or CSV.',
    schema,
    fileName,
  };
}

export function bytes(mediaTypes: readonly string[]): BytesAnswer {
  return { kind: 'bytes', status: 200, description: 'The file.', mediaTypes };
}
