/** What the use-cases of the core are built from; put together in app.ts. */
import type { Ledger } from '../ledger/ledger.ts';
import type { Outbox } from './mail.ts';
import type { RuleBook } from './rules/rule-book.ts';
import type { DirectoryStore } from './store.ts';
import type { KeptRunsPort } from './teams/kept-runs.ts';
import type { TeamNamePort } from './teams/team.ts';

/** What the tracker of this installation lets one do. */
export interface TrackerAbilities {
  /** False: it reports by itself. */
  readonly canBeAsked: boolean;
  /** Runs can be put under another name over its API. */
  readonly handsOver: boolean;
  /** The ids of runs are kept, and not only their fingerprints. */
  readonly keepsRunIds: boolean;
}

export interface DirectoryParts {
  readonly store: DirectoryStore;
  readonly ledger: Ledger;
  readonly rules: RuleBook;
  readonly mail: Outbox;
  /** Null: none is configured. */
  readonly tracker: TrackerAbilities | null;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** UUIDv7. */
  readonly newId: () => string;
  /** Active people that the licence allows; null for no limit. */
  readonly seats: number | null;
  /** Whether teams may be renamed: targets/ answers. */
  readonly teamNames: TeamNamePort;
  /** Runs that are kept, by team: ledger/ answers from the last inventory. */
  readonly keptRuns: KeptRunsPort;
}
