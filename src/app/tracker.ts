/** The tracker of this installation: its adapter, from the configuration, and what it lets one do. */
import type { TrackerConfig } from '../config.ts';
import type { TrackerAbilities } from '../directory/parts.ts';
import { createPacer } from '../jobs/pacer.ts';
import type { InventorySource } from '../ledger/inventory/contract.ts';
import { createMlflowSource, mlflowAuthorization } from '../ledger/inventory/mlflow.ts';
import { createTrackerClient } from '../ledger/inventory/tracker-client.ts';
import { ADMIN_HEADERS, createWandbSource, wandbAuthorization } from '../ledger/inventory/wandb.ts';

/** Null: there is none, or it reports by itself. */
export function openTracker(config: TrackerConfig | null): InventorySource | null {
  if (config === null || config.kind === 'reported' || config.url === undefined) return null;
  const { kind, url, apiKey, userName, rateLimit, timeoutSeconds } = config;
  const toAuthorization = kind === 'wandb' ? wandbAuthorization : mlflowAuthorization;
  const address = {
    url,
    authorization: apiKey === undefined ? null : toAuthorization(apiKey),
    timeoutMs: timeoutSeconds * 1000,
    pacer: createPacer(rateLimit, Date.now),
  };
  const plainClient = createTrackerClient(address);
  if (kind === 'mlflow') return createMlflowSource({ client: plainClient, userName });
  const client = createTrackerClient({ ...address, headers: ADMIN_HEADERS });
  return createWandbSource({ client, plainClient, userName });
}

export function abilitiesOf(config: TrackerConfig | null): TrackerAbilities | null {
  if (config === null) return null;
  return {
    canBeAsked: config.kind !== 'reported',
    handsOver: config.kind === 'mlflow',
    keepsRunIds: config.keepRunIds,
  };
}
