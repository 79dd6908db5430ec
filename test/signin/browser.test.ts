/** Signing in and a person's own page in a real browser: by keyboard, on a phone, in both themes, under the content security policy. */
import AxeBuilder from '@axe-core/playwright';
import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createSetupLink } from '../../src/directory/entry/setup-links.ts';
import { runWork } from '../../src/directory/work.ts';
import { launchBrowser } from '../support/browser.ts';
import { type LdapServer, startLdapServer } from '../support/ldap-server.ts';
import { scimClient } from '../support/scim-client.ts';
import { type SignInBridge, startSignInBridge } from '../support/sign-in-bridge.ts';
import { startSmtp, type TestSmtp } from '../support/smtp.ts';

const PHONE = { width: 390, height: 844 };
const BASE = 'dc=example,dc=test';

let browser: Browser;
let test: SignInBridge;
let ldap: LdapServer;
let smtp: TestSmtp;
const pages: Page[] = [];
/** What the browser complained about on our pages: blocked by the content security policy, failed, thrown. */
const complaints: string[] = [];

beforeAll(async () => {
  smtp = await startSmtp();
  const attributes = { uid: 'ann', cn: 'Ann of LDAP', mail: 'ann@example.test', entryUUID: 'uuid-ann' };
  const passwordOf = () => 'ann-password';
  ldap = await startLdapServer({ entries: [{ dn: `uid=ann,${BASE}`, attributes }], passwordOf });
  test = await startSignInBridge({
    engine: 'sqlite',
    env: {
      ...{ LDAP_URL: ldap.url, LDAP_BASE_DN: BASE, SMTP_URL: smtp.url, MAIL_FROM: 'no-reply@example.test' },
      ...{ SIGN_IN_CONTACT: 'the platform team' },
    },
  });
  test.add('root', { name: 'Root Admin' });
  await test.signIn('root');
  const scim = scimClient(await test.bridge.createConnection({ dialect: 'okta', name: 'Okta' }));
  const emails = [{ value: 'ada@example.test', primary: true }];
  const id = await scim.user('ada@example.test', { displayName: 'Ada Byron', emails });
  for (const name of ['vision', 'language-models', 'robotics']) await scim.group(name, [id]);
  const out = await scim.user('out@example.test', { emails: [{ value: 'out@example.test', primary: true }] });
  await scim.patch(`/Users/${out}`, { op: 'replace', path: 'active', value: false });
  for (const subject of ['ada', 'out']) test.add(subject, { name: subject === 'ada' ? 'Ada Byron' : 'Out' });
  browser = await launchBrowser();
});

afterEach(async () => {
  await Promise.all(pages.splice(0).map((page) => page.context().close()));
  expect(complaints.splice(0)).toEqual([]);
});

afterAll(async () => {
  await browser?.close();
  await test?.stop();
  await ldap?.stop();
  await smtp?.close();
});

async function open(path: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await (await browser.newContext(options)).newPage();
  pages.push(page);
  page.on('console', (message) => {
    const isOurs = page.url().startsWith(test.url);
    // The browser logs every answer of 4xx to a page view.
    if (isOurs && message.type() === 'error' && !message.text().includes('status of 40'))
      complaints.push(message.text());
  });
  page.on('pageerror', (error) => {
    if (page.url().startsWith(test.url)) complaints.push(error.message);
  });
  await page.goto(`${test.url}${path}`);
  return page;
}

/** At the provider's own pages. */
async function throughProvider(page: Page, person: string): Promise<void> {
  await page.locator('[name=login]').fill(person);
  await page.locator('[name=password]').fill('any');
  await page.locator('[type=submit]').click();
  await page.getByRole('button', { name: 'Continue' }).click();
}

async function signedIn(person: string, options: BrowserContextOptions = {}): Promise<Page> {
  const page = await open('/', options);
  await page.getByRole('link', { name: 'Sign in with Example ID' }).click();
  await throughProvider(page, person);
  await page.waitForURL(`${test.url}/`);
  return page;
}

async function violations(page: Page): Promise<string[]> {
  const found = await new AxeBuilder({ page }).analyze();
  return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
}

async function width(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth');
}

async function picture(page: Page, name: string): Promise<void> {
  const folder = process.env.SCREENSHOTS;
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png`, fullPage: true });
}

async function setupPath(): Promise<string> {
  const { directory } = test.bridge.core;
  const actor = { kind: 'cli', id: null, name: 'test' } as const;
  const context = { organizationId: test.organizationId, actor, exchangeId: null };
  const { secret } = await runWork(directory, context, (work) => createSetupLink(directory, work));
  return `/auth/setup?key=${secret}`;
}

describe.each(['light', 'dark'] as const)('%s theme', (colorScheme) => {
  describe.each([
    ['desk', { width: 1280, height: 800 }],
    ['phone', PHONE],
  ] as const)('%s', (size, viewport) => {
    const options = { colorScheme, viewport, reducedMotion: 'reduce' } as const;

    it.each([
      ['login', '/auth/login?return=/account'],
      ['used-link', '/auth/email/enter'],
      ['logout', '/auth/logout'],
      ['email-link', '/auth/email/enter?key=x'],
      ['not-configured', '/auth/saml/login'],
    ])('axe finds no violation on %s, and it fits', async (name, path) => {
      const page = await open(path, options);
      await picture(page, `${name}-${size}-${colorScheme}`);
      expect(await violations(page)).toEqual([]);
      expect(await width(page)).toBeLessThanOrEqual(viewport.width);
    });

    it('axe finds no violation on the page of a setup link', async () => {
      const page = await open(await setupPath(), options);
      await picture(page, `setup-${size}-${colorScheme}`);
      expect(await violations(page)).toEqual([]);
      expect(await width(page)).toBeLessThanOrEqual(viewport.width);
    });

    it('axe finds no violation on a person’s own page, nor on a refusal', async () => {
      const page = await signedIn('ada', options);
      await page.getByLabel('Name').fill('notebook');
      await page.getByRole('button', { name: 'Make a key' }).click();
      await page.getByText('Copy it now').waitFor();
      await picture(page, `own-${size}-${colorScheme}`);
      expect(await violations(page)).toEqual([]);
      expect(await width(page)).toBeLessThanOrEqual(viewport.width);
      const refused = await open('/auth/login', options);
      await refused.getByRole('link', { name: 'Sign in with Example ID' }).click();
      await throughProvider(refused, 'out');
      await refused.getByRole('heading', { name: 'You were not signed in' }).waitFor();
      await picture(refused, `refused-${size}-${colorScheme}`);
      expect(await violations(refused)).toEqual([]);
    });
  });
});

it('signs in through the identity provider, comes back to where one wanted to go, and out again', async () => {
  const page = await open('/admin/sync?outcome=refused');
  await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
  await page.getByRole('link', { name: 'Sign in with Example ID' }).click();
  await throughProvider(page, 'root');
  await page.getByRole('heading', { level: 1, name: 'Sync log' }).waitFor();
  expect(page.url()).toBe(`${test.url}/admin/sync?outcome=refused`);
  const cookies = await page.context().cookies(test.url);
  expect(cookies.find(({ name }) => name === 'drawbridge_session')).toMatchObject({ httpOnly: true, sameSite: 'Lax' });
  await page.getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('heading', { name: 'You are signed out' }).waitFor();
  await page.goto(`${test.url}/admin`);
  await page.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
});

it('signs in with name and password by keyboard alone, after a wrong one that is announced', async () => {
  const page = await open('/auth/login');
  const type = async (password: string): Promise<void> => {
    await page.getByLabel('User name').focus();
    await page.keyboard.press('ControlOrMeta+A');
    await page.keyboard.type('ann');
    await page.keyboard.press('Tab');
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
  };
  await type('wrong');
  await page.getByRole('alert').waitFor();
  expect(await page.getByRole('alert').textContent()).toBe('User name or password is wrong.');
  expect(await page.getByLabel('User name').inputValue()).toBe('ann');
  expect(await page.getByLabel('Password').inputValue()).toBe('');
  expect(await page.getByLabel('Password').getAttribute('aria-describedby')).toBe('problem');
  await type('ann-password');
  await page.getByRole('heading', { level: 1, name: 'Ann of LDAP' }).waitFor();
});

it('shows why somebody holds a role, and ends another session without JavaScript', async () => {
  const other = await signedIn('ada', { userAgent: 'Mozilla/5.0 (iPhone) Safari/605' });
  const page = await signedIn('ada', { javaScriptEnabled: false });
  expect(await page.getByRole('row', { name: /Team vision/ }).textContent()).toMatch(
    /Member.*member of the group vision/i,
  );
  await page.getByRole('button', { name: 'End the session of Safari on iOS' }).click();
  await page.getByText('1 session ends at once').waitFor();
  await page.getByRole('button', { name: 'End the session' }).click();
  await page.getByText('Where you are signed in').waitFor();
  await other.goto(`${test.url}/`);
  await other.getByRole('heading', { name: 'Sign in', exact: true }).waitFor();
});

it('makes an admin by a setup link', async () => {
  const page = await open(await setupPath());
  await page.getByLabel('Your name').fill('Grace Hopper');
  await page.getByLabel('Your e-mail address').fill('grace@example.test');
  await page.getByRole('button', { name: 'Become an admin' }).click();
  await page.getByRole('heading', { name: 'Overview' }).waitFor();
  expect(await page.getByRole('link', { name: 'Grace Hopper: your own page' }).count()).toBe(1);
});
