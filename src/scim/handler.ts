/** What a route is: it gets a request and what it needs, and gives an answer with the changes that it made. */
import type { AppError } from '../errors.ts';
import type { NewChange } from '../synclog/change.ts';
import type { Answer } from './answer.ts';
import type { MakeRecord } from './commit.ts';
import type { ScimParts } from './parts.ts';
import type { ScimRequest } from './scim-request.ts';

export interface Handled {
  readonly answer: Answer;
  /** Empty for reads. */
  readonly changes: readonly NewChange[];
  /** In the middle of a bulk request: what came before it is done, and the answer is a refusal all the same. */
  readonly fault?: AppError;
}

export interface Handling {
  readonly parts: ScimParts;
  readonly request: ScimRequest;
  /** Undefined inside a bulk request. */
  readonly makeRecord: MakeRecord | undefined;
}

export type Handler = (handling: Handling) => Promise<Handled>;

/** A read: nothing changed. */
export function readOnly(answer: Answer): Handled {
  return { answer, changes: [] };
}
