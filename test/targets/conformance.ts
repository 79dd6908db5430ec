/**
 * What every target that is kept in step has to pass, against a server over real HTTP: a new kind of target is a file, a line
 * in the registry, and a test that calls this.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { archiveTeam, restoreTeam } from '../../src/directory/teams/teams.ts';
import { retryParked } from '../../src/targets/again.ts';
import { findDrift } from '../../src/targets/drift.ts';
import { dryRun } from '../../src/targets/dry-run.ts';
import { repairDrift } from '../../src/targets/repair.ts';
import { parkedOf, statusOf } from '../../src/targets/status.ts';
import type { Target, TargetKind } from '../../src/targets/target.ts';
import { changeTarget, setTargetState } from '../../src/targets/targets.ts';
import { testTarget } from '../../src/targets/testing.ts';
import { type FaultProxy, inTurn, startFaultProxy, writesInTurn } from '../support/fault-proxy.ts';
import { missingPostgres } from '../support/postgres.ts';
import { startSource, type TargetSource } from '../support/target-source.ts';

export interface FarPerson {
  readonly id: string;
  readonly email: string;
  readonly displayName: string;
  readonly active: boolean;
}

/** The system over there, as somebody with a browser would see it. */
export interface FarSide {
  /** Without a proxy. */
  readonly url: string;
  people(): Promise<readonly FarPerson[]>;
  /** Team name -> e-mail address -> role, '' where the system has none. */
  teams(): Promise<Readonly<Record<string, Readonly<Record<string, string>>>>>;
  addPerson(email: string, displayName: string): Promise<string>;
  addTeam(name: string, personIds: readonly string[]): Promise<void>;
  /** Somebody over there changes or removes somebody by hand. */
  changePerson(id: string, displayName: string): Promise<void>;
  removePerson(id: string): Promise<void>;
  addMember(team: string, personId: string): Promise<void>;
  removeMember(team: string, personId: string): Promise<void>;
  stop(): Promise<void>;
}

export interface TargetUnderTest {
  readonly kind: TargetKind;
  start(): Promise<FarSide & { readonly secrets: unknown }>;
  /** @param url of the proxy before it */
  settings(url: string): Record<string, unknown>;
  /** Whether the system knows roles in teams. */
  readonly hasRoles: boolean;
}

const EXCHANGE = '01900000-0000-7000-8000-000000000001';

export function describeTarget(title: string, under: TargetUnderTest): void {
  for (const engine of ['sqlite', 'postgres'] as const) {
    const missing = engine === 'postgres' ? missingPostgres() : undefined;
    const note = missing === undefined ? '' : `, skipped: ${missing.split('\n')[0]}`;
    describe.skipIf(missing !== undefined)(`${title} (${engine}${note})`, () => suite(under, engine));
  }
}

interface Stage {
  readonly far: FarSide & { readonly secrets: unknown };
  readonly proxy: FaultProxy;
  readonly source: TargetSource;
  target: Target;
}

function suite(under: TargetUnderTest, engine: 'sqlite' | 'postgres'): void {
  let stage: Stage;

  beforeEach(async () => {
    const far = await under.start();
    const proxy = await startFaultProxy(far.url);
    const source = await startSource({ engine });
    stage = { far, proxy, source, target: undefined as unknown as Target };
  });

  afterEach(async () => {
    await stage.source.stop();
    await stage.proxy.stop();
    await stage.far.stop();
    expect(stage.source.faults).toEqual([]);
  });

  const never = new AbortController().signal;
  const addTarget = async (settings: Record<string, unknown> = {}) => {
    const { source, proxy, far } = stage;
    const made = await source.target(under.kind, { ...under.settings(proxy.url), ...settings }, far.secrets);
    stage.target = made.target;
  };
  const person = (name: string) =>
    stage.source.user(`${name}@x.example`, {
      displayName: name,
      emails: [{ value: `${name}@x.example`, primary: true }],
    });
  const emails = async () => (await stage.far.people()).map(({ email }) => email).toSorted();
  const farPerson = async (name: string) => {
    const found = (await stage.far.people()).find(({ email }) => email === `${name}@x.example`);
    if (found === undefined) throw new Error(`${name} is not over there`);
    return found;
  };
  const role = (name: string) => (under.hasRoles ? name : '');

  it('creates everybody and every team with its members', async () => {
    const { source, far } = stage;
    const [ada, bob] = [await person('ada'), await person('bob')];
    const vision = await source.team('vision');
    await source.join(vision, ada, 'admin');
    await source.join(vision, bob);
    await source.team('empty');
    await addTarget();
    await source.inStep();
    expect(await emails()).toEqual(['ada@x.example', 'bob@x.example']);
    expect(await farPerson('ada')).toMatchObject({ displayName: 'ada', active: true });
    const members = { 'ada@x.example': role('admin'), 'bob@x.example': role('member') };
    expect(await far.teams()).toEqual({ vision: members, empty: {} });
  });

  it('follows what changes afterwards, and costs nothing when nothing changed', async () => {
    const { source, far, proxy } = stage;
    const ada = await person('ada');
    await addTarget();
    await source.inStep();
    const { id } = await farPerson('ada');
    const vision = await source.team('vision');
    await source.join(vision, ada);
    await source.changeUser(ada, { displayName: 'Ada Byron' });
    await source.inStep();
    expect(await farPerson('ada')).toMatchObject({ id, displayName: 'Ada Byron' });
    expect(await far.teams()).toEqual({ vision: { 'ada@x.example': role('member') } });
    proxy.requests.length = 0;
    await source.run(async (work) =>
      changeTarget(source.parts, work, source.operator, await source.reload(stage.target), { settings: {} }),
    );
    await source.inStep();
    expect(proxy.writes()).toEqual([]);
  });

  it('makes fifty changes of one person one push', async () => {
    const { source } = stage;
    const ada = await person('ada');
    await addTarget();
    await source.inStep();
    await source.run(async (work) =>
      setTargetState(source.parts, work, source.operator, await source.reload(stage.target), 'paused'),
    );
    for (let number = 1; number <= 50; number += 1) await source.changeUser(ada, { displayName: `Ada ${number}` });
    source.pushes.length = 0;
    stage.proxy.requests.length = 0;
    await source.run(async (work) =>
      setTargetState(source.parts, work, source.operator, await source.reload(stage.target), 'active'),
    );
    await source.inStep();
    expect((await farPerson('ada')).displayName).toBe('Ada 50');
    expect(source.pushes.filter(({ subject }) => subject.id === ada)).toHaveLength(1);
    expect(stage.proxy.writes().map(({ body }) => body)).toEqual([expect.stringContaining('Ada 50')]);
  });

  it('deactivates whoever goes, and brings the same person back', async () => {
    const { source } = stage;
    const ada = await person('ada');
    await addTarget();
    await source.inStep();
    const { id } = await farPerson('ada');
    await source.changeUser(ada, { active: false });
    await source.inStep();
    expect(await farPerson('ada')).toMatchObject({ id, active: false });
    await source.changeUser(ada, { active: true, displayName: 'Back' });
    await source.inStep();
    expect(await farPerson('ada')).toMatchObject({ id, active: true, displayName: 'Back' });
    await source.deleteUser(ada);
    await source.inStep();
    expect(await farPerson('ada')).toMatchObject({ id, active: false });
  });

  it('creates nobody who is inactive', async () => {
    const { source } = stage;
    const ada = await person('ada');
    await source.changeUser(ada, { active: false });
    await addTarget();
    await source.inStep();
    expect(await emails()).toEqual([]);
  });

  it('takes one member out and leaves the others, whoever put them there', async () => {
    const { source, far } = stage;
    const stranger = await far.addPerson('stranger@x.example', 'Stranger');
    await far.addTeam('vision', [stranger]);
    const [ada, bob] = [await person('ada'), await person('bob')];
    const vision = await source.team('vision');
    await source.join(vision, ada);
    await source.join(vision, bob);
    await addTarget();
    await source.inStep();
    expect(Object.keys((await far.teams()).vision ?? {})).toHaveLength(3);
    await source.leave(vision, ada);
    await source.inStep();
    const left = { 'bob@x.example': role('member'), 'stranger@x.example': role('member') };
    expect(await far.teams()).toEqual({ vision: left });
  });

  it('empties a team that is archived, and fills it as it is wanted by then once it is restored', async () => {
    const { source, far } = stage;
    const [ada, bob, eve] = [await person('ada'), await person('bob'), await person('eve')];
    const vision = await source.team('vision');
    await source.join(vision, ada);
    await source.join(vision, bob, 'admin');
    await addTarget();
    await source.inStep();
    const { directory } = source.core;
    await source.run((work) => archiveTeam(directory, work, source.operator, { team: vision }));
    await source.inStep();
    expect((await far.teams()).vision).toEqual({});
    await source.leave(vision, ada);
    await source.join(vision, eve);
    await source.inStep();
    expect((await far.teams()).vision).toEqual({});
    await source.run((work) => restoreTeam(directory, work, source.operator, { team: vision }));
    await source.inStep();
    const members = { 'bob@x.example': role('admin'), 'eve@x.example': role('member') };
    expect(await far.teams()).toEqual({ vision: members });
  });

  it('matches whoever is there before it creates, and leaves the others alone', async () => {
    const { source, far, proxy } = stage;
    const id = await far.addPerson('ada@x.example', 'Ada of old');
    await far.addPerson('stranger@x.example', 'Stranger');
    await person('ada');
    await addTarget();
    await source.inStep();
    expect(await emails()).toEqual(['ada@x.example', 'stranger@x.example']);
    expect(await farPerson('ada')).toMatchObject({ id, displayName: 'ada' });
    expect(await farPerson('stranger')).toMatchObject({ displayName: 'Stranger', active: true });
    expect(proxy.writes().every(({ method }) => method !== 'DELETE')).toBe(true);
  });

  it('tells what it would send and sends nothing', async () => {
    const { source, far, proxy } = stage;
    const ada = await person('ada');
    const vision = await source.team('vision');
    await source.join(vision, ada);
    const { target } = await source.target(under.kind, under.settings(proxy.url), far.secrets, 'dry');
    await source.run(async (work) => setTargetState(source.parts, work, source.operator, target, 'paused'));
    await source.runner.tick();
    proxy.requests.length = 0;
    const run = await dryRun(source.parts, source.operator, target, { limit: 100 }, never);
    expect(proxy.writes()).toEqual([]);
    expect(await emails()).toEqual([]);
    expect(run).toMatchObject({ looked: 2, next: null });
    expect(run.planned.map(({ name, reason }) => [name, reason])).toEqual([
      ['ada', null],
      ['vision', null],
    ]);
    const making = { method: expect.stringMatching(/^(POST|PUT)$/), body: { displayName: 'ada' } };
    expect(run.planned[0]?.requests[0]).toMatchObject(making);
    // The membership of somebody who would only be created is told, too: by the id that they would get.
    const isGivenThere = run.planned[0]?.requests[0]?.method === 'POST';
    expect(JSON.stringify(run.planned[1]?.requests)).toContain(isGivenThere ? 'planned-1' : 'ada@x.example');
  });

  it('finds what drifted, repairs what is chosen, and leaves the rest', async () => {
    const { source, far } = stage;
    const [ada, bob, eve] = [await person('ada'), await person('bob'), await person('eve')];
    const vision = await source.team('vision');
    for (const id of [ada, bob]) await source.join(vision, id);
    await addTarget();
    await source.inStep();
    await far.addPerson('stranger@x.example', 'Stranger');
    await far.changePerson((await farPerson('ada')).id, 'Tampered');
    await far.removeMember('vision', (await farPerson('bob')).id);
    await far.removePerson((await farPerson('eve')).id);
    const target = await source.reload(stage.target);
    const drift = await findDrift(source.parts, source.operator, target, never);
    const found = drift.differences.map(({ id, kind }) => `${kind} ${id}`).toSorted();
    expect(found).toEqual(
      [`different user:${ada}`, `missing user:${eve}`, `missing team:${vision}/user:${bob}`].toSorted(),
    );
    expect(drift.unmanaged.users).toBe(1);
    const chosen = drift.differences.filter(({ id }) => !id.endsWith(ada));
    expect(await source.run((work) => repairDrift(source.parts, work, source.operator, target, chosen))).toBe(2);
    await source.inStep();
    expect(await emails()).toEqual(['ada@x.example', 'bob@x.example', 'eve@x.example', 'stranger@x.example']);
    expect(Object.keys((await far.teams()).vision ?? {}).toSorted()).toEqual(['ada@x.example', 'bob@x.example']);
    expect((await farPerson('ada')).displayName).toBe('Tampered');
    const rest = await findDrift(source.parts, source.operator, target, never);
    await source.run((work) => repairDrift(source.parts, work, source.operator, target, rest.differences));
    await source.inStep();
    expect((await farPerson('ada')).displayName).toBe('ada');
    expect((await findDrift(source.parts, source.operator, target, never)).differences).toEqual([]);
  });

  it('leaves an archived team alone that stays there, and takes out of it whoever it was filled with again', async () => {
    const { source, far } = stage;
    const ada = await person('ada');
    const vision = await source.team('vision');
    await source.join(vision, ada);
    await addTarget();
    await source.inStep();
    await source.run((work) => archiveTeam(source.core.directory, work, source.operator, { team: vision }));
    await source.inStep();
    const drift = async () => findDrift(source.parts, source.operator, await source.reload(stage.target), never);
    const unmanaged = { users: 0, teams: 0, members: 0 };
    expect(await drift()).toEqual({ differences: [], unmanaged, archivedTeams: 1, isCut: false });
    await far.addMember('vision', (await farPerson('ada')).id);
    const found = await drift();
    expect(found).toMatchObject({
      differences: [{ id: `team:${vision}/user:${ada}`, kind: 'extra' }],
      archivedTeams: 1,
    });
    await source.run((work) => repairDrift(source.parts, work, source.operator, stage.target, found.differences));
    await source.inStep();
    expect(await far.teams()).toEqual({ vision: {} });
  });

  it('says whether it can be worked with', async () => {
    const { source, far, proxy } = stage;
    await addTarget();
    expect(await testTarget(source.parts, source.operator, stage.target, never)).toMatchObject({ ok: true });
    const wrong = { ...(far.secrets as object), token: 'wrong', apiKey: 'wrong' };
    const secrets = Object.fromEntries(Object.entries(wrong).filter(([key]) => key in (far.secrets as object)));
    const { target } = await source.target(under.kind, under.settings(proxy.url), secrets, 'wrong');
    const report = await testTarget(source.parts, source.operator, target, never);
    expect(report).toMatchObject({ ok: false });
    expect(report.findings.join(' ')).toContain('401');
  });

  it('carries the exchange that caused it, to the target and into the history', async () => {
    const { source, proxy } = stage;
    await addTarget();
    await source.inStep();
    await source.user(
      'ada@x.example',
      { displayName: 'Ada', emails: [{ value: 'ada@x.example', primary: true }] },
      EXCHANGE,
    );
    await source.inStep();
    const write = proxy.writes().find(({ body }) => body.includes('ada@x.example'));
    if (!write?.path.endsWith('/Bulk')) expect(write?.headers['x-request-id']).toBe(EXCHANGE);
    const { store, operator } = { store: source.core.store, operator: source.operator };
    const pushes = await store.targetPushes.ofExchange(store.reader, operator.organizationId, EXCHANGE, 10);
    expect(pushes).toMatchObject([{ subject: { name: 'Ada' }, outcome: 'done', cause: { exchangeId: EXCHANGE } }]);
    expect(pushes[0]?.requests.join('\n')).toMatch(/(POST|PUT) .* 20[01] \d+ms/);
    // Members who wait for their user are no exception: whatever lets them go ahead is told.
    await source.join(await source.team('vision'), await person('bob'));
    await source.inStep();
    const uncaused = source.pushes.filter(({ cause, outcome }) => cause === null && outcome === 'done');
    expect(uncaused.map(({ subject }) => subject)).toEqual([]);
  });

  describe('faults', () => {
    const faults = {
      'connections that are refused': [{ kind: 'refuse' }, { kind: 'refuse' }],
      'a server that is overloaded': [{ kind: 'status', status: 503 }],
      'an answer that breaks off in the middle': [{ kind: 'cut' }],
      'an answer that never comes, though the work was done': [{ kind: 'lose' }, { kind: 'lose' }],
      'a 500 that goes away': [{ kind: 'status', status: 500 }],
      'a version that is stale (412)': [{ kind: 'status', status: 412 }],
    } as const;

    it.each(Object.entries(faults))('gets over %s, and nobody is there twice', async (_name, list) => {
      const { source, far, proxy } = stage;
      const ada = await person('ada');
      const vision = await source.team('vision');
      await source.join(vision, ada);
      proxy.decide = writesInTurn(...list);
      await addTarget();
      await source.inStep();
      expect(await emails()).toEqual(['ada@x.example']);
      expect(await far.teams()).toEqual({ vision: { 'ada@x.example': role('member') } });
      proxy.decide = writesInTurn(...list);
      await source.changeUser(ada, { displayName: 'Through' });
      await source.leave(vision, ada);
      await source.inStep();
      expect((await farPerson('ada')).displayName).toBe('Through');
      expect(await far.teams()).toEqual({ vision: {} });
      expect((await statusOf(source.parts, await source.reload(stage.target))).parked).toBe(0);
    });

    it('waits as long as Retry-After says, with everybody', async () => {
      const { source, proxy } = stage;
      for (const name of ['ada', 'bob']) await person(name);
      let refusedAt = 0;
      proxy.decide = (request) => {
        if (request.method === 'GET' || refusedAt > 0) return { kind: 'pass' };
        refusedAt = Date.now();
        return { kind: 'status', status: 429, headers: { 'retry-after': '2' } };
      };
      await addTarget();
      await source.inStep();
      expect(await emails()).toEqual(['ada@x.example', 'bob@x.example']);
      // Whatever was on its way already had its answer within a few milliseconds.
      const early = proxy.requests.filter(({ at }) => at > refusedAt + 200 && at < refusedAt + 1_900);
      expect(early).toEqual([]);
      expect(proxy.requests.some(({ at }) => at >= refusedAt + 1_900)).toBe(true);
    });

    it('is patient with a slow target', async () => {
      const { source, proxy } = stage;
      await person('ada');
      proxy.decide = () => ({ kind: 'slow', ms: 300 });
      await addTarget();
      await source.inStep();
      expect(await emails()).toEqual(['ada@x.example']);
    });

    it('does not count against a subject that the target was down', async () => {
      const { source, proxy } = stage;
      await person('ada');
      proxy.decide = inTurn(...Array.from({ length: 4 }, () => ({ kind: 'refuse' }) as const));
      await addTarget();
      await source.inStep();
      expect(await emails()).toEqual(['ada@x.example']);
      expect(source.pushes.filter(({ outcome }) => outcome === 'parked')).toEqual([]);
    });

    it('parks a subject that is refused again and again, shows why, and tries it when told to', async () => {
      const { source, proxy } = stage;
      const [ada] = [await person('ada'), await person('bob')];
      proxy.decide = ({ method, body }) =>
        method !== 'GET' && body.includes('ada') ? { kind: 'status', status: 400 } : { kind: 'pass' };
      await addTarget();
      await source.inStep();
      expect(await emails()).toEqual(['bob@x.example']);
      const target = await source.reload(stage.target);
      const parked = await parkedOf(source.parts, source.operator, target, { after: '', limit: 10 });
      expect(parked).toMatchObject([{ subject: `user:${ada}`, name: 'ada' }]);
      expect(parked[0]?.reason).toContain('400');
      proxy.decide = () => ({ kind: 'pass' });
      expect(await source.run((work) => retryParked(source.parts, work, source.operator, target, `user:${ada}`))).toBe(
        1,
      );
      await source.inStep();
      expect(await emails()).toEqual(['ada@x.example', 'bob@x.example']);
      expect(await statusOf(source.parts, target)).toMatchObject({ parked: 0, due: 0 });
    });
  });
}
