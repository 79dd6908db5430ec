/** A bridge with a tracker, and what tests of the ledger ask of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import { runVerifications } from '../../src/app/ledger-work.ts';
import type { LedgerServices } from '../../src/cli/ledger-contract.ts';
import { createLedgerServices } from '../../src/cli/ledger-services.ts';
import { contentOf, type LedgerContent } from '../../src/ledger/entry.ts';
import type { Removal } from '../../src/ledger/removal.ts';
import { startBridge, type TestBridge, type TestConnection } from '../support/bridge.ts';
import { type ScimClient, scimClient } from '../support/scim-client.ts';

export interface LedgerRoom {
  readonly bridge: TestBridge;
  readonly connection: TestConnection;
  readonly client: ScimClient;
  /** The command line's services: the use-cases as an operator asks for them. */
  readonly ledger: LedgerServices;
  /** The one removal (of this scope) of a user. */
  removal(userId: string, scope?: Removal['scope']): Promise<Removal>;
  /** Waits until the removal is as wanted. */
  until(userId: string, isWanted: (removal: Removal) => boolean, scope?: Removal['scope']): Promise<Removal>;
  /** What the entries of a user say, oldest first. */
  story(userId: string): Promise<readonly LedgerContent[]>;
  metric(name: string): Promise<number>;
  stop(): Promise<void>;
}

/** @param env how the tracker is reached */
export async function openLedgerRoom(
  engine: 'sqlite' | 'postgres',
  env: Record<string, string>,
  databaseUrl?: string,
): Promise<LedgerRoom> {
  const bridge = await startBridge({ engine, env, ...(databaseUrl === undefined ? {} : { databaseUrl }) });
  const { core } = bridge;
  const { store } = core.directory;
  const connection = await bridge.createConnection({ dialect: 'generic', name: bridge.url });
  const { organizationId } = connection;

  async function removal(userId: string, scope: Removal['scope'] = 'organization'): Promise<Removal> {
    const all = await store.removals.ofUsers(store.reader, organizationId, [userId]);
    const found = all.findLast((each) => each.scope === scope);
    if (found === undefined) throw new Error(`no removal of ${userId} from a ${scope}`);
    return found;
  }

  return {
    ...{ bridge, connection, client: scimClient(connection), removal },
    ledger: createLedgerServices(core.directory, () => runVerifications(core)),
    async until(userId, isWanted, scope) {
      for (let tries = 0; ; tries += 1) {
        const found = await removal(userId, scope);
        if (isWanted(found)) return found;
        if (tries === 400) throw new Error(`the removal stays ${JSON.stringify(found)}`);
        await sleep(50);
      }
    },
    async story(userId) {
      return (await store.ledger.ofUser(store.reader, organizationId, userId)).map(contentOf);
    },
    async metric(name) {
      const text = await (await fetch(`${bridge.url}/metrics`)).text();
      const line = text.split('\n').find((each) => each.startsWith(`${name} `));
      return Number(line?.split(' ')[1] ?? Number.NaN);
    },
    stop: () => bridge.stop(),
  };
}
