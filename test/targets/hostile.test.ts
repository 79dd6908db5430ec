/** Answers that no target should give: each is told in words, harms nothing, and is got over when it stops. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findDrift } from '../../src/targets/drift.ts';
import { parkedOf } from '../../src/targets/status.ts';
import type { Target, TargetKind } from '../../src/targets/target.ts';
import { startFakeWandb } from '../support/fake-wandb-scim.ts';
import { type Fault, type FaultProxy, inTurn, startFaultProxy, writesInTurn } from '../support/fault-proxy.ts';
import { missingPostgres } from '../support/postgres.ts';
import { startSmallScim } from '../support/small-scim-server.ts';
import { startSource, type TargetSource } from '../support/target-source.ts';

interface Far {
  readonly kind: TargetKind;
  readonly url: string;
  readonly secrets: Record<string, string>;
  /** Display names. */
  names(): readonly string[];
  stop(): Promise<void>;
}

async function startWandb(): Promise<Far> {
  const { url, apiKey, state, stop } = await startFakeWandb();
  const names = () => [...state.users.values()].map(({ displayName }) => displayName).toSorted();
  return { kind: 'wandb', url, secrets: { apiKey }, names, stop };
}

async function startScim(): Promise<Far> {
  const { url, users, stop } = await startSmallScim();
  const names = () => [...users.values()].map(({ displayName }) => displayName).toSorted();
  return { kind: 'scim', url, secrets: { token: 'small' }, names, stop };
}

const SYSTEMS = { wandb: startWandb, scim: startScim };
const never = new AbortController().signal;

const cases = Object.entries(SYSTEMS).flatMap(([kind, startFar]) =>
  (['sqlite', 'postgres'] as const).map((engine) => ({ kind, engine, startFar })),
);

describe.each(cases)('a $kind target ($engine)', ({ engine, startFar }) => {
  const missing = engine === 'postgres' ? missingPostgres() : undefined;
  let source: TargetSource;
  let far: Far;
  let proxy: FaultProxy;
  let target: Target;

  beforeEach(async (context) => {
    context.skip(missing !== undefined, missing);
    source = await startSource({ engine });
    far = await startFar();
    proxy = await startFaultProxy(far.url);
    target = (await source.target(far.kind, { url: proxy.url, requestsPerSecond: 0 }, far.secrets)).target;
    await source.inStep();
  });

  afterEach(async () => {
    if (missing !== undefined) return;
    await source.stop();
    await proxy.stop();
    await far.stop();
    expect(source.faults).toEqual([]);
  });

  const person = (name: string) =>
    source.user(`${name}@x.example`, {
      displayName: name,
      emails: [{ value: `${name}@x.example`, primary: true }],
    });
  const answer = (status: number, body: unknown, headers = {}): Fault => ({
    ...{ kind: 'status', status, headers: { 'content-type': 'application/scim+json', ...headers } },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const html = answer(200, '<!doctype html><title>Sign in</title>', { 'content-type': 'text/html' });
  const told = (outcome: string, reason: string) =>
    expect
      .poll(() => source.pushes.filter((push) => push.outcome === outcome).map((push) => push.reason), {
        timeout: 10_000,
      })
      .toContainEqual(expect.stringContaining(reason));
  const parked = () => parkedOf(source.parts, source.operator, target, { after: '', limit: 9 });
  const drift = () => findDrift(source.parts, source.operator, target, never);

  it('that answers with a sign-in page is waited for: nothing is taken as done, nobody is parked', async () => {
    const ada = await person('ada');
    await source.inStep();
    proxy.decide = () => html;
    await source.changeUser(ada, { displayName: 'Ada Byron' });
    await person('bob');
    await told('retry', 'It answered 200 with something that is no JSON (text/html)');
    await expect(drift()).rejects.toMatchObject({ code: 'target_unavailable' });
    expect(await parked()).toEqual([]);
    proxy.decide = () => ({ kind: 'pass' });
    await source.inStep();
    expect(far.names()).toEqual(['Ada Byron', 'bob']);
  });

  it('that answers with JSON of another kind is no list in which nobody is', async () => {
    await person('ada');
    await source.inStep();
    proxy.decide = () => answer(200, { status: 'ok' });
    await expect(drift()).rejects.toMatchObject({
      code: 'target_unavailable',
      message: expect.stringContaining('no list'),
    });
    await person('bob');
    await told('retry', 'no list of SCIM resources');
    proxy.decide = () => ({ kind: 'pass' });
    await source.inStep();
    expect(far.names()).toEqual(['ada', 'bob']);
  });

  it('that redirects elsewhere is not followed, and elsewhere nothing arrives', async () => {
    const arrived: string[] = [];
    const elsewhere = createServer(({ url = '', headers }, response) => {
      arrived.push(`${url} ${headers.authorization}`);
      response.end('{}');
    });
    await new Promise<void>((resolve) => elsewhere.listen(0, '127.0.0.1', resolve));
    const location = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/scim`;
    proxy.decide = () => answer(307, '', { location });
    await person('ada');
    await told('refused', 'It answered with a redirect (307), which is not followed.');
    expect(arrived).toEqual([]);
    elsewhere.close();
  });

  it('that sends without end is cut off', async () => {
    proxy.decide = () => ({ kind: 'endless' });
    await person('ada');
    await told('retry', 'Its answer is too large.');
    proxy.decide = () => ({ kind: 'pass' });
    await source.inStep();
    expect(far.names()).toEqual(['ada']);
  });

  it('whose list has no end is not read for ever', async () => {
    proxy.decide = ({ path }) => {
      const start = Number(/startIndex=(\d+)/.exec(path)?.[1] ?? 1);
      const Resources = Array.from({ length: 25_000 }, (_, index) => ({ id: `u${start + index}` }));
      return answer(200, { totalResults: Number.MAX_SAFE_INTEGER, Resources });
    };
    await expect(drift()).rejects.toThrow('Its list has no end');
    expect(proxy.requests.length).toBeLessThan(30);
  }, 30_000);

  it('that lists somebody twice has them once', async () => {
    await person('ada');
    await source.inStep();
    const list = await fetch(`${proxy.url}${far.kind === 'wandb' ? '/scim' : ''}/Users`, {
      headers: { authorization: `Bearer ${Object.values(far.secrets)[0]}` },
    });
    const { Resources } = (await list.json()) as { Resources: { id: string }[] };
    const stranger = { ...Resources[0], id: 'stranger' };
    const twice = answer(200, { totalResults: 4, Resources: [...Resources, ...Resources, stranger, stranger] });
    proxy.decide = ({ path }) => (path.includes('/Users?startIndex') ? twice : { kind: 'pass' });
    expect(await drift()).toMatchObject({ differences: [], unmanaged: { users: 1, teams: 0, members: 0 } });
  });

  it('that gives an id a second time is refused it, and the first person keeps it', async () => {
    const ada = await person('ada');
    await source.inStep();
    const { store } = source.core;
    const linkOf = (id: string) => store.targetLinks.find(store.reader, target.id, { type: 'user', id });
    const before = (await linkOf(ada))?.link;
    proxy.decide = ({ method, path }) => {
      if (method === 'POST') return answer(201, { id: before?.remoteId, userName: 'bob', active: true });
      return path.includes('filter') ? answer(200, { totalResults: 0, Resources: [] }) : { kind: 'pass' };
    };
    const bob = await person('bob');
    await told('parked', `which is that of another user (${ada})`);
    expect((await linkOf(ada))?.link).toEqual(before);
    expect((await linkOf(bob))?.link).toBeUndefined();
  });

  it('may send what no database takes: U+0000 in an id and in a reason, an id of five thousand characters', async () => {
    proxy.decide = writesInTurn(
      answer(400, { detail: 'no\u0000good' }),
      answer(201, { id: 'x'.repeat(5_000), userName: 'ada' }),
      answer(201, { id: 'a\u0000b', userName: 'a\u0000da', active: true }),
    );
    const ada = await person('ada');
    await source.inStep();
    // A made up id leads nowhere, so that the person is looked for and made.
    await source.changeUser(ada, { displayName: 'Ada Byron' });
    await source.inStep();
    expect(far.names()).toEqual(['Ada Byron']);
    expect(source.pushes.map(({ reason }) => reason)).toEqual(
      expect.arrayContaining([expect.stringContaining('nogood'), expect.stringContaining('without an id')]),
    );
  });

  it('that repeats the credential in its refusal does not bring it into history, work or log', async () => {
    const [secret = ''] = Object.values(far.secrets);
    const isLong = secret.length >= 6;
    proxy.decide = ({ headers }) => answer(400, { detail: `bad header ${headers.authorization}` });
    await person('ada');
    await told('parked', isLong ? 'bad header Bearer [secret]' : 'bad header');
    const tables = ['target_links', 'target_pushes', 'jobs'] as const;
    const rows = await Promise.all(
      tables.map((table) => source.core.engine.reader.selectFrom(table).selectAll().execute()),
    );
    if (isLong) expect(JSON.stringify([rows, source.pushes, await parked()])).not.toContain(secret);
  });

  it('that asks to come again at once, again and again, is not asked without end', async () => {
    const again = answer(429, {}, { 'retry-after': '0' });
    proxy.decide = inTurn(again, again, again, again);
    const startedAt = Date.now();
    await person('ada');
    await source.inStep();
    expect(far.names()).toEqual(['ada']);
    expect(Date.now() - startedAt).toBeGreaterThan(4 * 250);
  });
});
