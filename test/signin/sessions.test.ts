/** Sessions over HTTP: cookies, forms, signing out, the end of access on every node. Both engines. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBridge, type TestBridge } from '../support/bridge.ts';
import { createVisitor, readForm, type Visitor } from '../support/cookie-jar.ts';
import { scimClient } from '../support/scim-client.ts';
import { confirm, type SignInBridge, startSignInBridge, submit } from '../support/sign-in-bridge.ts';

describe.each(['sqlite', 'postgres'] as const)('sessions (%s)', (engine) => {
  let test: SignInBridge;
  /** A second process over the same data. */
  let node: TestBridge;
  beforeAll(async () => {
    test = await startSignInBridge({ engine });
    node = await startBridge({ engine, databaseUrl: test.bridge.databaseUrl });
    test.add('root', { name: 'Root Admin' });
    await test.signIn('root');
  });
  afterAll(async () => {
    await node?.stop();
    await test?.stop();
  });

  async function visitorOf(subject: string): Promise<Visitor> {
    const visitor = createVisitor();
    if (test.people[subject] === undefined) test.add(subject);
    const page = await test.signIn(subject, visitor);
    if (page.status !== 200) throw new Error(`${subject} was not signed in: ${page.status}`);
    return visitor;
  }

  async function tokenOf(visitor: Visitor): Promise<string> {
    const cookies = await visitor.jar.getCookies(test.url);
    return cookies.find(({ key }) => key === 'drawbridge_session')?.value ?? '';
  }

  const isIn = async (visitor: Visitor, base = test.url): Promise<boolean> => {
    const cookie = `drawbridge_session=${await tokenOf(visitor)}`;
    return (await fetch(`${base}/auth/verify`, { headers: { cookie } })).status === 200;
  };

  it('have a cookie that scripts and other sites do not get', async () => {
    const visitor = await visitorOf('cookie');
    const callback = await test.untilCallback('cookie', visitor);
    const { headers } = await visitor.request(callback.href);
    const line = headers.getSetCookie().find((one) => one.startsWith('drawbridge_session=')) ?? '';
    expect(line).toMatch(/; Max-Age=43200;.*; HttpOnly; SameSite=Lax$/);
    expect(line).not.toContain('Domain');
  });

  it('are new with each sign-in, and the one before ends', async () => {
    const visitor = await visitorOf('again');
    const before = await tokenOf(visitor);
    await test.signIn('again', visitor);
    expect(await tokenOf(visitor)).not.toBe(before);
    const verify = await fetch(`${test.url}/auth/verify`, { headers: { cookie: `drawbridge_session=${before}` } });
    expect(verify.status).toBe(401);
  });

  it('end on every node with the person’s access, at once', async () => {
    const scim = scimClient(await test.bridge.createConnection({ dialect: 'generic' }));
    const id = await scim.user('leaver@example.test', { emails: [{ value: 'leaver@example.test', primary: true }] });
    const visitor = await visitorOf('leaver');
    expect([await isIn(visitor), await isIn(visitor, node.url)]).toEqual([true, true]);
    await scim.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false });
    expect([await isIn(visitor), await isIn(visitor, node.url)]).toEqual([false, false]);
    await scim.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: true });
    expect(await isIn(visitor)).toBe(false);
  });

  it('are shown to the person, who ends one, or all others', async () => {
    const [first, second, third] = [await visitorOf('many'), await visitorOf('many'), await visitorOf('many')];
    const page = await third.request(`${test.url}/`);
    expect(page.text.match(/class="entry"/g)).toHaveLength(3);
    expect(page.text).toContain('this one');
    // The list is newest first: the form of the second session comes first.
    await confirm(third, page, '/account/sessions/end');
    expect([await isIn(first), await isIn(second), await isIn(third)]).toEqual([true, false, true]);
    await confirm(third, await third.request(`${test.url}/`), '/account/sessions/end-others');
    expect([await isIn(first), await isIn(third)]).toEqual([false, true]);
  });

  it('end by signing out, here and then at the identity provider', async () => {
    const visitor = await visitorOf('outgoing');
    const token = await tokenOf(visitor);
    const page = await submit(visitor, await visitor.request(`${test.url}/`), '/auth/logout');
    expect(page.text).toContain('You are signed out');
    expect(page.text).toContain(`href="${test.provider.issuer}/session/end`);
    const verify = await fetch(`${test.url}/auth/verify`, { headers: { cookie: `drawbridge_session=${token}` } });
    expect(verify.status).toBe(401);
  });

  it('end when the identity provider ends its own, and only those of that one', async () => {
    const [here, elsewhere] = [await visitorOf('upstream'), await visitorOf('upstream')];
    // Leaving at the provider itself: its page asks, and then it tells everybody whom it signed the person in to.
    const asked = await here.follow(`${test.provider.issuer}/session/end`);
    const { action, fields } = readForm(asked);
    fields.set('logout', 'yes');
    await here.request(action, fields);
    await expect.poll(() => isIn(here), { timeout: 10_000 }).toBe(false);
    expect(await isIn(elsewhere)).toBe(true);
  });

  it('are ended by no logout token that nobody signed', async () => {
    const visitor = await visitorOf('forged');
    const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const events = { 'http://schemas.openid.net/event/backchannel-logout': {} };
    const claims = {
      iss: test.provider.issuer,
      sub: 'forged',
      aud: 'bridge',
      iat: Date.now() / 1000,
      jti: 'x',
      events,
    };
    for (const token of ['', 'x', `${part({ alg: 'none' })}.${part(claims)}.`]) {
      const body = new URLSearchParams({ logout_token: token });
      const answer = await fetch(`${test.url}/auth/oidc/backchannel-logout`, { method: 'POST', body });
      expect([answer.status, answer.headers.get('cache-control')]).toEqual([400, 'no-store']);
    }
    expect(await isIn(visitor)).toBe(true);
  });

  it('are asked to end so often in vain no more than the log bears, and by nothing that is too long', async () => {
    const send = async (token: string) => {
      const body = new URLSearchParams({ logout_token: token });
      return fetch(`${test.url}/auth/oidc/backchannel-logout`, { method: 'POST', body });
    };
    expect((await send('x'.repeat(70_000))).status).toBe(413);
    const answers: Response[] = [];
    for (let tries = 0; tries < 100; tries += 1) answers.push(await send('x'));
    expect(answers.filter(({ status }) => status === 400).length).toBeLessThan(90);
    const last = answers.at(-1);
    expect([last?.status, Number(last?.headers.get('retry-after')) > 0]).toEqual([429, true]);
  });

  describe('forms', () => {
    const post = async (visitor: Visitor, path: string, body: Record<string, string>, headers = {}) => {
      const cookie = `drawbridge_session=${await tokenOf(visitor)}`;
      const form = new URLSearchParams(body);
      return fetch(`${test.url}${path}`, {
        method: 'POST',
        redirect: 'manual',
        body: form,
        headers: { cookie, ...headers },
      });
    };
    const PATHS = [
      ...['/auth/logout', '/account/sessions/end', '/account/sessions/end-others'],
      ...['/account/keys', '/account/keys/revoke', '/admin/connections'],
    ];

    it.each(PATHS)('%s needs the token of the page', async (path) => {
      const visitor = await visitorOf('root');
      for (const body of [{}, { form_token: 'guess' }, { form_token: await tokenOf(visitor) }]) {
        expect((await post(visitor, path, body as Record<string, string>)).status).toBe(403);
      }
      expect(await isIn(visitor)).toBe(true);
    });

    it('are refused from another site even with the right token', async () => {
      const visitor = await visitorOf('forms');
      const page = await visitor.request(`${test.url}/`);
      const token = /name="form_token" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
      for (const headers of [
        { 'Sec-Fetch-Site': 'cross-site' },
        { 'Sec-Fetch-Site': 'same-site' },
        { Origin: 'https://evil.example' },
        { Origin: 'null' },
      ]) {
        expect((await post(visitor, '/auth/logout', { form_token: token }, headers)).status).toBe(403);
      }
      const other = await visitorOf('forms-other');
      expect((await post(other, '/auth/logout', { form_token: token })).status).toBe(403);
      expect((await post(visitor, '/auth/logout', { form_token: token }, { Origin: test.url })).status).toBe(200);
    });

    it('of the sign-in page are bound to the browser as well', async () => {
      const answer = await fetch(`${test.url}/auth/setup`, { method: 'POST', body: new URLSearchParams({ key: 'x' }) });
      expect(answer.status).toBe(403);
      expect(await answer.text()).toContain('Nothing was done');
    });
  });

  it('open the JSON API: reading freely, writing with the token of the page', async () => {
    const visitor = await visitorOf('root');
    const cookie = `drawbridge_session=${await tokenOf(visitor)}`;
    const teams = `${test.url}/api/v1/teams`;
    expect((await fetch(teams, { headers: { cookie } })).status).toBe(200);
    const make = (headers: Record<string, string>) =>
      fetch(teams, {
        method: 'POST',
        headers: { cookie, 'content-type': 'application/json', ...headers },
        body: JSON.stringify({ name: 'from-the-page' }),
      });
    expect((await make({})).status).toBe(403);
    const page = await visitor.request(`${test.url}/`);
    const token = /name="form_token" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    expect((await make({ 'x-csrf-token': token, 'sec-fetch-site': 'cross-site' })).status).toBe(403);
    expect((await make({ 'x-csrf-token': token })).status).toBe(201);
  });

  it('let members see no console, and nobody sees the sign-in page twice', async () => {
    const visitor = await visitorOf('member');
    const page = await visitor.request(`${test.url}/admin/sync`);
    expect([page.status, page.text.includes('Root Admin')]).toEqual([403, false]);
    const login = await visitor.request(`${test.url}/auth/login?return=/account`);
    expect([login.status, login.headers.get('location')]).toEqual([302, '/account']);
  });

  it('make API keys on one’s own page, shown once', async () => {
    const visitor = await visitorOf('keys');
    const made = await submit(visitor, await visitor.request(`${test.url}/`), '/account/keys', { name: 'notebook' });
    const secret = /drawbridge_key_[\w-]+/.exec(made.text)?.[0] ?? '';
    expect(made.status).toBe(201);
    const use = () => fetch(`${test.url}/auth/verify`, { headers: { authorization: `Bearer ${secret}` } });
    expect((await use()).headers.get('x-forwarded-user')).toBe('keys@example.test');
    const page = await visitor.request(`${test.url}/`);
    expect(page.text).toContain('notebook');
    expect(page.text).not.toContain(secret);
    await confirm(visitor, page, '/account/keys/revoke');
    expect((await use()).status).toBe(401);
  });
});
