/** A search by text reads a bounded part of a long log, says so, and goes on with older exchanges: in the console, at the API, in exports. */
import { type RawBuilder, sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { databaseOf } from '../../src/store/statement.ts';
import { SEARCHED_MAX } from '../../src/synclog/exchange.ts';
import type { TestBridge } from '../support/bridge.ts';
import { type ConsoleVisitor, visitConsole } from '../support/console-visitor.ts';
import { describeBridge } from '../support/on-each-engine.ts';

/** Number 1 is the oldest. */
const COUNT = 2 * SEARCHED_MAX + 50;
const NEEDLES = { oldest: 10, middle: SEARCHED_MAX, newest: COUNT - 5 };
const BEGIN = Date.UTC(2026, 9, 1);

const idOf = (n: number): string => {
  const hex = (BEGIN + n * 1000).toString(16).padStart(12, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
};

/** One exchange a second, refused for the needles so that they can also be asked for by their outcome. */
async function fillLog({ core: { engine } }: TestBridge, organizationId: string): Promise<void> {
  const run = (statement: RawBuilder<unknown>) => engine.write((db) => statement.execute(databaseOf(db)));
  const hex = engine.kind === 'sqlite' ? sql`printf('%012x', at)` : sql`lpad(to_hex(at), 12, '0')`;
  await run(sql`insert into exchanges (id, organization_id, at, duration_us, method, path, operation, status, outcome, summary,
      search_text, change_count)
    with recursive numbers (n) as (select 1 union all select n + 1 from numbers where n < ${sql.lit(COUNT)}),
      seconds as (select n, ${sql.lit(BEGIN)} + n * 1000 as at from numbers),
      named as (select n, at, ${hex} as hex from seconds)
    select substr(hex, 1, 8) || '-' || substr(hex, 9) || '-7000-8000-000000000000', ${organizationId}, at, 900, 'PATCH',
      '/Users', 'users.patch', 200, 'changed', 'number ' || n, 'number ' || n, 0 from named`);
  for (const [name, n] of Object.entries(NEEDLES)) {
    await run(sql`update exchanges set summary = ${`needle, the ${name}`}, search_text = ${`needle, the ${name}`}, outcome = 'refused'
      where id = ${idOf(n)}`);
  }
}

const foundIn = (html: string): string[] => [...html.matchAll(/>(needle[^<]*)</g)].map(([, text]) => text ?? '');
const linkIn = (html: string): string | undefined =>
  html.match(/href="([^"]+)">Search older ones/)?.[1]?.replaceAll('&amp;', '&');

describeBridge('a search by text in a long log', (bridge) => {
  let admin: ConsoleVisitor;

  beforeAll(async () => {
    admin = await visitConsole(bridge());
    await fillLog(bridge(), admin.organizationId);
  }, 120_000);

  it('says in the console how far it looked, and goes on from there with the same filter until all was looked through', async () => {
    const first = await admin.get('/admin/sync?outcome=refused&text=needle');
    expect(foundIn(first.html)).toEqual(['needle, the newest']);
    expect(first.text).toContain('Looked for in the newest 200,000 requests, back to 2026-10-03 07:');
    const second = await admin.get(linkIn(first.html) ?? 'no link');
    expect(Object.fromEntries(new URL(second.address, 'http://x').searchParams)).toMatchObject({
      ...{ outcome: 'refused', text: 'needle' },
    });
    expect(foundIn(second.html)).toEqual(['needle, the middle']);
    expect(second.text).toContain('Looked for in the next 200,000 older requests, back to 2026-10-01 00:00 UTC');
    const third = await admin.get(linkIn(second.html) ?? 'no link');
    expect([foundIn(third.html), linkIn(third.html)]).toEqual([['needle, the oldest'], undefined]);
    expect(third.text).not.toContain('Looked for in');
  });

  it('goes on although it found nothing', async () => {
    const first = await admin.get('/admin/sync?text=oldest');
    expect(first.text).toContain('Nothing matches');
    const second = await admin.get(linkIn(first.html) ?? 'no link');
    expect(second.text).toContain('Nothing matches');
    const third = await admin.get(linkIn(second.html) ?? 'no link');
    expect(foundIn(third.html)).toEqual(['needle, the oldest']);
  });

  it('counts from the end of the span that is asked for, and reads a span with a beginning whole', async () => {
    const until = new Date(BEGIN + (NEEDLES.middle + 60) * 1000).toISOString().slice(0, 16);
    expect(foundIn((await admin.get(`/admin/sync?text=middle&until=${until}`)).html)).toEqual(['needle, the middle']);
    const whole = await admin.get('/admin/sync?text=needle&from=2026-10-01T00:00');
    expect(foundIn(whole.html)).toHaveLength(3);
    expect(linkIn(whole.html)).toBeUndefined();
  });

  it('gives a cursor at the API until all was looked through', async () => {
    const found: string[][] = [];
    for (let after: string | null = ''; after !== null; ) {
      const answer = await admin.raw(`/api/v1/exchanges?text=needle${after}`);
      expect(answer.status, await answer.clone().text()).toBe(200);
      const page = (await answer.json()) as { items: { summary: string }[]; nextCursor: string | null };
      found.push(page.items.map(({ summary }) => summary));
      after = page.nextCursor === null ? null : `&cursor=${page.nextCursor}`;
    }
    expect(found).toEqual([['needle, the newest'], ['needle, the middle'], ['needle, the oldest']]);
  });

  it('exports all of it', async () => {
    const text = await (await admin.raw('/admin/sync/export.jsonl?text=needle')).text();
    expect(text.match(/needle, the \w+/g)).toEqual(['needle, the newest', 'needle, the middle', 'needle, the oldest']);
  });
});
