/** What becomes of people who sign in, over HTTP with a real OpenID provider, on both engines. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { changeSettings } from '../../src/directory/connections/organization-settings.ts';
import { setSignInRules } from '../../src/directory/entry/sign-in-grants.ts';
import { invitePeople } from '../../src/directory/invites/invites.ts';
import { actorOf, operatorOf } from '../../src/directory/principal.ts';
import { runWork } from '../../src/directory/work.ts';
import { parseRules } from '../../src/mapping/rule.ts';
import { REFUSALS } from '../../src/signin/refusals.ts';
import { createVisitor } from '../support/cookie-jar.ts';
import { scimClient } from '../support/scim-client.ts';
import { type SignInBridge, startSignInBridge } from '../support/sign-in-bridge.ts';

async function personOf({ bridge, organizationId }: SignInBridge, userName: string) {
  const { store } = bridge.core;
  const [user, ...others] = await store.users.findInOrganization(store.reader, organizationId, userName);
  if (user === undefined || others.length > 0) throw new Error(`${others.length + 1} people called ${userName}`);
  return user;
}

async function removalOf({ bridge, organizationId }: SignInBridge, userId: string) {
  const { store } = bridge.core;
  return (await store.removals.ofUsers(store.reader, organizationId, [userId])).at(-1);
}

async function last(test: SignInBridge) {
  const [newest] = await test.signIns();
  if (newest === undefined) throw new Error('no sign-in is on record');
  return newest;
}

describe.each(['sqlite', 'postgres'] as const)('signing in (%s)', (engine) => {
  let test: SignInBridge;
  beforeAll(async () => {
    test = await startSignInBridge({ engine, env: { OIDC_CLAIM_LINK: 'oid' } });
    // The first one becomes admin; the others are about everybody else.
    test.add('root', { name: 'Root Admin' });
    await test.signIn('root');
  });
  afterAll(() => test?.stop());

  it('makes the very first person an admin, on record', async () => {
    expect((await personOf(test, 'root@example.test')).role).toBe('admin');
    const [first] = (await test.signIns()).toReversed();
    expect(first).toMatchObject({
      operation: 'signin.oidc',
      outcome: 'changed',
      summary: 'Root Admin signed in for the first time and was created with Example ID: became the first admin',
    });
  });

  it('makes a stranger a member, and knows them the next time', async () => {
    test.add('ada', { name: 'Ada Byron' });
    const page = await test.signIn('ada');
    expect(page.status).toBe(200);
    expect(new URL(page.url).pathname).toBe('/');
    expect(page.text).toContain('Ada Byron');
    const user = await personOf(test, 'ada@example.test');
    expect(user).toMatchObject({ role: 'member', active: true, connectionId: null, displayName: 'Ada Byron' });
    await test.signIn('ada');
    expect((await personOf(test, 'ada@example.test')).id).toBe(user.id);
    expect(await last(test)).toMatchObject({
      outcome: 'unchanged',
      summary: 'Ada Byron signed in with Example ID',
      subject: { id: user.id },
    });
  });

  it('knows a person by their subject, whatever else has changed', async () => {
    test.add('eve', { name: 'Eve' });
    await test.signIn('eve');
    const { id } = await personOf(test, 'eve@example.test');
    test.add('eve', { email: 'eve.new@example.test', preferred_username: 'someone-else', name: 'Eve New' });
    await test.signIn('eve');
    expect((await last(test)).subject?.id).toBe(id);
  });

  it('keeps the claims that decided, without tokens', async () => {
    test.add('cleo', { groups: ['eng'] });
    await test.signIn('cleo');
    const { requestBody, path } = await last(test);
    expect(JSON.parse(requestBody ?? '')).toMatchObject({
      ...{ connector: 'oidc', issuer: test.provider.issuer, subject: 'cleo', email: 'cleo@example.test' },
      ...{ emailVerified: true, userName: 'cleo@example.test', groups: ['eng'] },
    });
    expect(requestBody).not.toMatch(/eyJ|upstream|id_token/);
    expect(path).toBe('/auth/oidc/callback');
  });

  describe('links somebody who was provisioned', () => {
    it('by a verified e-mail address', async () => {
      const scim = scimClient(await test.bridge.createConnection({ dialect: 'generic' }));
      const id = await scim.user('m.mead', { emails: [{ value: 'Mead@Example.Test', primary: true }] });
      test.add('mead', { email: 'mead@example.test', preferred_username: 'other' });
      await test.signIn('mead');
      expect((await last(test)).subject?.id).toBe(id);
      expect((await last(test)).summary).toContain('recognised by verified e-mail address');
    });

    it('by user name, where that is no admin', async () => {
      const scim = scimClient(await test.bridge.createConnection({ dialect: 'generic' }));
      const id = await scim.user('Noether');
      test.add('noether', { email: null, preferred_username: 'noether' });
      await test.signIn('noether');
      expect((await last(test)).subject?.id).toBe(id);
    });

    it('by external id, before anything else', async () => {
      const scim = scimClient(await test.bridge.createConnection({ dialect: 'generic' }));
      const id = await scim.user('hopper', { externalId: 'oid-1', emails: [{ value: 'g.hopper@example.test' }] });
      await scim.user('someone@example.test', { emails: [{ value: 'grace@example.test', primary: true }] });
      test.add('grace', { oid: 'oid-1' });
      await test.signIn('grace');
      expect((await last(test)).subject?.id).toBe(id);
    });

    it('not by an address that is not verified', async () => {
      const scim = scimClient(await test.bridge.createConnection({ dialect: 'generic' }));
      await scim.user('lamarr', { emails: [{ value: 'hedy@example.test', primary: true }] });
      test.add('hedy', { email_verified: false, preferred_username: 'hedy-x' });
      const page = await test.signIn('hedy');
      expect(page.status).toBe(403);
      expect(page.text).toContain('does not confirm that the e-mail address is yours');
      expect(await last(test)).toMatchObject({ outcome: 'refused', errorCode: 'email_not_verified', changeCount: 0 });
    });

    it('rather not than the wrong one of two', async () => {
      const emails = [{ value: 'twin@example.test', primary: true }];
      await scimClient(await test.bridge.createConnection({ dialect: 'okta' })).user('twin-a', { emails });
      await scimClient(await test.bridge.createConnection({ dialect: 'entra' })).user('twin-b', { emails });
      test.add('twin', { preferred_username: 'twin' });
      const page = await test.signIn('twin');
      expect([page.status, (await last(test)).errorCode]).toEqual([403, 'account_ambiguous']);
      expect(page.text).not.toContain('twin-a');
      expect((await last(test)).errorDetail).toMatch(/twin-a .*twin-b/);
    });
  });

  it('shows an admin each refusal with its cause and remedy, in the words of the guide', async () => {
    test.add('lookalike', { email: 'root@example.test', email_verified: false, preferred_username: 'lookalike' });
    await test.signIn('lookalike');
    const { id } = await last(test);
    const visitor = createVisitor();
    await test.signIn('root', visitor);
    const page = await visitor.request(`${test.url}/admin/sync/${id}`);
    const { cause, remedy } = REFUSALS.email_not_verified;
    const text = page.text.replaceAll('&quot;', '"').replaceAll('&#39;', "'");
    expect(page.status).toBe(200);
    expect(text).toContain(cause);
    expect(text).toContain(remedy);
    expect(text).toContain('lookalike was not signed in with Example ID');
    expect(text).not.toContain('curl command');
  });

  it('takes nobody for an admin whose address is not verified, not even by user name', async () => {
    test.add('mallory', { email: 'root@example.test', email_verified: false, preferred_username: 'root@example.test' });
    const page = await test.signIn('mallory');
    expect([page.status, (await last(test)).errorCode]).toEqual([403, 'email_not_verified']);
    test.add('trent', { email: null, preferred_username: 'root@example.test' });
    expect((await test.signIn('trent')).status).toBe(403);
    expect((await last(test)).errorCode).toBe('account_taken');
  });

  it('brings nobody back: deactivated by the identity provider, then deleted', async () => {
    const scim = scimClient(await test.bridge.createConnection({ dialect: 'generic' }));
    const id = await scim.user('gone@example.test', { emails: [{ value: 'gone@example.test', primary: true }] });
    test.add('gone');
    expect((await test.signIn('gone')).status).toBe(200);
    await scim.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false });
    expect((await test.signIn('gone')).text).toContain('Your account was deactivated');
    expect(await last(test)).toMatchObject({ errorCode: 'account_deactivated', subject: { id } });
    await scim.send('DELETE', `/Users/${id}`);
    expect((await test.signIn('gone')).text).toContain('Your account was removed');
    // Nor under another subject with the same address, nor with the same user name.
    test.add('gone-again', { email: 'gone@example.test', preferred_username: 'gone-again' });
    await test.signIn('gone-again');
    expect((await last(test)).errorCode).toBe('account_removed');
    // The identity provider does.
    const back = await scim.user('gone@example.test', { emails: [{ value: 'gone@example.test', primary: true }] });
    expect((await test.signIn('gone')).status).toBe(200);
    expect((await last(test)).subject?.id).toBe(back);
    // Their subject says that it is the same person: the ledger closes the circle.
    expect(await removalOf(test, id)).toMatchObject({ state: 'returned_as_another', successorId: back });
  });

  it('closes the circle by a verified address, for somebody who had never signed in', async () => {
    const scim = scimClient(await test.bridge.createConnection({ dialect: 'generic' }));
    const emails = [{ value: 'anew@example.test', primary: true }];
    const before = await scim.user('anew@example.test', { emails });
    await scim.send('DELETE', `/Users/${before}`);
    const after = await scim.user('anew@example.test', { emails });
    // Two users with one address may be two people, until the identity provider says who has it.
    expect((await removalOf(test, before))?.state).toBe('left');
    test.add('anew', { email: 'anew@example.test' });
    expect((await test.signIn('anew')).status).toBe(200);
    expect(await removalOf(test, before)).toMatchObject({ state: 'returned_as_another', successorId: after });
  });

  describe('groups that come with a sign-in', () => {
    const rules = parseRules({
      rules: [
        { id: 'eng', when: { group: 'eng' }, give: { team: 'engineering', role: 'member' } },
        { id: 'leads', when: { group: 'leads' }, give: { team: 'engineering', role: 'admin' } },
        { id: 'root', when: { group: 'root' }, give: { organizationRole: 'admin' } },
      ],
    });
    const grantsOf = async (userId: string) => {
      const { store } = test.bridge.core;
      const grants = await store.grants.ofUser(store.reader, userId);
      return grants.filter(({ origin }) => origin === 'signin').map(({ teamName, role }) => `${teamName}: ${role}`);
    };

    beforeAll(async () => {
      const { directory } = test.bridge.core;
      const operator = operatorOf(test.organizationId);
      const context = { organizationId: test.organizationId, actor: actorOf(operator), exchangeId: null };
      const set = (by: typeof operator, given: typeof rules) =>
        runWork(directory, context, (work) => setSignInRules(directory, work, by, given));
      await expect(set({ ...operator, kind: 'user', role: 'member' }, rules)).rejects.toMatchObject({
        code: 'forbidden',
      });
      const aboutUsers = parseRules({
        rules: [{ when: { user: 'title eq "x"' }, give: { organizationRole: 'admin' } }],
      });
      await expect(set(operator, aboutUsers)).rejects.toMatchObject({ code: 'invalid_value' });
      await set(operator, rules);
    });

    it('that take the last role in a team away are a removal on record', async () => {
      test.add('leaver', { groups: ['eng'] });
      await test.signIn('leaver');
      const { id } = await personOf(test, 'leaver@example.test');
      test.add('leaver', { groups: [] });
      await test.signIn('leaver');
      expect(await removalOf(test, id)).toMatchObject({ scope: 'team', teamName: 'engineering', state: 'left' });
    });

    it('give roles by rules, which the next sign-in refreshes', async () => {
      test.add('kay', { groups: ['eng', 'unknown'] });
      await test.signIn('kay');
      const { id } = await personOf(test, 'kay@example.test');
      expect(await grantsOf(id)).toEqual(['engineering: member']);
      test.add('kay', { groups: ['leads'] });
      await test.signIn('kay');
      expect(await grantsOf(id)).toEqual(['engineering: admin']);
      // Nothing said about groups is not the same as none.
      test.add('kay', { groups: undefined });
      await test.signIn('kay');
      expect(await grantsOf(id)).toEqual(['engineering: admin']);
      test.add('kay', { groups: [] });
      await test.signIn('kay');
      expect(await grantsOf(id)).toEqual([]);
    });

    it('are ignored where a connection manages the person, and the log says so', async () => {
      const scim = scimClient(await test.bridge.createConnection({ dialect: 'generic' }));
      const id = await scim.user('managed@example.test');
      test.add('managed', { groups: ['root'] });
      await test.signIn('managed');
      expect(await grantsOf(id)).toEqual([]);
      expect((await last(test)).summary).toContain(
        'groups of the sign-in were ignored: a connection manages this person',
      );
    });

    it('make and unmake an admin, but never unmake the last one', async () => {
      test.add('boss', { groups: ['root'] });
      await test.signIn('boss');
      expect((await personOf(test, 'boss@example.test')).role).toBe('admin');
      test.add('boss', { groups: [] });
      await test.signIn('boss');
      expect((await personOf(test, 'boss@example.test')).role).toBe('member');
    });
  });

  it('does not send the browser elsewhere afterwards', async () => {
    test.add('sent-on');
    for (const returnTo of ['https://evil.example/', '//evil.example', '/\\evil.example']) {
      const visitor = createVisitor();
      expect(new URL((await test.signIn('sent-on', visitor, returnTo)).url).origin).toBe(test.url);
    }
    const page = await test.signIn('root', createVisitor(), '/admin/sync?outcome=refused');
    expect(page.url).toBe(`${test.url}/admin/sync?outcome=refused`);
  });

  it('refuses the answer that another browser began, and says so in the log', async () => {
    test.add('elsewhere');
    const callback = await test.untilCallback('elsewhere', createVisitor());
    const page = await createVisitor().request(callback.href);
    expect(page.status).toBe(403);
    await expect.poll(async () => (await last(test)).errorCode, { timeout: 10_000 }).toBe('attempt_of_another_browser');
  });
});

describe.each(['sqlite', 'postgres'] as const)('with provisioning switched off by the organization (%s)', (engine) => {
  let test: SignInBridge;
  beforeAll(async () => {
    test = await startSignInBridge({ engine, env: {} });
  });
  afterAll(() => test?.stop());

  it('creates nobody until it is switched on again', async () => {
    const { directory } = test.bridge.core;
    const operator = operatorOf(test.organizationId);
    const context = { organizationId: test.organizationId, actor: actorOf(operator), exchangeId: null };
    const set = (provisionOnSignIn: boolean) =>
      runWork(directory, context, (work) => changeSettings(directory, work, { provisionOnSignIn }, () => undefined));
    test.add('waiting');
    await set(false);
    expect((await test.signIn('waiting')).status).toBe(403);
    expect(await last(test)).toMatchObject({ outcome: 'refused', errorCode: 'not_provisioned' });
    await set(true);
    expect((await test.signIn('waiting')).status).toBe(200);
  });
});

describe.each(['sqlite', 'postgres'] as const)('with DISABLE_SSO_PROVISIONING=true (%s)', (engine) => {
  let test: SignInBridge;
  beforeAll(async () => {
    const contact = 'the platform team <platform@example.test>';
    test = await startSignInBridge({ engine, env: { DISABLE_SSO_PROVISIONING: 'true', SIGN_IN_CONTACT: contact } });
  });
  afterAll(() => test?.stop());

  it('refuses strangers with a page that says whom to ask', async () => {
    test.add('stranger');
    const page = await test.signIn('stranger');
    expect(page.status).toBe(403);
    expect(page.text).toContain('You have no account here yet');
    expect(page.text).toContain('the platform team &lt;platform@example.test&gt;');
    const { store } = test.bridge.core;
    expect(await store.users.findInOrganization(store.reader, test.organizationId, 'stranger@example.test')).toEqual(
      [],
    );
    expect(await last(test)).toMatchObject({ outcome: 'refused', errorCode: 'not_provisioned', changeCount: 0 });
  });

  it('lets invited people in, with what they were invited to; not as admins, which takes their mail', async () => {
    const { directory } = test.bridge.core;
    const operator = operatorOf(test.organizationId);
    const context = { organizationId: test.organizationId, actor: actorOf(operator), exchangeId: null };
    await runWork(directory, context, async (work) => {
      await invitePeople(directory, work, operator, { addresses: 'guest@example.test', role: 'viewer', teams: [] });
      await invitePeople(directory, work, operator, { addresses: 'chief@example.test', role: 'admin', teams: [] });
    });
    for (const subject of ['first', 'guest', 'chief']) test.add(subject);
    expect((await test.signIn('guest')).status).toBe(200);
    expect((await personOf(test, 'guest@example.test')).id).toBe((await last(test)).subject?.id);
    const { store } = test.bridge.core;
    const grants = await store.grants.ofUser(store.reader, (await personOf(test, 'guest@example.test')).id);
    expect(grants.map(({ origin, role }) => `${origin} ${role}`)).toContain('invite viewer');
    // By an address that nobody vouches for, no invite opens anything.
    test.add('first', { email: 'chief@example.test', email_verified: false });
    expect((await test.signIn('first')).status).toBe(403);
    await test.signIn('chief');
    const chief = await store.grants.ofUser(store.reader, (await personOf(test, 'chief@example.test')).id);
    expect(chief.filter(({ origin }) => origin === 'invite')).toEqual([]);
  });

  it('lets provisioned people in', async () => {
    const scim = scimClient(await test.bridge.createConnection({ dialect: 'okta' }));
    await scim.user('known@example.test', { emails: [{ value: 'known@example.test', primary: true }] });
    test.add('known');
    expect((await test.signIn('known')).status).toBe(200);
  });
});

describe.each(['sqlite', 'postgres'] as const)('seats and the first admin (%s)', (engine) => {
  let test: SignInBridge;
  beforeAll(async () => {
    test = await startSignInBridge({ engine, env: { SEATS: '2', BOOTSTRAP_ADMIN_EMAIL: 'Chief@Example.test' } });
  });
  afterAll(() => test?.stop());

  it('BOOTSTRAP_ADMIN_EMAIL: nobody else becomes the first admin; no seat, no new person', async () => {
    for (const subject of ['early', 'chief', 'late']) test.add(subject);
    expect((await test.signIn('early')).status).toBe(200);
    expect((await personOf(test, 'early@example.test')).role).toBe('member');
    await test.signIn('chief');
    expect((await personOf(test, 'chief@example.test')).role).toBe('admin');
    const page = await test.signIn('late');
    expect(page.text).toContain('All seats of this installation are taken');
    expect(await last(test)).toMatchObject({ errorCode: 'no_seat', errorDetail: 'Seat limit reached (2 of 2).' });
    expect((await test.signIn('early')).status).toBe(200);
  });
});
