/** Settings in the console, as an admin uses them, on both engines, with a real mail server and a stand-in of a tracker. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSignInRules } from '../../src/directory/entry/sign-in-grants.ts';
import { startBridge, type TestBridge } from '../support/bridge.ts';
import { visitConsole } from '../support/console-visitor.ts';
import { startFakeMlflow } from '../support/fake-mlflow.ts';
import { startSmtp, type TestSmtp } from '../support/smtp.ts';

type Tracker = Awaited<ReturnType<typeof startFakeMlflow>>;

describe.each(['sqlite', 'postgres'] as const)('settings in the console (%s)', (engine) => {
  let smtp: TestSmtp;
  let tracker: Tracker;
  let bridge: TestBridge;
  let strict: TestBridge;

  beforeAll(async () => {
    smtp = await startSmtp();
    tracker = await startFakeMlflow();
    bridge = await startBridge({
      engine,
      env: {
        ...{ SMTP_URL: smtp.url, MAIL_FROM: 'bridge@settings.example', TRACKER: 'mlflow', TRACKER_URL: tracker.url },
        ...{ LDAP_URL: 'ldap://127.0.0.1:9', LDAP_BASE_DN: 'dc=example' },
      },
    });
    strict = await startBridge({ engine, env: { DISABLE_SSO_PROVISIONING: 'true' } });
  }, 60_000);

  afterAll(async () => {
    await bridge?.stop();
    await strict?.stop();
    await tracker?.stop();
    await smtp?.close();
  });

  it('shows and saves whether people are created at their first sign-in', async () => {
    const visitor = await visitConsole(bridge);
    expect((await visitor.get('/admin/settings')).html).toMatch(/name="provision" value="yes" checked>/);
    const saved = await visitor.confirm('/admin/settings/organization', {});
    expect(saved.text).toContain('The settings were saved.');
    expect(saved.html).toMatch(/name="provision" value="yes">/);
    await visitor.submit('/admin/settings/organization', { provision: 'yes' });
  });

  it('says when the environment decides', async () => {
    const visitor = await visitConsole(strict);
    const page = await visitor.get('/admin/settings');
    expect(page.text).toContain('The environment decides: DISABLE_SSO_PROVISIONING=true');
    expect(page.html).toMatch(/name="provision" value="yes" checked disabled>/);
    expect(page.text).toContain('No mail is sent');
    expect(page.text).toContain('There is no tracker to ask');
  });

  it('sends a test mail, and shows what the mail server said', async () => {
    const visitor = await visitConsole(bridge);
    await visitor.get('/admin/settings');
    const page = await visitor.submit('/admin/settings/mail/test', {});
    expect(page.address).toMatch(/^\/admin\/settings\/mail\//);
    await expect
      .poll(async () => (await visitor.get(page.address)).text, { timeout: 15_000 })
      .toContain('The mail server took the mail');
    expect(smtp.mails.at(-1)?.subject).toBe('A test mail of Drawbridge');
    smtp.refuse(550, 'No such mailbox');
    const refused = await visitor.submit('/admin/settings/mail/test', {});
    await expect
      .poll(async () => (await visitor.get(refused.address)).text, { timeout: 15_000 })
      .toContain('No such mailbox');
    smtp.refuse(undefined);
  });

  it('tests the tracker and the ways to sign in, step by step', async () => {
    const visitor = await visitConsole(bridge);
    await visitor.get('/admin/settings');
    expect((await visitor.submit('/admin/settings/tracker/test', {})).text).toContain('It answered.');
    const ldap = await visitor.submit('/admin/settings/sign-in/test', { way: 'ldap' });
    expect(ldap.text).toContain('The test did not go well.');
    expect((await visitor.submit('/admin/settings/sign-in/test', { way: 'saml' })).status).toBe(404);
  });

  it('shows and saves rules for groups of sign-ins, and tells every fault', async () => {
    const visitor = await visitConsole(bridge);
    const versionOn = (html: string) => /name="version" value="(\d+)"/.exec(html)?.[1] ?? '';
    const version = versionOn((await visitor.get('/admin/settings')).html);
    const save = (rules: string, from: string) =>
      visitor.submit('/admin/settings/sign-in/rules', { rules, version: from });
    const good = JSON.stringify({ rules: [{ when: { group: 'leads' }, give: { organizationRole: 'admin' } }] });
    const saved = await save(good, version);
    expect([saved.status, saved.text.includes('The rules for groups of sign-ins were saved.')]).toEqual([200, true]);
    expect(saved.html).toContain('&quot;leads&quot;');
    const rows = [
      { typed: '{"rules": [', told: 'This is no JSON' },
      { typed: '[]', told: 'Give a document' },
      { typed: '{"rules":[{"when":{"group":"a"},"give":{"organizationRole":"owner"}}]}', told: 'rule 1: give' },
      {
        typed: '{"rules":[{"when":{"user":"active eq true"},"give":{"organizationRole":"viewer"}}]}',
        told: 'about users',
      },
    ];
    for (const { typed, told } of rows) {
      const page = await save(typed, versionOn(saved.html));
      expect([page.status, page.text.includes(told) ? told : page.text.slice(0, 2000)]).toEqual([400, told]);
      expect(page.text).toContain(typed);
    }
    const late = await save(good, version);
    expect([late.status, late.text.includes('Somebody else changed the rules meanwhile')]).toEqual([400, true]);
    const { directory } = bridge.core;
    const stored = await readSignInRules(directory, directory.store.reader, visitor.organizationId);
    expect(stored.rules.map(({ when }) => when)).toEqual([{ group: 'leads' }]);
  });

  it('says how people are let in', async () => {
    const page = await (await visitConsole(strict)).get('/admin/settings');
    expect(page.text).toContain('are refused');
  });

  it('locks privacy in every team', async () => {
    const visitor = await visitConsole(bridge);
    await visitor.get('/admin/settings');
    const page = await visitor.confirm('/admin/settings/privacy', { enforce: 'hideTeam' });
    expect(page.html).toMatch(/name="enforce" value="hideTeam" checked/);
    await visitor.get('/admin/teams/new');
    const team = await visitor.submit('/admin/teams', { name: `locked-${engine}`, provider: '' });
    expect(team.html).toMatch(/name="privacy" value="hideTeam" checked disabled/);
  });
});
