/** What a route is: it gets a request and what it needs, and gives an answer with the changes that it made. */
import type { NewChange } from '../synclog/change.ts';
import type { Answer } from './answer.ts';
import type { MakeRecord } from './commit.ts';
import type { ScimParts } from './parts.ts';
import type { ScimRequest } from './scim-request.ts';

export interface Handled {
  readonly answer: Answer;
  /** Empty for reads. */
  readonly changes: readonly NewChange[];
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
