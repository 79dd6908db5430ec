/** What bringing a subject of a target in line works with. */
import type { StateAdapter } from './contract.ts';
import type { TargetStoreParts } from './parts.ts';
import type { Cause, Target } from './target.ts';

export interface Reconciling {
  readonly store: TargetStoreParts;
  readonly target: Target;
  readonly adapter: StateAdapter;
  readonly now: () => number;
  /** How long members who came over wait for others, so that a first load changes each team a few times only. */
  readonly gatherMs: () => number;
  /** What made the subject due; goes along to what becomes due by it. */
  readonly cause: Cause | null;
}
