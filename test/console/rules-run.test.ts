/** New mapping rules for many people, as an admin sees them: a bar that moves, that can be left and come back to. */
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createGroup } from '../../src/directory/groups/groups.ts';
import { createUser } from '../../src/directory/people/users.ts';
import { RULES_QUEUE } from '../../src/directory/rules/rule-run-worker.ts';
import { runWork, type Work } from '../../src/directory/work.ts';
import type { TestBridge } from '../support/bridge.ts';
import { launchBrowser } from '../support/browser.ts';
import { visitConsole } from '../support/console-visitor.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { openPage } from '../support/watched-page.ts';

const PEOPLE = 2_500;
const BATCH = 250;

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser();
}, 60_000);
afterAll(() => browser?.close());

async function makeCrowd(bridge: TestBridge, organizationId: string): Promise<string> {
  const { directory } = bridge.core;
  const made = await bridge.createConnection({ dialect: 'okta', organizationId, name: `Crowd ${Math.random()}` });
  const connection = await directory.store.connections.find(directory.store.reader, organizationId, made.id);
  if (connection === undefined) throw new Error('no connection');
  const run = <T>(work: (work: Work) => Promise<T>): Promise<T> =>
    runWork(directory, { organizationId, actor: { kind: 'cli', id: null, name: 'test' }, exchangeId: null }, work);
  const ids: string[] = [];
  for (let start = 0; start < PEOPLE; start += BATCH) {
    await run(async (work) => {
      for (let n = start; n < start + BATCH; n += 1) {
        ids.push((await createUser(directory, work, connection, { userName: `crowd-${made.id}-${n}` })).user.id);
      }
    });
  }
  const members = ids.map((userId) => ({ userId, display: null }));
  await run((work) => createGroup(directory, work, connection, { displayName: 'crowd', externalId: null, members }));
  return made.id;
}

describeBridge('the form of rules in a browser', (bridge) => {
  it.each([true, false])('previews at Enter, and moves no rule (scripts: %s)', async (javaScriptEnabled) => {
    const visitor = await visitConsole(bridge());
    await visitor.get('/admin/connections/new');
    const { organizationId } = visitor;
    const { id } = await bridge().createConnection({ dialect: 'okta', organizationId, name: `Enter ${Math.random()}` });
    const { page, complaints, close } = await openPage(browser, bridge().url, visitor.cookies(), { javaScriptEnabled });
    await page.goto(`${bridge().url}/admin/connections/${id}/rules`);
    await page.getByRole('button', { name: 'Add a rule' }).click();
    const fields = page.getByLabel('Name, pattern or filter');
    for (const [n, name] of ['first', 'second'].entries()) {
      await fields.nth(n).fill(name);
      await page.getByLabel('Who').nth(n).selectOption('group named');
      await page.getByLabel('Team (empty: the organization)').nth(n).fill(name);
    }
    await Promise.all([page.waitForResponse(/\/rules$/), fields.nth(1).press('Enter')]);
    await page.getByText('Nobody would gain or lose anything.').waitFor();
    expect([await fields.nth(0).inputValue(), await fields.nth(1).inputValue()]).toEqual(['first', 'second']);
    expect(complaints).toEqual([]);
    await close();
  });
});

describeBridge('applying rules to many people', (bridge) => {
  it('shows how far it is, can be left and come back to, and says how it ended', { timeout: 180_000 }, async () => {
    const visitor = await visitConsole(bridge());
    await visitor.get('/admin/connections/new');
    const id = await makeCrowd(bridge(), visitor.organizationId);
    const { page, complaints, close } = await openPage(browser, bridge().url, visitor.cookies());
    const address = `${bridge().url}/admin/connections/${id}`;
    await page.goto(`${address}/rules`);
    // The preview comes by itself, for as many as these.
    await page.getByLabel('Role', { exact: true }).first().fill('admin');
    await page.getByText(`Would gain (${PEOPLE.toLocaleString('en')})`).waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Save the rules' }).click();
    await page.getByText(`${PEOPLE.toLocaleString('en')} roles would be taken away.`).waitFor({ timeout: 60_000 });
    await page.getByRole('button', { name: 'Yes, save the rules' }).click();
    const going = page.getByText('being applied. You can leave this page; it goes on.');
    await going.waitFor({ timeout: 30_000 });
    expect(await page.getByRole('progressbar').count()).toBe(1);

    await page.goto(`${bridge().url}/admin/people`);
    await page.goto(`${address}/rules`);
    // It was not over when it was left; where it is by now, this page or the connection's says.
    if ((await going.count()) > 0) expect(await page.getByRole('progressbar').count()).toBe(1);
    await page.goto(address);
    const ended = page.getByText(`Applied to ${PEOPLE.toLocaleString('en')} people`);
    await ended.waitFor({ timeout: 120_000 });
    expect(await ended.textContent()).toContain(`${PEOPLE.toLocaleString('en')} roles gained, 2,500 lost`);
    expect(complaints).toEqual([]);
    await close();
  });

  it('tells without a script how far it is, and why it is parked, with a button to try again', async () => {
    const visitor = await visitConsole(bridge());
    await visitor.get('/admin/connections/new');
    const { store } = bridge().core;
    const made = await bridge().createConnection({
      dialect: 'okta',
      organizationId: visitor.organizationId,
      name: 'Still',
    });
    const at = Date.now();
    const scope = { connectionId: made.id, organizationId: visitor.organizationId };
    const counts = { total: 2_000, done: 700, gained: 650, lost: 1, changed: 650 };
    const times = { startedAt: at, updatedAt: at, finishedAt: null };
    const run = { ...scope, ...counts, ...times, generation: 1, stage: 'people' as const, cursor: 'x' };
    await store.write((db) => store.ruleRuns.save(db, run));
    const page = await visitor.get(`/admin/connections/${made.id}`);
    expect(page.text).toContain('700 of 2,000 people looked at; 650 roles gained, 1 lost.');
    expect(page.text).toContain('Look again');

    // Far in the future, so that no worker takes it before it is parked.
    const job = { queue: RULES_QUEUE, key: made.id, organizationId: visitor.organizationId, dueAt: at + 3_600_000 };
    await store.write(async (db) => {
      await store.jobs.mark(db, [job], at);
      const claim = { queue: RULES_QUEUE, owner: 'test', now: at + 3_600_001, leaseUntil: at + 7_200_000, limit: 1 };
      const [claimed] = await store.jobs.claim(db, claim);
      if (claimed === undefined) throw new Error('nothing to claim');
      await store.jobs.park(db, claimed, 'test', 'Nobody would be an admin.', at);
    });
    for (const path of ['', '/rules', '/rules/run']) {
      const parked = await visitor.get(`/admin/connections/${made.id}${path}`);
      expect(parked.text).toContain('not yet applied to everybody. Nobody would be an admin.');
    }
    await visitor.get(`/admin/connections/${made.id}`);
    await visitor.submit(`/admin/connections/${made.id}/rules/run/retry`, {});
    // Nobody is left to look at, so the worker ends it.
    await expect
      .poll(async () => (await store.ruleRuns.find(store.reader, made.id))?.stage, { timeout: 20_000 })
      .toBe('done');
  });
});
