/** What the use-cases of the core are built from; put together in app.ts. */
import type { Ledger } from '../ledger/ledger.ts';
import type { Outbox } from './mail.ts';
import type { RuleBook } from './rule-book.ts';
import type { DirectoryStore } from './store.ts';

export interface DirectoryParts {
  readonly store: DirectoryStore;
  readonly ledger: Ledger;
  readonly rules: RuleBook;
  readonly mail: Outbox;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** UUIDv7. */
  readonly newId: () => string;
  /** Active people that the licence allows; null for no limit. */
  readonly seats: number | null;
}
