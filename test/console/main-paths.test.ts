/** What admins come for, from end to end in a real browser over a real bridge: each is a path that somebody walks. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSimulation } from '../../src/cli/simulate/simulation.ts';
import { createSetupLink } from '../../src/directory/entry/setup-links.ts';
import { runWork } from '../../src/directory/work.ts';
import { startBridge, type TestBridge } from '../support/bridge.ts';
import { launchBrowser } from '../support/browser.ts';
import { type FakeMlflow, startFakeMlflow } from '../support/fake-mlflow.ts';
import { openPage, type WatchedPage } from '../support/watched-page.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);

afterAll(() => browser?.close());

describe.each(['sqlite', 'postgres'] as const)('on %s', (engine) => {
  let bridge: TestBridge;
  let tracker: FakeMlflow;
  /** One page through all the paths: what one path makes, the next one finds. */
  let watched: WatchedPage;
  let page: Page;

  beforeAll(async () => {
    tracker = await startFakeMlflow();
    bridge = await startBridge({ engine, env: { TRACKER: 'mlflow', TRACKER_URL: tracker.url } });
    watched = await openPage(browser, bridge.url, []);
    ({ page } = watched);
  }, 60_000);

  afterAll(async () => {
    await watched?.close();
    await bridge?.stop();
    await tracker?.stop();
  });

  async function setupLink(): Promise<string> {
    const { directory } = bridge.core;
    const organization = await directory.store.organizations.find(directory.store.reader, 'default');
    const actor = { kind: 'cli', id: null, name: 'test' } as const;
    const context = { organizationId: organization?.id ?? '', actor, exchangeId: null };
    const { secret } = await runWork(directory, context, (work) => createSetupLink(directory, work));
    return `${bridge.url}/auth/setup?key=${secret}`;
  }

  /** At the tracker, under the person's user name. */
  async function logRuns(user: string, runs: Readonly<Record<string, number>>): Promise<void> {
    const post = async (path: string, body: unknown) => {
      const request = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
      return (await (await fetch(`${tracker.url}/api/2.0/mlflow/${path}`, request)).json()) as Record<string, string>;
    };
    for (const [name, count] of Object.entries(runs)) {
      const { experiment_id } = await post('experiments/create', { name });
      for (let n = 0; n < count; n += 1) await post('runs/create', { experiment_id, user_id: user, start_time: 1_000 });
    }
  }

  const press = (name: string | RegExp, exact = true) => page.getByRole('button', { name, exact }).click();
  const follow = (name: string | RegExp) => page.getByRole('link', { name }).first().click();
  const heading = (name: string | RegExp) => page.getByRole('heading', { level: 1, name }).waitFor();

  describe('main paths', () => {
    it('the first admin comes in by the setup link, once', async () => {
      const link = await setupLink();
      await page.goto(link);
      await page.getByLabel('Name').fill('Robin Okafor');
      await page.getByLabel('E-mail').fill('robin@example.com');
      await page.locator('main button[type=submit]').click();
      await page.goto(`${bridge.url}/admin`);
      await heading('Overview');
      await page.getByText('No identity provider is connected yet').waitFor();
      const { page: other, close } = await openPage(browser, bridge.url, []);
      await other.goto(link);
      expect(await other.locator('main').textContent()).toMatch(/used|work/);
      await close();
    });

    it('connects Okta: the guide says what to enter, simulated traffic arrives, the log tells it in words', async () => {
      await follow('Connect an identity provider');
      await page.getByLabel('Okta', { exact: false }).first().check();
      await page.getByLabel('Name, as the sync log shall call it').fill('Okta');
      await press('Make the connection');
      const token =
        (await page
          .getByText(/^drawbridge_scim_/)
          .first()
          .textContent()) ?? '';
      expect(await page.locator('main').textContent()).toContain(bridge.scimUrl);
      const simulation = createSimulation({
        ...{ kind: 'okta', users: 12, groups: 3, rate: 0, seed: 7, scimUrl: bridge.scimUrl, token },
        signal: new AbortController().signal,
      });
      await simulation.populate();
      simulation.close();
      await page.goto(`${bridge.url}/admin/sync`);
      await page.getByLabel('Outcome').selectOption('changed');
      await expect.poll(() => page.getByText(/^Okta added .* to group/).count()).toBeGreaterThan(0);
      await follow(/^Okta added/);
      await page.getByRole('heading', { name: 'What changed' }).waitFor();
      await page.getByRole('heading', { name: 'Request' }).waitFor();
    });

    it('finds out why a person has a role: the rule, the group, and the request that made it so', async () => {
      await page.goto(`${bridge.url}/admin/teams`);
      await follow('vision');
      await page.locator('td.what a').first().click();
      const why = page.getByRole('row', { name: /vision/ });
      expect(await why.textContent()).toMatch(/Member.*member of the group vision/s);
      await why.getByRole('link', { name: 'by this request' }).first().click();
      await page.getByRole('heading', { name: 'What changed' }).waitFor();
    });

    it('changes a mapping rule after its preview: who gains and loses what is what then happens', async () => {
      await page.goto(`${bridge.url}/admin/connections`);
      await follow('Okta');
      await follow('Change the rules');
      await page.getByLabel('Role').fill('admin');
      await press('Preview');
      const gains = await page.getByRole('heading', { name: /^Would gain \(\d+\)$/ }).textContent();
      const count = Number(/\d+/.exec(gains ?? '')?.[0]);
      expect(count).toBeGreaterThan(3);
      await press('Save the rules');
      await press('Yes, save the rules');
      await page.goto(`${bridge.url}/admin/teams`);
      await follow('vision');
      const roles = await page
        .locator('select[name=role]')
        .evaluateAll((all) => all.map((one) => (one as unknown as { value: string }).value));
      expect(roles.filter((role) => role === 'admin').length).toBeGreaterThan(0);
    });

    it('removes a person after being told what that means, and finds the entry in the ledger with what they left in each project', async () => {
      await page.goto(`${bridge.url}/admin/people`);
      const who = page.locator('td.what').first();
      const name = (await who.locator('a').textContent()) ?? '';
      const userName = (await who.locator('.muted').textContent()) ?? '';
      await logRuns(userName, { 'vision-net': 3, 'speech-net': 1 });
      await follow(name);
      await follow(/^Remove from the organization/);
      await page.getByText('Their runs are kept').waitFor();
      expect(await page.locator('main').textContent()).toMatch(/\d+ (team|session)/);
      await page.getByLabel(/^Reason/).fill('left the company');
      await press(`Remove ${name}`);
      await page.goto(`${bridge.url}/admin/removed`);
      await page.getByRole('link', { name }).first().click();
      await heading(`${name} left the organization`);
      await page.getByText('left the company').first().waitFor();
      const rows = page.getByRole('table', { name: 'Runs by project' }).locator('tbody tr');
      const counted = async () => (await rows.allInnerTexts()).map((row) => row.trim().split(/\s+/).slice(0, 2));
      const seen = async () => {
        await page.reload();
        return (await counted()).toSorted();
      };
      await expect.poll(seen).toEqual([
        ['speech-net', '1'],
        ['vision-net', '3'],
      ]);
      await page.getByText('4 runs in 2 projects').first().waitFor();
    });

    it('heard no complaint from the browser on any of these pages', () => expect(watched.complaints).toEqual([]));
  });

  it('changes a mapping rule and reads the log without JavaScript', async () => {
    const state = await page.context().storageState();
    const plain = await openPage(browser, bridge.url, [], { javaScriptEnabled: false, storageState: state });
    const { page: own } = plain;
    await own.goto(`${bridge.url}/admin/connections`);
    await own.getByRole('link', { name: 'Okta' }).click();
    await own.getByRole('link', { name: 'Change the rules' }).click();
    await own.getByLabel('Role').fill('viewer');
    await own.getByRole('button', { name: 'Preview' }).click();
    await own.getByRole('heading', { name: /^Would lose/ }).waitFor();
    await own.getByRole('button', { name: 'Save the rules' }).click();
    await own.getByRole('button', { name: 'Yes, save the rules' }).click();
    await own.goto(`${bridge.url}/admin/sync?outcome=changed`);
    await own
      .getByRole('link', { name: /^Okta added/ })
      .first()
      .click();
    await own.getByText('Raw, as recorded').first().click();
    await own.getByText('As a curl command').click();
    await plain.close();
  }, 60_000);
});
