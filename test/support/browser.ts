/**
 * A real Chromium for tests: an installed one (CHROME_PATH, /usr/bin/chromium, /usr/bin/google-chrome), else the one
 * that `npm ci` brings. The first start of the latter unpacks it into the temporary folder of the system.
 */
import { existsSync } from 'node:fs';
import sparticuz from '@sparticuz/chromium';
import { type Browser, chromium } from 'playwright-core';

const INSTALLED = ['/usr/bin/chromium', '/usr/bin/google-chrome'];

async function executablePath(): Promise<string> {
  const chosen = process.env.CHROME_PATH;
  if (chosen !== undefined && chosen !== '') return chosen;
  return INSTALLED.find((path) => existsSync(path)) ?? (await sparticuz.executablePath());
}

/** The caller closes it. */
export async function launchBrowser(): Promise<Browser> {
  const args = ['--disable-background-networking', '--disable-gpu'];
  // Chromium's sandbox refuses to run as root.
  if (process.getuid?.() === 0) args.push('--no-sandbox');
  return chromium.launch({ executablePath: await executablePath(), args, headless: true });
}
