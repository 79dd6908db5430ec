/** How long a target is behind, in seconds, by a clock that the test moves: in its status and in the metric. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sampleTargets } from '../../src/app/targets.ts';
import { createMetrics } from '../../src/ops/metrics.ts';
import { statusOf } from '../../src/targets/status.ts';
import type { Target } from '../../src/targets/target.ts';
import { setTargetState } from '../../src/targets/targets.ts';
import { missingPostgres } from '../support/postgres.ts';
import { startSource, type TargetSource } from '../support/target-source.ts';
import { startReceiver, type WebhookReceiver } from '../support/webhook-receiver.ts';

describe.each(['sqlite', 'postgres'] as const)('the lag of a target in seconds (%s)', (engine) => {
  const missing = engine === 'postgres' ? missingPostgres() : undefined;
  let source: TargetSource;
  let receiver: WebhookReceiver;
  let target: Target;
  let clock: number;

  beforeEach(async (context) => {
    context.skip(missing !== undefined, missing);
    receiver = await startReceiver();
    source = await startSource({ engine });
    const made = await source.target('webhook', { url: receiver.url, requestsPerSecond: 0, events: ['user.*'] });
    receiver.secrets.push(made.signingSecret ?? '');
    target = made.target;
    await source.inStep();
  });

  afterEach(async () => {
    if (missing !== undefined) return;
    await source.stop();
    await receiver.stop();
    expect(source.faults).toEqual([]);
  });

  async function lagSeconds(): Promise<number> {
    return (await statusOf({ ...source.parts, now: () => clock }, await source.reload(target))).lagSeconds;
  }

  async function metric(): Promise<string> {
    const metrics = createMetrics({ version: '1.2.3', withProcess: false });
    metrics.observeTargets(() => sampleTargets({ ...source.parts, now: () => clock }));
    return metrics.read();
  }

  it('is the age of the oldest change that was not read yet, and nothing once all is there', async () => {
    const current = await source.reload(target);
    await source.run((work) => setTargetState(source.parts, work, source.operator, current, 'paused'));
    await source.inStep();
    const { store } = source.core;
    const ada = await source.user('ada');
    const [oldest] = await store.changes.ofSubject(store.reader, target.id, 'target.paused', 1);
    await source.user('bob');
    clock = (oldest?.at ?? 0) + 90_000;
    expect(await lagSeconds()).toBe(90);
    clock += 3_600_000;
    expect(await lagSeconds()).toBe(3690);
    expect(await metric()).toContain('drawbridge_target_lag_seconds{target="webhook",kind="webhook"} 3690');
    const paused = await source.reload(target);
    await source.run((work) => setTargetState(source.parts, work, source.operator, paused, 'active'));
    await source.inStep();
    expect(receiver.events.map(({ data }) => data.subject.id)).toContain(ada);
    expect(await lagSeconds()).toBe(0);
    expect(await metric()).toContain('drawbridge_target_lag_seconds{target="webhook",kind="webhook"} 0');
  });

  it('is the age of what waits in the queue', async () => {
    receiver.answer = () => 503;
    const ada = await source.user('ada');
    const { store } = source.core;
    const job = { queue: `target:${target.id}`, key: `user:${ada}` };
    await expect.poll(() => store.jobs.find(store.reader, job)).toMatchObject({ attempts: 1 });
    clock = ((await store.jobs.find(store.reader, job))?.createdAt ?? 0) + 75_000;
    expect(await lagSeconds()).toBe(75);
    expect(await metric()).toContain('drawbridge_target_lag_seconds{target="webhook",kind="webhook"} 75');
  });
});
