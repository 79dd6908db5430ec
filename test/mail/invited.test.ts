/** From the API to the person's own page: invites go out as real mails, and their links are followed as a browser does. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ApiClient, apiClient } from '../support/api-client.ts';
import { startBridge, type TestBridge } from '../support/bridge.ts';
import { createVisitor, type Page, readForm } from '../support/cookie-jar.ts';
import { makeServiceKey } from '../support/keys.ts';
import { missingPostgres } from '../support/postgres.ts';
import { scimClient } from '../support/scim-client.ts';
import { startSmtp, type TestSmtp } from '../support/smtp.ts';

async function accept(link: string): Promise<Page> {
  const visitor = createVisitor();
  const page = await visitor.request(link);
  if (page.status !== 200) return page;
  const { action, fields } = readForm(page);
  fields.set('name', 'Ada Byron');
  return visitor.follow(action, fields);
}

describe.each(['sqlite', 'postgres'] as const)('an invite by mail (%s)', (engine) => {
  const missing = engine === 'postgres' ? missingPostgres() : undefined;
  let smtp: TestSmtp;
  let bridge: TestBridge;
  let api: ApiClient;
  beforeAll(async () => {
    if (missing !== undefined) return;
    smtp = await startSmtp();
    const env = { SMTP_URL: smtp.url, MAIL_FROM: 'no-reply@drawbridge.example' };
    bridge = await startBridge({ engine, env });
    api = apiClient(`${bridge.url}/api/v1`, (await makeServiceKey(bridge)).secret);
  });
  afterAll(async () => {
    await bridge?.stop();
    await smtp?.close();
  });

  const mailsTo = (address: string) =>
    smtp.mails.filter(({ to }) => [to].flat().some((one) => one?.text.includes(address)));

  async function linkTo(address: string, count = 1): Promise<string> {
    await expect.poll(() => mailsTo(address).length, { timeout: 15_000 }).toBe(count);
    return /https?:\S+/.exec(mailsTo(address).at(-1)?.text ?? '')?.[0] ?? '';
  }

  async function invite(addresses: string, more: object = {}): Promise<{ id: string }[]> {
    const { status, body } = await api.post('/invites', { addresses, ...more });
    expect(status).toBe(200);
    // The link is for whoever reads the mail alone.
    expect(body.results.every(({ link }: { link: unknown }) => link === null)).toBe(true);
    return body.results.map((result: { invite: { id: string } | null }) => result.invite);
  }

  const stateOf = async (id = '') => (await api.get(`/invites/${id}`)).body.state;

  it.skipIf(missing)('makes whoever follows it a member with a team, once', { timeout: 60_000 }, async () => {
    const team = (await api.post('/teams', { name: 'vision' })).body.id;
    const teams = [{ teamId: team, role: 'admin' }];
    const [ada, , nobody] = await invite('ada@mail.example, bob@mail.example\nnonsense', { teams });
    expect(nobody).toBeNull();
    const page = await accept(await linkTo('ada@mail.example'));
    expect([page.status, new URL(page.url).pathname]).toEqual([200, '/']);
    expect(page.text).toContain('Ada Byron');
    expect(await stateOf(ada?.id)).toBe('accepted');
    const members = (await api.get(`/teams/${team}/members`)).body.items;
    expect(members).toMatchObject([{ userName: 'ada@mail.example', role: 'admin', sources: [{ origin: 'invite' }] }]);
    const again = await accept(await linkTo('ada@mail.example'));
    expect([again.status, again.text.includes('accepted already')]).toEqual([410, true]);
    // Without a word about it: a member.
    expect((await api.get('/people?text=ada@')).body.items).toMatchObject([{ role: 'member', status: 'active' }]);
  });

  it.skipIf(missing)('lets one of two in who follow the link at once', { timeout: 60_000 }, async () => {
    await invite('twice@mail.example');
    const link = await linkTo('twice@mail.example');
    const pages = await Promise.all([accept(link), accept(link), accept(link)]);
    expect(pages.map(({ status }) => status).toSorted()).toEqual([200, 410, 410]);
    expect((await api.get('/people?text=twice@')).body.items).toHaveLength(1);
  });

  it.skipIf(missing)(
    'has a new link when it is sent again, and none when it is revoked',
    { timeout: 60_000 },
    async () => {
      const [made] = await invite('again@mail.example');
      const old = await linkTo('again@mail.example');
      expect((await api.post(`/invites/${made?.id}/resend`)).body.link).toBeNull();
      const fresh = await linkTo('again@mail.example', 2);
      expect(fresh).not.toBe(old);
      expect((await accept(old)).status).toBe(410);
      expect((await createVisitor().request(fresh)).status).toBe(200);
      expect((await api.delete(`/invites/${made?.id}`)).status).toBe(204);
      expect((await accept(fresh)).status).toBe(410);
      expect(await stateOf(made?.id)).toBe('revoked');
      expect((await api.get('/people?text=again@')).body.items).toEqual([]);
    },
  );

  it.skipIf(missing)('says what the mail server replied when the mail failed', { timeout: 60_000 }, async () => {
    smtp.refuse(550, 'No such mailbox here');
    const [made] = await invite('lost@mail.example');
    await expect.poll(() => stateOf(made?.id), { timeout: 15_000 }).toBe('mail_failed');
    expect((await api.get(`/invites/${made?.id}`)).body.mail.serverReply).toContain('550 No such mailbox here');
    smtp.refuse(undefined);
    await api.post(`/invites/${made?.id}/resend`);
    await linkTo('lost@mail.example');
    await expect.poll(() => stateOf(made?.id)).toBe('pending');
  });

  it.skipIf(missing)('is refused for whoever is there, was removed, or is managed by a connection', async () => {
    const okta = await bridge.createConnection({ dialect: 'generic', name: 'Okta' });
    const scim = scimClient(okta);
    await scim.user('managed@mail.example');
    const gone = await scim.user('gone@mail.example');
    await scim.send('DELETE', `/Users/${gone}`);
    const { results } = (await api.post('/invites', { addresses: 'managed@mail.example;gone@mail.example' })).body;
    expect(results.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['has_access', 'removed']);
    expect(results[0].message).toContain('managed by Okta');
  });
});
