/** What a handler gives back: an HTTP answer, and what the exchange's record needs to know about it. */
import type { AppError } from '../errors.ts';
import type { Exchange } from '../synclog/exchange.ts';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON text, or pieces of it for what is too large to be held; absent for none. */
  readonly body?: string | AsyncIterable<string>;
  readonly subject?: Exchange['subject'];
  /** What happened, in words, for a read; for a write it is told by the changes. */
  readonly summary?: string;
  /** What was refused inside of a bulk request, in its order. */
  readonly refused?: readonly AppError[];
}

export const SCIM_MEDIA_TYPE = 'application/scim+json; charset=utf-8';
