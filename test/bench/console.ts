/** Pages of the console over a log of a thousand and of a million exchanges: what the server takes to answer, as a ratio. */
import { createHourCounter } from '../../src/ops/hour-counting.ts';
import type { Outcome } from '../../src/synclog/exchange.ts';
import { firstIdAt } from '../../src/synclog/exchange-id.ts';
import { exampleExchange } from '../console/example-log.ts';
import { startBridge, type TestBridge } from '../support/bridge.ts';
import { type ConsoleVisitor, visitConsole } from '../support/console-visitor.ts';
import { median, tableHead, tableRow } from './report.ts';

export interface ConsoleBench {
  readonly exchanges: number;
  readonly rounds: number;
}

const SMALL = 1_000;
const BATCH = 2_000;
const DAYS = 60;
const DAY_MS = 86_400_000;
const OUTCOMES: readonly Outcome[] = ['changed', 'changed', 'unchanged', 'changed', 'refused'];

interface Side {
  readonly bridge: TestBridge;
  readonly visitor: ConsoleVisitor;
  readonly newestId: string;
}

/** Over sixty days, evenly: every fifth refused, every seventh a sign-in, one word that few rows have. */
async function openSide(count: number): Promise<Side> {
  const bridge = await startBridge({ engine: 'sqlite' });
  const { store, directory } = bridge.core;
  const visitor = await visitConsole(bridge);
  const connection = await bridge.createConnection({ dialect: 'okta', organizationId: visitor.organizationId });
  const [end, gap] = [Date.now() - 1000, (DAYS * DAY_MS) / count];
  let newestId = '';
  for (let start = 0; start < count; start += BATCH) {
    const rows = Array.from({ length: Math.min(BATCH, count - start) }, (_, n) => {
      const at = Math.round(end - (count - start - n) * gap);
      const isSignIn = (start + n) % 7 === 0;
      return {
        ...exampleExchange(at, {
          outcome: OUTCOMES[(start + n) % OUTCOMES.length] ?? 'changed',
          organizationId: visitor.organizationId,
          connectionId: isSignIn ? null : connection.id,
          operation: isSignIn ? 'signin.oidc' : 'groups.patch',
          summary: (start + n) % 997 === 0 ? `Okta added Zaphod ${n} to vision` : `Okta added Ada ${n} to group nlp`,
        }),
        // As they are made: by time, without two alike.
        id: `${firstIdAt(at).slice(0, 24)}${(start + n).toString(16).padStart(12, '0')}`,
        tokenId: null,
      };
    });
    newestId = rows.at(-1)?.id ?? '';
    await store.write((db) => store.exchanges.insert(db, rows));
  }
  const { timeline, jobs, reader, write } = store;
  const listOrganizations = () => store.organizations.list(reader);
  await createHourCounter({ timeline, jobs, listOrganizations, reader, write, now: directory.now })();
  return { bridge, visitor, newestId };
}

const PAGES: readonly (readonly [name: string, path: (side: Side) => string])[] = [
  ['first page of the sync log', () => '/admin/sync'],
  ['refused only', () => '/admin/sync?outcome=refused'],
  ['sign-ins only', () => '/admin/sync?operation=signin.oidc'],
  ['a word that a thousandth has', () => '/admin/sync?text=zaphod'],
  ['a word that nothing has', () => '/admin/sync?text=trillian'],
  ['chart of a day', () => '/admin/sync/timeline'],
  ['one exchange', ({ newestId }) => `/admin/sync/${newestId}`],
  ['overview', () => '/admin'],
];

async function timeOf({ visitor }: Side, path: string): Promise<number> {
  const started = performance.now();
  const answer = await visitor.raw(path);
  await answer.text();
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status}`);
  return performance.now() - started;
}

export async function measureConsole({ exchanges, rounds }: ConsoleBench): Promise<void> {
  console.log(
    `\nMaking a log of ${SMALL.toLocaleString('en')} and one of ${exchanges.toLocaleString('en')} exchanges ...`,
  );
  const sides = [await openSide(SMALL), await openSide(exchanges)] as const;
  try {
    console.log(`\n${tableHead('page', `ms with ${SMALL}`, `ms with ${exchanges}`, 'ratio', 'wanted')}`);
    for (const [name, path] of PAGES) {
      const times: [number[], number[]] = [[], []];
      for (let round = -2; round < rounds; round += 1) {
        for (const [n, side] of sides.entries()) {
          const took = await timeOf(side, path(side));
          // The first two warm up.
          if (round >= 0) times[n === 0 ? 0 : 1].push(took);
        }
      }
      const [small, large] = [median(times[0]), median(times[1])];
      console.log(tableRow(name, small.toFixed(1), large.toFixed(1), (large / small).toFixed(1), 'at most 5'));
    }
  } finally {
    for (const { bridge } of sides) await bridge.stop();
  }
}
