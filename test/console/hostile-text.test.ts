/// <reference lib="dom" />
/**
 * What others write (names, groups, addresses, user agents, filters) shows as text wherever it appears, and an admin of
 * another organization meets none of it. One organization full of markup, walked by its own admin and by a stranger.
 */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { startBridge, type TestBridge } from '../support/bridge.ts';
import { launchBrowser } from '../support/browser.ts';
import { type ConsoleVisitor, visitConsole } from '../support/console-visitor.ts';
import { openPage } from '../support/watched-page.ts';

const MARKUP = '<script>document.title="owned"</script><img src=x onerror=\'document.title="owned"\'>';
const SECRET = 'zq-only-ours';
const NAME = `Eve ${SECRET} ${MARKUP}`;
const USER = 'urn:ietf:params:scim:schemas:core:2.0:User';
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g;

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);

afterAll(() => browser?.close());

describe.each(['sqlite', 'postgres'] as const)('on %s', (engine) => {
  let bridge: TestBridge;
  let owner: ConsoleVisitor;
  let stranger: ConsoleVisitor;
  /** Found by following every link from the overview on. */
  let addresses: readonly string[];

  async function push(token: string, method: string, path: string, body?: unknown): Promise<Record<string, string>> {
    const answer = await fetch(`${bridge.scimUrl}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/scim+json',
        'user-agent': `agent ${SECRET} ${MARKUP}`,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return answer.status === 204 ? {} : ((await answer.json()) as Record<string, string>);
  }

  async function fill(organizationId: string): Promise<void> {
    const { token, id } = await bridge.createConnection({ dialect: 'okta', organizationId, name: NAME });
    const user = {
      ...{ schemas: [USER], userName: `eve ${SECRET} ${MARKUP}`, displayName: NAME, active: true },
      emails: [{ value: `"${SECRET}${MARKUP}"@x.example`, primary: true }],
    };
    const made = await push(token, 'POST', '/Users', user);
    await push(token, 'POST', '/Users', user);
    await push(token, 'POST', '/Groups', { schemas: [GROUP], displayName: NAME, members: [{ value: made.id }] });
    await push(token, 'GET', `/Users?filter=${encodeURIComponent(`userName zz "${SECRET} ${MARKUP}"`)}`);
    const gone = await push(token, 'POST', '/Users', { ...user, userName: `gone ${SECRET} ${MARKUP}`, emails: [] });
    await push(token, 'DELETE', `/Users/${gone.id}`);
    await owner.get('/admin/service-accounts');
    await owner.submit('/admin/service-accounts', { name: `${SECRET} ${MARKUP}`.slice(0, 90), team: '' });
    await owner.submit('/admin/teams', { name: SECRET });
    await owner.submit('/admin/roles', { name: SECRET, inherits: 'member', description: MARKUP });
    await owner.submit('/admin/people/invite', { addresses: `${SECRET}@partner.example`, role: 'member' });
    await owner.submit('/admin/targets', {
      ...{ kind: 'webhook', name: NAME.slice(0, 100), url: 'https://hooks.example.com/', start: 'paused' },
    });
    expect(id).not.toBe('');
  }

  /** Addresses of pages by their pattern; a few of each. */
  const OF_EACH = 4;

  async function crawl(visitor: ConsoleVisitor): Promise<string[]> {
    const found = new Map<string, string[]>();
    const left = ['/admin'];
    const seen = new Set(left);
    for (let path = left.shift(); path !== undefined; path = left.shift()) {
      const pattern = path.replace(/\?.*$/, '').replaceAll(UUID, ':id');
      const alike = found.get(pattern) ?? [];
      if (alike.length >= OF_EACH) continue;
      const page = await visitor.get(path);
      expect([path, page.status]).toEqual([path, 200]);
      found.set(pattern, [...alike, path]);
      for (const [, link = ''] of page.html.matchAll(/href="(\/admin[^"#]*)/g)) {
        const next = link.replaceAll('&amp;', '&');
        const isPage = !/\/assets\/|\.(csv|jsonl|json)|\/avatar|\/dry-run|\/drift/.test(next);
        if (isPage && !seen.has(next)) left.push(next);
        seen.add(next);
      }
    }
    return [...found.values()].flat();
  }

  beforeAll(async () => {
    bridge = await startBridge({ engine });
    const [ours, theirs] = [await bridge.createOrganization('ours'), await bridge.createOrganization('theirs')];
    owner = await visitConsole(bridge, ours.id);
    stranger = await visitConsole(bridge, theirs.id);
    await fill(ours.id);
    // Refusals are written in batches beside the requests.
    await vi.waitFor(async () => expect((await owner.get('/admin/sync')).text).toContain('zz'), { timeout: 10_000 });
    addresses = await crawl(owner);
  }, 120_000);

  afterAll(() => bridge?.stop());

  it('finds a page of every kind by following links', () => {
    const patterns = new Set(addresses.map((path) => path.replace(/\?.*$/, '').replaceAll(UUID, ':id')));
    expect([...patterns]).toEqual(
      expect.arrayContaining([
        ...[
          '/admin',
          '/admin/sync',
          '/admin/sync/:id',
          '/admin/people',
          '/admin/people/:id',
          '/admin/people/:id/remove',
        ],
        ...['/admin/people/invites/:id', '/admin/teams', '/admin/teams/:id', '/admin/roles', '/admin/roles/:id'],
        ...['/admin/service-accounts/:id', '/admin/removed', '/admin/removed/:id', '/admin/targets/:id'],
        ...['/admin/connections/:id', '/admin/connections/:id/rules', '/admin/settings'],
      ]),
    );
  });

  it('shows markup as text on every page, in a real browser', async () => {
    const { page, complaints, close } = await openPage(browser, bridge.url, owner.cookies());
    const faults: string[] = [];
    let shown = 0;
    for (const path of addresses) {
      await page.goto(`${bridge.url}${path}`);
      const strange = await page.evaluate(
        `document.querySelectorAll('script:not([src]), main script, [onerror], img[src="x"]').length`,
      );
      if (strange !== 0 || (await page.title()).startsWith('owned')) faults.push(path);
      // As text it can be read.
      if (String(await page.evaluate('document.body.textContent')).includes('<script>document.title')) shown += 1;
    }
    await close();
    expect({ faults, complaints }).toEqual({ faults: [], complaints: [] });
    expect(shown).toBeGreaterThan(10);
  }, 120_000);

  describe('an admin of another organization', () => {
    it('is told that there is nothing at the address of whatever has an id', async () => {
      const own = addresses.filter((path) => path.replace(/\?.*$/, '').match(UUID) !== null);
      expect(own.length).toBeGreaterThan(10);
      const answers = [];
      for (const path of own) answers.push([path, (await stranger.get(path)).status]);
      expect(answers.filter(([, status]) => status !== 404)).toEqual([]);
    }, 60_000);

    it('meets none of it in any list, whatever the address asks for', async () => {
      const lists = addresses.filter((path) => path.replace(/\?.*$/, '').match(UUID) === null);
      const met = [];
      for (const path of [...lists, '/admin/sync?text=zq', '/admin/people?text=eve']) {
        const page = await stranger.get(path);
        // The words that somebody looked for stand in the field that they were typed into.
        if (page.text.includes(SECRET)) met.push(path);
      }
      expect(met).toEqual([]);
    }, 60_000);

    it('gets none of it in exports and streams', async () => {
      for (const path of ['sync/export.jsonl', 'sync/export.csv', 'removed/export.jsonl', 'removed/export.csv']) {
        const [theirs, ours] = [await stranger.raw(`/admin/${path}`), await owner.raw(`/admin/${path}`)];
        expect([path, (await theirs.text()).includes(SECRET)]).toEqual([path, false]);
        expect([path, (await ours.text()).includes(SECRET)]).toEqual([path, true]);
      }
    });
  });
});
