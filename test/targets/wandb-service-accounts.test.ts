/** Service accounts at W&B: off until they are switched on, made once, deleted only where that was switched on. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createServiceAccount, removeServiceAccount } from '../../src/directory/keys/service-accounts.ts';
import { dryRun } from '../../src/targets/dry-run.ts';
import { parkedOf } from '../../src/targets/status.ts';
import type { Target } from '../../src/targets/target.ts';
import { changeTarget } from '../../src/targets/targets.ts';
import { addPerson, type FakeWandb, startFakeWandb } from '../support/fake-wandb-scim.ts';
import { type FaultProxy, startFaultProxy, writesInTurn } from '../support/fault-proxy.ts';
import { missingPostgres } from '../support/postgres.ts';
import { startSource, type TargetSource } from '../support/target-source.ts';

describe.each(['sqlite', 'postgres'] as const)('service accounts at W&B (%s)', (engine) => {
  const missing = engine === 'postgres' ? missingPostgres() : undefined;
  let source: TargetSource;
  let fake: FakeWandb;
  let proxy: FaultProxy;
  let target: Target;

  beforeEach(async (context) => {
    context.skip(missing !== undefined, missing);
    source = await startSource({ engine });
    fake = await startFakeWandb();
    proxy = await startFaultProxy(fake.url);
  });

  afterEach(async () => {
    if (missing !== undefined) return;
    await source.stop();
    await proxy.stop();
    await fake.stop();
    expect(source.faults).toEqual([]);
  });

  const account = (name: string, teamId: string | null) =>
    source.run((work) => createServiceAccount(source.core.directory, work, source.operator, { name, teamId }));
  const remove = (id: string) =>
    source.run((work) => removeServiceAccount(source.core.directory, work, source.operator, id));
  const there = () =>
    [...fake.state.users.values()]
      .filter(({ accountType }) => accountType !== 'USER')
      .map(({ userName, accountType, defaultTeam }) => [userName, accountType, defaultTeam])
      // Several are pushed at a time: which of two is made first is nobody's promise.
      .toSorted();
  /** What its last push came to; others may have been pushed after it. */
  const lastReasonOf = (id: string) => source.pushes.findLast(({ subject }) => subject.id === id)?.reason;
  async function add(settings: Record<string, unknown>): Promise<void> {
    const given = { url: proxy.url, requestsPerSecond: 0, ...settings };
    target = (await source.target('wandb', given, { apiKey: fake.apiKey })).target;
    await source.inStep();
  }
  const change = (settings: Record<string, unknown>) =>
    source.run(async (work) =>
      changeTarget(source.parts, work, source.operator, await source.reload(target), { settings }),
    );

  it('are made with their team, once, whatever got lost, and not before they are switched on', async () => {
    addPerson(fake.state, { userName: 'taken', email: 'taken@y.example' });
    const vision = await source.team('vision');
    await account('CI Runner', vision);
    await account('taken', null);
    await add({});
    expect(there()).toEqual([]);
    // The team is there already, so that the first write is an account whose answer gets lost.
    proxy.decide = writesInTurn({ kind: 'lose' });
    await change({ serviceAccounts: true, defaultTeam: 'vision' });
    await source.inStep();
    const made = [
      ['ci-runner', 'SERVICE', 'vision'],
      ['taken-2', 'ORG_SERVICE', 'vision'],
    ];
    expect(there()).toEqual(made);
    await account('Late', vision);
    await source.inStep();
    expect(there().map(([name]) => name)).toContain('late');
    proxy.requests.length = 0;
    await change({});
    await source.inStep();
    expect(proxy.writes()).toEqual([]);
  });

  it('wait for their team, and say that one of the organization needs a default team', async () => {
    await account('nightly', null);
    const vision = await source.team('vision');
    await account('ci', vision);
    await add({ serviceAccounts: true });
    expect(there()).toEqual([['ci', 'SERVICE', 'vision']]);
    const parked = await parkedOf(source.parts, source.operator, target, { after: '', limit: 9 });
    expect(parked).toMatchObject([{ name: 'nightly', reason: expect.stringContaining('set defaultTeam') }]);
    const run = await dryRun(source.parts, source.operator, target, { limit: 9 }, new AbortController().signal);
    expect(run.planned).toMatchObject([{ reason: expect.stringContaining('set defaultTeam') }]);
    await change({ defaultTeam: 'vision' });
    await source.inStep();
    expect(there()).toContainEqual(['nightly', 'ORG_SERVICE', 'vision']);
  });

  it('stay there when they are removed here, unless people may be deleted', async () => {
    const vision = await source.team('vision');
    const [one, two] = [await account('one', vision), await account('two', vision)];
    await add({ serviceAccounts: true });
    await remove(one.id);
    await source.inStep();
    expect(there().map(([name]) => name)).toEqual(['one', 'two']);
    expect(lastReasonOf(one.id)).toContain('nothing is deleted without deleteUsers');
    await change({ deleteUsers: true });
    await remove(two.id);
    await source.inStep();
    expect(there().map(([name]) => name)).toEqual(['one']);
    expect(lastReasonOf(two.id)).toContain('take them back there');
  });
});
