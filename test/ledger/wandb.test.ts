/** The W&B adapter against the stand-in of W&B Server (test/support/fake-wandb.ts): real HTTP, real GraphQL. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createPacer } from '../../src/jobs/pacer.ts';
import { createTrackerClient } from '../../src/ledger/inventory/tracker-client.ts';
import { ADMIN_HEADERS, createWandbSource, wandbAuthorization } from '../../src/ledger/inventory/wandb.ts';
import { type FakeWandb, fakeRuns, startFakeWandb } from '../support/fake-wandb.ts';

const ADA = { userName: 'ada@example.com', email: 'Ada@example.com' };
const ANYWHERE = { teams: ['vision', 'speech'], everywhere: true };
const signal = new AbortController().signal;

describe('the W&B adapter', () => {
  let wandb: FakeWandb;
  beforeEach(async () => {
    wandb = await startFakeWandb();
    wandb.addUser({ username: 'adab', email: 'ada@example.com' });
    wandb.addUser({ username: 'nada', email: 'nada@example.com' });
    wandb.addProject('vision', 'cats', [...fakeRuns('adab', 340), ...fakeRuns('nada', 20)]);
    wandb.addProject('vision', 'empty', []);
    wandb.addProject('speech', 'words', fakeRuns('adab', 7, 'w'));
    wandb.addProject('adab', 'scratch', fakeRuns('adab', 3, 's'));
    wandb.addProject('other', 'secret', fakeRuns('adab', 5, 'o'));
  });
  afterEach(() => wandb.stop());

  function source(options: { timeoutMs?: number; maxTries?: number; apiKey?: string; perSecond?: number } = {}) {
    const { timeoutMs = 5_000, maxTries = 4, apiKey = wandb.apiKey, perSecond = 0 } = options;
    const address = {
      ...{ url: wandb.url, authorization: wandbAuthorization(apiKey), timeoutMs, maxTries, firstWaitMs: 1 },
      pacer: createPacer(perSecond, Date.now),
    };
    const client = createTrackerClient({ ...address, headers: ADMIN_HEADERS });
    return createWandbSource({ client, plainClient: createTrackerClient(address), userName: 'user_name' });
  }
  const counts = ({ projects }: { projects: readonly { team: string | null; project: string; runs: number }[] }) =>
    Object.fromEntries(projects.map(({ team, project, runs }) => [`${team}/${project}`, runs]));

  it('finds the runs of a person in their teams and in their own entity, and nowhere else', async () => {
    const inventory = await source().take(ADA, ANYWHERE, signal);
    expect(inventory).toMatchObject({ trackerUser: 'adab', failures: [] });
    expect(counts(inventory)).toEqual({ 'vision/cats': 340, 'speech/words': 7, 'adab/scratch': 3 });
    const cats = inventory.projects.find(({ project }) => project === 'cats');
    expect(cats?.runIds).toHaveLength(340);
    expect(cats?.firstRunAt).toBe(Date.UTC(2025, 0, 1));
    expect(cats?.lastRunAt).toBe(Date.UTC(2025, 0, 1) + 339 * 60_000);
  });

  it('asks about one team only when the person left that team', async () => {
    const inventory = await source().take(ADA, { teams: ['speech'], everywhere: false }, signal);
    expect(counts(inventory)).toEqual({ 'speech/words': 7 });
  });

  it('turns pages through 50,000 runs and 250 projects', { timeout: 60_000 }, async () => {
    wandb.addProject('vision', 'dogs', fakeRuns('adab', 50_000, 'd'));
    for (let index = 0; index < 250; index += 1) wandb.addProject('vision', `p${index}`, []);
    const inventory = await source().take(ADA, { teams: ['vision'], everywhere: false }, signal);
    expect(counts(inventory)).toEqual({ 'vision/cats': 340, 'vision/dogs': 50_000 });
    expect(wandb.requests.filter((name) => name === 'GetProjects')).toHaveLength(3);
    expect(new Set(inventory.projects.find(({ project }) => project === 'dogs')?.runIds).size).toBe(50_000);
  });

  it('does not take somebody whose address only looks like theirs', async () => {
    const nobody = { userName: 'da@example.com', email: 'da@example.com' };
    expect(await source().take(nobody, ANYWHERE, signal)).toMatchObject({ trackerUser: null, projects: [] });
  });

  it('goes by the user name where it may not search for people', async () => {
    wandb.faults.maySearchUsers = false;
    expect(counts(await source().take({ ...ADA, userName: 'adab' }, ANYWHERE, signal))).toMatchObject({
      'vision/cats': 340,
    });
  });

  it('asks without the privileges of an admin where those are refused', async () => {
    wandb.faults.refusesAdmins = true;
    expect(counts(await source().take(ADA, ANYWHERE, signal))).toMatchObject({ 'vision/cats': 340 });
  });

  it('says which project failed, and still tells the others', async () => {
    wandb.faults.broken.add('vision/cats');
    const inventory = await source().take(ADA, ANYWHERE, signal);
    expect(counts(inventory)).toEqual({ 'speech/words': 7, 'adab/scratch': 3 });
    expect(inventory.failures).toEqual([
      { place: 'vision/cats', reason: 'The tracker answered: internal error: shard is not available' },
    ]);
  });

  it('has nothing of a team that the tracker does not know', async () => {
    const inventory = await source().take(ADA, { teams: ['unheard-of'], everywhere: false }, signal);
    expect(inventory).toMatchObject({ projects: [], failures: [] });
  });

  it('waits as the tracker asks when it is asked too often', async () => {
    wandb.faults.tooMany = 3;
    expect(counts(await source().take(ADA, ANYWHERE, signal))).toMatchObject({ 'speech/words': 7 });
  });

  it('tries again after a request that got no answer', async () => {
    wandb.faults.hang = 2;
    expect(counts(await source({ timeoutMs: 50 }).take(ADA, ANYWHERE, signal))).toMatchObject({ 'speech/words': 7 });
  });

  it.each([
    { fault: 'no-answer', says: 'no answer within 0.05 s', set: () => (wandb.faults.hang = 99) },
    { fault: 'down', says: 'answered 502', set: () => (wandb.faults.down = true) },
    {
      fault: 'asked-to-wait-too-long',
      says: 'answered 429',
      set: () => Object.assign(wandb.faults, { tooMany: 9, retryAfter: 3600 }),
    },
  ])('gives up for now on $fault', async ({ set, says }) => {
    set();
    const attempt = source({ timeoutMs: 50, maxTries: 2 }).take(ADA, ANYWHERE, signal);
    await expect(attempt).rejects.toMatchObject({ fault: 'unreachable', message: expect.stringContaining(says) });
  });

  it('is refused with a wrong key, and asks nothing more', async () => {
    await expect(source({ apiKey: 'wrong' }).take(ADA, ANYWHERE, signal)).rejects.toMatchObject({
      fault: 'refused',
      message: 'The tracker answered 401: user is not logged in.',
    });
    expect(wandb.requests).toEqual([]);
  });

  it('stops in the middle when it is told to', async () => {
    const stop = new AbortController();
    wandb.onRequest = (operation) => {
      if (operation === 'CountRuns') stop.abort(new Error('stopped'));
    };
    await expect(source().take(ADA, ANYWHERE, stop.signal)).rejects.toThrow('stopped');
    expect(wandb.requests.filter((name) => name === 'Runs')).toEqual([]);
  });

  it('keeps to its rate', async () => {
    const started = performance.now();
    await source({ perSecond: 50 }).take(ADA, { teams: ['speech'], everywhere: false }, signal);
    // Four requests: three gaps of 20 ms.
    expect(wandb.requests).toHaveLength(4);
    expect(performance.now() - started).toBeGreaterThan(55);
  });
});
