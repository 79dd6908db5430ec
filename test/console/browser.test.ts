/// <reference lib="dom" />
import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { launchBrowser } from '../support/browser.ts';
import { ADDED_AT, exampleExchange, exampleMemory, exchangeId, NOW, REFUSED_AT } from './example-log.ts';
import { emptyMemory, type RunningConsole, startMemoryConsole } from './memory-console.ts';

let browser: Browser;
let running: RunningConsole;
const pages: Page[] = [];
/** What the browser complained about: blocked by the content security policy, failed, thrown. */
const complaints: string[] = [];

beforeAll(async () => {
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
});

afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.context().close()));
  await running.close();
  complaints.length = 0;
});

function watch(page: Page): void {
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(running.address)) complaints.push(`asked another host: ${request.url()}`);
  });
}

async function open(path: string, options: BrowserContextOptions = {}, memory = exampleMemory()): Promise<Page> {
  running = await startMemoryConsole(memory);
  const context = await browser.newContext(options);
  await context.addCookies([{ name: 'drawbridge_session', value: 'session', url: running.address }]);
  const page = await context.newPage();
  pages.push(page);
  watch(page);
  await page.goto(`${running.address}${path}`);
  return page;
}

/** What has the focus, by its name or its text. Evaluated in the browser, whose types the tests do not know. */
const FOCUSED = "document.activeElement.getAttribute('name') ?? document.activeElement.textContent.trim()";

const firstRow = '#rows tr:first-child';
const PATHS = [
  '/admin',
  '/admin/sync',
  '/admin/sync?person=ada&outcome=great',
  `/admin/sync/${exchangeId(ADDED_AT)}`,
  `/admin/sync/${exchangeId(REFUSED_AT)}`,
  '/admin/sync/nothing',
];

describe.each(['light', 'dark'] as const)('%s theme', (colorScheme) => {
  it.each(PATHS)('axe finds no violation on %s', async (path) => {
    const page = await open(path, { colorScheme, reducedMotion: 'reduce' });
    await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
    const { violations } = await new AxeBuilder({ page }).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)).toEqual([]);
  });

  it('axe finds no violation on a phone', async () => {
    const page = await open('/admin/sync', {
      colorScheme,
      reducedMotion: 'reduce',
      viewport: { width: 390, height: 844 },
    });
    expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([]);
  });
});

it.each(['/admin/sync', `/admin/sync/${exchangeId(ADDED_AT)}`])(
  '%s fits a phone without scrolling sideways',
  async (path) => {
    const page = await open(path, { viewport: { width: 390, height: 844 } });
    const width = await page.evaluate('document.documentElement.scrollWidth');
    expect(width).toBeLessThanOrEqual(390);
  },
);

describe('keyboard', () => {
  it('skips to the content, opens an exchange and comes back', async () => {
    const page = await open('/admin/sync');
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('main');
    await page.locator(`${firstRow} a`).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Okta added Ada Byron to group vision' }).waitFor();
    await page.getByRole('link', { name: 'Back to the log' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Sync log' }).waitFor();
  });

  it('reaches everything that can be clicked, in the order of the page', async () => {
    const page = await open('/admin/sync?outcome=refused');
    await page.locator('live-log[data-state=live]').waitFor();
    const reached: string[] = [];
    await page.getByText('In numbers').waitFor();
    for (let step = 0; step < 23; step += 1) {
      await page.keyboard.press('Tab');
      reached.push(await page.evaluate(FOCUSED));
    }
    expect(reached.slice(0, 21)).toEqual([
      'Skip to the content',
      'Drawbridge',
      'Overview',
      'Sync log',
      'People',
      'Teams',
      'Service accounts',
      'Removed people',
      'Targets',
      'Connections',
      'Settings',
      'Ada Byron',
      'Sign out',
      'text',
      'connection',
      'outcome',
      'Filter',
      'More filters',
      'Pause',
      'In numbers',
      'Entra wanted to deactivate Grace Hopper: refused, the last admin',
    ]);
  });
});

describe('the chart of the log', () => {
  it.each([
    ['a chart', '/admin/sync', 'In numbers'],
    ['nothing', '/admin/sync?text=nothing-like-this', 'CSV'],
  ])('takes over the focus of the link whose place it takes: %s', async (_what, path, next) => {
    const page = await open('/admin');
    const release = Promise.withResolvers<void>();
    await page.route('**/sync/timeline*', async (route) => {
      await release.promise;
      await route.continue();
    });
    await page.goto(`${running.address}${path}`);
    await page.getByRole('link', { name: 'Show when it happened' }).focus();
    release.resolve();
    await page.locator('#timeline:focus').waitFor();
    await page.getByRole('link', { name: 'Show when it happened' }).waitFor({ state: 'detached' });
    await page.keyboard.press('Tab');
    expect(await page.evaluate(FOCUSED)).toBe(next);
  });

  it('comes by itself, follows the filter, and narrows the range when a span is chosen', async () => {
    const page = await open('/admin/sync');
    await page.locator('#timeline svg').waitFor();
    await page.getByLabel('Outcome').selectOption('refused');
    await page.locator('#timeline .legend', { hasText: /^Refused 1$/ }).waitFor();
    await page.locator('#timeline svg a').click();
    await page.getByRole('heading', { name: 'Sync log' }).waitFor();
    const { searchParams } = new URL(page.url());
    expect(Object.fromEntries(searchParams)).toEqual({
      outcome: 'refused',
      from: '2026-11-24T09:00',
      until: '2026-11-24T10:00',
    });
    expect(await page.locator('#rows tr').count()).toBe(1);
  });
});

describe('filters with htmx', () => {
  it('narrows the log without a reload, and keeps the filter in the address', async () => {
    const page = await open('/admin/sync');
    await page.evaluate('window.stayed = true');
    await page.getByLabel('Outcome').selectOption('refused');
    await expect.poll(() => page.locator('#rows tr').count(), { timeout: 10_000 }).toBe(1);
    expect(new URL(page.url()).search).toBe('?outcome=refused');
    expect(await page.evaluate('window.stayed === true')).toBe(true);
    await page.locator('live-log[data-state=live]').waitFor();
    await page.goBack();
    await expect.poll(() => page.locator('#rows tr').count()).toBe(50);
    expect(complaints).toEqual([]);
  });

  it('applies a text on Enter', async () => {
    const page = await open('/admin/sync');
    await page.getByLabel('Text', { exact: true }).fill('grace');
    await page.keyboard.press('Enter');
    await expect.poll(() => page.locator('#rows tr').count(), { timeout: 10_000 }).toBe(1);
    expect(new URL(page.url()).search).toBe('?text=grace');
  });
});

describe('live rows', () => {
  it('appear at the top, are announced, and count as text', async () => {
    const page = await open('/admin/sync');
    await page.locator('live-log[data-state=live]').waitFor();
    const summary = 'Okta created <script>document.title="owned"</script>';
    running.memory.exchanges.push(exampleExchange(NOW + 5, { summary, outcome: 'changed' }));
    await expect.poll(() => page.locator(`${firstRow} .what`).textContent()).toBe(summary);
    expect(await page.getByRole('status').first().textContent()).toBe(summary);
    expect(await page.title()).toBe('Sync log · Drawbridge');
    expect(complaints).toEqual([]);
  });

  it('fill an empty log', async () => {
    const memory = emptyMemory(NOW);
    memory.sessions.set('session', 'org-1');
    const page = await open('/admin/sync', {}, memory);
    await page.locator('live-log[data-state=live]').waitFor();
    memory.exchanges.push(exampleExchange(NOW + 1), exampleExchange(NOW + 2));
    await expect.poll(() => page.locator('#rows tr').count()).toBe(2);
    expect(await page.locator('#empty').isVisible()).toBe(false);
    expect(await page.locator('#table').isVisible()).toBe(true);
  });

  it('stop while paused and catch up afterwards', async () => {
    const page = await open('/admin/sync');
    await page.locator('live-log[data-state=live]').waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    running.memory.exchanges.push(exampleExchange(NOW + 5, { summary: 'While paused' }));
    await page.locator('live-log[data-state=paused]').waitFor();
    expect(await page.getByText('While paused').count()).toBe(0);
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('link', { name: 'While paused' }).waitFor();
  });

  it('say when the connection is lost', async () => {
    const page = await open('/admin/sync');
    await page.locator('live-log[data-state=live]').waitFor();
    running.stop.abort();
    await page.getByText('Connection lost, trying again').waitFor();
  });

  it('say when the session has ended', async () => {
    const page = await open('/admin/sync');
    await page.locator('live-log[data-state=live]').waitFor();
    running.memory.sessions.delete('session');
    await page.getByText('Session ended: reload the page').waitFor();
  });
});

describe('without JavaScript', () => {
  it('filters, pages and reads an exchange', async () => {
    const page = await open('/admin/sync', { javaScriptEnabled: false });
    expect(await page.getByRole('button', { name: 'Pause' }).count()).toBe(0);
    await page.getByRole('link', { name: 'Older →' }).click();
    await page.getByRole('link', { name: '← Newest' }).click();
    await page.getByLabel('Outcome').selectOption('refused');
    await page.getByRole('button', { name: 'Filter' }).click();
    expect(new URL(page.url()).search).toBe('?outcome=refused');
    await page.getByRole('link', { name: /Grace Hopper/ }).click();
    expect(await page.getByText('Make another person admin first').count()).toBe(1);
    await page.getByText('Raw, as recorded').first().click();
    await page.getByText('As a curl command').click();
    await page.getByText("curl --request 'PATCH'").waitFor();
  });
});

it('copies the curl command', async () => {
  const page = await open(`/admin/sync/${exchangeId(ADDED_AT)}`, {
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  await page.getByText('As a curl command').click();
  await page.getByRole('button', { name: 'Copy' }).click();
  await page.getByText('Copied').waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toContain("curl --request 'PATCH'");
  expect(complaints).toEqual([]);
});
