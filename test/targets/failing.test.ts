/** A target that cannot be worked with: from when on it reads so, why, and how it goes on. On both engines. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Failing } from '../../src/targets/failing.ts';
import { parkedOf, statusOf } from '../../src/targets/status.ts';
import type { Target } from '../../src/targets/target.ts';
import { changeTarget, setTargetState } from '../../src/targets/targets.ts';
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
    expect(await failing(target, 10)).toMatchObject({ reason: 'It is not available (503).', isForbidden: false });
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
    await expect.poll(() => failing(target)).toMatchObject({ isForbidden: true });
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
    await expect.poll(() => failing(target)).toMatchObject({ isForbidden: true });
    await source.inStep();
    expect(proxy.requests).toEqual([]);
    expect(await statusOf(source.parts, await source.reload(target))).toMatchObject({ parked: 0 });
    await restart({});
    await source.inStep();
    const emails = [...wandb.state.users.values()].map(({ email }) => email);
    for (const name of ['ada', 'bob', 'eve']) expect(emails).toContain(`${name}@x.example`);
    expect(await failing(target, 3600)).toBeNull();
  });
});
