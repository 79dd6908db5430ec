/** The dry run of a webhook: what it foretells is what comes, and looking changes nothing. On both engines. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dryRun } from '../../src/targets/dry-run.ts';
import type { DryRun, DryRunQuery } from '../../src/targets/planned.ts';
import type { Target } from '../../src/targets/target.ts';
import { setTargetState } from '../../src/targets/targets.ts';
import { DELIVERY_WAITS_MS } from '../../src/targets/webhook/deliver.ts';
import { missingPostgres } from '../support/postgres.ts';
import { startSource, type TargetSource } from '../support/target-source.ts';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

const never = new AbortController().signal;

describe.each(['sqlite', 'postgres'] as const)('the dry run of a webhook (%s)', (engine) => {
  const missing = engine === 'postgres' ? missingPostgres() : undefined;
  let source: TargetSource;
  let receiver: WebhookReceiver;
  let secret: string;
  let target: Target;

  beforeEach(async (context) => {
    context.skip(missing !== undefined, missing);
    receiver = await startReceiver();
    source = await startSource({ engine });
    const settings = { url: receiver.url, requestsPerSecond: 0, events: ['user.*'] };
    const made = await source.target('webhook', settings);
    target = made.target;
    secret = made.signingSecret ?? '';
    receiver.secrets.push(secret);
  });

  afterEach(async () => {
    if (missing !== undefined) return;
    await source.stop();
    await receiver.stop();
    expect(source.faults).toEqual([]);
  });

  async function setState(state: Target['state']): Promise<void> {
    const current = await source.reload(target);
    await source.run((work) => setTargetState(source.parts, work, source.operator, current, state));
    await source.runner.tick();
  }

  const plan = async (query: Partial<DryRunQuery> = {}): Promise<DryRun> =>
    dryRun(source.parts, source.operator, await source.reload(target), { limit: 100, ...query }, never);

  const bodies = ({ planned }: DryRun) => planned.flatMap(({ requests }) => requests.map(({ body }) => body));

  /** Everything that a delivery could leave behind. */
  async function kept(): Promise<unknown> {
    const { store } = source.core;
    const query = { targetId: target.id, afterSequence: 0, subjectKey: null, limit: 99 };
    return [
      await store.targets.findById(store.reader, target.id),
      await store.deliveries.page(store.reader, query),
      await store.jobs.page(store.reader, `target:${target.id}`, 'due', '', 99),
      await store.targetPushes.ofTarget(store.reader, { targetId: target.id, beforeId: null, limit: 99 }),
      await store.targetFailures.find(store.reader, target.id),
    ];
  }

  const received = () => receiver.events.map(({ id: _id, signatures: _signatures, ...body }) => body);
  const ofSubject = (events: readonly unknown[], id: string) =>
    (events as { data: { subject: { id: string } } }[]).filter(({ data }) => data.subject.id === id);

  it('foretells what waits and what is not read yet, and that is what comes', async () => {
    receiver.answer = () => 503;
    const ada = await source.user('ada@x.example');
    await expect.poll(() => source.pushes.map(({ outcome }) => outcome)).toEqual(['retry']);
    await setState('paused');
    await source.changeUser(ada, { title: 'Dr' });
    await source.team('vision');
    const bob = await source.user('bob@x.example');
    await source.changeUser(ada, { title: 'Prof' });
    receiver.answer = () => 204;
    const before = await kept();
    const run = await plan();
    expect(run.planned.map(({ name, subject }) => [name, subject])).toEqual([
      ['user.created: ada@x.example', `user:${ada}`],
      ['user.updated: ada@x.example', `user:${ada}`],
      ['user.created: bob@x.example', `user:${bob}`],
      ['user.updated: ada@x.example', `user:${ada}`],
    ]);
    expect(run).toMatchObject({ next: null, more: 0 });
    expect(run.planned[0]?.requests).toMatchObject([{ method: 'POST', url: receiver.url }]);
    expect(JSON.stringify(run)).not.toContain(secret);
    expect(await kept()).toEqual(before);
    expect(receiver.events).toEqual([]);
    await setState('active');
    await source.inStep();
    for (const id of [ada, bob]) expect(ofSubject(received(), id)).toEqual(ofSubject(bodies(run), id));
    expect(received()).toHaveLength(run.planned.length);
    expect(await plan()).toEqual({ planned: [], looked: expect.any(Number), next: null, more: 0 });
  });

  it('tells them page by page, with how many come after', async () => {
    await setState('paused');
    const names = ['ada', 'bob', 'eve', 'joe', 'kim'].map((name) => `${name}@x.example`);
    for (const name of names) {
      await source.user(name);
      await source.team(name);
    }
    const whole = await plan();
    const told: string[] = [];
    const left: (number | null)[] = [];
    for (let after: string | null = ''; after !== null; ) {
      const run: DryRun = await plan({ limit: 2, after });
      told.push(...run.planned.map(({ name }) => name));
      left.push(run.more);
      after = run.next;
    }
    expect(told).toEqual(whole.planned.map(({ name }) => name));
    expect(told).toEqual(names.map((name) => `user.created: ${name}`));
    expect(left).toEqual([3, 1, 0]);
  });

  it('goes through the queue page by page, too', async () => {
    receiver.answer = () => 503;
    for (const name of ['ada', 'bob', 'eve']) await source.user(name);
    const { store } = source.core;
    await expect.poll(() => store.deliveries.counts(store.reader, target.id)).toMatchObject({ waiting: 3 });
    await setState('paused');
    await source.user('joe');
    const first = await plan({ limit: 2 });
    expect(first.planned.map(({ name }) => name)).toEqual(['user.created: ada', 'user.created: bob']);
    expect(first.more).toBe(2);
    const second = await plan({ limit: 2, after: first.next ?? '' });
    expect(second.planned.map(({ name }) => name)).toEqual(['user.created: eve', 'user.created: joe']);
    await expect(plan({ after: 'user:1' })).rejects.toThrow('no place to go on from');
  });

  it('tells those of one subject', async () => {
    await setState('paused');
    const ada = await source.user('ada');
    await source.user('bob');
    await source.changeUser(ada, { title: 'Dr' });
    const run = await plan({ subject: `user:${ada}` });
    expect(run.planned.map(({ name }) => name)).toEqual(['user.created: ada', 'user.updated: ada']);
  });

  it('marks what was given up, which goes only when it is tried again', async () => {
    receiver.answer = () => 400;
    const ada = await source.user('ada');
    const { store } = source.core;
    await expect.poll(() => store.deliveries.counts(store.reader, target.id)).toMatchObject({ waiting: 1 });
    await setState('paused');
    await source.run(async ({ db }) => {
      const [first] = await store.deliveries.waiting(db, target.id, `user:${ada}`, 1);
      for (let tries = first?.attempts ?? 0; tries <= DELIVERY_WAITS_MS.length; tries += 1) {
        const isDead = tries === DELIVERY_WAITS_MS.length;
        await store.deliveries.failed(db, target.id, first?.sequence ?? 0, 'It answered 400.', isDead);
      }
    });
    const run = await plan();
    expect(run.planned).toMatchObject([
      { reason: 'Given up after 11 tries: It answered 400. It goes only when it is tried again.' },
    ]);
    expect(run.more).toBe(0);
  });
});
