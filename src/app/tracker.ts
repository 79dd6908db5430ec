/** The tracker of this installation: its adapter, from the configuration, and what it lets one do. */
import type { TrackerConfig } from '../config.ts';
import type { TrackerAbilities } from '../directory/parts.ts';
import { createPacer } from '../jobs/pacer.ts';
import type { InventorySource } from '../ledger/inventory/contract.ts';
import { createMlflowSource, mlflowAuthorization } from '../ledger/inventory/mlflow.ts';
import { createTrackerClient } from '../ledger/inventory/tracker-client.ts';
import { createWandbSource, wandbAuthorization } from '../ledger/inventory/wandb.ts';

/** Null: there is none, or it reports by itself. */
export function openTracker(config: TrackerConfig | null): InventorySource | null {
  if (config === null || config.kind === 'reported' || config.url === undefined) return null;
  const { kind, url, apiKey, userName, rateLimit, timeoutSeconds } = config;
  const toAuthorization = kind === 'wandb' ? wandbAuthorization : mlflowAuthorization;
  const client = createTrackerClient({
    url,
    authorization: apiKey === undefined ? null : toAuthorization(apiKey),
    timeoutMs: timeoutSeconds * 1000,
    pacer: createPacer(rateLimit, Date.now),
  });
  return kind === 'wandb' ? createWandbSource({ client, userName }) : createMlflowSource({ client, userName });
}

export function abilitiesOf(config: TrackerConfig | null): TrackerAbilities | null {
  if (config === null) return null;
  return {
    canBeAsked: config.kind !== 'reported',
    handsOver: config.kind === 'mlflow',
    keepsRunIds: config.keepRunIds,
  };
}
