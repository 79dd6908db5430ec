/** What is kept of tries that have a budget. */
import type { Handle } from '../../synclog/handle.ts';

/** `burst` tries at once, then one each `everyMs`. */
export interface Budget {
  readonly burst: number;
  readonly everyMs: number;
}

export interface SlowingStore {
  /**
   * Takes one try (generic cell rate algorithm, in one statement): undefined when there was one, else the time from which
   * there will be.
   */
  take(db: Handle, key: string, budget: Budget, at: number): Promise<number | undefined>;
  /** Gives every try back. */
  forgive(db: Handle, key: string): Promise<void>;
  prune(db: Handle, before: number, limit: number): Promise<number>;
}
