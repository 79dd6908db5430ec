/** A page in a browser of which everything is noted that the browser complains about. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';

export interface Cookie {
  readonly name: string;
  readonly value: string;
}

export interface WatchedPage {
  readonly page: Page;
  /** Blocked by the content security policy, failed, thrown, asked of another host. */
  readonly complaints: string[];
  close(): Promise<void>;
}

export async function openPage(
  browser: Browser,
  base: string,
  cookies: readonly Cookie[],
  options: BrowserContextOptions = {},
): Promise<WatchedPage> {
  const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
  await context.addCookies(cookies.map((cookie) => ({ ...cookie, url: base })));
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('console', (message) => {
    // That a page answers 404 is no complaint of the page.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      complaints.push(message.text());
    }
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(base)) complaints.push(`asked another host: ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.url().includes('/assets/') && !response.ok())
      complaints.push(`${response.status()} ${response.url()}`);
  });
  return { page, complaints, close: () => context.close() };
}
