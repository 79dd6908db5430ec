/**
 * `npm run screenshots`: every page of the demonstration's company, light and dark, and some on a phone, into
 * docs/screenshots/. A folder as argument takes its place. Look at each before it is committed.
 */
import './fixed-clock.ts';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { launchBrowser } from '../support/browser.ts';
import { type ConsolePage, pagesOf } from '../support/console-pages.ts';
import { makeStill } from './still.ts';

const DESK = { width: 1280, height: 800 };
const PHONE = { width: 390, height: 844 };
/** Longer pages end here: what stands below is more of the same. */
const MOST_HEIGHT = 1500;
const ON_A_PHONE = ['overview', 'sync-log', 'exchange', 'person', 'mapping-rules'];

const folder = process.argv[2] ?? join(import.meta.dirname, '..', '..', 'docs', 'screenshots');
const only = process.argv.slice(3);

async function take(page: Page, base: string, { path, press, fill }: ConsolePage, file: string): Promise<void> {
  await page.goto(`${base}${path}`);
  // The second of its kind: the rule of the group platform.
  if (fill !== undefined) await page.getByLabel(fill[0]).nth(1).fill(fill[1]);
  if (press !== undefined) await page.getByRole('button', { name: press, exact: true }).click();
  // The live log never is.
  await page.waitForLoadState('networkidle', { timeout: 1_500 }).catch(() => undefined);
  await makeStill(page);
  const shot = await page.screenshot({ fullPage: true, animations: 'disabled' });
  const { width = 0, height = 0 } = await sharp(shot).metadata();
  const cut = { left: 0, top: 0, width, height: Math.min(height, MOST_HEIGHT) };
  await sharp(shot).extract(cut).png({ palette: true, colours: 64, effort: 10 }).toFile(join(folder, file));
}

async function takeAll(browser: Browser, base: string, cookies: Cookies, pages: readonly ConsolePage[]): Promise<void> {
  for (const [theme, viewport] of [
    ['light', DESK],
    ['dark', DESK],
    ['phone', PHONE],
  ] as const) {
    const colorScheme = theme === 'dark' ? 'dark' : 'light';
    const options = { viewport, colorScheme, reducedMotion: 'reduce', serviceWorkers: 'block' } as const;
    const [inside, outside] = [await browser.newContext(options), await browser.newContext(options)];
    await inside.addCookies(cookies);
    const [own, strange] = [await inside.newPage(), await outside.newPage()];
    // Ages go on by the browser's clock; they stay as the server wrote them.
    for (const page of [own, strange]) await page.clock.setFixedTime(Date.now());
    for (const one of pages) {
      if (theme === 'phone' && !ON_A_PHONE.includes(one.name)) continue;
      await take(one.outside === true ? strange : own, base, one, `${one.name}-${theme}.png`);
    }
    await inside.close();
    await outside.close();
  }
}

type Cookies = { name: string; value: string; url: string }[];

const { openCompany } = await import('../support/company.ts');
const company = await openCompany();
const browser = await launchBrowser();
try {
  await mkdir(folder, { recursive: true });
  const pages = (await pagesOf(company)).filter(({ name, variant }) =>
    only.length > 0 ? only.includes(name) : variant !== true,
  );
  if (only.length === 0) for (const file of await readdir(folder)) await rm(join(folder, file));
  const cookies = company.admin.cookies().map((cookie) => ({ ...cookie, url: company.url }));
  // What is pressed leaves its trace in the log: last, so that the other pictures are of one moment.
  const [pressed, plain] = [
    pages.filter(({ press }) => press !== undefined),
    pages.filter(({ press }) => press === undefined),
  ];
  for (const some of [plain, pressed]) await takeAll(browser, company.url, cookies, some);
  const sizes = await Promise.all((await readdir(folder)).map(async (file) => (await stat(join(folder, file))).size));
  const megabytes = sizes.reduce((sum, size) => sum + size, 0) / 1e6;
  console.log(`${sizes.length} pictures, ${megabytes.toFixed(1)} MB, in ${folder}`);
} finally {
  await browser.close();
  await company.stop();
}
