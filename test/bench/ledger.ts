/** Verifying a chain of 100,000 entries, against hashing the same text and nothing else; and what it takes of memory. */
import { hash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { migrations } from '../../db/migrations/index.ts';
import { createLedger } from '../../src/ledger/ledger.ts';
import { migrateUp } from '../../src/store/migrate.ts';
import { openEngine } from '../../src/store/open.ts';
import { createStore } from '../../src/store/store.ts';
import { fillLedger } from '../support/long-ledger.ts';

const ORGANIZATION = 'organization-1';

function seconds(since: number): number {
  return (performance.now() - since) / 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

/** @param count entries @param rounds of each side, alternating */
export async function measureLedger({ count, rounds }: { count: number; rounds: number }): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-bench-'));
  const engine = await openEngine(`sqlite:${join(folder, 'ledger.db')}`);
  try {
    await migrateUp(engine, migrations);
    await fillLedger(engine, ORGANIZATION, count);
    const store = createStore(engine);
    const ledger = createLedger({
      ...{ entries: store.ledger, removals: store.removals, digests: store.runDigests, jobs: store.jobs },
      ...{ asksTracker: false, lockOrganization: async () => undefined, newId: () => '' },
    });
    // What is hashed of each entry: its link, and what stands beside it.
    const texts: string[] = [];
    for await (const { content, actor, personal, position, previousHash } of ledger.entries(store.reader, ORGANIZATION))
      texts.push(`{"content":${content},"position":${position},"previous":"${previousHash}"}`, actor, personal ?? '');
    const [hashing, verifying]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round += 1) {
      let started = performance.now();
      for (const text of texts) hash('sha256', text);
      hashing.push(seconds(started));
      started = performance.now();
      const { holds, checked } = await ledger.verify(store.reader, ORGANIZATION);
      verifying.push(seconds(started));
      if (!holds || checked !== count) throw new Error('the chain does not hold');
    }
    texts.length = 0;
    const [floor, time] = [median(hashing), median(verifying)];
    return [
      `Ledger: ${count} entries verified in ${time.toFixed(2)} s (${Math.round(count / time)}/s);`,
      `hashing alone ${floor.toFixed(2)} s; ratio ${(time / floor).toFixed(1)}`,
    ].join(' ');
  } finally {
    await engine.close();
    await rm(folder, { recursive: true, force: true });
  }
}
