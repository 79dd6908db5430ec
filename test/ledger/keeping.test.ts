/** Holds, retention, handing over and erasing, as an operator does them, on both engines. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FakeMlflow, startFakeMlflow } from '../support/fake-mlflow.ts';
import { type LedgerRoom, openLedgerRoom } from './ledger-room.ts';

describe.each(['sqlite', 'postgres'] as const)('keeping what was left behind (%s)', (engine) => {
  let mlflow: FakeMlflow;
  let room: LedgerRoom;
  beforeAll(async () => {
    mlflow = await startFakeMlflow();
    const tracker = {
      TRACKER: 'mlflow',
      TRACKER_URL: mlflow.url,
      TRACKER_RATE_LIMIT: '0',
      TRACKER_KEEP_RUN_IDS: 'true',
    };
    room = await openLedgerRoom(engine, tracker);
  }, 60_000);
  afterAll(async () => {
    await room.stop();
    await mlflow.stop();
  });

  async function post(path: string, body: object): Promise<Record<string, unknown>> {
    const response = await fetch(`${mlflow.url}/api/2.0/mlflow/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
    });
    return (await response.json()) as Record<string, unknown>;
  }

  /** Somebody who left, and the runs that they left. */
  async function leaver(
    name: string,
    runs = 3,
  ): Promise<{ id: string; ref: { organization: string; person: string } }> {
    const email = `${name}@keeping.example`;
    const id = await room.client.user(email, { displayName: name, emails: [{ value: email, primary: true }] });
    for (let index = 0; index < runs; index += 1) {
      const tags = [{ key: 'mlflow.user', value: email }];
      await post('runs/create', { experiment_id: '0', user_id: email, start_time: 1_000 + index, tags });
    }
    await room.client.send('DELETE', `/Users/${id}`);
    await room.until(id, ({ inventory }) => inventory === 'taken');
    return { id, ref: { organization: 'default', person: id } };
  }
  const kinds = async (id: string) => (await room.story(id)).map(({ kind }) => kind);

  /** Whom the tracker shows the runs of a person under. */
  async function shownUnder(email: string): Promise<readonly string[]> {
    const filter = `attributes.user_id = '${email}'`;
    const { runs } = (await post('runs/search', { experiment_ids: ['0'], filter, max_results: 100 })) as {
      runs: readonly { data: { tags: readonly { key: string; value: string }[] } }[];
    };
    return runs.map(({ data }) => data.tags.find(({ key }) => key === 'mlflow.user')?.value ?? '');
  }

  describe('a legal hold', () => {
    it('says who placed it and why, stands once, and is lifted on record', async () => {
      const { id, ref } = await leaver('hold');
      expect((await room.ledger.hold(ref, { lift: false, reason: 'case 7' })).hold).toBe(true);
      await room.ledger.hold(ref, { lift: false, reason: 'case 8' });
      const [, , placed] = await room.story(id);
      expect(placed).toMatchObject({ kind: 'hold_placed', reason: 'case 7', actor: { kind: 'cli' } });
      expect((await room.ledger.hold(ref, { lift: true, reason: 'settled' })).hold).toBe(false);
      expect(await kinds(id)).toEqual(['removed', 'inventory_taken', 'hold_placed', 'hold_lifted']);
    });

    it('needs a reason', async () => {
      const { ref } = await leaver('reasonless');
      await expect(room.ledger.hold(ref, { lift: false, reason: ' ' })).rejects.toThrow('needs a reason');
    });
  });

  it('is for ever at first, until a date when somebody says so, and that is on record once', async () => {
    const { id, ref } = await leaver('retain');
    expect((await room.removal(id)).keepUntil).toBeNull();
    const until = Date.UTC(2031, 0, 1);
    for (let times = 0; times < 2; times += 1) await room.ledger.retain(ref, until, 'policy 4');
    expect((await room.removal(id)).keepUntil).toBe(until);
    await room.ledger.retain(ref, null, null);
    expect((await room.removal(id)).keepUntil).toBeNull();
    expect((await kinds(id)).filter((kind) => kind === 'retention_set')).toHaveLength(2);
  });

  describe('handing over', () => {
    it('is recorded, carried out at the tracker, and taken back', async () => {
      const { id, ref } = await leaver('giver');
      const heir = await room.client.user('heir@keeping.example');
      await room.ledger.handOver(ref, { kind: 'user', name: 'heir@keeping.example' }, 'projects go on');
      await room.until(id, ({ handover }) => handover === 'carried_out');
      expect(await shownUnder('giver@keeping.example')).toEqual(Array(3).fill('heir@keeping.example'));
      expect(await room.removal(id)).toMatchObject({ heirKind: 'user', heirId: heir });
      // Handed over is not gone.
      expect(await room.ledger.reverify('default', id)).toMatchObject({ missing: 0, expected: 3 });
      await room.ledger.undoHandover(ref, null);
      await room.until(id, ({ handover }) => handover === 'undone');
      expect(await shownUnder('giver@keeping.example')).toEqual(Array(3).fill('giver@keeping.example'));
      expect((await kinds(id)).filter((kind) => kind.startsWith('hand'))).toEqual([
        ...['handed_over', 'handover_carried_out', 'handover_undone', 'handover_carried_out'],
      ]);
    });

    it('to a team works, to a second heir only after an undo, and to the same one adds nothing', async () => {
      const { id, ref } = await leaver('team-giver');
      await room.client.group('Heirs', []);
      await room.ledger.handOver(ref, { kind: 'team', name: 'Heirs' }, null);
      await room.ledger.handOver(ref, { kind: 'team', name: 'Heirs' }, null);
      await room.client.user('second@keeping.example');
      await expect(room.ledger.handOver(ref, { kind: 'user', name: 'second@keeping.example' }, null)).rejects.toThrow(
        'undo',
      );
      await room.until(id, ({ handover }) => handover === 'carried_out');
      expect(new Set(await shownUnder('team-giver@keeping.example'))).toEqual(new Set(['Heirs']));
      expect((await kinds(id)).filter((kind) => kind === 'handed_over')).toHaveLength(1);
    });

    it('lists what is to be moved by hand', async () => {
      const { ref } = await leaver('lister', 2);
      const [item, ...others] = await room.ledger.workList(ref);
      expect(others).toEqual([]);
      expect(item).toMatchObject({ team: null, project: 'Default', runs: 2 });
      expect(item?.runIds).toHaveLength(2);
    });

    it.each([
      { name: 'to nobody', heir: 'nobody@keeping.example', says: 'no user' },
      { name: 'to somebody who is inactive', heir: 'gone@keeping.example', says: 'active user only' },
    ])('is refused $name', async ({ name, heir, says }) => {
      const { ref } = await leaver(`giver-${name.length}`, 0);
      if (heir.startsWith('gone')) await room.client.user(heir, { active: false });
      await expect(room.ledger.handOver(ref, { kind: 'user', name: heir }, null)).rejects.toThrow(says);
    });
  });

  it('names which runs are missing where the list was kept', async () => {
    const { id, ref } = await leaver('robbed', 4);
    const [item] = await room.ledger.workList(ref);
    await post('runs/delete', { run_id: item?.runIds?.[1] });
    await room.ledger.reverify('default', id);
    const { story } = await room.ledger.show(ref);
    expect(story.at(-1)?.details).toMatchObject({ missing: 1, projects: [{ runIds: [item?.runIds?.[1]] }] });
  });

  describe('erasing', () => {
    it('leaves no name anywhere, the chain whole, and what was left behind known', async () => {
      const { id, ref } = await leaver('erasable');
      const { core } = room.bridge;
      const erasure = await room.ledger.erase(ref, 'request 12');
      expect(erasure.pseudonym).toMatch(/^person-[0-9a-f]{12}$/);
      const rows = await Promise.all(
        ['ledger_entries', 'ledger_removals', 'users', 'user_emails', 'changes', 'exchanges'].map((table) =>
          core.engine.reader
            .selectFrom(table as 'users')
            .selectAll()
            .execute(),
        ),
      );
      expect(JSON.stringify(rows)).not.toContain('erasable');
      expect(await room.ledger.verify('default')).toMatchObject({ firstBreak: null });
      expect(await room.ledger.show({ ...ref, person: id })).toMatchObject({
        ...{ user: erasure.pseudonym, name: erasure.pseudonym, email: null },
        removal: { inventory: { runs: 3 }, erasedAt: expect.any(String) },
      });
      await expect(room.ledger.show({ ...ref, person: 'erasable@keeping.example' })).rejects.toThrow('knows nobody');
      await expect(room.ledger.reverify('default', id)).rejects.toThrow('nobody knows whom');
    });

    it('is refused while a hold stands, and while there is a user', async () => {
      const { ref } = await leaver('guarded');
      await room.ledger.hold(ref, { lift: false, reason: 'case 9' });
      await expect(room.ledger.erase(ref, null)).rejects.toThrow('legal hold');
      const id = await room.client.user('inactive@keeping.example');
      await room.client.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false });
      await expect(room.ledger.erase({ ...ref, person: id }, null)).rejects.toThrow('still is a user');
    });

    it('does not let them come back on record by the key that was erased', async () => {
      const before = await room.client.user('key@keeping.example', { externalId: 'object-key' });
      await room.client.send('DELETE', `/Users/${before}`);
      await room.ledger.erase({ organization: 'default', person: before }, null);
      await room.client.user('key2@keeping.example', { externalId: 'object-key' });
      expect((await room.removal(before)).state).toBe('left');
    });
  });

  it('finds nobody for a name that the ledger does not know, and asks which for one that several had', async () => {
    await expect(room.ledger.show({ organization: 'default', person: 'never@keeping.example' })).rejects.toThrow(
      'knows nobody',
    );
    for (let times = 0; times < 2; times += 1) {
      const id = await room.client.user('twice@keeping.example');
      await room.client.send('DELETE', `/Users/${id}`);
    }
    await expect(room.ledger.show({ organization: 'default', person: 'twice@keeping.example' })).rejects.toThrow(
      'by id',
    );
  });

  it('counts for the metrics what all of this comes to, without reading it', async () => {
    const { store } = room.bridge.core;
    const rows = await room.bridge.core.engine.reader.selectFrom('ledger_removals').selectAll().execute();
    const left = rows.filter(({ state }) => state === 'left');
    const inventories = { none: 0, taken: 0, partial: 0, failed: 0 };
    for (const { inventory } of rows) inventories[(inventory ?? 'none') as keyof typeof inventories] += 1;
    const runsKept = left.reduce((sum, { runs }) => sum + (runs ?? 0), 0);
    expect(runsKept).toBeGreaterThan(0);
    const looks = left.flatMap(({ runs, verified_at, inventory_at }) =>
      (runs ?? 0) > 0 ? [verified_at ?? inventory_at ?? Number.NaN] : [],
    );
    expect(await store.removals.counts(store.reader)).toMatchObject({
      ...{ left: left.length, holds: rows.filter(({ hold }) => hold === 1).length, inventories, runsKept },
      ...{ runsMissing: left.reduce((sum, { missing }) => sum + missing, 0), oldestVerifiedAt: Math.min(...looks) },
    });
  });

  it('lists who left by what came of it', async () => {
    const held = await room.ledger.list('default', { kinds: ['removed'], hold: true, limit: 10 });
    expect(held.map(({ user }) => user)).toEqual(['guarded@keeping.example']);
    const missing = await room.ledger.list('default', { kinds: ['removed'], missing: true, limit: 10 });
    expect(missing.map(({ user }) => user)).toEqual(['robbed@keeping.example']);
    const [line] = await room.ledger.list('default', { user: 'giver@keeping.example', kinds: ['removed'], limit: 10 });
    expect(line).toMatchObject({
      cause: 'deleted',
      by: { kind: 'connection' },
      removal: { handover: { state: 'undone' } },
    });
  });
});
