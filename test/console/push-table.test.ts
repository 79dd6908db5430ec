/** The table of what went out, in a real browser with the real style sheet: words stay whole at every width. */
import type { AddressInfo } from 'node:net';
import express from 'express';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { renderPushes } from '../../src/console/targets/push-table.ts';
import type { PushRecord } from '../../src/targets/store.ts';
import { loadAssets } from '../../src/web/assets.ts';
import { launchBrowser } from '../support/browser.ts';

function push(name: string, reason: string | null, requests: readonly string[]): PushRecord {
  return {
    ...{ id: name, targetId: 't1', organizationId: 'o1', subject: { type: 'user', id: name, name }, cause: null },
    ...{ outcome: 'refused', reason, at: 0, durationMs: 9, requests },
  };
}

const PUSHES = [
  push('Other', 'It answered 400: the value of an attribute is not one that it takes. '.repeat(4), []),
  push('Ada Byron', null, [`GET /scim/Users?filter=${'x'.repeat(150)} 200 12ms`]),
];

let browser: Browser;
let url: string;
let stop: () => void;

beforeAll(async () => {
  const assets = loadAssets('/assets');
  const app = express();
  app.get('/assets/:file', assets.serve);
  app.get('/', (_request, response) => {
    const head = `<link rel="stylesheet" href="${assets.address('style.css')}">`;
    response.send(`<!doctype html>${head}<main><section>${renderPushes(PUSHES, 60_000)}</section></main>`);
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  stop = () => server.close();
  browser = await launchBrowser();
});

afterAll(async () => {
  await browser?.close();
  stop?.();
});

it.each([390, 721, 1280])('breaks no word at %i px, and is no wider', async (width) => {
  const page = await browser.newPage({ viewport: { width, height: 844 } });
  await page.goto(url);
  await page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true");
  const broken = await page.evaluate(`[...document.querySelectorAll('tbody th, .badge, .muted')].flatMap((place) =>
    [...place.textContent.matchAll(/\\S+/g)].filter(({ 0: word, index }) => {
      const range = document.createRange();
      range.setStart(place.firstChild, index);
      range.setEnd(place.firstChild, index + word.length);
      return range.getClientRects().length > 1;
    }).map(([word]) => word))`);
  expect(broken).toEqual([]);
  const box = await page.evaluate(
    "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('.scroll'))",
  );
  expect(box).toBe(0);
  await page.close();
});
