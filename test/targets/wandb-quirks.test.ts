/** What is odd about W&B's SCIM API, one rule each, against the stand-in that is written from its documentation. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { deleteCustomRole } from '../../src/directory/roles/custom-role-deletion.ts';
import { changeCustomRole, createCustomRole } from '../../src/directory/roles/custom-roles.ts';
import { archiveTeam, createTeam } from '../../src/directory/teams/teams.ts';
import { retryParked } from '../../src/targets/again.ts';
import { findDrift } from '../../src/targets/drift.ts';
import { parkedOf } from '../../src/targets/status.ts';
import type { Target } from '../../src/targets/target.ts';
import { changeTarget } from '../../src/targets/targets.ts';
import { addPerson, type FakeWandb, type FakeWandbOptions, startFakeWandb } from '../support/fake-wandb-scim.ts';
import { type FaultProxy, startFaultProxy, writesInTurn } from '../support/fault-proxy.ts';
import { missingPostgres } from '../support/postgres.ts';
import { startSource, type TargetSource } from '../support/target-source.ts';

describe.each(['sqlite', 'postgres'] as const)('W&B (%s)', (engine) => {
  const missing = engine === 'postgres' ? missingPostgres() : undefined;
  let source: TargetSource;
  let fake: FakeWandb;
  let proxy: FaultProxy;
  let target: Target;

  beforeEach(async (context) => {
    context.skip(missing !== undefined, missing);
    source = await startSource({ engine });
  });

  afterEach(async () => {
    if (missing !== undefined) return;
    await source.stop();
    await proxy.stop();
    expect(fake.state.bareRemovals, 'a bare `members` empties a team').toBe(0);
    await fake.stop();
    expect(source.faults).toEqual([]);
  });

  async function start(options: FakeWandbOptions = {}): Promise<FakeWandb['state']> {
    fake = await startFakeWandb(options);
    proxy = await startFaultProxy(fake.url);
    return fake.state;
  }

  async function add(settings: Record<string, unknown> = {}): Promise<void> {
    const given = { url: proxy.url, requestsPerSecond: 0, ...settings };
    target = (await source.target('wandb', given, { apiKey: fake.apiKey })).target;
    await source.inStep();
  }

  const person = (name: string, attributes = {}) =>
    source.user(`${name}@x.example`, {
      ...{ displayName: name, emails: [{ value: `${name}@x.example`, primary: true }] },
      ...attributes,
    });
  const there = (name: string) => {
    const found = [...fake.state.users.values()].find(({ email }) => email === `${name}@x.example`);
    if (found === undefined) throw new Error(`${name} is not there`);
    return found;
  };
  const parked = async () =>
    (await parkedOf(source.parts, source.operator, target, { after: '', limit: 10 })).map(({ name, reason }) => ({
      ...{ name, reason },
    }));

  it('is read in the old shape of addresses as in the new one', async () => {
    const state = await start({ shape: 'old' });
    addPerson(state, { userName: 'ada-old', email: 'ada@x.example', displayName: 'Old' });
    const ada = await person('ada');
    await add();
    expect(state.users.size).toBe(1);
    await source.changeUser(ada, { emails: [{ value: 'byron@x.example', primary: true }] });
    await source.inStep();
    expect(there('byron')).toMatchObject({ userName: 'ada-old', displayName: 'ada' });
  });

  it('gets user names that are legal there, one for each person, and keeps them', async () => {
    await start();
    addPerson(fake.state, { userName: 'ada-byron', email: 'another@y.example' });
    const ada = await person('ada.byron');
    await source.user('ada_byron@z.example', { emails: [{ value: 'ada_byron@z.example', primary: true }] });
    await source.user('Ada Byron', { emails: [{ value: 'third@z.example', primary: true }] });
    await add();
    const names = [...fake.state.users.values()].map(({ userName }) => userName).toSorted();
    expect(names).toEqual(['ada-byron', 'ada-byron-2', 'ada-byron-3', 'ada_byron']);
    const before = there('ada.byron').userName;
    await source.changeUser(ada, { userName: 'countess@x.example', displayName: 'Countess' });
    await source.inStep();
    expect(there('ada.byron')).toMatchObject({ userName: before, displayName: 'Countess' });
  });

  it('is told the organization role; a viewer is a member with viewer seats', async () => {
    await start();
    const [ada, bob] = [await person('ada'), await person('bob')];
    await source.setRole(ada, 'admin');
    await source.setRole(bob, 'viewer');
    await add();
    expect(there('ada')).toMatchObject({ organizationRole: 'admin', modelsSeat: 'full', weaveRole: 'full' });
    expect(there('bob')).toMatchObject({ organizationRole: 'member', modelsSeat: 'viewer', weaveRole: 'viewer' });
    await source.setRole(bob, 'member');
    await source.inStep();
    expect(there('bob')).toMatchObject({ organizationRole: 'member', modelsSeat: 'full', weaveRole: 'full' });
  });

  it('says in words that no seat is left, keeps what it could do, and goes on when there is one', async () => {
    const state = await start({ seats: 1 });
    const ada = await person('ada');
    const vision = await source.team('vision');
    await add();
    const bob = await person('bob');
    await source.setRole(bob, 'viewer');
    await source.inStep();
    await source.join(vision, bob);
    await source.setRole(bob, 'member');
    await source.inStep();
    expect(await parked()).toMatchObject([
      { name: 'bob', reason: expect.stringContaining('no seat left (Seat limit reached)') },
    ]);
    expect(there('bob')).toMatchObject({ modelsSeat: 'viewer', active: true });
    expect(there('bob').teamRoles.get('vision')).toBe('member');
    await source.changeUser(ada, { active: false });
    await source.inStep();
    await source.run((work) => retryParked(source.parts, work, source.operator, target, null));
    await source.inStep();
    expect(there('bob')).toMatchObject({ modelsSeat: 'full' });
    expect(state.users.size).toBe(2);
  });

  it('is based on the version that was read: a stale one is read again', async () => {
    await start();
    const ada = await person('ada');
    await add();
    proxy.decide = writesInTurn({ kind: 'status', status: 412 });
    proxy.requests.length = 0;
    await source.changeUser(ada, { displayName: 'Countess' });
    await source.inStep();
    expect(there('ada').displayName).toBe('Countess');
    const writes = proxy.writes();
    expect(writes.map(({ headers }) => headers['if-match'])).toEqual(['W/"2"', 'W/"2"']);
    expect(source.pushes.at(-1)).toMatchObject({ outcome: 'done' });
  });

  it('leaves service accounts alone', async () => {
    const state = await start();
    addPerson(state, { userName: 'ci', email: 'ada@x.example', accountType: 'ORG_SERVICE' });
    addPerson(state, { userName: 'stranger', email: 's@x.example' });
    await add();
    expect((await findDrift(source.parts, source.operator, target, new AbortController().signal)).unmanaged.users).toBe(
      1,
    );
    expect(state.users.get([...state.users.keys()][0] ?? '')).toMatchObject({
      userName: 'ci',
      active: true,
      version: 1,
    });
  });

  it('keeps an admin whom Drawbridge did not make, until somebody says otherwise', async () => {
    const state = await start();
    addPerson(state, { userName: 'root', email: 'ada@x.example', organizationRole: 'admin' });
    await person('ada');
    await add();
    expect(there('ada')).toMatchObject({ organizationRole: 'admin', displayName: 'root' });
    expect((await parked())[0]?.reason).toContain('root was an admin there before and would be made member');
    const current = await source.reload(target);
    await source.run((work) =>
      changeTarget(source.parts, work, source.operator, current, { settings: { demoteAdmins: true } }),
    );
    await source.inStep();
    expect(there('ada')).toMatchObject({ organizationRole: 'member', displayName: 'ada' });
    expect(await parked()).toEqual([]);
  });

  it('has custom roles, made before they are held and by their name to the letter', async () => {
    const state = await start();
    const ada = await person('ada');
    const vision = await source.team('vision');
    const role = await source.run((work) =>
      createCustomRole(source.core.directory, work, source.operator, {
        ...{ name: 'Curator', inherits: 'member', permissions: ['run:delete'] },
      }),
    );
    await source.join(vision, ada, 'Curator');
    await add();
    expect([...state.roles.values()]).toMatchObject([
      { name: 'Curator', inheritedFrom: 'member', permissions: ['run:delete'] },
    ]);
    expect(there('ada').teamRoles.get('vision')).toBe('Curator');
    await source.run((work) =>
      changeCustomRole(source.core.directory, work, source.operator, { role: role.id }, { permissions: ['run:stop'] }),
    );
    await source.inStep();
    expect([...state.roles.values()]).toMatchObject([{ permissions: ['run:stop'] }]);
    await source.run((work) => deleteCustomRole(source.core.directory, work, source.operator, { role: role.id }));
    await source.inStep();
    expect(state.roles.size).toBe(0);
    expect(there('ada').teamRoles.get('vision')).toBe('member');
  });

  it('changes a role in a team one at a time, and back', async () => {
    await start();
    const ada = await person('ada');
    const [vision, speech] = [await source.team('vision'), await source.team('speech')];
    await source.join(vision, ada, 'admin');
    await source.join(speech, ada, 'viewer');
    await add();
    expect([...there('ada').teamRoles]).toEqual(
      expect.arrayContaining([
        ['vision', 'admin'],
        ['speech', 'viewer'],
      ]),
    );
    await source.leave(vision, ada);
    await source.join(vision, ada, 'member');
    await source.inStep();
    expect(there('ada').teamRoles.get('vision')).toBe('member');
  });

  it('makes a team with its own bucket, keeps its name, and empties one that is archived', async () => {
    const state = await start();
    const bucket = { provider: 'AWS', name: 'runs.example', path: 'vision', kmsKey: null };
    const team = await source.run((work) =>
      createTeam(source.core.directory, work, source.operator, { name: 'vision', storage: bucket }),
    );
    const ada = await person('ada');
    await source.join(team.id, ada);
    await add();
    const [made] = [...state.teams.values()];
    expect(made?.storageBucket).toEqual({ provider: 'AWS', name: 'runs.example', path: 'vision' });
    // By hand it is refused as long as there is such a target; a group that is renamed takes its team along.
    await source.run(async (work) => {
      await source.core.store.teams.rename(work.db, team.id, 'sight', work.at);
      work.changes.push({ kind: 'team.renamed', subject: { type: 'team', id: team.id, name: 'sight' } });
    });
    await source.inStep();
    expect(made?.name).toBe('vision');
    expect(source.pushes.at(-1)?.reason).toBe('It keeps the name "vision" there: W&B renames no teams.');
    await source.run((work) => archiveTeam(source.core.directory, work, source.operator, { team: team.id }));
    await source.inStep();
    expect(made?.members.size).toBe(0);
    expect(state.teams.size).toBe(1);
  });

  it('deletes nobody unless an admin switched that on', async () => {
    const state = await start();
    const [ada, bob] = [await person('ada'), await person('bob')];
    await add();
    await source.deleteUser(ada);
    await source.inStep();
    expect(there('ada').active).toBe(false);
    expect(state.deletions).toBe(0);
    const current = await source.reload(target);
    await source.run((work) =>
      changeTarget(source.parts, work, source.operator, current, { settings: { deleteUsers: true } }),
    );
    await source.deleteUser(bob);
    await source.inStep();
    expect(state.deletions).toBe(1);
    expect(there('ada').active).toBe(false);
  });

  it('tells that an address is needed', async () => {
    await start();
    await source.user('nobody');
    await add();
    expect(await parked()).toMatchObject([{ reason: 'W&B needs an e-mail address, and this person has none.' }]);
  });

  it('is matched person by person where its list is longer than it gives', async () => {
    const state = await start({ listMax: 10 });
    for (let number = 0; number < 40; number += 1) {
      addPerson(state, { userName: `old${number}`, email: `u${number}@x.example` });
    }
    for (let number = 0; number < 80; number += 1) await person(`u${number}`);
    await add();
    expect(state.users.size).toBe(80);
    await expect(findDrift(source.parts, source.operator, target, new AbortController().signal)).rejects.toThrow(
      'cannot be read whole',
    );
  });

  it('may be several servers, each with its own map of ids', async () => {
    await start();
    const second = await startFakeWandb();
    try {
      await person('ada');
      addPerson(second.state, { userName: 'elsewhere', email: 'ada@x.example' });
      await add();
      await source.target('wandb', { url: second.url, requestsPerSecond: 0 }, { apiKey: second.apiKey }, 'second');
      await source.inStep();
      expect(there('ada').userName).toBe('ada');
      expect([...second.state.users.values()]).toMatchObject([{ userName: 'elsewhere', displayName: 'ada' }]);
    } finally {
      await second.stop();
    }
  });

  it('lets in with Basic where the server is older', async () => {
    await start();
    await person('ada');
    await add({ auth: 'basic' });
    expect(there('ada').active).toBe(true);
    expect(proxy.requests[0]?.headers.authorization).toMatch(/^Basic /);
  });
});
