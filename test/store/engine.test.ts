import { expect, it } from 'vitest';
import { AppError } from '../../src/errors.ts';
import type { Database, Engine } from '../../src/store/engine.ts';
import { describeEachEngine } from '../support/each-engine.ts';

function put(tx: Database, key: string, value = 'x'): Promise<unknown> {
  return tx.insertInto('settings').values({ key, value }).execute();
}

async function keys({ reader }: Engine): Promise<readonly string[]> {
  const rows = await reader.selectFrom('settings').select('key').orderBy('key').execute();
  return rows.map((row) => row.key);
}

describeEachEngine('an engine', (open) => {
  it('keeps what a write did and gives back what it returned', async () => {
    const engine = await open();
    const answer = await engine.write(async (tx) => {
      await put(tx, 'a');
      return 42;
    });
    expect(answer).toBe(42);
    expect(await keys(engine)).toEqual(['a']);
  });

  it('keeps what need not be on disk at once, too', async () => {
    const engine = await open();
    const soft = (key: string) =>
      engine.write((tx) => tx.insertInto('settings').values({ key, value: 'soft' }).execute(), { durable: false });
    await soft('soft-1');
    await Promise.all([soft('soft-2'), engine.write(async () => undefined), soft('soft-3')]);
    const rows = await engine.reader.selectFrom('settings').select('key').where('value', '=', 'soft').execute();
    expect(rows.map(({ key }) => key).toSorted()).toEqual(['soft-1', 'soft-2', 'soft-3']);
  });

  it('keeps nothing of a write that throws, and passes its error on', async () => {
    const engine = await open();
    const fault = new AppError('last_admin');
    const write = engine.write(async (tx) => {
      await put(tx, 'a');
      throw fault;
    });
    await expect(write).rejects.toBe(fault);
    expect(await keys(engine)).toEqual([]);
  });

  it('lets a broken constraint hurt its own write only', async () => {
    const engine = await open();
    await engine.write((tx) => put(tx, 'taken'));
    const outcomes = await Promise.allSettled(
      ['a', 'taken', 'b'].map((key) =>
        engine.write(async (tx) => {
          await put(tx, `${key}-first`);
          await put(tx, key);
        }),
      ),
    );
    expect(outcomes.map((outcome) => outcome.status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await keys(engine)).toEqual(['a', 'a-first', 'b', 'b-first', 'taken']);
  });

  it('shows the reader nothing that is not committed, and the write its own rows', async () => {
    const engine = await open();
    await engine.write(async (tx) => {
      await put(tx, 'a');
      expect(await keys(engine)).toEqual([]);
      expect(await tx.selectFrom('settings').select('key').execute()).toHaveLength(1);
    });
    expect(await keys(engine)).toEqual(['a']);
  });

  it('hands out a handle that is a transaction and opens no other', async () => {
    const engine = await open();
    await engine.write(async (tx) => {
      expect(tx.isTransaction).toBe(true);
      expect(() => tx.transaction()).toThrow('not supported');
    });
  });

  it('refuses queries of a write that is over', async () => {
    const engine = await open();
    let kept: Database | undefined;
    await engine.write(async (tx) => {
      kept = tx;
    });
    await expect(kept === undefined ? undefined : put(kept, 'late')).rejects.toThrow();
    expect(await keys(engine)).toEqual([]);
  });

  it('counts commits and writes', async () => {
    const engine = await open();
    const before = engine.stats();
    await engine.write((tx) => put(tx, 'a'));
    const after = engine.stats();
    expect([after.commits - before.commits, after.writes - before.writes, after.queued]).toEqual([1, 1, 0]);
  });

  it('finishes the writes under way before it closes, and takes no more', async () => {
    const engine = await open();
    const writes = ['a', 'b', 'c'].map((key) => engine.write((tx) => put(tx, key)));
    const closed = engine.close();
    await expect(engine.write((tx) => put(tx, 'late'))).rejects.toMatchObject({ code: 'unavailable' });
    await closed;
    expect((await Promise.allSettled(writes)).map((outcome) => outcome.status)).toEqual(Array(3).fill('fulfilled'));
    await engine.close();
  });

  it('gives whole numbers as numbers and orders text by code point', async () => {
    const engine = await open();
    await engine.write(async (tx) => {
      for (const key of ['b', 'B', 'ä', '_', 'a']) await put(tx, key);
    });
    const { count } = await engine.reader
      .selectFrom('settings')
      .select((eb) => eb.fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow();
    expect(count).toBe(5);
    expect(await keys(engine)).toEqual(['B', '_', 'a', 'b', 'ä']);
  });
});
