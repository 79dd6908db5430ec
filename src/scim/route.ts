import type { Handler } from './handler.ts';
import type { RawRequest } from './repair/repair.ts';

/** What answers one method of one path. */
export interface Route {
  /** Name of the operation in the sync log and in metrics. */
  readonly operation: string;
  readonly resource: RawRequest['resource'];
  readonly kind: RawRequest['kind'];
  readonly handle: Handler;
}
