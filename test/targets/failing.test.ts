/** A target that cannot be worked with: from when on it reads so, why, and how it goes on. On both engines. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Failing } from '../../src/targets/failing.ts';
import { parkedOf, statusOf } from '../../src/targets/status.ts';
import type { Target } from '../../src/targets/target.ts';
import { changeTarget, rotateSigningSecret, setTargetState } from '../../src/targets/targets.ts';
import { testTarget } from '../../src/targets/testing.ts';
import { type FakeWandb, startFakeWandb } from '../support/fake-wandb-scim.ts';
import { type FaultProxy, inTurn, startFaultProxy } from '../support/fault-proxy.ts';
import { freshPostgresUrl, missingPostgres } from '../support/postgres.ts';
import { startSource, type TargetSource } from '../support/target-source.ts';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

const EVENTS = { events: ['user.*'], requestsPerSecond: 0 };
/** Allows nothing that a test can listen on. */
const STRICT = { TARGET_NETWORKS: '203.0.113.0/24' };

describe.each(['sqlite', 'postgres'] as const)('a target that fails (%s)', (engine) => {
  const missing = engine === 'postgres' ? missingPostgres() : undefined;
  let folder: string;
  let databaseUrl: string;
  let receiver: WebhookReceiver;
  let wandb: FakeWandb;
  let proxy: FaultProxy;
  let source: TargetSource;

  beforeEach(async (context) => {
    context.skip(missing !== undefined, missing);
    folder = await mkdtemp(join(tmpdir(), 'drawbridge-test-'));
    databaseUrl = engine === 'sqlite' ? `sqlite:${join(folder, 'shared.db')}` : await freshPostgresUrl();
    receiver = await startReceiver();
    wandb = await startFakeWandb();
    proxy = await startFaultProxy(wandb.url);
    source = await startSource({ engine, databaseUrl });
  });

  afterEach(async () => {
    if (missing !== undefined) return;
    await source.stop();
    await Promise.all([proxy.stop(), wandb.stop(), receiver.stop()]);
    await rm(folder, { recursive: true, force: true });
    expect(source.faults).toEqual([]);
  });

  /** As it reads so many seconds from now. */
  async function failing(target: Target, inSeconds = 0): Promise<Failing | null> {
    const now = () => Date.now() + inSeconds * 1000;
    return (await statusOf({ ...source.parts, now }, await source.reload(target))).failing;
  }

  const addWandb = async () =>
    (await source.target('wandb', { url: proxy.url, requestsPerSecond: 0 }, { apiKey: wandb.apiKey })).target;

  async function addWebhook(): Promise<Target> {
    const made = await source.target('webhook', { url: receiver.url, ...EVENTS });
    receiver.secrets.push(made.signingSecret ?? '');
    return made.target;
  }

  const person = (name: string) => source.user(name, { emails: [{ value: `${name}@x.example`, primary: true }] });

  /** Another process on the same database, with another configuration. */
  async function restart(env: Record<string, string>): Promise<void> {
    await source.stop();
    expect(source.faults).toEqual([]);
    source = await startSource({ engine, databaseUrl, env });
  }

  it('reads so once tries in a row failed, with why and when it is tried next, until one succeeds', async () => {
    proxy.decide = () => ({ kind: 'status', status: 503 });
    const target = await addWandb();
    await person('ada');
    await expect.poll(async () => (await failing(target, 10))?.tries ?? 0).toBeGreaterThan(1);
    expect(await failing(target, 10)).toMatchObject({ reason: 'It is not available (503).', kind: 'unavailable' });
    const { since, nextTryAt } = (await failing(target, 10)) ?? {};
    expect(since).toBeLessThanOrEqual(Date.now());
    expect(nextTryAt).toBeGreaterThan(since ?? 0);
    proxy.decide = () => ({ kind: 'pass' });
    await source.inStep();
    expect(await failing(target, 60)).toBeNull();
  });

  it('does not read so by one connection that broke and was mended', async () => {
    proxy.decide = inTurn({ kind: 'refuse' });
    const target = await addWandb();
    await person('ada');
    await expect.poll(() => source.pushes.filter(({ outcome }) => outcome === 'retry').length).toBeGreaterThan(0);
    expect(await failing(target, 3600)).toBeNull();
    await source.inStep();
    const { store } = source.core;
    expect(await store.targetFailures.find(store.reader, target.id)).toBeUndefined();
  });

  it('does not read so by what it says about one person', async () => {
    const target = await addWandb();
    await source.user('nobody', {});
    await source.inStep();
    expect(await parkedOf(source.parts, source.operator, target, { after: '', limit: 9 })).toHaveLength(1);
    expect(await failing(target, 3600)).toBeNull();
  });

  it('reads so when a webhook takes nothing, whatever it answers, and begins anew when it is resumed', async () => {
    receiver.answer = () => 404;
    const target = await addWebhook();
    await person('ada');
    await expect.poll(async () => (await failing(target, 10))?.reason, { timeout: 20_000 }).toBe('It answered 404.');
    const active = await source.reload(target);
    await source.run((work) => setTargetState(source.parts, work, source.operator, active, 'paused'));
    expect(await failing(target, 3600)).toBeNull();
    const paused = await source.reload(target);
    await source.run((work) => setTargetState(source.parts, work, source.operator, paused, 'active'));
    const { store } = source.core;
    expect(await store.targetFailures.find(store.reader, target.id)).toBeUndefined();
  });

  it('reads so at once where its address is forbidden, is left alone, and goes on by itself once it is allowed', async () => {
    await restart(STRICT);
    const target = await addWebhook();
    const ada = await person('ada');
    await person('bob');
    await expect.poll(() => failing(target)).toMatchObject({ kind: 'forbidden' });
    expect((await failing(target))?.reason).toMatch(
      /^127\.0\.0\.1 is not an address that a target may have\. Give .* another one, or .* TARGET_NETWORKS and start it again\.$/,
    );
    // Changes go on to come; nothing is tried for them.
    await source.inStep();
    const tries = source.pushes.length;
    for (const title of ['a', 'b', 'c']) await source.changeUser(ada, { title });
    for (let ticks = 0; ticks < 5; ticks += 1) await source.runner.tick();
    expect(source.pushes).toHaveLength(tries);
    const { store } = source.core;
    const waiting = await store.deliveries.waiting(store.reader, target.id, `user:${ada}`, 9);
    expect(waiting).toMatchObject([{ attempts: 0, lastError: null }]);
    // New settings are tried at once.
    const current = await source.reload(target);
    await source.run((work) =>
      changeTarget(source.parts, work, source.operator, current, { settings: { requestsPerSecond: 1 } }),
    );
    await expect.poll(() => source.pushes.length).toBeGreaterThan(tries);
    expect(receiver.events).toEqual([]);
    await restart({});
    await source.inStep();
    expect(receiver.events.filter(({ data }) => data.subject.id === ada).map(({ type }) => type)).toEqual([
      ...['user.created', 'user.updated', 'user.updated', 'user.updated'],
    ]);
    expect(await failing(target, 3600)).toBeNull();
  });

  it('gives up nobody because its address is forbidden', async () => {
    await restart(STRICT);
    const target = await addWandb();
    for (const name of ['ada', 'bob', 'eve']) await person(name);
    await expect.poll(() => failing(target)).toMatchObject({ kind: 'forbidden' });
    await source.inStep();
    expect(proxy.requests).toEqual([]);
    expect(await statusOf(source.parts, await source.reload(target))).toMatchObject({ parked: 0 });
    await restart({});
    await source.inStep();
    const emails = [...wandb.state.users.values()].map(({ email }) => email);
    for (const name of ['ada', 'bob', 'eve']) expect(emails).toContain(`${name}@x.example`);
    expect(await failing(target, 3600)).toBeNull();
  });

  /** One line of the log, however often the runner looks; gives it. */
  async function toldOnce(): Promise<string> {
    await expect.poll(() => source.faults.length).toBeGreaterThan(0);
    for (let ticks = 0; ticks < 5; ticks += 1) await source.runner.tick();
    return source.faults.splice(0).map(String).join('\n');
  }

  const ANEW = 'enter its secrets anew (for a webhook: make a new signing secret)';
  const ANOTHER_KEY = new RegExp(
    `^Its secrets were sealed with another key \\([0-9a-f]{8}\\)\\. Put that key into SECRETS_KEY again and restart Drawbridge, or ${ANEW.replace(/[()]/g, '\\$&')}\\.$`,
  );

  it('reads so at once where its secrets do not open, once in the log, until the key is there again', async () => {
    await restart({ SECRETS_KEY: 'a'.repeat(64) });
    const target = await addWandb();
    await source.inStep();
    await restart({ SECRETS_KEY: 'b'.repeat(64) });
    await person('ada');
    await expect.poll(() => failing(target)).toMatchObject({ kind: 'unopened', nextTryAt: null });
    expect((await failing(target))?.reason).toMatch(ANOTHER_KEY);
    const asked = proxy.requests.length;
    expect((await toldOnce()).split('\n')).toEqual([expect.stringContaining('sealed with another key')]);
    expect(proxy.requests).toHaveLength(asked);
    const current = await source.reload(target);
    const report = await testTarget(source.parts, source.operator, current, AbortSignal.timeout(10_000));
    expect(report).toEqual({ ok: false, findings: [expect.stringMatching(ANOTHER_KEY)] });
    // Nothing waits that would have to be sent to see that it works again.
    await restart({ SECRETS_KEY: 'a'.repeat(64) });
    await source.inStep();
    expect([...wandb.state.users.values()].map(({ email }) => email)).toContain('ada@x.example');
    expect(await failing(target, 3600)).toBeNull();
    const { store } = source.core;
    expect(await store.targetFailures.find(store.reader, target.id)).toBeUndefined();
  });

  it('reads so no more once the key is there again, although nothing has to be sent', async () => {
    await restart({ SECRETS_KEY: 'a'.repeat(64) });
    const target = await addWandb();
    await source.inStep();
    await restart({ SECRETS_KEY: 'b'.repeat(64) });
    await toldOnce();
    expect(await failing(target)).not.toBeNull();
    await restart({ SECRETS_KEY: 'a'.repeat(64) });
    await expect.poll(() => failing(target)).toBeNull();
  });

  it('goes on without the key once its secrets are entered anew, which no other change does', async () => {
    await restart({ SECRETS_KEY: 'a'.repeat(64) });
    const target = await addWandb();
    const webhook = await addWebhook();
    await source.inStep();
    await restart({ SECRETS_KEY: 'b'.repeat(64) });
    const ada = await person('ada');
    expect((await toldOnce()).split('\n')).toHaveLength(2);
    const change = async (of: Target, given: Parameters<typeof changeTarget>[4]) => {
      const current = await source.reload(of);
      await source.run((work) => changeTarget(source.parts, work, source.operator, current, given));
    };
    for (const each of [target, webhook]) {
      await expect(change(each, { settings: { requestsPerSecond: 0 } })).rejects.toThrow('sealed with another key');
    }
    await change(target, { settings: {}, secrets: { apiKey: wandb.apiKey } });
    const current = await source.reload(webhook);
    const signing = await source.run((work) =>
      rotateSigningSecret(source.parts, work, source.operator, current, { graceMs: 60_000 }),
    );
    receiver.secrets.splice(0, receiver.secrets.length, signing);
    await expect.poll(async () => [await failing(target), await failing(webhook)]).toEqual([null, null]);
    await source.inStep();
    expect([...wandb.state.users.values()].map(({ email }) => email)).toContain('ada@x.example');
    expect(receiver.events.map(({ data }) => data.subject.id)).toContain(ada);
  });

  it('reads so at once where its settings are not right any more, until they are changed', async () => {
    const target = await addWandb();
    await source.inStep();
    const { store } = source.core;
    const settings = { ...target.settings, auth: 'carrier pigeon', ofAnotherVersion: true };
    const at = Date.now() + 1;
    await store.write((db) => store.targets.setSettings(db, target.id, settings, target.sealed, at));
    await person('ada');
    await expect.poll(() => failing(target)).toMatchObject({ kind: 'unopened' });
    const { reason } = (await failing(target)) ?? {};
    expect(reason).toMatch(
      /^The settings of the wandb target are not right: .*auth: .*ofAnotherVersion.* Change its settings\.$/,
    );
    expect(await toldOnce()).not.toContain('\n');
    const current = await source.reload(target);
    await source.run((work) =>
      changeTarget(source.parts, work, source.operator, current, { settings: { auth: 'bearer' } }),
    );
    await source.inStep();
    expect([...wandb.state.users.values()].map(({ email }) => email)).toContain('ada@x.example');
    expect(await failing(target, 3600)).toBeNull();
  });
});
