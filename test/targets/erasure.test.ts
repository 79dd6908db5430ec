/** What a target was sent and what it answered about somebody does not outlive the erasure of that person. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { erasePerson } from '../../src/directory/removals/erasure.ts';
import { retryParked } from '../../src/targets/again.ts';
import { parkedOf } from '../../src/targets/status.ts';
import { type FakeWandb, startFakeWandb } from '../support/fake-wandb-scim.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { missingPostgres } from '../support/postgres.ts';
import { startSmallScim } from '../support/small-scim-server.ts';
import { startSource, type TargetSource } from '../support/target-source.ts';

describe.each(['sqlite', 'postgres'] as const)('erasing somebody whom a target refused (%s)', (engine) => {
  const missing = engine === 'postgres' ? missingPostgres() : undefined;
  let source: TargetSource;
  let fake: FakeWandb;
  let proxy: FaultProxy;

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

  /** Everything that is stored about targets, and the work that waits for them. */
  async function stored(): Promise<string> {
    const tables = ['target_links', 'target_members', 'target_pushes', 'target_deliveries', 'jobs'] as const;
    const rows = await Promise.all(
      tables.map((table) => source.core.engine.reader.selectFrom(table).selectAll().execute()),
    );
    return JSON.stringify(rows);
  }

  const person = (name: string) =>
    source.user(`${name}@x.example`, {
      displayName: `Mx ${name}`,
      emails: [{ value: `${name}@x.example`, primary: true }],
    });

  it('leaves their name and address nowhere, and what was said about others where it was', async () => {
    const [ada, bob] = [await person('lovelace'), await person('babbage')];
    const vision = await source.team('vision');
    const { target } = await source.target('wandb', { url: proxy.url, requestsPerSecond: 0 }, { apiKey: fake.apiKey });
    await source.inStep();
    const idOf = (name: string) =>
      [...fake.state.users.values()].find(({ email }) => email?.startsWith(name))?.id ?? '?';
    const names = new Map(['lovelace', 'babbage'].map((name) => [idOf(name), name]));
    proxy.decide = ({ path, body }) => {
      const named = [...names].find(([id]) => path.includes('/Groups/') && body.includes(id))?.[1];
      if (named === undefined) return { kind: 'pass' };
      return { kind: 'status', status: 400, body: JSON.stringify({ detail: `${named}@x.example is not welcome` }) };
    };
    for (const id of [ada, bob]) await source.join(vision, id);
    await source.changeUser(ada, { displayName: 'Countess Lovelace' });
    await source.inStep();
    const parked = () => parkedOf(source.parts, source.operator, target, { after: '', limit: 9 });
    const [before] = await parked();
    expect(before?.reason).toContain('lovelace@x.example is not welcome');
    expect(before?.reason).toContain('babbage@x.example is not welcome');
    await source.deleteUser(ada);
    await source.inStep();
    expect(await stored()).toMatch(/lovelace/i);
    const { pseudonym } = await source.run((work) => erasePerson(source.core.directory, work, ada, 'request 7'));
    expect(await stored()).not.toMatch(/lovelace/i);
    // Whatever is pushed because of it says nothing new.
    await source.inStep();
    expect(await stored()).not.toMatch(/lovelace/i);
    expect(await stored()).toContain(pseudonym);
    expect(await stored()).toContain('Mx babbage');
    expect(await stored()).toContain('Erased with the personal data of somebody it told of.');
    expect((await parked())[0]?.reason).toContain('babbage@x.example is not welcome');
  });

  it('reaches what a push that is under way writes afterwards, and every push after it', async () => {
    const ada = await person('lovelace');
    const { target } = await source.target('wandb', { url: proxy.url, requestsPerSecond: 0 }, { apiKey: fake.apiKey });
    await source.inStep();
    const asked = Promise.withResolvers<void>();
    proxy.decide = ({ method }) => {
      if (method === 'GET') {
        asked.resolve();
        return { kind: 'slow', ms: 1_000 };
      }
      return { kind: 'status', status: 400, body: JSON.stringify({ detail: 'lovelace@x.example stays' }) };
    };
    await source.deleteUser(ada);
    await asked.promise;
    const { pseudonym } = await source.run((work) => erasePerson(source.core.directory, work, ada, 'request 9'));
    const before = source.pushes.length;
    await expect.poll(() => source.pushes.length, { timeout: 10_000 }).toBeGreaterThan(before);
    expect(source.pushes[before]?.reason).toContain('lovelace@x.example stays');
    await source.inStep();
    expect(await parkedOf(source.parts, source.operator, target, { after: '', limit: 9 })).toMatchObject([
      { name: pseudonym, reason: 'Erased with the personal data of somebody it told of.' },
    ]);
    expect(await stored()).not.toMatch(/lovelace/i);
    proxy.decide = () => ({ kind: 'pass' });
    await source.run((work) => retryParked(source.parts, work, source.operator, target, null));
    await source.inStep();
    expect([...fake.state.users.values()]).toMatchObject([{ active: false }]);
    expect(await stored()).not.toMatch(/lovelace/i);
    expect(await stored()).toContain(pseudonym);
  });

  it('reaches a SCIM server, which gets the pseudonym in place of what it was told', async () => {
    const small = await startSmallScim();
    try {
      const ada = await source.user('lovelace@x.example', {
        ...{ displayName: 'Ada Lovelace', title: 'Countess', name: { familyName: 'Lovelace' } },
        emails: [{ value: 'lovelace@x.example', primary: true }],
      });
      await source.target('scim', { url: small.url, requestsPerSecond: 0 }, { token: 'small' });
      await source.inStep();
      await source.deleteUser(ada);
      await source.inStep();
      expect(JSON.stringify([...small.users.values()])).toMatch(/lovelace/i);
      const { pseudonym } = await source.run((work) => erasePerson(source.core.directory, work, ada, 'request 8'));
      await source.inStep();
      const [there] = [...small.users.values()];
      expect(there).toMatchObject({ userName: pseudonym, displayName: pseudonym, active: false });
      expect(JSON.stringify(there)).not.toMatch(/lovelace|countess/i);
      expect(await stored()).not.toMatch(/lovelace/i);
    } finally {
      await source.stop();
      await small.stop();
    }
  });
});
