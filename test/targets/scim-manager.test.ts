/** The enterprise `manager` at a SCIM target: named by the id that the manager has there, as soon as there is one. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findDrift } from '../../src/targets/drift.ts';
import { repairDrift } from '../../src/targets/repair.ts';
import type { Target } from '../../src/targets/target.ts';
import { startBridge, type TestBridge } from '../support/bridge.ts';
import { missingPostgres } from '../support/postgres.ts';
import { ENTERPRISE, type ScimClient, scimClient } from '../support/scim-client.ts';
import { startSmallScim } from '../support/small-scim-server.ts';
import { startSource, type TargetSource } from '../support/target-source.ts';

describe.each(['sqlite', 'postgres'] as const)('the manager of a person at a SCIM target (%s)', (engine) => {
  const missing = engine === 'postgres' ? missingPostgres() : undefined;
  let source: TargetSource;
  let bridge: TestBridge;
  let far: ScimClient;
  let target: Target;

  beforeEach(async (context) => {
    context.skip(missing !== undefined, missing);
    source = await startSource({ engine });
    bridge = await startBridge({ engine: 'sqlite' });
    const connection = await bridge.createConnection({ dialect: 'strict' });
    far = scimClient(connection);
    const settings = { url: `${bridge.url}/scim/v2`, requestsPerSecond: 0 };
    ({ target } = await source.target('scim', settings, { token: connection.token }));
    await source.inStep();
  });

  afterEach(async () => {
    if (missing !== undefined) return;
    await source.stop();
    await bridge.stop();
    expect(source.faults).toEqual([]);
  });

  const managedBy = (id: string) => ({ [ENTERPRISE]: { department: 'Engines', manager: { value: id } } });
  const person = (name: string, attributes = {}) =>
    source.user(`${name}@x.example`, { emails: [{ value: `${name}@x.example`, primary: true }], ...attributes });
  async function there(name: string) {
    const list = (await far.get('/Users?count=100')).body.Resources ?? [];
    const found = list.find(({ userName }: { userName: string }) => userName === `${name}@x.example`);
    if (found === undefined) throw new Error(`${name} is not there`);
    return { id: found.id as string, manager: found[ENTERPRISE]?.manager?.value as string | undefined };
  }

  it('is the manager over there, who may come later, and goes when they are nobody there', async () => {
    const boss = await person('boss');
    await source.changeUser(boss, { active: false });
    const other = await person('other');
    const ada = await person('ada', managedBy(other));
    await source.inStep();
    expect(await there('ada')).toMatchObject({ manager: (await there('other')).id });
    await source.changeUser(ada, managedBy(boss));
    await source.inStep();
    // Whoever is inactive from the start is not made over there.
    expect((await there('ada')).manager).toBeUndefined();
    await source.changeUser(boss, { active: true });
    await source.inStep();
    expect((await there('ada')).manager).toBe((await there('boss')).id);
    const pushes = source.pushes.filter(({ subject }) => subject.id === ada).length;
    await source.changeUser(boss, { title: 'Dr' });
    await source.inStep();
    expect(source.pushes.filter(({ subject }) => subject.id === ada)).toHaveLength(pushes);
    await source.changeUser(ada, { [ENTERPRISE]: { department: 'Engines' } });
    await source.inStep();
    expect((await there('ada')).manager).toBeUndefined();
  });

  it('may be oneself, and in a circle', async () => {
    const ada = await person('ada');
    const bob = await person('bob', managedBy(ada));
    await source.changeUser(ada, managedBy(bob));
    const eve = await person('eve');
    await source.changeUser(eve, managedBy(eve));
    await source.inStep();
    const [a, b, e] = [await there('ada'), await there('bob'), await there('eve')];
    expect([a.manager, b.manager, e.manager]).toEqual([b.id, a.id, e.id]);
  });

  it('gets the new id of a manager who was deleted there by hand and is made again', async () => {
    const boss = await person('boss');
    await person('ada', managedBy(boss));
    await source.inStep();
    const before = await there('boss');
    await far.send('DELETE', `/Users/${before.id}`);
    const drift = await findDrift(source.parts, source.operator, target, new AbortController().signal);
    await source.run((work) => repairDrift(source.parts, work, source.operator, target, drift.differences));
    await source.inStep();
    const after = await there('boss');
    expect(after.id).not.toBe(before.id);
    expect((await there('ada')).manager).toBe(after.id);
  });

  it('is left out where nobody here has the id that was sent, and told by PUT as by PATCH', async () => {
    const small = await startSmallScim({ patch: false });
    try {
      const boss = await person('boss');
      await source.changeUser(boss, { active: false });
      await person('ada', managedBy(boss));
      await person('bob', managedBy('E-4711'));
      await source.target('scim', { url: small.url, requestsPerSecond: 0 }, { token: 'small' }, 'small');
      await source.inStep();
      const manager = (name: string) =>
        [...small.users.values()].find(({ userName }) => userName === `${name}@x.example`)?.[ENTERPRISE];
      expect([manager('ada'), manager('bob')]).toEqual([{ department: 'Engines' }, { department: 'Engines' }]);
      await source.changeUser(boss, { active: true });
      await source.inStep();
      const id = [...small.users.values()].find(({ userName }) => userName === 'boss@x.example')?.id;
      expect(manager('ada')).toEqual({ department: 'Engines', manager: { value: id } });
      expect(manager('bob')).toEqual({ department: 'Engines' });
    } finally {
      await source.stop();
      await small.stop();
    }
  });
});
