/** Two servers on one PostgreSQL: one of them applies new mapping rules while an identity provider writes through both. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRuleRun } from '../../src/directory/rules/rule-run-worker.ts';
import { startBridge, type TestBridge } from '../support/bridge.ts';
import { missingPostgres } from '../support/postgres.ts';
import { scimClient } from '../support/scim-client.ts';

const PEOPLE = 800;

describe.skipIf(missingPostgres() !== undefined)('two servers on one PostgreSQL', () => {
  let bridges: TestBridge[] = [];
  beforeAll(async () => {
    const one = await startBridge({ engine: 'postgres' });
    bridges = [one, await startBridge({ engine: 'postgres', databaseUrl: one.databaseUrl })];
  }, 60_000);
  afterAll(async () => {
    for (const bridge of bridges) await bridge.stop();
  });

  it('apply rules once, and end with what was sent meanwhile', { timeout: 120_000 }, async () => {
    const [one, two] = bridges;
    if (one === undefined || two === undefined) throw new Error('not started');
    const { core } = one;
    const { store } = core;
    const connection = await one.createConnection({ dialect: 'generic', name: 'shared' });
    const doors = [scimClient(connection), scimClient({ ...connection, scimUrl: two.scimUrl })] as const;
    const ids: string[] = [];
    for (let start = 0; start < PEOPLE; start += 50) {
      const names = Array.from({ length: 50 }, (_, n) => `p${start + n}@two.example`);
      ids.push(...(await Promise.all(names.map((userName, n) => (doors[n % 2] ?? doors[0]).user(userName)))));
    }
    const group = await doors[0].group('crew', ids);
    await one.setRules(connection.id, {
      rules: [{ id: 'r', when: { group: 'crew' }, give: { team: 'robots', role: 'member' } }],
    });
    const left = ids.filter((_, n) => n % 40 === 7);
    await Promise.all(
      left.map((id, n) =>
        (doors[n % 2] ?? doors[0]).patch(`/Groups/${group}`, { op: 'remove', path: `members[value eq "${id}"]` }),
      ),
    );
    const state = () => readRuleRun(core.directory, store.reader, connection.id);
    await expect.poll(async () => (await state())?.state, { timeout: 60_000 }).toBe('done');
    const grants = await store.grants.ofUsers(store.reader, ids);
    const holders = grants.map(({ userId, teamName, ruleId }) => `${userId} ${teamName} ${ruleId}`).toSorted();
    const stayed = ids.filter((id) => !left.includes(id)).map((id) => `${id} robots r`);
    expect(holders).toEqual(stayed.toSorted());
  });
});
