/** Answers under an Idempotency-Key: who gets a key, who waits, who is told what came of it. */
import { expect, it } from 'vitest';
import type { AnswerClaim } from '../../src/http/kept-answers.ts';
import { createKeptAnswerStore } from '../../src/store/kept-answers.ts';
import { describeEachEngine } from '../support/each-engine.ts';

const claim = (given: Partial<AnswerClaim> = {}): AnswerClaim => ({
  organizationId: 'organization',
  principal: 'user:ada',
  keyHash: 'key',
  fingerprint: 'print',
  claimedBy: 'first',
  at: 1000,
  leaseUntil: 2000,
  expiresAt: 9000,
  ...given,
});

describeEachEngine('answers under an Idempotency-Key', (open) => {
  const store = createKeptAnswerStore();

  it('lets one of two have the key, and tells the other to wait', async () => {
    const engine = await open();
    const results = await Promise.all(
      ['a', 'b'].map((claimedBy) => engine.write((db) => store.claim(db, claim({ claimedBy })))),
    );
    expect(results.map(({ kind }) => kind).toSorted()).toEqual(['claimed', 'in_flight']);
  });

  it('gives the kept answer with what the key was used for, to the same principal only', async () => {
    const engine = await open();
    await engine.write((db) => store.claim(db, claim()));
    expect(await engine.write((db) => store.keep(db, claim(), 'the answer'))).toBe(true);
    const again = claim({ claimedBy: 'second', fingerprint: 'other print' });
    expect(await engine.write((db) => store.claim(db, again))).toEqual({
      kind: 'kept',
      fingerprint: 'print',
      answer: 'the answer',
    });
    for (const other of [{ principal: 'user:bob' }, { organizationId: 'other' }, { keyHash: 'other' }]) {
      expect(await engine.write((db) => store.claim(db, claim(other)))).toEqual({ kind: 'claimed' });
    }
  });

  it('lets a key be taken over after its lease, and then not be kept by whom it was taken from', async () => {
    const engine = await open();
    const late = claim({ claimedBy: 'second', at: 2000, leaseUntil: 3000 });
    await engine.write((db) => store.claim(db, claim()));
    expect(await engine.write((db) => store.claim(db, { ...late, at: 1999 }))).toMatchObject({ kind: 'in_flight' });
    expect(await engine.write((db) => store.claim(db, late))).toEqual({ kind: 'claimed' });
    expect(await engine.write((db) => store.keep(db, claim(), 'too late'))).toBe(false);
    await engine.write((db) => store.release(db, claim()));
    expect(await engine.write((db) => store.keep(db, late, 'the answer'))).toBe(true);
  });

  it('never lets a kept answer be taken over before it expires', async () => {
    const engine = await open();
    await engine.write((db) => store.claim(db, claim()));
    await engine.write((db) => store.keep(db, claim(), 'the answer'));
    const after = (at: number) => engine.write((db) => store.claim(db, claim({ claimedBy: 'late', at })));
    expect(await after(8999)).toMatchObject({ kind: 'kept' });
    expect(await after(9000)).toEqual({ kind: 'claimed' });
  });

  it('gives a key back that came to nothing, and forgets what has expired', async () => {
    const engine = await open();
    await engine.write((db) => store.claim(db, claim()));
    await engine.write((db) => store.release(db, claim()));
    expect(await engine.write((db) => store.claim(db, claim({ claimedBy: 'next' })))).toEqual({ kind: 'claimed' });
    await engine.write((db) => store.claim(db, claim({ keyHash: 'lasting', expiresAt: 10_000 })));
    await engine.write((db) => store.prune(db, 9000, 20));
    const rows = await engine.reader.selectFrom('kept_answers').select('key_hash').execute();
    expect(rows).toEqual([{ key_hash: 'lasting' }]);
  });
});
