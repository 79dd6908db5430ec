/** What this room is built from; app/ puts it together. */
import type { JobStore } from '../jobs/job.ts';
import type { Handle } from '../synclog/handle.ts';
import type { ChangeFeed } from '../synclog/sync-log.ts';
import type { SecretBox } from './secret-box.ts';
import type { TargetStores } from './store.ts';

export interface TargetStoreParts extends TargetStores {
  readonly reader: Handle;
  write<T>(work: (db: Handle) => Promise<T>): Promise<T>;
  readonly jobs: JobStore;
  readonly changeFeed: ChangeFeed;
}

export interface TargetParts {
  readonly store: TargetStoreParts;
  readonly box: SecretBox;
  /** Networks that targets may reach although they are not public, as `TARGET_NETWORKS` lists them. */
  readonly networks: readonly string[];
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** UUIDv7. */
  readonly newId: () => string;
  /** From 0 up to 1. */
  readonly random: () => number;
}
