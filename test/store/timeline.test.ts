/** Counting exchanges over time: from kept hours and from the log, and that both agree. */
import { expect, it } from 'vitest';
import { createHourCounter } from '../../src/ops/hour-counting.ts';
import { createStore, type Store } from '../../src/store/store.ts';
import type { Exchange, Outcome } from '../../src/synclog/exchange.ts';
import { createTimelineReader, HOUR_MS, type OutcomeCount, SETTLE_MS } from '../../src/synclog/timeline.ts';
import { exampleExchange } from '../console/example-log.ts';
import { describeEachEngine } from '../support/each-engine.ts';

const BASE = Date.parse('2026-11-20T00:00:00Z');
const ORGANIZATION = 'org-1';

/** One exchange in every five minutes of `hours` hours; every fourth refused, every third of the other connection. */
function log(hours: number, organizationId = ORGANIZATION): Exchange[] {
  return Array.from({ length: hours * 12 }, (_, n) => {
    const at = BASE + n * 300_000 + (organizationId === ORGANIZATION ? 0 : 1);
    const outcome: Outcome = n % 4 === 0 ? 'refused' : 'changed';
    return exampleExchange(at, { organizationId, outcome, connectionId: n % 3 === 0 ? 'entra' : 'okta' });
  });
}

const sum = (counts: readonly OutcomeCount[], outcome?: Outcome): number =>
  counts.filter((one) => outcome === undefined || one.outcome === outcome).reduce((total, one) => total + one.count, 0);

describeEachEngine('the timeline', (open) => {
  async function storeWith(exchanges: readonly Exchange[]): Promise<Store> {
    const store = createStore(await open());
    for (const id of [ORGANIZATION, 'org-2']) {
      await store.write((db) => store.organizations.insert(db, { id, name: id, createdAt: BASE }));
    }
    await store.write((db) => store.exchanges.insert(db, exchanges));
    return store;
  }

  async function countUntil(store: Store, now: number): Promise<void> {
    const { timeline, jobs, reader, write } = store;
    const listOrganizations = () => store.organizations.list(reader);
    await createHourCounter({ timeline, jobs, listOrganizations, reader, write, now: () => now })();
  }

  it('gives the same counts from kept hours as from the log itself', async () => {
    const store = await storeWith([...log(100), ...log(100, 'org-2')]);
    const read = () =>
      createTimelineReader(store.timeline, store.reader).read({
        organizationId: ORGANIZATION,
        from: BASE,
        until: BASE + 100 * HOUR_MS,
      });
    const byKey = (counts: readonly OutcomeCount[]) =>
      counts.map((one) => `${one.at} ${one.connectionId} ${one.outcome} ${one.count}`).toSorted();
    const live = await read();
    expect(sum(live.counts)).toBe(1200);
    expect(sum(live.counts, 'refused')).toBe(300);
    await countUntil(store, BASE + 90.5 * HOUR_MS);
    expect(await store.timeline.keptUntil(store.reader, ORGANIZATION)).toBe(BASE + 90 * HOUR_MS);
    expect(byKey((await read()).counts)).toEqual(byKey(live.counts));
    await countUntil(store, BASE + 200 * HOUR_MS);
    expect(byKey((await read()).counts)).toEqual(byKey(live.counts));
    expect(live.spanMs).toBe(6 * HOUR_MS);
  });

  it('does not count an hour before late exchanges had time to be written, and comes back for it', async () => {
    const store = await storeWith(log(3));
    await countUntil(store, BASE + 2 * HOUR_MS + SETTLE_MS - 1);
    expect(await store.timeline.keptUntil(store.reader, ORGANIZATION)).toBe(BASE + HOUR_MS);
    const job = await store.jobs.find(store.reader, { queue: 'hour-counting', key: 'all' });
    expect(job?.dueAt).toBe(BASE + 2 * HOUR_MS + SETTLE_MS);
  });

  it('narrows by connection and outcome, also in kept hours', async () => {
    const store = await storeWith(log(100));
    await countUntil(store, BASE + 200 * HOUR_MS);
    const { counts } = await createTimelineReader(store.timeline, store.reader).read({
      organizationId: ORGANIZATION,
      connectionId: 'entra',
      outcome: 'refused',
      from: BASE,
      until: BASE + 100 * HOUR_MS,
    });
    expect(sum(counts)).toBe(100);
    expect(new Set(counts.map((one) => `${one.connectionId} ${one.outcome}`))).toEqual(new Set(['entra refused']));
  });

  it('counts plain reads, which share rows, as everything else', async () => {
    const reads = Array.from({ length: 5000 }, (_, n) => exampleExchange(BASE + n * 3000));
    const store = await storeWith([...log(5), ...reads]);
    const read = (query = {}) =>
      createTimelineReader(store.timeline, store.reader).read({
        organizationId: ORGANIZATION,
        from: BASE,
        until: BASE + 100 * HOUR_MS,
        ...query,
      });
    const live = await read();
    expect([sum(live.counts, 'read'), sum(live.counts)]).toEqual([5000, 5060]);
    await countUntil(store, BASE + 200 * HOUR_MS);
    expect(new Set((await read()).counts)).toEqual(new Set(live.counts));
    const hour = { until: BASE + HOUR_MS };
    expect(sum((await read({ ...hour, outcome: 'read' })).counts)).toBe(1200);
    expect(sum((await read({ ...hour, text: 'ADA found', outcome: 'read' })).counts)).toBe(1200);
    expect(sum((await read({ ...hour, text: 'nobody' })).counts)).toBe(0);
    expect(await store.timeline.oldest(store.reader, ORGANIZATION)).toBe(BASE);
  });

  it('counts minutes of a short span, with every filter', async () => {
    const store = await storeWith(log(2));
    const { counts, spanMs, cut } = await createTimelineReader(store.timeline, store.reader).read({
      organizationId: ORGANIZATION,
      text: 'looked ada',
      from: BASE,
      until: BASE + HOUR_MS,
    });
    expect({ total: sum(counts), spanMs, cut }).toEqual({ total: 12, spanMs: 60_000, cut: false });
  });

  it('tells why requests were refused, most frequent cause first', async () => {
    const causes = ['uniqueness', 'uniqueness', 'last_admin'].map((errorCode, n) =>
      exampleExchange(BASE + n, { outcome: 'refused', errorCode }),
    );
    const store = await storeWith([...causes, exampleExchange(BASE + 9)]);
    const found = await store.syncLog.refusals(ORGANIZATION, BASE, 100);
    expect(found.map(({ errorCode, count }) => [errorCode, count])).toEqual([
      ['uniqueness', 2],
      ['last_admin', 1],
    ]);
    expect(await store.syncLog.refusals('org-2', BASE, 100)).toEqual([]);
  });
});
