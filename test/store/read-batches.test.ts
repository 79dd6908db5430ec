/** Plain reads share rows; whoever reads the log must not notice. */
import { beforeAll, describe, expect, it } from 'vitest';
import { createIdSource } from '../../src/directory/id-source.ts';
import { createStore, type Store } from '../../src/store/store.ts';
import type { Exchange, ExchangeQuery } from '../../src/synclog/exchange.ts';
import { firstIdAt } from '../../src/synclog/exchange-id.ts';
import { describeEachEngine } from '../support/each-engine.ts';

const START = Date.UTC(2026, 0, 5, 8);
const ORGANIZATIONS = ['red', 'blue'] as const;

const lastDigits = createIdSource();

/** An id as it would have been made at that time. */
function idAt(at: number): string {
  return `${firstIdAt(at).slice(0, 14)}${lastDigits().slice(14)}`;
}

function exchangeAt(at: number, given: Partial<Exchange> = {}): Exchange {
  const id = idAt(at);
  const person = { type: 'user', id: `person-${at}`, name: `Ünal ${at}` } as const;
  return {
    id,
    organizationId: 'red',
    connectionId: 'red-okta',
    tokenId: 'token',
    at,
    durationUs: 120,
    method: 'GET',
    path: `/Users/person-${at}`,
    operation: 'users.read',
    status: 200,
    outcome: 'read',
    errorCode: null,
    errorDetail: null,
    subject: person,
    summary: `Okta read ${person.name}`,
    repairs: [],
    requestBody: null,
    responseBody: null,
    changeCount: 0,
    userAgent: 'Okta SCIM Client',
    remoteAddress: '192.0.2.7',
    ...given,
  };
}

/** A day of two organizations: reads of several clients that overlap in time, lists, and now and then a change. */
function day(): Exchange[] {
  return Array.from({ length: 1500 }, (_, index) => {
    const at = START + index * 37;
    const organizationId = ORGANIZATIONS[index % 7 === 0 ? 1 : 0];
    const connectionId = `${organizationId}-${index % 3 === 0 ? 'entra' : 'okta'}`;
    const base = { organizationId, connectionId, remoteAddress: `192.0.2.${index % 5}` };
    if (index % 50 === 0)
      return exchangeAt(at, { ...base, outcome: 'changed', operation: 'users.patch', changeCount: 1 });
    if (index % 11 === 0) {
      return exchangeAt(at, {
        ...base,
        operation: 'users.list',
        subject: null,
        summary: 'Okta listed users: 100 of 900',
      });
    }
    return exchangeAt(at, base);
  });
}

describeEachEngine('the log of plain reads', (open) => {
  const all = day();
  let store: Store;

  beforeAll(async () => {
    store = createStore(await open());
    // As the recorder does it: some at a time.
    for (let start = 0; start < all.length; start += 400) {
      await store.write((db) => store.exchanges.insert(db, all.slice(start, start + 400)));
    }
  });

  const expected = (matches: (exchange: Exchange) => boolean) =>
    all.filter((exchange) => exchange.organizationId === 'red' && matches(exchange)).toReversed();
  const list = (query: Partial<ExchangeQuery> = {}) =>
    store.syncLog.listExchanges({ organizationId: 'red', limit: 2000, ...query });

  it('gives every exchange back as it was, newest first', async () => {
    const found = await list();
    expect(found).toEqual(expected(() => true));
  });

  it('pages through them without leaving one out or giving one twice', async () => {
    const ids: string[] = [];
    for (;;) {
      const before = ids.at(-1);
      const page = await list({ limit: 23, ...(before === undefined ? {} : { before }) });
      ids.push(...page.map(({ id }) => id));
      if (page.length < 23) break;
    }
    expect(ids).toEqual(expected(() => true).map(({ id }) => id));
  });

  it.each<[what: string, query: Partial<ExchangeQuery>, matches: (exchange: Exchange) => boolean]>([
    ['a connection', { connectionId: 'red-entra' }, ({ connectionId }) => connectionId === 'red-entra'],
    ['an operation', { operation: 'users.list' }, ({ operation }) => operation === 'users.list'],
    ['the outcome', { outcome: 'read' }, ({ outcome }) => outcome === 'read'],
    ['another outcome', { outcome: 'changed' }, ({ outcome }) => outcome === 'changed'],
    ['a time', { from: START + 3700, until: START + 7400 }, ({ at }) => at >= START + 3700 && at < START + 7400],
    ['words in any case', { text: 'okta LISTED 900' }, ({ operation }) => operation === 'users.list'],
    ['a word that is not ASCII', { text: `ünal ${START + 37}` }, ({ at }) => at === START + 37],
    ['the client', { text: 'scim client' }, () => true],
    ['a word that nobody said', { text: 'nonsense' }, () => false],
    ['a per cent sign', { text: '%' }, () => false],
  ])('finds by %s', async (_what, query, matches) => {
    expect((await list(query)).map(({ id }) => id)).toEqual(expected(matches).map(({ id }) => id));
  });

  it('finds one by its id, for its own organization only', async () => {
    const read = all.find(({ outcome, organizationId }) => outcome === 'read' && organizationId === 'red');
    expect(await store.syncLog.findExchange('red', read?.id ?? '')).toEqual(read);
    expect(await store.syncLog.findExchange('blue', read?.id ?? '')).toBeUndefined();
    expect(await store.syncLog.findExchange('red', idAt(START + 100))).toBeUndefined();
    expect(await store.syncLog.findExchange('red', 'no id')).toBeUndefined();
  });

  it("leaves plain reads out of a person's story", async () => {
    const read = all.find(({ outcome }) => outcome === 'read');
    expect(await list({ userId: read?.subject?.id ?? '' })).toEqual([]);
  });

  it('counts reads and others per connection', async () => {
    const activity = await store.syncLog.activity('red', START);
    const count = (outcome: string) => expected((exchange) => exchange.outcome === outcome).length;
    const sumOf = (outcome: string) =>
      activity.filter((row) => row.outcome === outcome).reduce((sum, row) => sum + row.count, 0);
    expect([sumOf('read'), sumOf('changed')]).toEqual([count('read'), count('changed')]);
    expect(Math.max(...activity.map(({ lastAt }) => Number(lastAt)))).toBe(expected(() => true)[0]?.at);
  });

  it('keeps a read with a body or with repairs whole', async () => {
    const search = exchangeAt(START + 100_000, {
      method: 'POST',
      operation: 'users.search',
      requestBody: '{"count":1}',
    });
    const repaired = exchangeAt(START + 100_001, { repairs: [{ code: 'unquoted-filter', at: 'filter', detail: 'x' }] });
    await store.write((db) => store.exchanges.insert(db, [search, repaired]));
    expect(await store.syncLog.findExchange('red', search.id)).toEqual(search);
    expect(await store.syncLog.findExchange('red', repaired.id)).toEqual(repaired);
  });

  describe('forgetting', () => {
    it('takes away what is older and nothing else', async () => {
      const until = START + 40_000;
      for (let isDone = false; !isDone; ) {
        ({ isDone } = await store.write((db) => store.exchanges.prune(db, until, 100)));
      }
      const left = new Set((await list()).map(({ id }) => id));
      const younger = expected(({ at }) => at >= until);
      expect(younger.filter(({ id }) => !left.has(id))).toEqual([]);
      // A batch goes when the newest in it is old enough.
      expect(await list({ until: until - 10_000 })).toEqual([]);
    });
  });
});
