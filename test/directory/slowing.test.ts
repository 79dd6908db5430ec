/** Tries that are slowed down: per key, with time, and the same for whoever counts. */
import { expect, it } from 'vitest';
import { forgiveTries, type Tried, takeTries } from '../../src/directory/entry/slowing.ts';
import { describeDirectory } from '../support/directory.ts';

const BUDGET = { burst: 3, everyMs: 10_000 };
let count = 0;

function newKey(): Tried {
  count += 1;
  return { what: 'account', who: `somebody ${count}`, budget: BUDGET };
}

describeDirectory('slowing', (directory) => {
  const take = (...tries: Tried[]) => takeTries(directory().parts, tries);
  const refusal = (seconds: number) => ({ code: 'rate_limited', retryAfterSeconds: seconds });

  it('lets a burst through, then one at a time, and says when', async () => {
    const key = newKey();
    for (let index = 0; index < BUDGET.burst; index += 1) await take(key);
    await expect(take(key)).rejects.toMatchObject(refusal(10));
    directory().clock.now += 4_000;
    await expect(take(key)).rejects.toMatchObject(refusal(6));
    directory().clock.now += 6_000;
    await take(key);
    await expect(take(key)).rejects.toMatchObject(refusal(10));
  });

  it('forgets with time, and at once when told to', async () => {
    const key = newKey();
    for (let index = 0; index < BUDGET.burst; index += 1) await take(key);
    directory().clock.now += 60 * 60_000;
    for (let index = 0; index < BUDGET.burst; index += 1) await take(key);
    await forgiveTries(directory().parts, key);
    for (let index = 0; index < BUDGET.burst; index += 1) await take(key);
    await expect(take(key)).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('counts each key by itself', async () => {
    const [one, other] = [newKey(), newKey()];
    for (let index = 0; index < BUDGET.burst; index += 1) await take(one);
    await take(other);
    await expect(take(other, one)).rejects.toMatchObject({ code: 'rate_limited' });
    // Nothing of that counted.
    await take(other);
    await take(other);
    await expect(take(other)).rejects.toMatchObject({ code: 'rate_limited' });
  });

  it('lets no more through at once than one after another', async () => {
    const key = newKey();
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => take(key)));
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(BUDGET.burst);
  });

  it('keeps no name in the clear', async () => {
    const { store } = directory().core;
    await take({ ...newKey(), who: 'ada@example.com' });
    const { rows } = await (
      store.reader as never as { executeQuery(q: unknown): Promise<{ rows: unknown[] }> }
    ).executeQuery({ sql: 'select key from slowed_attempts', parameters: [], query: { kind: 'RawNode' } });
    expect(rows.length).toBeGreaterThan(0);
    expect(JSON.stringify(rows)).not.toContain('ada');
  });
});
