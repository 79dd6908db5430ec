/** 100,000 entries: verified and exported as a stream, in memory that does not grow with the chain. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { exportRows } from '../../src/ledger/export.ts';
import { createLedger } from '../../src/ledger/ledger.ts';
import { createStore } from '../../src/store/store.ts';
import { describeEachEngine } from '../support/each-engine.ts';
import { fillLedger } from '../support/long-ledger.ts';

const COUNT = 100_000;
const ORGANIZATION = 'organization-1';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Megabytes that are in use after a collection. */
function heap(): number {
  collect();
  return process.memoryUsage().heapUsed / 1e6;
}

describeEachEngine('100,000 entries', (open) => {
  it('are read in a stream, in flat memory, and the last of them can be the broken one', {
    timeout: 180_000,
  }, async () => {
    const engine = await open();
    await fillLedger(engine, ORGANIZATION, COUNT);
    const store = createStore(engine);
    const parts = { entries: store.ledger, removals: store.removals, digests: store.runDigests, jobs: store.jobs };
    const ledger = createLedger({
      ...{ ...parts, asksTracker: false, lockOrganization: async () => undefined, newId: () => '' },
    });
    const before = heap();
    let highest = 0;
    let rows = 0;
    for await (const row of exportRows(store.reader, { ledger, digests: store.runDigests }, ORGANIZATION)) {
      rows += 1;
      if (row.position % 20_000 === 0) highest = Math.max(highest, heap() - before);
    }
    expect(rows).toBe(COUNT);
    expect(await ledger.verify(store.reader, ORGANIZATION)).toMatchObject({ holds: true, checked: COUNT });
    highest = Math.max(highest, heap() - before);
    // All of it would be well over 100 MB.
    expect(highest).toBeLessThan(20);
    await engine.write((tx) =>
      sql`update ledger_entries set content = replace(content, 'member', 'Member') where position = ${COUNT}`.execute(
        tx,
      ),
    );
    expect(await ledger.verify(store.reader, ORGANIZATION)).toMatchObject({
      ...{ holds: false, checked: COUNT - 1, firstBreak: { position: COUNT } },
    });
  });
});
