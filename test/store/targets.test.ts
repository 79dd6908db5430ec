/** What targets keep, on both engines. */
import { expect, it } from 'vitest';
import type { Engine } from '../../src/store/engine.ts';
import { createStore } from '../../src/store/store.ts';
import type { FailureKind } from '../../src/targets/failing.ts';
import type { Target } from '../../src/targets/target.ts';
import { describeEachEngine } from '../support/each-engine.ts';

const TARGET: Target = {
  ...{
    id: 't1',
    organizationId: 'o1',
    kind: 'scim',
    name: 'far',
    state: 'active',
    stateReason: null,
    settings: { url: 'https://x' },
  },
  ...{ sealed: 'v1.x', cursor: '7', loadedUpTo: '', createdAt: 1, updatedAt: 1 },
};

const link = (id: string, remoteId: string | undefined) => ({
  ...{
    targetId: 't1',
    type: 'user' as const,
    id,
    fingerprint: 'f',
    refersTo: null,
    refusals: 0,
    outcome: 'done' as const,
  },
  ...{ reason: null, pushedAt: 1 },
  link: remoteId === undefined ? undefined : { remoteId, remoteName: `Name ${remoteId}`, memo: { a: [1] } },
});

const query = { targetId: 't1', afterSequence: 0, subjectKey: null, limit: 9 };

describeEachEngine('the store of targets', (open) => {
  async function prepared(): Promise<{ engine: Engine; store: ReturnType<typeof createStore> }> {
    const engine = await open();
    const store = createStore(engine);
    await store.write(async (db) => {
      await store.organizations.insert(db, { id: 'o1', name: 'default', createdAt: 1 });
      await store.targets.insert(db, TARGET);
    });
    return { engine, store };
  }

  it('gives back what was written, by id and by name, within the organization only', async () => {
    const { store } = await prepared();
    expect(await store.targets.find(store.reader, 'o1', 'far')).toEqual(TARGET);
    expect(await store.targets.find(store.reader, 'o1', 't1')).toEqual(TARGET);
    expect(await store.targets.find(store.reader, 'o2', 't1')).toBeUndefined();
  });

  it('moves a cursor for one reader only', async () => {
    const { store } = await prepared();
    const moved = await Promise.all(
      ['8', '9'].map((to) => store.write((db) => store.targets.moveCursor(db, 't1', '7', to))),
    );
    expect(moved.filter(Boolean)).toHaveLength(1);
  });

  it('gives turns to everybody without giving one twice, and none before a hold', async () => {
    const { store } = await prepared();
    const take = () => store.write((db) => store.targets.takeTurns(db, 't1', 5, 100, 1_000));
    const taken = await Promise.all(Array.from({ length: 6 }, take));
    expect(taken.toSorted((a, b) => a - b)).toEqual([1_000, 1_500, 2_000, 2_500, 3_000, 3_500]);
    await store.write((db) => store.targets.holdUntil(db, 't1', 60_000));
    await store.write((db) => store.targets.holdUntil(db, 't1', 50_000));
    expect(await take()).toBe(60_000);
    expect(await store.write((db) => store.targets.takeTurns(db, 't1', 1, 100, 90_000))).toBe(90_000);
  });

  it('counts tries that failed one after the other, those under way together once, until one does not', async () => {
    const { store } = await prepared();
    const fail = (startedAt: number, at: number, kind: FailureKind) =>
      store.write((db) => store.targetFailures.add(db, { targetId: 't1', startedAt, at, reason: 'down', kind }));
    const found = () => store.targetFailures.find(store.reader, 't1');
    expect(await found()).toBeUndefined();
    await fail(100, 110, 'unavailable');
    await fail(105, 120, 'unavailable');
    expect(await found()).toEqual({
      ...{ since: 110, lastAt: 110, tries: 1, reason: 'down', kind: 'unavailable', heldUntil: null },
    });
    await store.write((db) => store.targets.holdUntil(db, 't1', 500));
    await fail(510, 520, 'forbidden');
    expect(await found()).toEqual({
      ...{ since: 110, lastAt: 520, tries: 2, reason: 'down', kind: 'forbidden', heldUntil: 500 },
    });
    await store.write((db) => store.targetFailures.clear(db, 't1'));
    expect(await found()).toBeUndefined();
  });

  it('counts the wait of a subject that was marked while it was pushed from that mark on', async () => {
    const { store } = await prepared();
    const job = { queue: 'target:t1', organizationId: 'o1', key: 'user:u1', dueAt: 10 };
    const claim = { queue: job.queue, owner: 'w', now: 20, leaseUntil: 99, limit: 1 };
    await store.write((db) => store.jobs.mark(db, [job], 10));
    const [claimed] = await store.write((db) => store.jobs.claim(db, claim));
    if (claimed === undefined) throw new Error('nothing was claimed');
    await store.write((db) => store.jobs.mark(db, [job], 30));
    await store.write((db) => store.jobs.finish(db, claimed, 'w', 40));
    expect(await store.targets.waiting(store.reader, 't1')).toMatchObject({ due: 1, oldestAt: 30 });
  });

  it('says when the first of what waits is due', async () => {
    const { store } = await prepared();
    expect(await store.targets.waiting(store.reader, 't1')).toMatchObject({ due: 0, oldestAt: null, nextAt: null });
    const job = { queue: 'target:t1', organizationId: 'o1' };
    await store.write((db) =>
      store.jobs.mark(
        db,
        [30, 20].map((dueAt) => ({ ...job, key: `user:${dueAt}`, dueAt })),
        10,
      ),
    );
    expect(await store.targets.waiting(store.reader, 't1')).toMatchObject({ due: 2, oldestAt: 10, nextAt: 20 });
  });

  it('gives waiting events and given-up ones in the order in which they came, in pages, of one subject too', async () => {
    const { store } = await prepared();
    const events = [1, 2, 3, 4].map((position) => ({ subjectKey: `user:u${position % 2}`, position }));
    await store.write(async (db) => {
      await store.deliveries.add(db, 't1', events, 1);
      const [, second] = await store.deliveries.page(db, { ...query, limit: 2 });
      await store.deliveries.failed(db, 't1', second?.sequence ?? 0, 'no', true);
    });
    const page = await store.deliveries.page(store.reader, query);
    expect(page.map(({ position, state }) => [position, state])).toEqual([
      ...[
        [1, 'waiting'],
        [2, 'dead'],
        [3, 'waiting'],
        [4, 'waiting'],
      ],
    ]);
    const after = page[0]?.sequence ?? 0;
    const next = await store.deliveries.page(store.reader, { ...query, afterSequence: after, limit: 2 });
    expect(next.map(({ position }) => position)).toEqual([2, 3]);
    const own = await store.deliveries.page(store.reader, { ...query, subjectKey: 'user:u1' });
    expect(own.map(({ position }) => position)).toEqual([1, 3]);
    expect(await store.deliveries.waitingAfter(store.reader, 't1', after)).toBe(2);
    expect(await store.deliveries.waitingAfter(store.reader, 'other', 0)).toBe(0);
  });

  it('knows who is who over there, and gives one remote id to one subject', async () => {
    const { store } = await prepared();
    await store.write((db) => store.targetLinks.save(db, link('u1', 'r1')));
    expect(await store.targetLinks.find(store.reader, 't1', { type: 'user', id: 'u1' })).toEqual(link('u1', 'r1'));
    expect(await store.targetLinks.ownerOf(store.reader, 't1', 'user', 'r1')).toBe('u1');
    expect(await store.targetLinks.isNameTaken(store.reader, 't1', 'user', 'NAME R1')).toBe(true);
    expect(await store.targetLinks.isNameTaken(store.reader, 't1', 'team', 'name r1')).toBe(false);
    await expect(store.write((db) => store.targetLinks.save(db, link('u2', 'r1')))).rejects.toThrow();
    await store.write((db) => store.targetLinks.save(db, link('u1', undefined)));
    await store.write((db) => store.targetLinks.save(db, link('u2', 'r1')));
    expect(await store.targetLinks.ownerOf(store.reader, 't1', 'user', 'r1')).toBe('u2');
  });

  it('keeps a membership due that became due while it was pushed, and forgets one that is over', async () => {
    const { store } = await prepared();
    const member = { teamId: 'team', userId: 'u1' };
    const due = () =>
      store.targetMembers.due(store.reader, { targetId: 't1', teamId: 'team', afterUserId: '', limit: 10 });
    await store.write(async (db) => {
      await store.targetMembers.mark(db, 't1', [member, { teamId: 'team', userId: 'u2' }]);
      await store.targetLinks.save(db, link('u1', 'r1'));
    });
    const [found, ...others] = await due();
    expect(found).toEqual({ ...member, role: null, version: 1 });
    // The other one is not over there yet.
    expect(others).toEqual([]);
    await store.write((db) => store.targetMembers.mark(db, 't1', [member]));
    await store.write((db) => store.targetMembers.settle(db, 't1', [{ ...member, role: 'admin', version: 1 }]));
    expect(await due()).toEqual([{ ...member, role: 'admin', version: 2 }]);
    await store.write((db) => store.targetMembers.settle(db, 't1', [{ ...member, role: null, version: 2 }]));
    expect(await due()).toEqual([]);
    expect(await store.targetMembers.teamsWaitingFor(store.reader, 't1', 'u2')).toEqual(['team']);
    const page = { targetId: 't1', teamId: 'team', afterUserId: '', limit: 10 };
    expect(await store.targetMembers.page(store.reader, page)).toEqual([]);
  });

  it('shows whoever lets members go ahead what was made due at the same moment', async () => {
    const { store } = await prepared();
    const marked = Promise.withResolvers<void>();
    const go = Promise.withResolvers<void>();
    const marking = store.write(async (db) => {
      await store.targets.lock(db, 't1');
      await store.targetMembers.mark(db, 't1', [{ teamId: 'team', userId: 'u1' }]);
      marked.resolve();
      await go.promise;
    });
    await marked.promise;
    const seen = store.write(async (db) => {
      await store.targets.lock(db, 't1');
      return store.targetMembers.teamsWaitingFor(db, 't1', 'u1');
    });
    // Long enough for the second transaction to look, were it not kept waiting.
    await new Promise((resolve) => setTimeout(resolve, 50));
    go.resolve();
    await marking;
    expect(await seen).toEqual(['team']);
  });

  it('has a pseudonym where the name of an erased person stood, in its history and in its map', async () => {
    const { store } = await prepared();
    const push = (id: string, userId: string) => ({
      ...{ id, targetId: 't1', organizationId: 'o1', subject: { type: 'user', id: userId, name: `Name ${userId}` } },
      ...{ cause: null, outcome: 'done' as const, reason: `Name ${userId} has no seat.`, at: 1, durationMs: 1 },
      requests: [`GET /Users?filter=userName eq "${userId}" 200 1ms`],
    });
    await store.write(async (db) => {
      for (const userId of ['u1', 'u2']) {
        await store.targetLinks.save(db, link(userId, `of-${userId}`));
        await store.targetPushes.insert(db, push(`p-${userId}`, userId));
      }
      await store.targetPushes.replaceNames(db, 'another', 'u2', 'nobody');
      await store.targetPushes.replaceNames(db, 'o1', 'u1', 'person-1');
    });
    const [kept, erased] = await store.targetPushes.ofTarget(store.reader, {
      targetId: 't1',
      beforeId: null,
      limit: 9,
    });
    expect(kept).toEqual(push('p-u2', 'u2'));
    expect(erased).toEqual({
      ...push('p-u1', 'u1'),
      ...{ subject: { type: 'user', id: 'u1', name: 'person-1' }, reason: null, requests: [] },
    });
    const found = await store.targetLinks.find(store.reader, 't1', { type: 'user', id: 'u1' });
    expect(found?.link).toMatchObject({ remoteId: 'of-u1', remoteName: 'person-1' });
    expect(await store.targetLinks.isNameTaken(store.reader, 't1', 'user', 'Name of-u1')).toBe(false);
  });

  it('does not keep what targets said about an erased person, wherever it stands, and keeps the rest', async () => {
    const { store } = await prepared();
    const about = (name: string) => `Name ${name} (user:${name}): it answered 400: ${name}@x is not welcome`;
    const team = (id: string) => ({ id, type: 'team', name: `Team ${id}` });
    const keys = { 'team:one': about('u1'), 'team:two': about('u2'), 'user:u1': 'u1@x has no seat', 'user:u2': 'No.' };
    await store.write(async (db) => {
      for (const [id, name] of Object.entries({ one: 'u1', two: 'u2' })) {
        const times = { createdAt: 1, updatedAt: 1, archivedAt: null };
        const settings = { privacy: {}, alerts: {} };
        await store.teams.insert(db, {
          id,
          organizationId: 'o1',
          name: `Team ${id}`,
          storage: null,
          settings,
          ...times,
        });
        await store.targetLinks.save(db, { ...link(id, `far-${id}`), type: 'team', reason: about(name) });
        await store.targetPushes.insert(db, {
          ...{ id: `p-${id}`, targetId: 't1', organizationId: 'o1', subject: team(id), cause: null, requests: [] },
          ...{ outcome: 'parked', reason: about(name), at: 1, durationMs: 1 },
        });
      }
      await store.targetLinks.save(db, { ...link('u1', undefined), outcome: 'refused', reason: 'u1@x has no seat' });
      const job = { queue: 'target:t1', organizationId: 'o1', dueAt: 1 };
      await store.jobs.mark(
        db,
        Object.keys(keys).map((key) => ({ ...job, key })),
        1,
      );
      const claim = { queue: job.queue, owner: 'w', now: 2, leaseUntil: 9, limit: 9 };
      for (const each of await store.jobs.claim(db, claim))
        await store.jobs.park(db, each, 'w', keys[each.key as keyof typeof keys], 2);
    });
    const said = async () => {
      const links = await store.targetLinks.findMany(store.reader, 't1', 'team', ['one', 'two']);
      const user = await store.targetLinks.find(store.reader, 't1', { type: 'user', id: 'u1' });
      const pushes = await store.targetPushes.ofTarget(store.reader, { targetId: 't1', beforeId: null, limit: 9 });
      const jobs = await store.jobs.page(store.reader, 'target:t1', 'parked', '', 9);
      return JSON.stringify([links, user, pushes, jobs]);
    };
    await store.write((db) => store.targetPushes.replaceNames(db, 'another', 'u1', 'nobody'));
    expect((await said()).split('u1@x')).toHaveLength(6);
    await store.write((db) => store.targetPushes.replaceNames(db, 'o1', 'u1', 'person-1'));
    const left = await said();
    expect(left).not.toContain('u1@x');
    expect(left).not.toContain('Name u1');
    expect(left.split('u2@x')).toHaveLength(4);
    expect(left).toContain('Erased with the personal data of somebody it told of.');
  });

  it('knows who was pushed with a reference to whom', async () => {
    const { store } = await prepared();
    await store.write(async (db) => {
      await store.targetLinks.save(db, { ...link('u1', 'r1'), refersTo: 'u9' });
      await store.targetLinks.save(db, { ...link('u2', 'r2'), refersTo: 'u9' });
      await store.targetLinks.save(db, { ...link('u3', 'r3'), refersTo: 'u1' });
      await store.targetLinks.save(db, link('u2', 'r2'));
    });
    expect(await store.targetLinks.referringTo(store.reader, 't1', 'u9')).toEqual(['u1']);
    expect(await store.targetLinks.referringTo(store.reader, 't2', 'u9')).toEqual([]);
    expect(await store.targetLinks.find(store.reader, 't1', { type: 'user', id: 'u3' })).toMatchObject({
      refersTo: 'u1',
    });
  });

  it('takes everything along when a target goes', async () => {
    const { store } = await prepared();
    await store.write(async (db) => {
      await store.targetLinks.save(db, link('u1', 'r1'));
      await store.targetMembers.mark(db, 't1', [{ teamId: 'team', userId: 'u1' }]);
      await store.deliveries.add(db, 't1', [{ subjectKey: 'user:u1', position: 1 }], 1);
      await store.targets.takeTurns(db, 't1', 1, 1, 1);
      await store.targets.delete(db, 't1');
    });
    expect(await store.targets.all(store.reader)).toEqual([]);
    expect(await store.targetLinks.counts(store.reader, 't1')).toEqual({ done: 0, retry: 0, refused: 0 });
    expect(await store.deliveries.counts(store.reader, 't1')).toEqual({ waiting: 0, dead: 0 });
  });
});
