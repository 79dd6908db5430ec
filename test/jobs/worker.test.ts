/** Background work on both engines: leases, second runs, back-off, parking, stopping, several workers at once. */
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { createIdSource } from '../../src/directory/id-source.ts';
import type { Job, JobResult, NewJob } from '../../src/jobs/job.ts';
import { createPacer } from '../../src/jobs/pacer.ts';
import { createWorker, type Worker, type WorkerOptions } from '../../src/jobs/worker.ts';
import { createStore, type Store } from '../../src/store/store.ts';
import { describeEachEngine } from '../support/each-engine.ts';

const QUEUE = 'test';
const newId = createIdSource();

describeEachEngine('a worker', (open, engine) => {
  const workers: Worker[] = [];
  /** Moves only when a test moves it, so that leases and back-off need no waiting. */
  let clock = 1_000_000;
  const errors: unknown[] = [];

  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    errors.length = 0;
  });

  async function openStore(url?: string): Promise<Store> {
    return createStore(await open({}, url));
  }

  function start(store: Store, handle: WorkerOptions['handle'], options: Partial<WorkerOptions> = {}): Worker {
    const worker = createWorker(
      {
        jobs: store.jobs,
        reader: store.reader,
        write: store.write,
        now: () => clock,
        newId,
        onError: (error) => errors.push(error),
      },
      { queue: QUEUE, pollMs: 20, handle, ...options },
    );
    workers.push(worker);
    return worker;
  }

  const mark = (store: Store, keys: readonly string[], more: Partial<NewJob> = {}) =>
    store.write((db) =>
      store.jobs.mark(
        db,
        keys.map((key) => ({ queue: QUEUE, key, organizationId: 'o', dueAt: clock, ...more })),
        clock,
      ),
    );

  const find = (store: Store, key: string): Promise<Job | undefined> =>
    store.jobs.find(store.reader, { queue: QUEUE, key });

  it('does what is marked, with its payload, once', async () => {
    const store = await openStore();
    const seen: unknown[] = [];
    const worker = start(store, async (job) => {
      seen.push([job.key, job.payload, job.organizationId]);
      return { kind: 'done' };
    });
    await mark(store, ['a'], { payload: { n: 1 } });
    await mark(store, ['b']);
    await worker.idle();
    expect(seen.toSorted()).toEqual([
      ['a', { n: 1 }, 'o'],
      ['b', null, 'o'],
    ]);
    expect(await store.jobs.counts(store.reader, null)).toEqual([]);
  });

  it('is given what it was marked with last, also after a mark that says nothing', async () => {
    const store = await openStore();
    const given = async () => (await find(store, 'a'))?.payload;
    await mark(store, ['a'], { payload: { n: 1 } });
    await mark(store, ['a']);
    expect(await given()).toEqual({ n: 1 });
    await mark(store, ['a'], { payload: { n: 2 } });
    expect(await given()).toEqual({ n: 2 });
  });

  it('leaves what is not due yet and what is of another queue', async () => {
    const store = await openStore();
    const seen: string[] = [];
    const worker = start(store, async ({ key }) => {
      seen.push(key);
      return { kind: 'done' };
    });
    await mark(store, ['later'], { dueAt: clock + 1 });
    await mark(store, ['other'], { queue: 'another' });
    await worker.idle();
    expect(seen).toEqual([]);
  });

  it('runs once more when the job was marked while it was worked on, and no more than that', async () => {
    const store = await openStore();
    let runs = 0;
    const worker = start(store, async () => {
      runs += 1;
      if (runs === 1) for (let n = 0; n < 5; n += 1) await mark(store, ['a']);
      return { kind: 'done' };
    });
    await mark(store, ['a']);
    await worker.idle();
    expect(runs).toBe(2);
    expect(await find(store, 'a')).toBeUndefined();
  });

  it('waits longer after each failed try, keeps the reason, and is not hurried by new marks', async () => {
    const store = await openStore();
    const worker = start(store, async () => ({ kind: 'retry', reason: 'the target is down' }), {
      backoff: { firstMs: 10_000, maxMs: 40_000 },
    });
    await mark(store, ['a']);
    await worker.idle();
    const first = await find(store, 'a');
    expect(first).toMatchObject({ attempts: 1, lastError: 'the target is down', state: 'due' });
    expect((first?.dueAt ?? 0) - clock).toBeGreaterThanOrEqual(5_000);
    await mark(store, ['a']);
    expect((await find(store, 'a'))?.dueAt).toBe(first?.dueAt);
    clock = first?.dueAt ?? 0;
    await worker.idle();
    const second = await find(store, 'a');
    expect(second?.attempts).toBe(2);
    expect((second?.dueAt ?? 0) - clock).toBeGreaterThanOrEqual(10_000);
  });

  it('comes back when it was told to', async () => {
    const store = await openStore();
    const worker = start(store, async () => ({ kind: 'retry', reason: '429', afterMs: 7_000 }));
    await mark(store, ['a']);
    await worker.idle();
    expect((await find(store, 'a'))?.dueAt).toBe(clock + 7_000);
  });

  it('parks after too many tries or at once when told so, and starts anew when marked or unparked', async () => {
    const store = await openStore();
    let answer: JobResult = { kind: 'retry', reason: 'no', afterMs: 0 };
    const worker = start(store, async () => answer, { maxAttempts: 3 });
    await mark(store, ['a']);
    await worker.idle();
    expect(await find(store, 'a')).toMatchObject({ state: 'parked', attempts: 3, lastError: 'no' });
    answer = { kind: 'park', reason: 'refused' };
    await mark(store, ['a']);
    await worker.idle();
    expect(await find(store, 'a')).toMatchObject({ state: 'parked', attempts: 1, lastError: 'refused' });
    expect(await store.jobs.page(store.reader, QUEUE, 'parked', '', 10)).toHaveLength(1);
    answer = { kind: 'done' };
    expect(await store.write((db) => store.jobs.unpark(db, QUEUE, null, clock))).toBe(1);
    await worker.idle();
    expect(await find(store, 'a')).toBeUndefined();
  });

  it('takes an unexpected error as a failed try and tells of it', async () => {
    const store = await openStore();
    const worker = start(store, async () => {
      throw new Error('a bug');
    });
    await mark(store, ['a']);
    await worker.idle();
    expect(await find(store, 'a')).toMatchObject({ attempts: 1, lastError: 'Unexpected: a bug' });
    expect(errors).toMatchObject([{ message: 'a bug' }]);
  });

  it('takes no more at a time than it may, however much is due', async () => {
    const store = await openStore();
    await mark(
      store,
      Array.from({ length: 200 }, (_, number) => `k${number}`),
    );
    const claim = { queue: QUEUE, owner: 'one', now: clock, leaseUntil: clock + 5_000, limit: 48 };
    const taken = new Set<string>();
    for (const [owner, want] of Object.entries({ one: 48, two: 48, three: 48, four: 48, five: 8 })) {
      const claimed = await store.write((db) => store.jobs.claim(db, { ...claim, owner }));
      expect(claimed, owner).toHaveLength(want);
      for (const { key } of claimed) taken.add(key);
    }
    expect(taken.size).toBe(200);
    for (const key of taken) await store.write((db) => store.jobs.cancel(db, { queue: QUEUE, key }));
  });

  it('leaves a leased job alone until the lease ends, as after a crash', async () => {
    const store = await openStore();
    await mark(store, ['a']);
    const crashed = { queue: QUEUE, owner: 'crashed', now: clock, leaseUntil: clock + 5_000, limit: 1 };
    const [job] = await store.write((db) => store.jobs.claim(db, crashed));
    let runs = 0;
    const worker = start(store, async () => {
      runs += 1;
      return { kind: 'done' };
    });
    await worker.idle();
    expect(runs).toBe(0);
    clock += 5_001;
    await worker.idle();
    expect(runs).toBe(1);
    // Whoever lost the lease can neither keep nor end it.
    if (job === undefined) throw new Error('nothing was claimed');
    await mark(store, ['a']);
    expect(await store.write((db) => store.jobs.renew(db, job, 'crashed', clock + 5_000))).toBe(false);
    await store.write((db) => store.jobs.finish(db, job, 'crashed', clock));
    expect(await find(store, 'a')).toMatchObject({ state: 'due' });
  });

  it('gives back what it is at when it stops, without counting a failed try', async () => {
    const store = await openStore();
    const started = Promise.withResolvers<void>();
    const worker = start(store, async (_job, signal) => {
      started.resolve();
      await sleep(60_000, undefined, { signal });
      return { kind: 'done' };
    });
    await mark(store, ['a']);
    worker.wake();
    await started.promise;
    await worker.stop();
    expect(await find(store, 'a')).toMatchObject({ attempts: 0, state: 'due', dueAt: clock });
    expect(await store.jobs.isDue(store.reader, QUEUE, clock)).toBe(true);
  });

  it('never works on one key twice at once, however many workers and processes there are', async () => {
    const url = await engine.freshUrl();
    const stores = engine.kind === 'postgres' ? [await openStore(url), await openStore(url)] : [await openStore(url)];
    const keys = Array.from({ length: 60 }, (_, n) => `k${n}`);
    const busy = new Set<string>();
    const done: string[] = [];
    const collisions: string[] = [];
    const handle = async ({ key }: Job): Promise<JobResult> => {
      if (busy.has(key)) collisions.push(key);
      busy.add(key);
      await sleep(2);
      busy.delete(key);
      done.push(key);
      return { kind: 'done' };
    };
    const [first, second = first] = stores;
    if (first === undefined || second === undefined) throw new Error('no store');
    await mark(first, keys);
    const team = [start(first, handle), start(second, handle), start(second, handle)];
    await Promise.all(team.map((worker) => worker.idle()));
    expect(collisions).toEqual([]);
    expect(done.toSorted()).toEqual(keys.toSorted());
  });
});

it('a pacer spaces turns out, in order, and can be interrupted', async () => {
  const startedAt = Date.now();
  const pacer = createPacer(100, Date.now);
  await Promise.all([pacer.turn(), pacer.turn(), pacer.turn(), pacer.turn()]);
  expect(Date.now() - startedAt).toBeGreaterThanOrEqual(28);
  await expect(pacer.turn(AbortSignal.abort())).rejects.toThrow();
});
