/** Pages, cursors, sorting and searches (RFC 7644 sections 3.4.2 and 3.4.3, RFC 9865). */
import { beforeAll, expect, it } from 'vitest';
import { describeBridge } from '../../support/on-each-engine.ts';
import { type ScimAnswer, type ScimClient, scimClient } from '../../support/scim-client.ts';

const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';
const TITLES = ['cc', 'AA', undefined, 'bb', undefined];

const idsOf = ({ body }: ScimAnswer): string[] => (body.Resources as { id: string }[]).map(({ id }) => id);

describeBridge(
  'lists',
  (bridge) => {
    let client: ScimClient;
    let other: ScimClient;
    const users: string[] = [];
    const groups: string[] = [];
    beforeAll(async () => {
      client = scimClient(await bridge().createConnection({ dialect: 'strict' }));
      other = scimClient(await bridge().createConnection({ dialect: 'strict' }));
      for (const [index, title] of TITLES.entries()) {
        users.push(await client.user(`l${index}@lists.example`, title === undefined ? {} : { title }));
      }
      for (const name of ['one', 'two', 'three']) groups.push(await client.group(name));
    });

    const search = (request: object, path = '/.search') => client.send('POST', path, { schemas: [SEARCH], ...request });

    it.each([
      ['', 5, 1, 5],
      ['count=2', 5, 1, 2],
      ['startIndex=4&count=2', 5, 4, 2],
      ['startIndex=5&count=2', 5, 5, 1],
      ['startIndex=6', 5, 6, 0],
      ['count=0', 5, 1, 0],
      ['count=-3', 5, 1, 0],
      ['startIndex=-3&count=1', 5, 1, 1],
      ['count=99999999999', 5, 1, 5],
      ['startIndex=99999999999', 5, 1_000_000_000, 0],
    ])('tell the truth about the page of ?%s', async (query, total, startIndex, itemsPerPage) => {
      const { body } = await client.get(`/Users?${query}`);
      expect(body).toMatchObject({ totalResults: total, startIndex, itemsPerPage });
      expect(body.Resources).toHaveLength(itemsPerPage);
    });

    it.each(['', '&filter=userName%20pr', '&sortBy=title', '&sortBy=userName&sortOrder=descending'])(
      'walked by cursor (%s) give everybody once, the same total on each page, and no cursor on the last',
      async (query) => {
        for (const count of [1, 2, 5, 6]) {
          const seen: string[] = [];
          let cursor: string | undefined = '';
          for (let page = 0; cursor !== undefined && page < 10; page += 1) {
            const answer: ScimAnswer = await client.get(`/Users?count=${count}&cursor=${cursor}${query}`);
            expect(answer.body.totalResults).toBe(5);
            expect(answer.body.startIndex).toBeUndefined();
            expect(answer.body.itemsPerPage).toBe(Math.min(count, 5 - seen.length));
            seen.push(...idsOf(answer));
            cursor = answer.body.nextCursor;
          }
          expect(cursor).toBeUndefined();
          expect([...new Set(seen)].toSorted()).toEqual(users.toSorted());
          expect(seen).toHaveLength(5);
        }
        const groupsPage = await client.get('/Groups?cursor=&count=3');
        expect([groupsPage.body.totalResults, groupsPage.body.nextCursor]).toEqual([3, undefined]);
      },
    );

    it('refuse cursors that are forged, cut, or of another question, resource type or connection', async () => {
      const cursor: string = (await client.get('/Users?cursor=&count=2')).body.nextCursor;
      expect(cursor).toMatch(/^[\w-]+$/);
      const middle = Math.floor(cursor.length / 2);
      const bent = cursor.slice(0, middle) + (cursor[middle] === 'A' ? 'B' : 'A') + cursor.slice(middle + 1);
      const asked = [
        client.get(`/Users?count=2&cursor=${bent}`),
        client.get(`/Users?count=2&cursor=${cursor.slice(0, -4)}`),
        client.get('/Users?count=2&cursor=2'),
        client.get(`/Users?count=2&cursor=${cursor}&filter=active%20eq%20true`),
        client.get(`/Users?count=2&cursor=${cursor}&sortBy=title`),
        client.get(`/Groups?count=2&cursor=${cursor}`),
        search({ cursor, count: 2 }),
        other.get(`/Users?count=2&cursor=${cursor}`),
      ];
      for (const answer of await Promise.all(asked)) {
        expect([answer.status, answer.body.scimType]).toEqual([400, 'invalidCursor']);
      }
      for (const count of ['-1', 'some', '1.5']) {
        const answer = await client.get(`/Users?cursor=&count=${count}`);
        expect([answer.status, answer.body.scimType]).toEqual([400, 'invalidCount']);
      }
    });

    it('refuse a cursor whose time is over', async () => {
      const cursor: string = (await client.get('/Users?cursor=&count=2')).body.nextCursor;
      await expect
        .poll(async () => (await client.get(`/Users?count=2&cursor=${cursor}`)).body.scimType, { timeout: 8000 })
        .toBe('expiredCursor');
    });

    it('are sorted without regard to case, with those that have no value last, or first when descending', async () => {
      const titles = async (query: string) =>
        ((await client.get(`/Users?attributes=title&${query}`)).body.Resources as { title?: string }[]).map(
          ({ title }) => title,
        );
      expect(await titles('sortBy=title')).toEqual(['AA', 'bb', 'cc', undefined, undefined]);
      expect(await titles('sortBy=TITLE&sortOrder=descending')).toEqual([undefined, undefined, 'cc', 'bb', 'AA']);
      for (const query of ['sortBy=nope', 'sortBy=name', 'sortBy=title&sortOrder=up']) {
        const answer = await client.get(`/Users?${query}`);
        expect([answer.status, answer.body.scimType], query).toEqual([400, 'invalidValue']);
      }
    });

    it('found by a search over everything are one list: users, then groups, numbered through', async () => {
      const everything = [...users, ...groups];
      for (const [startIndex, count] of [
        [1, 8],
        [1, 5],
        [4, 3],
        [6, 1],
        [7, 9],
        [9, 2],
      ] as const) {
        const answer = await search({ startIndex, count, attributes: ['id'] });
        const want = everything.slice(startIndex - 1, startIndex - 1 + count);
        expect(answer.body).toMatchObject({ totalResults: 8, startIndex, itemsPerPage: want.length });
        expect(idsOf(answer)).toEqual(want);
      }
      const seen: string[] = [];
      for (let cursor: string | undefined = ''; cursor !== undefined; ) {
        const answer: ScimAnswer = await search({ cursor, count: 3, excludedAttributes: ['members'] });
        seen.push(...idsOf(answer));
        cursor = answer.body.nextCursor;
      }
      expect(seen).toEqual(everything);
      expect((await search({ filter: 'userName sw "l1"' })).body.totalResults).toBe(1);
      expect(idsOf(await search({ filter: 'meta.resourceType eq "Group"' }))).toEqual(groups);
      expect((await search({ sortBy: 'displayName' })).body.scimType).toBe('invalidValue');
      expect((await search({ filter: 'nonsense pr' })).body.scimType).toBe('invalidFilter');
    });

    it('found by .search are those that a GET finds', async () => {
      const request = { filter: 'title pr', sortBy: 'title', startIndex: 2, count: 1, attributes: ['title'] };
      const found = await search(request, '/Users/.search');
      const got = await client.get('/Users?filter=title%20pr&sortBy=title&startIndex=2&count=1&attributes=title');
      expect(found.body).toEqual(got.body);
      expect((await client.send('POST', '/Users/.search', { filter: 'title pr' })).status).toBe(400);
    });
  },
  { SCIM_CURSOR_TTL_SECONDS: '4' },
);
