/// <reference lib="dom" />
/**
 * Every page that people see, of the demonstration's company, in a real browser: what holds for each of them, whoever
 * wrote it. The list is held against the routes in the sources, so that a new page cannot be left out.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OpenDemo } from '../../src/cli/demo/demo.ts';
import { launchBrowser } from '../support/browser.ts';
import { openCompany } from '../support/company.ts';
import { type ConsolePage, pagesOf } from '../support/console-pages.ts';
import { openPage, type WatchedPage } from '../support/watched-page.ts';

const PHONE = { width: 390, height: 844 };
const MINUTES = 60_000;

let browser: Browser;
let company: OpenDemo;
let pages: readonly ConsolePage[];

beforeAll(async () => {
  company = await openCompany();
  pages = await pagesOf(company);
  browser = await launchBrowser();
}, 2 * MINUTES);

afterAll(async () => {
  await browser?.close();
  await company?.stop();
});

async function show(page: Page, { path, press, fill }: ConsolePage): Promise<void> {
  await page.goto(`${company.url}${path}`);
  if (fill !== undefined) await page.getByLabel(fill[0]).nth(1).fill(fill[1]);
  if (press !== undefined) {
    await page.getByRole('button', { name: press, exact: true }).click();
    await page.waitForLoadState();
  }
  // The chart takes the place of a link.
  await page.locator('[hx-trigger=load]').waitFor({ state: 'detached' });
}

/** Calls back with each page shown, signed in where it asks for it; says of each what is wrong with it. */
async function walk(
  options: Parameters<typeof openPage>[3],
  look: (watched: WatchedPage, one: ConsolePage) => Promise<readonly string[]>,
): Promise<string[]> {
  const left = [...pages];
  const faults: string[] = [];
  const walkSome = async (): Promise<void> => {
    const inside = await openPage(browser, company.url, company.admin.cookies(), options);
    const outside = await openPage(browser, company.url, [], options);
    for (let one = left.shift(); one !== undefined; one = left.shift()) {
      const { name } = one;
      const watched = one.outside === true ? outside : inside;
      await show(watched.page, one);
      faults.push(...(await look(watched, one)).map((fault) => `${name}: ${fault}`));
    }
    await Promise.all([inside.close(), outside.close()]);
  };
  await Promise.all([walkSome(), walkSome()]);
  return faults;
}

async function axe({ page }: WatchedPage): Promise<string[]> {
  await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

it.each(['light', 'dark'] as const)(
  'axe finds no violation on any page in the %s theme',
  async (colorScheme) => {
    expect(await walk({ colorScheme }, axe)).toEqual([]);
  },
  5 * MINUTES,
);

it(
  'axe finds no violation on any page on a phone',
  async () => {
    expect(await walk({ viewport: PHONE }, axe)).toEqual([]);
  },
  5 * MINUTES,
);

it(
  'breaks no content security policy, asks no other host and throws no error, on any page',
  async () => {
    const faults = await walk({}, async ({ page, complaints }) => {
      await page.waitForLoadState('load');
      return complaints.splice(0);
    });
    expect(faults).toEqual([]);
  },
  3 * MINUTES,
);

it(
  'fits a phone without scrolling sideways, on any page, with everything opened',
  async () => {
    const faults = await walk({ viewport: PHONE }, async ({ page }) => {
      await page.evaluate("for (const one of document.querySelectorAll('main details')) one.open = true");
      const width = Number(await page.evaluate('document.documentElement.scrollWidth'));
      return width > PHONE.width ? [`${width} px wide`] : [];
    });
    expect(faults).toEqual([]);
  },
  3 * MINUTES,
);

it(
  'fits a desk of 1280 px without scrolling sideways, on any page',
  async () => {
    const faults = await walk({ viewport: { width: 1280, height: 800 } }, async ({ page }) => {
      const width = Number(await page.evaluate('document.documentElement.scrollWidth'));
      return width > 1280 ? [`${width} px wide`] : [];
    });
    expect(faults).toEqual([]);
  },
  3 * MINUTES,
);

/** What can be pressed or filled in, as far as it is shown: each has to be reached once, with an outline to be seen. */
const REACHABLE = `[...document.querySelectorAll('a[href], button, input, select, textarea, summary')].filter((one) =>
  one.checkVisibility({ visibilityProperty: true, contentVisibilityAuto: true }) && !one.disabled && one.type !== 'hidden' && one.tabIndex >= 0
  && !one.closest('svg')
  && !(one.type === 'radio' && document.querySelector('input[name="' + one.name + '"]:checked') !== one)).length`;
const FOCUSED = `(() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const all = [...document.querySelectorAll('*')];
  const look = getComputedStyle(one);
  const after = getComputedStyle(one, '::after');
  const outlined = (style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
  return { at: all.indexOf(one), pressable: one.matches('a[href], button, input, select, textarea, summary'),
    seen: outlined(look) || outlined(after), html: one.outerHTML.slice(0, 120) };
})()`;
/** Where the address names a place further down, Tab goes on from there. */
const TO_THE_TOP = `(() => {
  const top = document.createElement('span');
  top.tabIndex = -1;
  document.body.prepend(top);
  top.focus();
})()`;
const MOST_STEPS = 400;

interface Focused {
  readonly at: number;
  readonly pressable: boolean;
  readonly seen: boolean;
  readonly html: string;
}

/** Tab by tab through the page, until the focus leaves it. */
async function tabThrough(page: Page): Promise<string[]> {
  await page.evaluate(TO_THE_TOP);
  const wanted = Number(await page.evaluate(REACHABLE));
  const reached = new Map<number, Focused>();
  for (let step = 0; step < MOST_STEPS; step += 1) {
    await page.keyboard.press('Tab');
    const focused = (await page.evaluate(FOCUSED)) as Focused | null;
    if (focused === null || reached.has(focused.at)) break;
    reached.set(focused.at, focused);
  }
  const stops = [...reached.values()];
  const pressable = stops.filter((stop) => stop.pressable).length;
  const faults = stops.filter(({ seen }) => !seen).map(({ html }) => `no outline on ${html}`);
  return pressable < wanted ? [...faults, `${pressable} of ${wanted} reached`] : faults;
}

it(
  'works by keyboard: everything that can be pressed is reached by Tab, seen when it is, and left again',
  async () => {
    expect(await walk({}, async ({ page }) => tabThrough(page))).toEqual([]);
  },
  5 * MINUTES,
);

/** Enter in a field presses the first button of its form: one that does nothing, or that is about one row, is a trap. */
const TRAPS = `[...document.forms].flatMap((form) => {
  const fields = [...form.elements].filter((one) => one.matches('input:not([type=hidden])'));
  const button = [...form.elements].find((one) => one.type === 'submit');
  const row = button?.closest('form fieldset');
  const isTrap = button === undefined || button.disabled || (row && fields.some((field) => !row.contains(field)));
  return fields.length > 0 && isTrap ? ['Enter presses ' + (button?.outerHTML ?? 'nothing')] : [];
})`;

it(
  'does at Enter in a field what its form is for, on any page',
  async () => {
    expect(await walk({}, async ({ page }) => (await page.evaluate(TRAPS)) as string[])).toEqual([]);
  },
  3 * MINUTES,
);

describe('the list of pages', () => {
  it('has every address of the console at which there is a page', () => {
    const folder = join(import.meta.dirname, '..', '..', 'src', 'console');
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'));
    const routes = files.flatMap((name) =>
      [...readFileSync(join(folder, name), 'utf8').matchAll(/router\.get\('([^']+)'/g)].map(([, route]) => route ?? ''),
    );
    // Files, streams and pieces of pages.
    const isPage = (route: string) =>
      !/\.(csv|jsonl|json)$|\/(events|progress|avatar|rules\/run)$|^\/assets|^\/settings\/mail\/:id$/.test(route);
    const seen = pages.map(({ path }) => new URL(path, 'http://x').pathname.replace(/^\/admin/, '') || '/');
    const missing = routes.filter(isPage).filter((route) => {
      const pattern = new RegExp(`^${route.replaceAll(/:\w+/g, '[0-9a-f-]{36}')}$`);
      return !seen.some((path) => pattern.test(path));
    });
    expect(missing).toEqual([]);
  });
});
