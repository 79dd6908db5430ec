/** Runs that are kept in a team, from what a tracker told after a removal. */
import { expect, it } from 'vitest';
import { findVisibleTeam } from '../../src/directory/teams/team-access.ts';
import { removeMember } from '../../src/directory/teams/team-members.ts';
import { usageOfTeam } from '../../src/directory/teams/team-usage.ts';
import type { ProjectRuns } from '../../src/ledger/inventory/contract.ts';
import { INVENTORY_QUEUE } from '../../src/ledger/inventory/queue.ts';
import { createInventoryHandler } from '../../src/ledger/inventory/take-inventory.ts';
import { describeDirectory } from '../support/directory.ts';

const runs = (team: string, project: string, count: number): ProjectRuns => ({
  ...{ team, project, runs: count, firstRunAt: 1_000, lastRunAt: 2_000, runIds: null },
});

describeDirectory(
  'the runs that a team keeps',
  (directory) => {
    it('are told by person and project, of this team only', async () => {
      const org = await directory().organization();
      const { store } = directory().core;
      const { parts } = org;
      const bob = await org.person('bob@kept.example');
      const teamId = await org.team('vision', { member: [bob] });
      await org.run((work) => removeMember(parts, work, org.operator, { team: teamId }, bob.id ?? ''));
      const handle = createInventoryHandler({
        ...{ ledger: parts.ledger, entries: store.ledger, removals: store.removals, digests: store.runDigests },
        ...{ reader: store.reader, write: store.write.bind(store), now: parts.now, keepRunIds: false },
        lockOrganization: (db, id) => store.organizations.lock(db, id),
        // A tracker that answers from a script.
        source: {
          kind: 'wandb',
          handOver: undefined,
          take: async () => ({
            ...{ tracker: 'wandb', trackerUser: 'bob', failures: [] },
            projects: [runs('vision', 'detect', 3), runs('vision', 'segment', 4), runs('nlp', 'words', 5)],
          }),
        },
      });
      const [job] = await store.jobs.page(store.reader, INVENTORY_QUEUE, 'due', '', 10);
      if (job === undefined) throw new Error('no inventory is wanted');
      expect(await handle(job, new AbortController().signal)).toEqual({ kind: 'done' });
      const team = await findVisibleTeam(parts, store.reader, org.operator, 'vision');
      const { keptRuns } = await usageOfTeam(parts, store.reader, org.operator, team);
      const kept = { userId: bob.id, person: 'bob@kept.example', firstAt: 1_000, lastAt: 2_000 };
      expect(keptRuns).toMatchObject([
        { ...kept, project: 'detect', runs: 3 },
        { ...kept, project: 'segment', runs: 4 },
      ]);
    });
  },
  { TRACKER: 'wandb', TRACKER_URL: 'https://tracker.example', TRACKER_API_KEY: 'key' },
);
