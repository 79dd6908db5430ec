/**
 * What every tracker answers: whose runs are where. An adapter is one file (wandb.ts, mlflow.ts); a tracker that cannot be
 * asked reports by itself (reported.ts). Adapters only read, except `handOver`, which writes tags.
 */

/** Whose runs. */
export interface RunOwner {
  readonly userName: string;
  readonly email: string | null;
}

/** Where to look: the teams that the person was in. */
export interface InventoryScope {
  readonly teams: readonly string[];
  /** Whether everything of the person is meant (they left the organization), or only what is in `teams`. */
  readonly everywhere: boolean;
}

export interface ProjectRuns {
  /** The team (entity) that the project belongs to; null where the tracker has none. */
  readonly team: string | null;
  readonly project: string;
  readonly runs: number;
  /** Epoch milliseconds; null: not told. */
  readonly firstRunAt: number | null;
  readonly lastRunAt: number | null;
  /** Null where only numbers were told. */
  readonly runIds: readonly string[] | null;
}

/** A part that could not be asked. */
export interface InventoryFailure {
  /** Team, or team/project. */
  readonly place: string;
  readonly reason: string;
}

export interface Inventory {
  readonly tracker: TrackerKind;
  /** The name that the tracker knows the person by; null: it knows nobody of theirs, or (`reported`) was not asked. */
  readonly trackerUser: string | null;
  /** Projects with at least one run. */
  readonly projects: readonly ProjectRuns[];
  /** Not empty: what is there is known in part. */
  readonly failures: readonly InventoryFailure[];
}

export type TrackerKind = 'wandb' | 'mlflow' | 'reported';

/** Who gets the runs. */
export type Heir =
  | { readonly kind: 'user'; readonly owner: RunOwner }
  | { readonly kind: 'team'; readonly name: string };

export interface Handover {
  readonly owner: RunOwner;
  readonly heir: Heir;
  readonly undo: boolean;
}

export interface HandoverResult {
  readonly changed: number;
  /** Had it already. */
  readonly unchanged: number;
  readonly failures: readonly InventoryFailure[];
}

export interface InventorySource {
  readonly kind: TrackerKind;
  /** @throws TrackerError when nothing could be learned */
  take(owner: RunOwner, scope: InventoryScope, signal: AbortSignal): Promise<Inventory>;
  /** Undefined where a tracker does not let runs change hands. Doing it twice is doing it once. */
  readonly handOver: ((handover: Handover, signal: AbortSignal) => Promise<HandoverResult>) | undefined;
}
