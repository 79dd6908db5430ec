/**
 * The MLflow adapter against the documented REST paths: by default those of the stand-in (test/support/fake-mlflow.ts), of an
 * old and of a current server; with MLFLOW_TEST_URL those of a real server, which the test fills over the same paths.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPacer } from '../../src/jobs/pacer.ts';
import { createMlflowSource, mlflowAuthorization } from '../../src/ledger/inventory/mlflow.ts';
import { quote } from '../../src/ledger/inventory/mlflow-rest.ts';
import { createTrackerClient } from '../../src/ledger/inventory/tracker-client.ts';
import { type FakeMlflow, startFakeMlflow } from '../support/fake-mlflow.ts';

const real = process.env.MLFLOW_TEST_URL;
const signal = new AbortController().signal;
const SERVERS = real === undefined ? (['current', 'old'] as const) : (['real'] as const);

describe.each(SERVERS)('the MLflow adapter, %s server', (kind) => {
  let fake: FakeMlflow | undefined;
  let url = '';
  // Names of this run only, so that a real server may have been used before.
  const mark = Date.now().toString(36);
  const person = (name: string) => ({ userName: `${name}-${mark}`, email: `${name}-${mark}@example.com` });
  beforeAll(async () => {
    fake = real === undefined ? await startFakeMlflow({ old: kind === 'old' }) : undefined;
    url = real ?? fake?.url ?? '';
  });
  afterAll(() => fake?.stop());

  function source() {
    const client = createTrackerClient({
      ...{ url, authorization: null, firstWaitMs: 1, maxTries: 2, pacer: createPacer(0, Date.now) },
    });
    return createMlflowSource({ client, userName: 'user_name' });
  }

  async function call(method: 'GET' | 'POST', path: string, body: Record<string, unknown>) {
    const query = method === 'GET' ? `?${new URLSearchParams(body as Record<string, string>)}` : '';
    const response = await fetch(`${url}/api/2.0/mlflow/${path}${query}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Record<string, never>;
  }
  const post = (path: string, body: Record<string, unknown>) => call('POST', path, body);

  async function experiment(name: string): Promise<string> {
    return (await post('experiments/create', { name: `${name}-${mark}` })).experiment_id as unknown as string;
  }

  async function run(experimentId: string, user: string, startedAt: number, tagged = true): Promise<string> {
    const tags = tagged ? [{ key: 'mlflow.user', value: user }] : [];
    const answer = await post('runs/create', {
      experiment_id: experimentId,
      user_id: user,
      start_time: startedAt,
      tags,
    });
    return (answer.run as unknown as { info: { run_id: string } }).info.run_id;
  }

  async function tagsOf(runId: string): Promise<Record<string, string>> {
    const answer = await call('GET', 'runs/get', { run_id: runId });
    const { data } = answer.run as unknown as { data: { tags?: { key: string; value: string }[] } };
    const own = (data.tags ?? []).filter(({ key }) => key === 'mlflow.user' || key.startsWith('drawbridge.'));
    return Object.fromEntries(own.map(({ key, value }) => [key, value]));
  }

  it('finds the runs of a person in every experiment, by tag and by user id', async () => {
    const ada = person('ada');
    const [cats, dogs] = [await experiment('cats'), await experiment('dogs')];
    for (let index = 0; index < 5; index += 1) await run(cats, ada.userName, 1_000 + index);
    await run(dogs, ada.userName, 9_000);
    await run(dogs, ada.userName, 9_001, kind === 'old');
    await run(dogs, person('other').userName, 1);
    const { projects, trackerUser, failures } = await source().take(ada, {} as never, signal);
    expect({ trackerUser, failures }).toEqual({ trackerUser: ada.userName, failures: [] });
    const shown = projects.map(({ project, runs, firstRunAt, lastRunAt, team }) => ({
      ...{ team, project, runs, firstRunAt, lastRunAt },
    }));
    expect(shown.toSorted((a, b) => a.project.localeCompare(b.project))).toEqual([
      { team: null, project: `cats-${mark}`, runs: 5, firstRunAt: 1_000, lastRunAt: 1_004 },
      { team: null, project: `dogs-${mark}`, runs: 2, firstRunAt: 9_000, lastRunAt: 9_001 },
    ]);
  });

  it('does not count a run that was deleted', async () => {
    const eve = person('eve');
    const place = await experiment('eve');
    await run(place, eve.userName, 1);
    await post('runs/delete', { run_id: await run(place, eve.userName, 2) });
    expect((await source().take(eve, {} as never, signal)).projects[0]?.runs).toBe(1);
  });

  it('hands runs over, keeps who they were of, does it once, and takes it back', async () => {
    const [from, to] = [person('leaver'), person('heir')];
    const heir = { kind: 'user', owner: to } as const;
    const id = await run(await experiment('handed'), from.userName, 1);
    const give = (undo: boolean) => source().handOver?.({ owner: from, heir, undo }, signal);
    expect(await give(false)).toEqual({ changed: 1, unchanged: 0, failures: [] });
    expect(await tagsOf(id)).toEqual({
      'mlflow.user': to.userName,
      'drawbridge.original_user': from.userName,
      'drawbridge.previous_user': from.userName,
    });
    expect(await give(false)).toEqual({ changed: 0, unchanged: 1, failures: [] });
    // Still theirs for a later check.
    expect((await source().take(from, {} as never, signal)).projects[0]?.runs).toBe(1);
    expect(await give(true)).toEqual({ changed: 1, unchanged: 0, failures: [] });
    expect(await tagsOf(id)).toEqual({ 'mlflow.user': from.userName });
    expect(await give(true)).toEqual({ changed: 0, unchanged: 1, failures: [] });
  });

  it('keeps the first author when a run goes on to a third, and gives it back one step', async () => {
    const [first, second] = [person('first'), person('second')];
    const team = { kind: 'team', name: `vision-${mark}` } as const;
    const id = await run(await experiment('twice'), first.userName, 1);
    await source().handOver?.({ owner: first, heir: { kind: 'user', owner: second }, undo: false }, signal);
    await source().handOver?.({ owner: second, heir: team, undo: false }, signal);
    expect(await tagsOf(id)).toEqual({
      'mlflow.user': team.name,
      'drawbridge.original_user': first.userName,
      'drawbridge.previous_user': second.userName,
    });
    await source().handOver?.({ owner: second, heir: team, undo: true }, signal);
    expect(await tagsOf(id)).toEqual({ 'mlflow.user': second.userName, 'drawbridge.original_user': first.userName });
    await source().handOver?.({ owner: first, heir: { kind: 'user', owner: second }, undo: true }, signal);
    expect(await tagsOf(id)).toEqual({ 'mlflow.user': first.userName });
  });

  it('leaves a run alone that somebody gave away by hand', async () => {
    const [from, to] = [person('giver'), person('taker')];
    const id = await run(await experiment('by-hand'), from.userName, 1);
    await post('runs/log-batch', {
      run_id: id,
      tags: [{ key: 'mlflow.user', value: 'somebody' }],
      metrics: [],
      params: [],
    });
    await source().handOver?.({ owner: from, heir: { kind: 'user', owner: to }, undo: false }, signal);
    expect((await tagsOf(id))['mlflow.user']).toBe('somebody');
  });

  describe.skipIf(real !== undefined)('faults that only the stand-in makes', () => {
    it('says which experiment failed, and still tells the others', async () => {
      const bob = person('bob');
      await run(await experiment('good'), bob.userName, 1);
      await run(await experiment('bad'), bob.userName, 1);
      fake?.faults.broken.add(`bad-${mark}`);
      const { projects, failures } = await source().take(bob, {} as never, signal);
      fake?.faults.broken.clear();
      expect(projects.map(({ project }) => project)).toEqual([`good-${mark}`]);
      expect(failures).toEqual([
        { place: `bad-${mark}`, reason: 'The tracker answered 500: the backend store failed.' },
      ]);
    });

    it('says which run could not be handed over, and hands over the others', async () => {
      const [from, to] = [person('partly'), person('heir2')];
      const place = await experiment('locked');
      const [one, two] = [await run(place, from.userName, 1), await run(place, from.userName, 2)];
      fake?.faults.locked.add(one);
      const result = await source().handOver?.({ owner: from, heir: { kind: 'user', owner: to }, undo: false }, signal);
      fake?.faults.locked.clear();
      expect(result).toMatchObject({ changed: 1, failures: [{ place: one }] });
      expect((await tagsOf(two))['mlflow.user']).toBe(to.userName);
    });
  });
});

describe('MLflow details', () => {
  it('turns pages, of runs and of experiments', async () => {
    const fake = await startFakeMlflow();
    try {
      const call = (path: string, body: object) =>
        fetch(`${fake.url}/api/2.0/mlflow/${path}`, { method: 'POST', body: JSON.stringify(body) });
      for (let index = 0; index < 1_100; index += 1) await call('experiments/create', { name: `e${index}` });
      for (let index = 0; index < 2_500; index += 1)
        await call('runs/create', { experiment_id: '7', user_id: 'ada', start_time: index, tags: [] });
      const client = createTrackerClient({ url: fake.url, authorization: null, pacer: createPacer(0, Date.now) });
      const ada = { userName: 'ada', email: null };
      const { projects } = await createMlflowSource({ client, userName: 'user_name' }).take(ada, {} as never, signal);
      expect(projects.map(({ runs }) => runs)).toEqual([2_500]);
    } finally {
      await fake.stop();
    }
  });

  it.each([
    { name: 'ada', want: "'ada'" },
    { name: "o'neill", want: '"o\'neill"' },
  ])('quotes $name', ({ name, want }) => expect(quote(name)).toBe(want));

  it('does not ask for a name that cannot be quoted', () => {
    expect(() => quote('\'"')).toThrow('both kinds of quotes');
  });

  it.each([
    { given: 'user:secret', want: `Basic ${Buffer.from('user:secret').toString('base64')}` },
    { given: 'token', want: 'Bearer token' },
  ])('signs in with $given', ({ given, want }) => expect(mlflowAuthorization(given)).toBe(want));
});
