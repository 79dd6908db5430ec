/** Fingerprints tell how many runs are gone, whatever was added. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareRuns, digestOf, digestRuns } from '../../src/ledger/inventory/run-digest.ts';

const ids = (count: number, prefix = 'r') => Array.from({ length: count }, (_, index) => `${prefix}${index}`);

describe('the fingerprints of runs', () => {
  const then = { ...digestRuns(ids(340), false), runs: 340 };

  it.each([
    { name: 'all are there', now: ids(340), missing: 0 },
    { name: 'all are there, in another order', now: ids(340).toReversed(), missing: 0 },
    { name: '12 are gone', now: ids(340).slice(12), missing: 12 },
    { name: '12 are gone and 50 were added', now: [...ids(340).slice(12), ...ids(50, 'new')], missing: 12 },
    { name: 'all are gone', now: [], missing: 340 },
    { name: 'all are gone and as many others came', now: ids(340, 'new'), missing: 340 },
  ])('tell when $name', ({ now, missing }) => {
    expect(compareRuns(then, { runs: now.length, runIds: now })).toEqual({ missing, missingIds: null });
  });

  it('name the missing where the list was kept', () => {
    const listed = { ...digestRuns(ids(5), true), runs: 5 };
    expect(compareRuns(listed, { runs: 4, runIds: ['r0', 'r1', 'r3', 'r4'] })).toEqual({
      missing: 1,
      missingIds: ['r2'],
    });
    expect(compareRuns({ ...digestRuns([], true), runs: 0 }, { runs: 0, runIds: [] })).toEqual({
      missing: 0,
      missingIds: [],
    });
  });

  it.each([
    { name: 'fewer now', runs: 300, missing: 40 },
    { name: 'more now', runs: 400, missing: 0 },
  ])('give way to numbers where only those were told: $name', ({ runs, missing }) => {
    expect(compareRuns(then, { runs, runIds: null }).missing).toBe(missing);
    expect(compareRuns({ fingerprints: null, runIds: null, runs: 340 }, { runs, runIds: ids(runs) }).missing).toBe(
      missing,
    );
  });

  it('take four bytes a run', () => {
    expect(Buffer.from(digestRuns(ids(50_000), false).fingerprints ?? '', 'base64')).toHaveLength(200_000);
  });

  it('agree with the difference of the sets', () => {
    const set = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 12 }), { maxLength: 60 });
    fc.assert(
      fc.property(set, set, (before, after) => {
        const { missing } = compareRuns(
          { ...digestRuns(before, false), runs: before.length },
          { runs: after.length, runIds: after },
        );
        expect(missing).toBe(before.filter((id) => !after.includes(id)).length);
      }),
    );
  });

  it('come with a digest that does not depend on the order', () => {
    expect(digestOf(['b', 'a'])).toBe(digestOf(['a', 'b']));
    expect(digestOf(['a', 'b'])).not.toBe(digestOf(['ab']));
  });
});
