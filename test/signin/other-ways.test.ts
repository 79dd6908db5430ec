/** LDAP, SAML and links by e-mail over HTTP, to a session; with real servers at the other end, on both engines. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSetupLink } from '../../src/directory/entry/setup-links.ts';
import { invitePeople } from '../../src/directory/invites/invites.ts';
import { operatorOf } from '../../src/directory/principal.ts';
import { runWork } from '../../src/directory/work.ts';
import { REFUSAL_STEP_MS } from '../../src/signin/even-time.ts';
import { startBridge, type TestBridge } from '../support/bridge.ts';
import { createVisitor, type Page, readForm, type Visitor } from '../support/cookie-jar.ts';
import { freePort } from '../support/free-port.ts';
import { type LdapServer, startLdapServer } from '../support/ldap-server.ts';
import { type SamlServer, startSamlServer } from '../support/samlp-server.ts';
import { scimClient } from '../support/scim-client.ts';
import { submit } from '../support/sign-in-bridge.ts';
import { startSmtp, type TestSmtp } from '../support/smtp.ts';

const ENGINES = ['sqlite', 'postgres'] as const;

async function organizationOf({ core }: TestBridge): Promise<string> {
  return (await core.store.organizations.find(core.store.reader, 'default'))?.id ?? '';
}

function contextOf(organizationId: string) {
  return { organizationId, actor: { kind: 'cli', id: null, name: 'test' } as const, exchangeId: null };
}

async function lastSignIn(bridge: TestBridge) {
  const { store } = bridge.core;
  const organizationId = await organizationOf(bridge);
  const list = await store.syncLog.listExchanges({ organizationId, limit: 50 });
  return list.find(({ operation }) => operation.startsWith('signin.'));
}

const userOf = async (bridge: TestBridge, name: string) => {
  const { store } = bridge.core;
  return (await store.users.findInOrganization(store.reader, await organizationOf(bridge), name))[0];
};

/** Refusals are written in batches. */
async function expectRefusal(bridge: TestBridge, operation: string, errorCode: string): Promise<void> {
  const { store } = bridge.core;
  const organizationId = await organizationOf(bridge);
  const refusals = async () => {
    const list = await store.syncLog.listExchanges({ organizationId, limit: 50 });
    return list.filter((one) => one.operation === operation).map((one) => one.errorCode);
  };
  await expect.poll(refusals, { timeout: 10_000 }).toContain(errorCode);
}

describe.each(ENGINES)('LDAP (%s)', (engine) => {
  const BASE = 'dc=example,dc=test';
  let ldap: LdapServer;
  let bridge: TestBridge;
  beforeAll(async () => {
    const entry = (uid: string) => ({
      dn: `uid=${uid},${BASE}`,
      attributes: { uid, cn: `${uid} of LDAP`, mail: `${uid}@example.test`, entryUUID: `uuid-${uid}` },
    });
    ldap = await startLdapServer({
      entries: ['ann', 'bob', 'cat', 'dan'].map(entry),
      passwordOf: (dn) => /uid=(\w+)/.exec(dn)?.[1]?.concat('-password'),
    });
    bridge = await startBridge({ engine, env: { LDAP_URL: ldap.url, LDAP_BASE_DN: BASE } });
  });
  afterAll(async () => {
    await bridge?.stop();
    await ldap?.stop();
  });

  async function tryPassword(username: string, password: string, visitor = createVisitor()): Promise<Page> {
    return submit(visitor, await visitor.request(`${bridge.url}/auth/login`), '/auth/ldap', { username, password });
  }

  it('needs no setup link: the first to sign in becomes the admin', () => expect(bridge.setupUrl).toBeNull());

  it('signs in with name and password', async () => {
    const page = await tryPassword('ann', 'ann-password');
    expect([page.status, new URL(page.url).pathname]).toEqual([200, '/']);
    expect(page.text).toContain('ann of LDAP');
    expect((await userOf(bridge, 'ann'))?.role).toBe('admin');
  });

  it('says the same for a wrong password and for nobody; the log has the reason and no password', async () => {
    const wrong = await tryPassword('ann', 'hunter2');
    const nobody = await tryPassword('nobody', 'hunter2');
    const said = (page: Page) => [page.status, /id="problem"[^>]*>([^<]*)/.exec(page.text)?.[1]];
    expect(said(wrong)).toEqual([403, 'User name or password is wrong.']);
    expect(said(nobody)).toEqual(said(wrong));
    await expect.poll(async () => (await lastSignIn(bridge))?.errorCode, { timeout: 10_000 }).toBe('ldap_user_unknown');
    const { store } = bridge.core;
    const all = await store.syncLog.listExchanges({ organizationId: await organizationOf(bridge), limit: 50 });
    expect(JSON.stringify(all)).not.toContain('hunter2');
  });

  it('answers nobody no sooner than a wrong password', async () => {
    const took = async (username: string, password: string): Promise<number> => {
      const visitor = createVisitor();
      const login = await visitor.request(`${bridge.url}/auth/login`);
      const begun = performance.now();
      await submit(visitor, login, '/auth/ldap', { username, password });
      return performance.now() - begun;
    };
    for (const refused of [await took('dan', 'hunter2'), await took('nobody-at-all', 'hunter2')]) {
      expect(refused).toBeGreaterThanOrEqual(REFUSAL_STEP_MS - 1);
    }
    expect((await tryPassword('dan', 'dan-password')).status).toBe(200);
  });

  it('never signs in with an empty password', async () => {
    const before = ldap.binds.length;
    expect((await tryPassword('ann', '')).status).toBe(403);
    expect(ldap.binds.slice(before)).not.toContain(`uid=ann,${BASE}`);
  });

  it('slows down guessing at an account, wherever it comes from, and lets the next try wait', async () => {
    const statuses: number[] = [];
    for (let index = 0; index < 7; index += 1) statuses.push((await tryPassword('bob', `guess-${index}`)).status);
    expect(statuses).toEqual([403, 403, 403, 403, 403, 429, 429]);
    const page = await tryPassword('bob', 'bob-password');
    expect(page.status).toBe(429);
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await tryPassword('cat', 'cat-password')).status).toBe(200);
  });

  it('slows down guessing at many accounts from one address, and not those who know their password', async () => {
    const pages = await Promise.all(Array.from({ length: 25 }, (_, index) => tryPassword(`user-${index}`, 'x')));
    const statuses = pages.map(({ status }) => status);
    expect(statuses.filter((status) => status === 429).length).toBeGreaterThan(3);
  });
});

describe.each(ENGINES)('SAML (%s)', (engine) => {
  let saml: SamlServer;
  let bridge: TestBridge;
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-saml-'));
  beforeAll(async () => {
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    saml = await startSamlServer({ entityId: `${url}/auth/saml/metadata`, consumer: `${url}/auth/saml/acs` });
    const metadata = join(folder, 'idp.xml');
    writeFileSync(metadata, await (await fetch(saml.metadataUrl)).text());
    bridge = await startBridge({ engine, env: { PORT: String(port), SAML_IDP_METADATA: metadata } });
  });
  afterAll(async () => {
    await bridge?.stop();
    await saml?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function untilAnswer(visitor: Visitor) {
    const page = await visitor.follow(`${bridge.url}/auth/saml/login?return=/account`);
    return readForm(page);
  }

  it('signs in, by a form that comes from the identity provider', async () => {
    const visitor = createVisitor();
    const { action, fields } = await untilAnswer(visitor);
    const page = await visitor.follow(action, fields);
    expect([page.status, new URL(page.url).pathname]).toEqual([200, '/account']);
    expect(await lastSignIn(bridge)).toMatchObject({ operation: 'signin.saml', outcome: 'changed' });
  });

  it('takes an answer once, and only in the browser that began', async () => {
    const visitor = createVisitor();
    const { action, fields } = await untilAnswer(visitor);
    expect((await createVisitor().request(action, fields)).status).toBe(403);
    await expect
      .poll(async () => (await lastSignIn(bridge))?.errorCode, { timeout: 10_000 })
      .toBe('attempt_of_another_browser');
    const again = await untilAnswer(visitor);
    expect((await visitor.request(again.action, again.fields)).status).toBe(303);
    expect((await visitor.request(again.action, again.fields)).status).toBe(403);
    await expect.poll(async () => (await lastSignIn(bridge))?.errorCode, { timeout: 10_000 }).toBe('attempt_unknown');
  });

  it('publishes its own metadata', async () => {
    const answer = await fetch(`${bridge.url}/auth/saml/metadata`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain(`${bridge.url}/auth/saml/acs`);
  });
});

describe.each(ENGINES)('links by e-mail, setup links and invites (%s)', (engine) => {
  let smtp: TestSmtp;
  let bridge: TestBridge;
  beforeAll(async () => {
    smtp = await startSmtp();
    bridge = await startBridge({
      engine,
      env: { SMTP_URL: smtp.url, MAIL_FROM: 'Drawbridge <no-reply@example.test>' },
    });
  });
  afterAll(async () => {
    await bridge?.stop();
    await smtp?.close();
  });

  async function setupUrl(): Promise<string> {
    const { directory } = bridge.core;
    const context = contextOf(await organizationOf(bridge));
    const { secret } = await runWork(directory, context, (work) => createSetupLink(directory, work));
    return `${bridge.url}/auth/setup?key=${secret}`;
  }

  async function mailTo(address: string, count = 1): Promise<string> {
    const mails = () => smtp.mails.filter(({ to }) => JSON.stringify(to).toLowerCase().includes(address.toLowerCase()));
    await expect.poll(() => mails().length, { timeout: 10_000 }).toBe(count);
    return /https?:\/\/\S+key=[\w-]+/.exec(mails().at(-1)?.text ?? '')?.[0] ?? '';
  }

  async function ask(email: string, visitor = createVisitor()): Promise<Page> {
    return submit(visitor, await visitor.request(`${bridge.url}/auth/login?return=/account`), '/auth/email', { email });
  }

  it('a setup link is printed at start while there is no admin and no SSO; it makes the first one, once, on record', async () => {
    const url = bridge.setupUrl ?? '';
    const visitor = createVisitor();
    // Whoever only looks uses nothing up.
    for (let look = 0; look < 3; look += 1) expect((await createVisitor().request(url)).status).toBe(200);
    const late = createVisitor();
    const [form, lateForm] = [await visitor.request(url), await late.request(url)];
    const wrong = await submit(visitor, form, '/auth/setup', { name: 'Ada Byron', email: 'no address' });
    expect(wrong.status).toBe(400);
    const page = await submit(visitor, wrong, '/auth/setup', { name: 'Ada Byron', email: 'ada@example.test' });
    expect([page.status, new URL(page.url).pathname]).toEqual([200, '/admin']);
    expect(await userOf(bridge, 'ada@example.test')).toMatchObject({ role: 'admin', displayName: 'Ada Byron' });
    const again = await submit(late, lateForm, '/auth/setup', { name: 'Eve', email: 'eve@example.test' });
    expect([again.status, again.text.includes('does not work any more')]).toEqual([403, true]);
    expect(await userOf(bridge, 'eve@example.test')).toBeUndefined();
    expect((await createVisitor().request(url)).status).toBe(403);
    const node = await startBridge({ engine, databaseUrl: bridge.databaseUrl });
    expect(node.setupUrl).toBeNull();
    await node.stop();
    await expectRefusal(bridge, 'signin.setup', 'setup_link_unusable');
    const { store } = bridge.core;
    const list = await store.syncLog.listExchanges({ organizationId: await organizationOf(bridge), limit: 50 });
    const used = list.filter(({ operation, outcome }) => operation === 'signin.setup' && outcome === 'changed');
    expect(used.map(({ summary }) => summary)).toEqual(['Ada Byron became an admin by a setup link']);
  });

  it('a setup link rescues: somebody who is here already becomes an admin', async () => {
    const scim = scimClient(await bridge.createConnection({ dialect: 'generic' }));
    const id = await scim.user('rescue', { emails: [{ value: 'rescue@example.test', primary: true }] });
    const visitor = createVisitor();
    const form = await visitor.request(await setupUrl());
    await submit(visitor, form, '/auth/setup', { name: 'Anybody', email: 'Rescue@example.test' });
    expect(await userOf(bridge, 'rescue@example.test')).toMatchObject({ id, role: 'admin', displayName: 'rescue' });
  });

  it('a setup link brings nobody back, and is not used up by that', async () => {
    const scim = scimClient(await bridge.createConnection({ dialect: 'generic' }));
    await scim.user('out', { active: false, emails: [{ value: 'out@example.test', primary: true }] });
    const visitor = createVisitor();
    const form = await visitor.request(await setupUrl());
    const page = await submit(visitor, form, '/auth/setup', { name: 'Out', email: 'out@example.test' });
    expect([page.status, page.text.includes('is deactivated')]).toEqual([400, true]);
    await expectRefusal(bridge, 'signin.setup', 'link_person_unfit');
    expect((await submit(visitor, page, '/auth/setup', { name: 'New', email: 'new@example.test' })).status).toBe(200);
  });

  it('two at once with one setup link make one admin', async () => {
    const url = await setupUrl();
    const visitors = Array.from({ length: 4 }, () => createVisitor());
    const pages = await Promise.all(
      visitors.map(async (visitor, index) => {
        const form = await visitor.request(url);
        return submit(visitor, form, '/auth/setup', { name: `Race ${index}`, email: `race-${index}@example.test` });
      }),
    );
    expect(pages.filter(({ status }) => status === 200)).toHaveLength(1);
  });

  it('a link by e-mail signs in with a button, once, in any browser', async () => {
    const asked = await ask('Ada@Example.test');
    expect(asked.text).toContain('a link is on its way');
    const url = await mailTo('Ada@Example.test');
    // A mail scanner opens every link, some of them more than once.
    for (let look = 0; look < 3; look += 1) expect((await createVisitor().request(url)).status).toBe(200);
    const [visitor, late] = [createVisitor(), createVisitor()];
    const form = await visitor.request(url);
    const lateForm = await late.request(url);
    const page = await submit(visitor, form, '/auth/email/enter');
    expect([page.status, new URL(page.url).pathname]).toEqual([200, '/account']);
    expect(page.text).toContain('Ada Byron');
    const again = await submit(late, lateForm, '/auth/email/enter');
    expect([again.status, again.text.includes('does not work any more')]).toEqual([403, true]);
    await expectRefusal(bridge, 'signin.email', 'email_link_unusable');
  });

  it('the answer is the same for an address that nobody has, and no mail goes out', async () => {
    const known = await ask('rescue@example.test');
    const unknown = await ask('nobody@example.test');
    const plain = ({ text }: Page) => text.replaceAll(/value="[^"]*"/g, '');
    expect([unknown.status, plain(unknown)]).toEqual([known.status, plain(known)]);
    await mailTo('rescue@example.test');
    expect(smtp.mails.filter(({ to }) => JSON.stringify(to).includes('nobody@'))).toEqual([]);
    expect(await userOf(bridge, 'nobody@example.test')).toBeUndefined();
  });

  it('nobody who was deactivated since gets in by a link that was sent before', async () => {
    const scim = scimClient(await bridge.createConnection({ dialect: 'generic' }));
    const id = await scim.user('leaving', { emails: [{ value: 'leaving@example.test', primary: true }] });
    await ask('leaving@example.test');
    const url = await mailTo('leaving@example.test');
    await scim.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false });
    const visitor = createVisitor();
    const page = await submit(visitor, await visitor.request(url), '/auth/email/enter');
    expect([page.status, page.text.includes('Your account was deactivated')]).toEqual([403, true]);
    await ask('leaving@example.test');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(smtp.mails.filter(({ to }) => JSON.stringify(to).includes('leaving@'))).toHaveLength(1);
  });

  it('goes to the address that is known, whatever look-alike was typed', async () => {
    const scim = scimClient(await bridge.createConnection({ dialect: 'generic' }));
    await scim.user('kate', { emails: [{ value: 'kate@example.test', primary: true }] });
    // U+212A, the Kelvin sign, becomes a plain k in lower case.
    await ask('\u212Aate@example.test');
    await mailTo('"kate@example.test"');
  });

  it('a mailbox is not filled: a few links, then 429, whoever it belongs to', async () => {
    for (const email of ['ada@example.test', 'stranger@example.test']) {
      const statuses: number[] = [];
      for (let index = 0; index < 4; index += 1) statuses.push((await ask(email)).status);
      expect(statuses.at(-1)).toBe(429);
    }
  });

  it('an invite is accepted by its link, with a session', async () => {
    const { directory } = bridge.core;
    const organizationId = await organizationOf(bridge);
    await runWork(directory, contextOf(organizationId), (work) =>
      invitePeople(directory, work, operatorOf(organizationId), {
        addresses: 'guest@example.test',
        role: 'viewer',
        teams: [],
      }),
    );
    const url = await mailTo('guest@example.test');
    expect((await createVisitor().request(url)).text).toContain('guest@example.test');
    const [visitor, late] = [createVisitor(), createVisitor()];
    const lateForm = await late.request(url);
    const page = await submit(visitor, await visitor.request(url), '/auth/invite', { name: 'Gus Guest' });
    expect([page.status, page.text.includes('Gus Guest')]).toEqual([200, true]);
    expect(await userOf(bridge, 'guest@example.test')).toMatchObject({ role: 'viewer', displayName: 'Gus Guest' });
    const used = await createVisitor().request(url);
    expect([used.status, used.text.includes('accepted already')]).toEqual([410, true]);
    expect((await submit(late, lateForm, '/auth/invite', { name: 'Gus Again' })).status).toBe(410);
    await expectRefusal(bridge, 'signin.invite', 'invite_unusable');
  });
});
