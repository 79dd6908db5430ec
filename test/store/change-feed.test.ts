/** Following the change log: nothing is passed over, whoever commits when. */
import { sql } from 'kysely';
import { expect, it, vi } from 'vitest';
import { createChangeFeed } from '../../src/store/change-feed.ts';
import { createChangeStore } from '../../src/store/changes.ts';
import type { Database, Engine } from '../../src/store/engine.ts';
import { describeEachEngine } from '../support/each-engine.ts';

function append(engine: Engine, db: Database, id: string, organizationId = 'o1'): Promise<void> {
  const subject = { type: 'user', id, name: id } as const;
  const actor = { kind: 'cli', id: null, name: 'test' };
  const rest = { organizationId, connectionId: null, exchangeId: null, at: 1_000, actor, reason: null };
  return createChangeStore(engine).append(db, [{ kind: 'user.updated', subject, ...rest }]);
}

describeEachEngine('the change feed', (open, { kind }) => {
  it('gives what came after the cursor, in order, and where to go on', async () => {
    const engine = await open();
    const feed = createChangeFeed(engine);
    for (const id of ['a', 'b', 'c']) await engine.write((db) => append(engine, db, id));
    const first = await feed.readChanges('0', 2, 'o1');
    const second = await feed.readChanges(first.cursor, 2, 'o1');
    const third = await feed.readChanges(second.cursor, 2, 'o1');
    expect(first.changes.map((change) => change.subject.id)).toEqual(['a', 'b']);
    expect(second.changes.map((change) => change.subject.id)).toEqual(['c']);
    expect(third).toEqual({ changes: [], cursor: second.cursor });
  });

  it('has nothing to read after its head, and everything that comes later', async () => {
    const engine = await open();
    const feed = createChangeFeed(engine);
    await engine.write((db) => append(engine, db, 'before'));
    const head = await feed.head();
    expect((await feed.readChanges(head, 10, 'o1')).changes).toEqual([]);
    await engine.write((db) => append(engine, db, 'after'));
    expect((await feed.readChanges(head, 10, 'o1')).changes.map(({ subject }) => subject.id)).toEqual(['after']);
    expect(await feed.waiting(head, 10, 'o1')).toEqual({ count: 1, oldestAt: 1_000 });
    expect(await feed.waiting(await feed.head(), 10, 'o1')).toEqual({ count: 0, oldestAt: null });
  });

  it('counts what waits by its kind, of the first ones only when there are many', async () => {
    const engine = await open();
    const feed = createChangeFeed(engine);
    for (const id of ['a', 'b', 'c']) await engine.write((db) => append(engine, db, id));
    await engine.write((db) => append(engine, db, 'theirs', 'o2'));
    const { cursor } = await feed.readChanges('0', 1, 'o1');
    expect(await feed.kindsWaiting(cursor, 10, 'o1')).toEqual(new Map([['user.updated', 2]]));
    expect(await feed.kindsWaiting('0', 2, 'o1')).toEqual(new Map([['user.updated', 2]]));
    expect(await feed.kindsWaiting(await feed.head(), 10, 'o1')).toEqual(new Map());
  });

  it('never shows one organization what another one did', async () => {
    const engine = await open();
    const feed = createChangeFeed(engine);
    await engine.write((db) => append(engine, db, 'mine'));
    await engine.write((db) => append(engine, db, 'theirs', 'o2'));
    expect((await feed.readChanges('0', 10, 'o1')).changes.map(({ subject }) => subject.id)).toEqual(['mine']);
    expect((await feed.readChanges('0', 10, null)).changes).toHaveLength(2);
  });

  it('can be read again from a position', async () => {
    const engine = await open();
    const feed = createChangeFeed(engine);
    for (const id of ['a', 'b', 'c']) await engine.write((db) => append(engine, db, id));
    const [first] = (await feed.readChanges('0', 1, 'o1')).changes;
    const again = await feed.readChanges(await feed.cursorAfter(first?.position ?? 0), 10, 'o1');
    expect(again.changes.map(({ subject }) => subject.id)).toEqual(['b', 'c']);
  });

  it.runIf(kind === 'postgres')(
    'waits for a transaction that began earlier, though a later one committed',
    async () => {
      const url = await import('../support/postgres.ts').then(({ freshPostgresUrl }) => freshPostgresUrl());
      const engine = await open({}, url);
      const feed = createChangeFeed(engine);
      const gates = { early: Promise.withResolvers<void>(), late: Promise.withResolvers<void>() };
      const numbered = Promise.withResolvers<void>();
      const placed = Promise.withResolvers<void>();
      // The early transaction takes its number first and its position last: by position alone it would come too late.
      const early = engine.write(async (db) => {
        await sql`select pg_current_xact_id()`.execute(db);
        numbered.resolve();
        await gates.early.promise;
        await append(engine, db, 'early');
      });
      await numbered.promise;
      const late = engine.write(async (db) => {
        await append(engine, db, 'late');
        placed.resolve();
        await gates.late.promise;
      });
      await placed.promise;
      gates.early.resolve();
      await early;
      const seen = await feed.readChanges('0', 10, 'o1');
      gates.late.resolve();
      await late;
      const rest = await vi.waitUntil(
        async () => {
          const page = await feed.readChanges(seen.cursor, 10, 'o1');
          return page.changes.length > 0 && page;
        },
        { timeout: 10_000 },
      );
      const ids = [...seen.changes, ...rest.changes].map(({ subject }) => subject.id);
      expect(ids.toSorted()).toEqual(['early', 'late']);
      // That is the trap: the one that was read first has the greater position.
      expect(seen.changes[0]?.position).toBeGreaterThan(rest.changes[0]?.position ?? 0);
    },
  );
});
