/** `scim` against servers that offer less, or more: no PATCH, bulk, OAuth, few attributes. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { archiveTeam } from '../../src/directory/teams/teams.ts';
import { findDrift } from '../../src/targets/drift.ts';
import { repairDrift } from '../../src/targets/repair.ts';
import { changeTarget } from '../../src/targets/targets.ts';
import { missingPostgres } from '../support/postgres.ts';
import { type SmallScim, type SmallScimOptions, startSmallScim } from '../support/small-scim-server.ts';
import { startSource, type TargetSource } from '../support/target-source.ts';

describe.each(['sqlite', 'postgres'] as const)('a SCIM target (%s)', (engine) => {
  const missing = engine === 'postgres' ? missingPostgres() : undefined;
  let source: TargetSource;
  let far: SmallScim | undefined;

  beforeEach(async (context) => {
    context.skip(missing !== undefined, missing);
    source = await startSource({ engine });
  });

  afterEach(async () => {
    if (missing !== undefined) return;
    await source.stop();
    await far?.stop();
    expect(source.faults).toEqual([]);
  });

  async function start(options: SmallScimOptions): Promise<SmallScim> {
    far = await startSmallScim(options);
    return far;
  }

  const add = (settings: Record<string, unknown> = {}, secrets: unknown = { token: 'small' }) =>
    source.target('scim', { url: far?.url ?? '', requestsPerSecond: 0, ...settings }, secrets);

  it('replaces by PUT where PATCH is not offered, and keeps what is not ours', async () => {
    const { users, groups, asked } = await start({ patch: false });
    const [ada, bob] = [await source.user('ada', { title: 'Dr', nickName: 'A' }), await source.user('bob')];
    const vision = await source.team('vision');
    for (const id of [ada, bob]) await source.join(vision, id);
    await add();
    await source.inStep();
    const there = [...users.values()].find(({ userName }) => userName === 'ada');
    there.badge = 'not ours';
    await source.changeUser(ada, { title: 'Prof' });
    await source.leave(vision, bob);
    await source.inStep();
    expect(users.get(there.id)).toMatchObject({ title: 'Prof', nickName: 'A', badge: 'not ours', displayName: 'ada' });
    expect([...groups.values()].map(({ members }) => members)).toEqual([[{ value: there.id }]]);
    expect(asked.filter((each) => each.startsWith('PATCH'))).toEqual([]);
  });

  it('sends writes together where that is faster, and each person gets their own answer', async () => {
    const { users, asked, refused } = await start({ bulk: true });
    refused.add('u7');
    for (let number = 0; number < 150; number += 1) await source.user(`u${number}`);
    // So many requests a second make a request cost more than a write.
    await add({ requestsPerSecond: 40 });
    await source.inStep();
    expect(users.size).toBe(149);
    const together = asked.filter((each) => each.startsWith('bulk POST')).length;
    expect(together).toBeGreaterThan(60);
    expect(asked.filter((each) => each === 'POST /Bulk').length).toBeLessThan(together / 2);
    expect(source.pushes.filter(({ outcome }) => outcome === 'parked').map(({ subject }) => subject.name)).toEqual([
      'u7',
    ]);
  });

  it('sends each by itself where that is faster', async () => {
    // What the server does with a batch takes longer than what it does with as many requests side by side.
    const { users, asked } = await start({ bulk: true, bulkLatencyMs: 400 });
    for (let number = 0; number < 200; number += 1) await source.user(`u${number}`);
    await add();
    await source.inStep();
    expect(users.size).toBe(200);
    expect(asked.filter((each) => each === 'POST /Users').length).toBeGreaterThan(100);
  });

  it('does without bulk when it is switched off', async () => {
    const { users, asked } = await start({ bulk: true });
    for (let number = 0; number < 10; number += 1) await source.user(`u${number}`);
    await add({ bulk: 'never' });
    await source.inStep();
    expect(users.size).toBe(10);
    expect(asked.filter((each) => each.includes('Bulk'))).toEqual([]);
  });

  it('gets a token by client credentials, keeps it, and gets another when it is refused', async () => {
    const oauth = { id: 'drawbridge', secret: 's3 cr:t', uses: 12 };
    // The secret is form-encoded before it is joined with the id (RFC 6749 section 2.3.1).
    const small = await start({ oauth: { ...oauth, secret: encodeURIComponent(oauth.secret) } });
    for (let number = 0; number < 8; number += 1) await source.user(`u${number}`);
    const settings = { auth: 'oauth', tokenUrl: `${small.url}/token`, clientId: oauth.id, scope: 'scim' };
    await add(settings, { clientSecret: oauth.secret });
    await source.inStep();
    expect(small.users.size).toBe(8);
    expect(small.tokens).toBeGreaterThan(1);
    expect(small.tokens).toBeLessThan(small.asked.length / 3);
  });

  it('sends only what the server has attributes for', async () => {
    const { users } = await start({ attributes: ['userName', 'displayName', 'active', 'emails'] });
    await source.user('ada', { title: 'Dr', name: { givenName: 'Ada' }, emails: [{ value: 'ada@x.example' }] });
    await add();
    await source.inStep();
    const [ada] = [...users.values()];
    expect(Object.keys(ada).toSorted()).toEqual(
      ['active', 'displayName', 'emails', 'externalId', 'id', 'schemas', 'userName'].toSorted(),
    );
  });

  it('takes away what is not wanted any more, and nothing else', async () => {
    const { users } = await start({});
    const ada = await source.user('ada', { title: 'Dr', nickName: 'A' });
    await add();
    await source.inStep();
    const [there] = [...users.values()];
    there.badge = 'not ours';
    await source.changeUser(ada, { title: null as never, nickName: 'B' });
    await source.inStep();
    expect(there).toMatchObject({ nickName: 'B', badge: 'not ours' });
    expect(there).not.toHaveProperty('title');
  });

  it('deletes people and groups only where it was told to', async () => {
    const { users, groups } = await start({});
    const ada = await source.user('ada');
    await source.team('vision');
    await add({ deleteUsers: true });
    await source.inStep();
    await source.deleteUser(ada);
    await source.inStep();
    expect(users.size).toBe(0);
    expect(groups.size).toBe(1);
  });

  it('reads the whole list once, rather than asking for each of many people', async () => {
    const { users, asked } = await start({});
    for (let number = 0; number < 150; number += 1) await source.user(`u${number}`);
    users.set('s0', { id: 's0', userName: 'u149', displayName: 'was there' });
    await add();
    await source.inStep();
    expect(users.size).toBe(150);
    expect(users.get('s0')).toMatchObject({ displayName: 'u149' });
    // Twenty are missed one by one, while as many as are worked on at a time are under way.
    const lookUps = asked.filter((each) => each === 'GET /Users').length;
    expect(lookUps).toBeLessThan(20 + 48 + 10);
  });

  it('deletes the group of an archived team where it was told to, also one that came back by hand', async () => {
    const { groups } = await start({});
    const vision = await source.team('vision');
    const { target } = await add();
    await source.inStep();
    await source.run((work) => archiveTeam(source.core.directory, work, source.operator, { team: vision }));
    await source.inStep();
    expect(groups.size).toBe(1);
    await source.run(async (work) =>
      changeTarget(source.parts, work, source.operator, await source.reload(target), {
        settings: { deleteTeams: true },
      }),
    );
    await source.inStep();
    // Nothing is deleted because a setting changed, but the comparison tells it.
    expect(groups.size).toBe(1);
    const changed = await source.reload(target);
    const drift = await findDrift(source.parts, source.operator, changed, new AbortController().signal);
    expect(drift).toMatchObject({ differences: [{ id: `team:${vision}`, kind: 'extra', name: 'vision' }] });
    await source.run((work) => repairDrift(source.parts, work, source.operator, changed, drift.differences));
    await source.inStep();
    expect(groups.size).toBe(0);
  });

  it('takes no secret along to another host: whoever may change a target could read it there', async () => {
    const { url } = await start({});
    const change = (given: Parameters<typeof changeTarget>[4], id: string) =>
      source.run(async (work) => {
        const current = await source.core.store.targets.findById(work.db, id);
        if (current === undefined) throw new Error('There is no such target.');
        return changeTarget(source.parts, work, source.operator, current, given);
      });
    const { target } = await add();
    const elsewhere = 'https://elsewhere.example/scim/v2';
    const refusal = {
      code: 'invalid_value',
      message: expect.stringContaining('https://elsewhere.example: give them anew'),
    };
    for (const settings of [
      { url: elsewhere },
      { auth: 'oauth', tokenUrl: elsewhere, clientId: 'c' },
      { auth: 'oauth', tokenUrl: `${url}/token`, clientId: 'c', url: elsewhere },
    ]) {
      await expect(change({ settings }, target.id), JSON.stringify(settings)).rejects.toMatchObject(refusal);
    }
    // Nor by a way round: what was not given with the new address is gone.
    const oauth = { auth: 'oauth', url: elsewhere, tokenUrl: elsewhere, clientId: 'c' };
    await change({ settings: oauth, secrets: { clientSecret: 'new' } }, target.id);
    await expect(change({ settings: { auth: 'bearer' } }, target.id)).rejects.toMatchObject({ code: 'invalid_value' });
    const moved = await change({ settings: { auth: 'bearer', url }, secrets: { token: 'small' } }, target.id);
    expect((await change({ settings: { url: `${url}/below` } }, moved.id)).settings.url).toBe(`${url}/below`);
  });
});
