/** `ledger reverify`: asks, does the asking itself unless a server does, waits, and says what came of it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Organization } from '../directory/connections/connection.ts';
import { findOrganization } from '../directory/connections/organizations.ts';
import type { DirectoryParts } from '../directory/parts.ts';
import { toLedgerLine } from '../directory/removals/ledger-view.ts';
import { findRemoval } from '../directory/removals/removal-story.ts';
import { VERIFICATION_QUEUE } from '../ledger/inventory/queue.ts';
import type { Removal } from '../ledger/removal.ts';
import type { LedgerRow } from '../ledger/store.ts';
import type { LedgerServices, ReverifyReport } from './ledger-contract.ts';

/** Does the verifications that are due here and now, and resolves when no more are. */
export type RunTrackerWork = () => Promise<void>;

/** How long to wait for jobs that a server is working on. */
const PATIENCE_MS = 10 * 60_000;
const PAGE = 500;

export function createReverify(
  directory: DirectoryParts,
  runTrackerWork: RunTrackerWork,
  request: (organization: Organization, removal: Removal | undefined) => Promise<number>,
): LedgerServices['reverify'] {
  const { store, ledger, tracker, now } = directory;

  /** Every entry that was added since. */
  async function* since(organizationId: string, position: number): AsyncGenerator<LedgerRow> {
    const { position: end } = await ledger.head(store.reader, organizationId);
    for (let before = end + 1; before > position + 1; ) {
      const rows = await store.ledger.list(store.reader, organizationId, { kinds: ['verified'], before, limit: PAGE });
      for (const row of rows) if (row.entry.position > position) yield row;
      const last = rows.at(-1);
      if (last === undefined || rows.length < PAGE) return;
      before = last.entry.position;
    }
  }

  /** Jobs of others that were tried and failed come back later; those that run are waited for. */
  async function waitForOthers(organizationId: string): Promise<number> {
    const until = now() + PATIENCE_MS;
    for (;;) {
      await runTrackerWork();
      const waiting = await store.removals.askedFor(store.reader, organizationId, PAGE);
      const states = await Promise.all(
        waiting.map((key) => store.jobs.find(store.reader, { queue: VERIFICATION_QUEUE, key })),
      );
      const running = states.filter((job) => job !== undefined && job.lastError === null && job.state === 'due');
      if (running.length === 0 || now() > until) return waiting.length;
      await sleep(250);
    }
  }

  return async (name, person) => {
    const organization = await findOrganization(directory, name);
    const removal = person === undefined ? undefined : await findRemoval(directory, organization.id, person);
    const { position } = await ledger.head(store.reader, organization.id);
    const asked = await request(organization, removal);
    const pending = asked === 0 ? 0 : await waitForOthers(organization.id);
    let [expected, missing] = [0, 0];
    const findings: ReverifyReport['findings'][number][] = [];
    for await (const row of since(organization.id, position)) {
      const { details } = JSON.parse(row.entry.content) as {
        details: { result: string; expected: number; missing: number };
      };
      expected += details.expected;
      missing += details.missing;
      if (details.result === 'complete') continue;
      const { user, team, removal: view } = toLedgerLine(row, tracker);
      findings.push({
        removal: view.id,
        user,
        team,
        ...{ result: details.result, expected: details.expected, missing: details.missing },
      });
    }
    return { asked, pending, expected, missing, findings };
  };
}
