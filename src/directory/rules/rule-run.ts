/** One run that brings everybody's roles in line with what mapping rules give by now: how far it is. A connection has one at a time. */
import type { Handle } from '../../synclog/handle.ts';

export interface RuleRun {
  readonly connectionId: string;
  readonly organizationId: string;
  /** Grows with each run: whoever works on an older one starts anew. */
  readonly generation: number;
  /** First every team that the rules ask for, then everybody. */
  readonly stage: 'teams' | 'people' | 'done';
  /** The group or person up to whom all is done; empty at the beginning of a stage. */
  readonly cursor: string;
  /** People to look at, as it was at the beginning. */
  readonly total: number;
  /** People who were looked at. */
  readonly done: number;
  /** Roles. */
  readonly gained: number;
  readonly lost: number;
  /** People who gained or lost something. */
  readonly changed: number;
  readonly startedAt: number;
  readonly updatedAt: number;
  readonly finishedAt: number | null;
}

export interface RuleRunStore {
  find(db: Handle, connectionId: string): Promise<RuleRun | undefined>;
  /** Kept from changing until the transaction ends. */
  lock(db: Handle, connectionId: string): Promise<RuleRun | undefined>;
  save(db: Handle, run: RuleRun): Promise<void>;
}
