import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import BetterSqlite3 from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import type { Database, Engine } from '../../src/store/engine.ts';
import { openEngine } from '../../src/store/open.ts';
import { describeEachEngine, type EngineUnderTest } from '../support/each-engine.ts';

function put(tx: Database, key: string): Promise<unknown> {
  return tx.insertInto('settings').values({ key, value: 'x' }).execute();
}

async function keys({ reader }: Engine): Promise<readonly string[]> {
  const rows = await reader.selectFrom('settings').select('key').execute();
  return rows.map((row) => row.key).toSorted();
}

/** Another process that holds the write lock until it is told to let go. */
async function lockFromOutside(path: string): Promise<ChildProcess> {
  const program = `
    const Database = require('better-sqlite3');
    const db = new Database(process.argv[1]);
    db.exec('begin immediate');
    process.stdin.on('data', () => { db.exec('commit'); process.exit(0); });
    process.stdout.write('locked');`;
  const child = spawn(process.execPath, ['-e', program, path], { stdio: ['pipe', 'pipe', 'inherit'] });
  if (child.stdout !== null) await once(child.stdout, 'data');
  return child;
}

async function release(child: ChildProcess): Promise<void> {
  child.stdin?.write('go');
  if (child.exitCode === null) await once(child, 'exit');
}

function suite(open: (options?: object, url?: string) => Promise<Engine>, { freshUrl }: EngineUnderTest): void {
  it('shares one commit among writes that arrive together', async () => {
    const engine = await open({ batchMax: 128 });
    const before = engine.stats();
    await Promise.all(Array.from({ length: 300 }, (_, n) => engine.write((tx) => put(tx, `k${n}`))));
    const after = engine.stats();
    expect(after.writes - before.writes).toBe(300);
    expect(after.commits - before.commits).toBe(3);
  });

  it('runs works in the order of their calls, one at a time', async () => {
    const engine = await open({ batchMax: 4 });
    const events: string[] = [];
    const work = (n: number) => async (tx: Database) => {
      events.push(`begin ${n}`);
      await put(tx, `k${n}`);
      events.push(`end ${n}`);
    };
    await Promise.all(Array.from({ length: 10 }, (_, n) => engine.write(work(n))));
    expect(events).toEqual(Array.from({ length: 10 }, (_, n) => [`begin ${n}`, `end ${n}`]).flat());
  });

  it('does not count a refused work as written, and commits the others with it', async () => {
    const engine = await open();
    const before = engine.stats();
    const refuse = async () => {
      throw new Error('no');
    };
    await Promise.allSettled([
      engine.write((tx) => put(tx, 'a')),
      engine.write(refuse),
      engine.write(() => {
        throw new Error('at once');
      }),
      engine.write((tx) => put(tx, 'b')),
    ]);
    const after = engine.stats();
    expect([after.writes - before.writes, after.commits - before.commits]).toEqual([2, 1]);
    expect(await keys(engine)).toEqual(['a', 'b']);
  });

  it('refuses writes past the bound of its queue as busy', async () => {
    const engine = await open({ queueMax: 2 });
    const writes = ['a', 'b', 'c'].map((key) => engine.write((tx) => put(tx, key)));
    await expect(writes[2]).rejects.toMatchObject({ code: 'busy', retryAfterSeconds: 1 });
    await Promise.all(writes.slice(0, 2));
    await engine.write((tx) => put(tx, 'd'));
    expect(await keys(engine)).toEqual(['a', 'b', 'd']);
  });

  it('waits for a lock of another process without holding up anything else', async () => {
    const url = await freshUrl();
    const engine = await open({}, url);
    const child = await lockFromOutside(url.slice('sqlite:'.length));
    const write = engine.write((tx) => put(tx, 'a'));
    for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
    expect(engine.stats().queued).toBe(1);
    expect(await keys(engine)).toEqual([]);
    await release(child);
    await write;
    expect(await keys(engine)).toEqual(['a']);
  });

  it('gives up as busy when another process keeps the lock', async () => {
    const url = await freshUrl();
    const engine = await open({ lockTimeoutMs: 50 }, url);
    const child = await lockFromOutside(url.slice('sqlite:'.length));
    await expect(engine.write((tx) => put(tx, 'a'))).rejects.toMatchObject({ code: 'busy', retryAfterSeconds: 1 });
    await release(child);
    await engine.write((tx) => put(tx, 'b'));
    expect(await keys(engine)).toEqual(['b']);
  });

  it('runs a batch again, each work for itself, when one fails after it has written', async () => {
    const engine = await open();
    const runs: string[] = [];
    const work = (key: string) => (tx: Database) => {
      runs.push(key);
      return put(tx, key);
    };
    const failing = async (tx: Database) => {
      runs.push('failing');
      await put(tx, 'failing');
      throw new Error('changed my mind');
    };
    const refusing = async () => {
      runs.push('refusing');
      throw new Error('not now');
    };
    const writes = [work('a'), refusing, failing, work('b')].map((each) => engine.write(each));
    const outcomes = await Promise.allSettled(writes);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(await keys(engine)).toEqual(['a', 'b']);
    expect(runs).toEqual(['a', 'refusing', 'failing', 'a', 'refusing', 'failing', 'b']);
    expect(engine.stats()).toMatchObject({ commits: 1, writes: 2, queued: 0 });
  });

  it('judges a refused work anew when what it was refused for is undone', async () => {
    const engine = await open();
    const once = async (tx: Database) => {
      const { n } = await tx
        .selectFrom('settings')
        .select((eb) => eb.fn.countAll<number>().as('n'))
        .executeTakeFirstOrThrow();
      if (n > 0) throw new Error('taken');
      await put(tx, 'mine');
    };
    const failing = async (tx: Database) => {
      await put(tx, 'passing');
      throw new Error('changed my mind');
    };
    const outcomes = await Promise.allSettled([engine.write(failing), engine.write(once)]);
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
    expect(await keys(engine)).toEqual(['mine']);
  });

  it('gives up a work that never ends, keeps nothing of it, and goes on', async () => {
    const engine = await open({ workTimeoutMs: 50 });
    let stuck: Database | undefined;
    const never = engine.write(async (tx) => {
      stuck = tx;
      await put(tx, 'stuck');
      await new Promise(() => undefined);
    });
    const other = engine.write((tx) => put(tx, 'other'));
    await expect(never).rejects.toMatchObject({ code: 'busy' });
    await other;
    await expect(stuck === undefined ? undefined : put(stuck, 'late')).rejects.toThrow('This write is over');
    await engine.close();
  });

  it('rejects every work of a batch whose transaction was lost', async () => {
    const engine = await open();
    const lose = (tx: Database) => tx.executeQuery({ sql: 'rollback', parameters: [], query: undefined } as never);
    const writes = [engine.write((tx) => put(tx, 'a')), engine.write(lose), engine.write((tx) => put(tx, 'b'))];
    const outcomes = await Promise.allSettled(writes);
    expect(outcomes.map((outcome) => outcome.status)).toEqual(Array(3).fill('rejected'));
    await engine.write((tx) => put(tx, 'c'));
    expect(await keys(engine)).toEqual(['c']);
  });

  it('waits for the disk unless nobody in the batch was promised anything', async () => {
    const engine = await open();
    const level = async (tx: Database) => {
      const query = { sql: 'pragma synchronous', parameters: [], query: undefined } as never;
      return (await tx.executeQuery<{ synchronous: number }>(query)).rows[0]?.synchronous;
    };
    const [NORMAL, FULL] = [1, 2];
    expect(await engine.write(level)).toBe(FULL);
    expect(await engine.write(level, { durable: false })).toBe(NORMAL);
    expect(await Promise.all([engine.write(level, { durable: false }), engine.write(level)])).toEqual([FULL, FULL]);
    expect(await engine.write(level, { durable: false })).toBe(NORMAL);
    expect(await engine.write(level)).toBe(FULL);
  });

  it('survives in a file that syncs every commit and keeps foreign keys', async () => {
    const url = await freshUrl();
    const engine = await open({}, url);
    await engine.write(async (tx) => {
      const pragma = async (name: string) => {
        const query = { sql: `pragma ${name}`, parameters: [], query: undefined } as never;
        return Object.values((await tx.executeQuery<Record<string, unknown>>(query)).rows[0] ?? {})[0];
      };
      expect(await pragma('journal_mode')).toBe('wal');
      expect(await pragma('synchronous')).toBe(2);
      expect(await pragma('foreign_keys')).toBe(1);
    });
    await engine.write((tx) => put(tx, 'a'));
    const outside = new BetterSqlite3(url.slice('sqlite:'.length), { readonly: true });
    expect(outside.prepare('select key from settings').pluck().all()).toEqual(['a']);
    outside.close();
  });
}

describeEachEngine('group commit', (open, engine) => {
  if (engine.kind === 'sqlite') suite(open, engine);
  else it.skip('is SQLite only: PostgreSQL does it by itself');
});

describe('opening', () => {
  it.each(['sqlite::memory:', 'sqlite:', 'mysql://x/y', 'data.sqlite'])('refuses %s with what to give', async (url) => {
    await expect(openEngine(url)).rejects.toMatchObject({
      code: 'invalid_value',
      message: expect.stringContaining('sqlite:<path>'),
    });
  });
});
