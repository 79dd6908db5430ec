/** `webhook` against a receiver that checks signatures. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Job } from '../../src/jobs/job.ts';
import { replayEvents, retryParked } from '../../src/targets/again.ts';
import { openTarget } from '../../src/targets/open.ts';
import { deadLettersOf, statusOf } from '../../src/targets/status.ts';
import { createSubjectHandler } from '../../src/targets/subject-worker.ts';
import type { Target } from '../../src/targets/target.ts';
import { removeTarget, rotateSigningSecret, setTargetState } from '../../src/targets/targets.ts';
import { testTarget } from '../../src/targets/testing.ts';
import { DELIVERY_WAITS_MS } from '../../src/targets/webhook/deliver.ts';
import { eventSchema } from '../../src/targets/webhook/event.ts';
import { type FaultProxy, inTurn, startFaultProxy } from '../support/fault-proxy.ts';
import { missingPostgres } from '../support/postgres.ts';
import { startSource, type TargetSource } from '../support/target-source.ts';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

const ENGINES = ['sqlite', 'postgres'] as const;
const never = new AbortController().signal;

describe.each(ENGINES)('a webhook (%s)', (engine) => {
  const missing = engine === 'postgres' ? missingPostgres() : undefined;
  let source: TargetSource;
  let receiver: WebhookReceiver;
  let proxy: FaultProxy;

  beforeEach(async (context) => {
    context.skip(missing !== undefined, missing);
    receiver = await startReceiver();
    proxy = await startFaultProxy(receiver.url.replace('/hook', ''));
    source = await startSource({ engine });
  });

  afterEach(async () => {
    if (missing !== undefined) return;
    await source.stop();
    await proxy.stop();
    await receiver.stop();
    expect(source.faults).toEqual([]);
  });

  async function add(settings: Record<string, unknown> = {}): Promise<Target> {
    const made = await source.target('webhook', { url: `${proxy.url}/hook`, requestsPerSecond: 0, ...settings });
    receiver.secrets.push(made.signingSecret ?? '');
    return made.target;
  }

  const only = async () => {
    const [target] = await source.core.store.targets.all(source.core.store.reader);
    if (target === undefined) throw new Error('no target');
    return target;
  };
  const named = (kind: string) =>
    receiver.events.filter(({ type }) => type === kind).map(({ data }) => data.subject.name);

  it('is told of every change that comes after it was added, signed, and in a form that has a schema', async () => {
    await source.user('before@x.example');
    await add();
    const ada = await source.user('ada@x.example', { displayName: 'Ada' });
    await source.changeUser(ada, { title: 'Dr' });
    const vision = await source.team('vision');
    await source.join(vision, ada, 'admin');
    await source.inStep();
    expect(receiver.forged).toBe(0);
    expect(receiver.events.map(({ type }) => type).toSorted()).toEqual(
      ['grant.added', 'target.created', 'team.created', 'user.created', 'user.updated'].toSorted(),
    );
    expect(named('user.created')).toEqual(['Ada']);
    expect(source.pushes.filter(({ subject }) => subject.id === ada).map(({ subject }) => subject.name)).toContain(
      'Ada',
    );
    const updated = receiver.events.find(({ type }) => type === 'user.updated');
    expect(updated?.data).toMatchObject({ subject: { type: 'user', id: ada }, after: { title: 'Dr' } });
    const { id: _id, signatures: _signatures, ...event } = updated ?? { id: '', signatures: 0 };
    expect(eventSchema.safeParse(event).success).toBe(true);
    expect(new Set(receiver.events.map(({ id }) => id)).size).toBe(receiver.events.length);
  });

  it('is told only what it asked for', async () => {
    await add({ events: ['user.*'] });
    const ada = await source.user('ada@x.example');
    await source.team('vision');
    await source.deleteUser(ada);
    await source.inStep();
    expect(receiver.events.map(({ type }) => type)).toEqual(['user.created', 'user.deleted']);
  });

  it('gets the events of one subject in their order, whatever fails in between', async () => {
    await add({ events: ['user.updated'] });
    const [ada, bob] = [await source.user('ada@x.example'), await source.user('bob@x.example')];
    let count = 0;
    proxy.decide = () => {
      count += 1;
      return count === 2 ? { kind: 'status', status: 503 } : { kind: 'pass' };
    };
    for (let number = 1; number <= 10; number += 1) {
      for (const id of [ada, bob]) await source.changeUser(id, { title: String(number) });
    }
    // A failed event is tried again after five seconds or so.
    await source.inStep();
    for (const id of [ada, bob]) {
      const titles = receiver.events.filter(({ data }) => data.subject.id === id).map(({ data }) => data.after.title);
      expect(titles).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
    }
  });

  it('repeats an event whose answer got lost, under the same id', async () => {
    await add({ events: ['user.created'] });
    let lost = false;
    proxy.decide = () => {
      if (lost) return { kind: 'pass' };
      lost = true;
      return { kind: 'lose' };
    };
    await source.user('ada@x.example');
    await source.inStep();
    expect(receiver.events).toHaveLength(2);
    expect(receiver.events[0]?.id).toBe(receiver.events[1]?.id);
  });

  it('gets over faults of every kind, each event once or under the same id again', async () => {
    await add({ events: ['user.created'] });
    const faults = inTurn(
      ...([{ kind: 'refuse' }, { kind: 'status', status: 500 }, { kind: 'lose' }, { kind: 'slow', ms: 500 }] as const),
      ...[{ kind: 'status', status: 429, headers: { 'retry-after': '1' } } as const],
    );
    proxy.decide = faults;
    const names = ['ada', 'bob', 'eve', 'joe', 'kim'].map((name) => `${name}@x.example`);
    for (const name of names) await source.user(name);
    await source.inStep();
    const ids = new Map(receiver.events.map(({ id, data }) => [data.subject.name as string, id]));
    expect([...ids.keys()].toSorted()).toEqual(names);
    expect(new Set(receiver.events.map(({ id }) => id)).size).toBe(names.length);
    expect(await deadLettersOf(source.parts, source.operator, await only(), { after: 0, limit: 9 })).toEqual([]);
  });

  it('has told enough by its status, however long its answer is', async () => {
    await add({ events: ['user.created'] });
    proxy.decide = () => ({ kind: 'endless' });
    await source.user('ada@x.example');
    await source.inStep();
    expect(proxy.requests).toHaveLength(1);
    expect(source.pushes).toMatchObject([{ outcome: 'done', requests: [expect.stringMatching(/ 200 \d+ms$/)] }]);
  });

  it('signs with the new secret and the old one until the old one ends', async () => {
    const target = await add({ events: ['user.*'] });
    const [old] = receiver.secrets;
    const fresh = await source.run((work) =>
      rotateSigningSecret(source.parts, work, source.operator, target, { graceMs: 60_000 }),
    );
    receiver.secrets = [fresh];
    await source.user('ada@x.example');
    await source.inStep();
    receiver.secrets = [old ?? ''];
    await source.user('bob@x.example');
    await source.inStep();
    expect(receiver.events.map(({ signatures }) => signatures)).toEqual([2, 2]);
    const again = await source.reload(target);
    const last = await source.run((work) =>
      rotateSigningSecret(source.parts, work, source.operator, again, { graceMs: 0 }),
    );
    receiver.secrets = [last];
    await source.user('eve@x.example');
    await source.inStep();
    expect(receiver.events.at(-1)).toMatchObject({ signatures: 1, data: { subject: { name: 'eve@x.example' } } });
    expect(receiver.forged).toBe(0);
  });

  it('puts an event aside that was refused for days, goes on with the next, and sends it when told to', async () => {
    const target = await add({ events: ['user.*'] });
    receiver.answer = ({ type }) => (type === 'user.created' ? 400 : 204);
    const ada = await source.user('ada@x.example');
    await source.changeUser(ada, { title: 'Dr' });
    const { store } = source.core;
    await expect.poll(() => store.deliveries.counts(store.reader, target.id)).toMatchObject({ waiting: 2 });
    // As after three days: every try but the last one is spent.
    await source.run(async ({ db }) => {
      const [first] = await store.deliveries.waiting(db, target.id, `user:${ada}`, 1);
      for (let tries = first?.attempts ?? 0; tries < DELIVERY_WAITS_MS.length; tries += 1) {
        await store.deliveries.failed(db, target.id, first?.sequence ?? 0, 'It answered 400.', false);
      }
    });
    await source.inStep();
    expect(receiver.events.map(({ type }) => type)).toEqual(['user.updated']);
    const dead = await deadLettersOf(source.parts, source.operator, target, { after: 0, limit: 10 });
    expect(dead).toMatchObject([{ subject: `user:${ada}`, name: 'ada@x.example', reason: 'It answered 400.' }]);
    receiver.answer = () => 204;
    expect(await source.run((work) => retryParked(source.parts, work, source.operator, target, null))).toBe(1);
    await source.inStep();
    expect(receiver.events.map(({ type }) => type)).toEqual(['user.updated', 'user.created']);
    const [told] = await store.syncLog.changesOfSubject(target.organizationId, target.id, 1);
    expect(told).toMatchObject({ kind: 'target.retried', after: { retried: 1 } });
    expect(await statusOf(source.parts, await source.reload(target))).toMatchObject({
      deliveries: { waiting: 0, dead: 0 },
    });
  });

  it('that is gone (410) is paused on record, says why, and gets what waited once it is resumed', async () => {
    const target = await add({ events: ['user.*'] });
    receiver.answer = () => 410;
    const ada = await source.user('ada@x.example');
    await expect.poll(async () => (await source.reload(target)).state).toBe('paused');
    const paused = await source.reload(target);
    expect(paused.stateReason).toBe('It answered 410 Gone: it wants no more events.');
    await source.changeUser(ada, { title: 'Dr' });
    await source.inStep();
    expect(await testTarget(source.parts, source.operator, paused, never)).toEqual({
      ...{ ok: false, findings: ['It answered 410 Gone: it wants no more events.'] },
    });
    const { store } = source.core;
    const [change] = await store.changes.ofSubject(store.reader, target.id, 'target.paused', 1);
    expect(change).toMatchObject({ actor: { kind: 'system', name: 'targets' }, reason: paused.stateReason });
    // No try was used up, and nothing was given up.
    expect(await store.deliveries.waiting(store.reader, target.id, `user:${ada}`, 9)).toMatchObject([{ attempts: 0 }]);
    receiver.answer = () => 204;
    await source.run((work) => setTargetState(source.parts, work, source.operator, paused, 'active'));
    await source.inStep();
    expect(receiver.events.map(({ type }) => type)).toEqual(['user.created', 'user.updated']);
    expect((await source.reload(target)).stateReason).toBeNull();
  });

  it('sends everything after a position again when told to', async () => {
    const target = await add({ events: ['user.*'] });
    for (const name of ['ada', 'bob', 'eve']) await source.user(`${name}@x.example`);
    await source.inStep();
    const position = receiver.events.find(({ data }) => data.subject.name.startsWith('ada'))?.data.position as number;
    const before = receiver.events.map(({ id }) => id);
    receiver.events.length = 0;
    const current = await source.reload(target);
    await source.run((work) => replayEvents(source.parts, work, source.operator, current, position));
    await source.inStep();
    expect(named('user.created').toSorted()).toEqual(['bob@x.example', 'eve@x.example']);
    expect(receiver.events.every(({ id }) => before.includes(id))).toBe(true);
  });

  it('keeps to itself what stands in its query', async () => {
    await add({ events: ['target.*'] });
    const settings = { url: `${proxy.url}/hook?token=hidden`, events: ['user.*'] };
    await source.target('webhook', settings, undefined, 'other');
    await source.inStep();
    const told = JSON.stringify(receiver.events);
    expect(told).toContain('/hook?...');
    expect(told).not.toContain('hidden');
  });

  it('catches up after a pause', async () => {
    const target = await add({ events: ['user.*'] });
    await source.run((work) => setTargetState(source.parts, work, source.operator, target, 'paused'));
    const ada = await source.user('ada@x.example');
    await source.deleteUser(ada);
    await source.inStep();
    expect(receiver.events).toEqual([]);
    const paused = await source.reload(target);
    await source.run((work) => setTargetState(source.parts, work, source.operator, paused, 'active'));
    await source.inStep();
    expect(receiver.events.map(({ type }) => type)).toEqual(['user.created', 'user.deleted']);
  });

  it('that is removed while it is told of something leaves no fault behind', async () => {
    const target = await add({ events: ['user.*'], requestsPerSecond: 20 });
    const ada = await source.user('ada@x.example');
    await source.inStep();
    await source.runner.stop();
    const open = openTarget(source.parts, target);
    const handle = createSubjectHandler({
      ...source.parts,
      open,
      gatherMs: () => 0,
      onPush: () => undefined,
      pause: async () => undefined,
      hold: () => undefined,
    });
    const key = `user:${ada}`;
    await source.run(({ db }) =>
      source.core.store.deliveries.add(db, target.id, [{ subjectKey: key, position: 1 }], 0),
    );
    const removal = Promise.withResolvers<void>();
    proxy.decide = () => {
      removal.resolve(source.run((work) => removeTarget(source.parts, work, source.operator, target)));
      return { kind: 'slow', ms: 100 };
    };
    const job: Job = {
      ...{ queue: `target:${target.id}`, key, organizationId: target.organizationId, payload: null, attempts: 0 },
      ...{ generation: 1, dueAt: 0, state: 'due', lastError: null, createdAt: 0, updatedAt: 0 },
    };
    const result = handle(job, never);
    await removal.promise;
    expect(await result).toEqual({ kind: 'done' });
    await open.close();
  });

  it('can be tested, and follows no redirect', async () => {
    const target = await add();
    expect(await testTarget(source.parts, source.operator, target, never)).toMatchObject({ ok: true });
    expect(receiver.events.map(({ type }) => type)).toContain('webhook.test');
    proxy.decide = () => ({ kind: 'status', status: 302, headers: { location: `${receiver.url}/elsewhere` } });
    proxy.requests.length = 0;
    const report = await testTarget(source.parts, source.operator, target, never);
    expect(report).toMatchObject({
      ok: false,
      findings: ['It answered with a redirect (302), which is not followed.'],
    });
    expect(proxy.requests.filter(({ path }) => path.endsWith('elsewhere'))).toEqual([]);
  });

  it('has addresses of this machine and of the own network only where the configuration allows them', async () => {
    const strict = await startSource({ engine, env: { TARGET_NETWORKS: '203.0.113.0/24' } });
    try {
      const addresses = [
        ...[
          receiver.url,
          'http://localhost:9/',
          'http://[::1]:9/',
          'http://[::ffff:127.0.0.1]:9/',
          'http://0.0.0.0:9/',
        ],
        ...['http://10.1.2.3/', 'http://192.168.1.1/', 'http://169.254.169.254/latest', 'http://[fd00::1]/'],
        ...['http://2130706433/', 'http://0x7f000001/', 'http://127.1/'],
      ];
      for (const [index, url] of addresses.entries()) {
        const { target } = await strict.target('webhook', { url }, {}, `hook ${index}`);
        const report = await testTarget(strict.parts, strict.operator, target, never);
        expect(report.ok, url).toBe(false);
        expect(report.findings.join(' '), url).toContain('is not an address that a target may have');
      }
      expect(proxy.requests).toEqual([]);
      expect(receiver.events).toEqual([]);
    } finally {
      await strict.stop();
    }
  });
});
