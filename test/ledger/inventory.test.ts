/** From a removal to its inventory, and to the next look: the server with a tracker (a stand-in of W&B Server). */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Job } from '../../src/jobs/job.ts';
import { SCHEDULE_QUEUE } from '../../src/ledger/inventory/queue.ts';
import { createScheduleHandler } from '../../src/ledger/verification.ts';
import { type FakeWandb, fakeRuns, startFakeWandb } from '../support/fake-wandb.ts';
import { startSmtp, type TestSmtp } from '../support/smtp.ts';
import { type LedgerRoom, openLedgerRoom } from './ledger-room.ts';

describe.each(['sqlite', 'postgres'] as const)('inventories (%s)', (engine) => {
  let wandb: FakeWandb;
  let room: LedgerRoom;
  let smtp: TestSmtp;
  beforeAll(async () => {
    wandb = await startFakeWandb();
    smtp = await startSmtp();
    const tracker = {
      SMTP_URL: smtp.url,
      MAIL_FROM: 'drawbridge@inventory.example',
      TRACKER: 'wandb',
      TRACKER_URL: wandb.url,
      TRACKER_API_KEY: wandb.apiKey,
      TRACKER_RATE_LIMIT: '0',
    };
    room = await openLedgerRoom(engine, tracker);
  }, 60_000);
  afterAll(async () => {
    await room.stop();
    await smtp.close();
    await wandb.stop();
  });

  /** Somebody in a team of their own, who has runs there. */
  async function personWithRuns(
    name: string,
    runs = 340,
  ): Promise<{ id: string; team: string; leave: () => Promise<unknown> }> {
    const email = `${name}@inventory.example`;
    wandb.addUser({ username: name, email });
    wandb.addProject(`team-${name}`, 'cats', fakeRuns(name, runs));
    const id = await room.client.user(email, { displayName: name, emails: [{ value: email, primary: true }] });
    await room.client.group(`team-${name}`, [id]);
    return { id, team: `team-${name}`, leave: () => room.client.send('DELETE', `/Users/${id}`) };
  }
  const kinds = async (id: string) => (await room.story(id)).map(({ kind }) => kind);

  it('are taken by themselves after a removal, with what must be kept', async () => {
    const ada = await personWithRuns('ada');
    await ada.leave();
    const removal = await room.until(ada.id, ({ inventory }) => inventory === 'taken');
    expect(removal).toMatchObject({ runs: 340, projects: 1, state: 'left', missing: 0, hold: false, keepUntil: null });
    const [, taken] = await room.story(ada.id);
    expect(taken).toMatchObject({
      kind: 'inventory_taken',
      cause: 'wandb',
      details: {
        runs: 340,
        projects: [{ team: 'team-ada', project: 'cats', runs: 340, firstRunAt: '2025-01-01T00:00:00.000Z' }],
        failures: [],
      },
    });
    // Neither the list of runs nor the person's name at the tracker is chained.
    expect(JSON.stringify(taken)).not.toMatch(/ada00|"ada"/);
  });

  it('count what a person left in teams that the identity provider took away first', async () => {
    const id = (await personWithRuns('grace', 12)).id;
    const group = await room.client.group('second-team', [id]);
    wandb.addProject('second-team', 'dogs', fakeRuns('grace', 5, 'x'));
    await room.client.patch(`/Groups/${group}`, { op: 'remove', path: `members[value eq "${id}"]` });
    expect((await room.until(id, ({ inventory }) => inventory === 'taken', 'team')).runs).toBe(5);
    await room.client.send('DELETE', `/Users/${id}`);
    expect((await room.until(id, ({ inventory }) => inventory === 'taken')).runs).toBe(17);
  });

  it('that fail in part are kept in part, and are asked for until they are whole', { timeout: 30_000 }, async () => {
    const bob = await personWithRuns('bob', 9);
    wandb.addProject('team-bob', 'broken', fakeRuns('bob', 4, 'y'));
    wandb.faults.broken.add('team-bob/broken');
    await bob.leave();
    const partial = await room.until(bob.id, ({ inventory }) => inventory === 'partial');
    expect(partial).toMatchObject({ runs: 9, inventoryReason: expect.stringContaining('team-bob/broken') });
    // Long enough for another try, which must not repeat what is on record.
    const asked = wandb.requests.length;
    await expect.poll(() => wandb.requests.length, { timeout: 15_000 }).toBeGreaterThan(asked);
    await expect.poll(() => kinds(bob.id)).toEqual(['removed', 'inventory_taken']);
    wandb.faults.broken.clear();
    expect((await room.until(bob.id, ({ inventory }) => inventory === 'taken')).runs).toBe(13);
    expect(await kinds(bob.id)).toEqual(['removed', 'inventory_taken', 'inventory_taken']);
  });

  it('that fail say why, once, and come when the tracker is back', { timeout: 60_000 }, async () => {
    const eve = await personWithRuns('eve', 3);
    wandb.faults.maySearchUsers = true;
    wandb.faults.down = true;
    await eve.leave();
    const failed = await room.until(eve.id, ({ inventory }) => inventory === 'failed');
    expect(failed.inventoryReason).toContain('502');
    wandb.faults.down = false;
    expect((await room.until(eve.id, ({ inventory }) => inventory === 'taken')).runs).toBe(3);
    expect(await kinds(eve.id)).toEqual(['removed', 'inventory_failed', 'inventory_taken']);
  });

  it('of somebody whom the tracker does not know say so', async () => {
    const id = await room.client.user('unknown@inventory.example', {
      emails: [{ value: 'unknown@inventory.example', primary: true }],
    });
    await room.client.send('DELETE', `/Users/${id}`);
    expect(await room.until(id, ({ inventory }) => inventory === 'taken')).toMatchObject({
      runs: 0,
      inventoryReason: expect.stringContaining('knows nobody'),
    });
  });

  describe('another look', () => {
    it('tells that 12 of 340 are gone, whatever was added since, and tells nobody twice', async () => {
      const mia = await personWithRuns('mia');
      await mia.leave();
      await room.until(mia.id, ({ inventory }) => inventory === 'taken');
      const ref = { organization: 'default', person: mia.id };
      expect(await room.ledger.reverify('default', mia.id)).toMatchObject({ asked: 1, missing: 0, expected: 340 });
      wandb.dropRuns('team-mia', 'cats', (_, index) => index % 29 === 3);
      wandb.addProject('team-mia', 'cats', fakeRuns('mia', 50, 'new'));
      const report = await room.ledger.reverify('default', mia.id);
      expect(report).toMatchObject({ asked: 1, pending: 0, expected: 340, missing: 12 });
      expect(report.findings).toMatchObject([{ user: 'mia@inventory.example', result: 'missing', missing: 12 }]);
      expect(await room.metric('drawbridge_ledger_runs_missing')).toBe(12);
      const story = await room.ledger.show(ref);
      expect(story.removal.verification).toMatchObject({ state: 'missing', missing: 12 });
      expect(story.story.at(-1)?.details).toMatchObject({
        projects: [{ team: 'team-mia', project: 'cats', expected: 340, missing: 12 }],
      });
    });

    it('that finds something missing is mailed to the admins, once for each loss', async () => {
      const { core } = room.bridge;
      const emails = [{ value: 'root@inventory.example', primary: true }];
      const root = await room.client.user('root@inventory.example', { emails });
      await core.store.write((db) => core.store.users.setRole(db, root, 'admin'));
      const leo = await personWithRuns('leo', 20);
      await leo.leave();
      await room.until(leo.id, ({ inventory }) => inventory === 'taken');
      const mails = () => smtp.mails.filter(({ subject }) => subject === 'Runs of leo are missing');
      wandb.dropRuns('team-leo', 'cats', (_, index) => index < 3);
      await room.ledger.reverify('default', leo.id);
      await expect.poll(() => mails().length, { timeout: 10_000 }).toBe(1);
      expect(mails()[0]?.text).toContain('20 runs are kept; the tracker does not have 3 of them');
      await room.ledger.reverify('default', leo.id);
      wandb.dropRuns('team-leo', 'cats', (_, index) => index < 2);
      await room.ledger.reverify('default', leo.id);
      await expect.poll(() => mails().length, { timeout: 10_000 }).toBe(2);
      expect(mails()[1]?.text).toContain('does not have 5 of them');
    });

    it('comes by itself when the last is old enough, and the schedule sets its own next time', async () => {
      const { store, now } = room.bridge.core.directory;
      const sam = await personWithRuns('sam', 2);
      await sam.leave();
      await room.until(sam.id, ({ inventory }) => inventory === 'taken');
      const { organizationId } = room.connection;
      const schedule = (everyMs: number) =>
        createScheduleHandler({ ...store, write: (work) => store.write(work), now, everyMs });
      const job = { queue: SCHEDULE_QUEUE, key: organizationId, organizationId } as Job;
      const signal = new AbortController().signal;
      await schedule(60_000)(job, signal);
      expect(await store.removals.verificationAskedAt(store.reader, (await room.removal(sam.id)).id)).toBeNull();
      expect(await schedule(0)(job, signal)).toEqual({ kind: 'done' });
      await room.until(sam.id, ({ verification }) => verification === 'complete');
      expect(await store.jobs.find(store.reader, job)).toMatchObject({ state: 'due' });
    });

    it('misses a project that is gone as a whole, and none that could not be asked', async () => {
      const zoe = await personWithRuns('zoe', 30);
      wandb.addProject('team-zoe', 'dogs', fakeRuns('zoe', 8, 'z'));
      await zoe.leave();
      await room.until(zoe.id, ({ inventory }) => inventory === 'taken');
      wandb.faults.broken.add('team-zoe/cats');
      wandb.dropProject('team-zoe', 'dogs');
      const report = await room.ledger.reverify('default', zoe.id);
      wandb.faults.broken.clear();
      expect(report).toMatchObject({ missing: 8, expected: 8 });
      expect(report.findings[0]).toMatchObject({ result: 'missing' });
    });

    it('is refused while there is nothing to compare with', async () => {
      const id = await room.client.user('nothing@inventory.example');
      wandb.faults.down = true;
      await room.client.send('DELETE', `/Users/${id}`);
      await expect(room.ledger.reverify('default', id)).rejects.toThrow('no inventory yet');
      wandb.faults.down = false;
    });

    it('of everything leaves out what need not be kept any more, unless a hold stands', async () => {
      const [old, held] = [await personWithRuns('old', 4), await personWithRuns('held', 6)];
      for (const { id, leave } of [old, held]) {
        await leave();
        await room.until(id, ({ inventory }) => inventory === 'taken');
        await room.ledger.retain({ organization: 'default', person: id }, Date.UTC(2020, 0, 1), null);
      }
      await room.ledger.hold({ organization: 'default', person: held.id }, { lift: false, reason: 'case 7' });
      wandb.dropProject('team-old', 'cats');
      wandb.dropProject('team-held', 'cats');
      await room.ledger.reverify('default');
      expect((await room.removal(old.id)).verification).toBeNull();
      expect(await room.removal(held.id)).toMatchObject({ verification: 'missing', missing: 6 });
    });
  });

  it('leave the chain whole', async () => {
    expect(await room.ledger.verify('default')).toMatchObject({ firstBreak: null });
  });
});
