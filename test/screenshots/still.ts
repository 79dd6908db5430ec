/**
 * Makes a page look the same at every run: what is random or measured gets a fixed text, in the browser. What stays different
 * is the order in which a target was told things at once (target-*.png).
 */
import type { Page } from 'playwright-core';

/** Ids in the order of their appearance, the port, lengths of time, seconds of exact times, hashes, hints of secrets. */
const STILL = `(() => {
  const ids = new Map();
  let entries = 0;
  const idOf = (id) => {
    if (!ids.has(id)) ids.set(id, '01a1f553-0000-7000-8000-' + String(ids.size + 1).padStart(12, '0'));
    return ids.get(id);
  };
  const still = (text) => text
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, idOf)
    .replace(/127\\.0\\.0\\.1:\\d+/g, '127.0.0.1:8080')
    .replace(/\\b\\d+(\\.\\d+)? ms\\b/g, '2.4 ms')
    .replace(/(\\d\\d:\\d\\d):\\d\\d\\.\\d{3}/g, '$1:00.000')
    .replace(/\\b(\\d+ s|[1-9] min) ago/g, '1 min ago')
    .replace(/(2026-11-24 16:2)\\d/g, '$10')
    .replace(/\\bentry \\d+, $/, () => 'entry ' + (17 + entries++) + ', ')
    .replace(/^[0-9a-f]{12}$/, '3f7a9c3f7a9c')
    .replace(/^\u2026[\\w-]{4}$/, '\u2026k3Xq')
    .replace(/^[0-9a-f]{12}$/, '3f7a9c3f7a9c')
    .replace(/^…[\\w-]{4}$/, '…k3Xq')
    .replace(/\\b[0-9a-f]{64}\\b/g, (hash) => '3f7a9c'.repeat(11).slice(0, hash.length));
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = still(node.data);
    if (text !== node.data) node.data = text;
  }
  for (const code of document.querySelectorAll('code'))
    if (code.previousSibling?.data?.endsWith('ending in ')) code.textContent = 'k3Xq';
  for (const input of document.querySelectorAll('input[value]')) input.value = still(input.value);
})()`;

export async function makeStill(page: Page): Promise<void> {
  await page.evaluate(STILL);
}
