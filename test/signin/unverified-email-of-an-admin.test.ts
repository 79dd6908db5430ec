/** Whoever only claims an admin's address becomes no admin, by none of the ways: end to end, with a real OpenID provider. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { invitePeople } from '../../src/directory/invites/invites.ts';
import { actorOf, operatorOf } from '../../src/directory/principal.ts';
import { runWork } from '../../src/directory/work.ts';
import { createVisitor } from '../support/cookie-jar.ts';
import { type Claims, type SignInBridge, startSignInBridge } from '../support/sign-in-bridge.ts';

/** What providers say of an address that nobody has checked. */
const UNVERIFIED: readonly { readonly name: string; readonly claims: Claims }[] = [
  { name: 'email_verified: false', claims: { email_verified: false } },
  { name: 'email_verified: "false"', claims: { email_verified: 'false' } },
  { name: 'email_verified: null', claims: { email_verified: null } },
  { name: 'no email_verified', claims: { email_verified: undefined } },
];

describe.each(['sqlite', 'postgres'] as const)('unverified e-mail of an admin (%s)', (engine) => {
  let test: SignInBridge;
  let subjects = 0;
  beforeAll(async () => {
    test = await startSignInBridge({ engine, env: { BOOTSTRAP_ADMIN_EMAIL: 'chief@example.test' } });
  });
  afterAll(() => test?.stop());

  async function tryAs(claims: Claims) {
    subjects += 1;
    const subject = `mallory-${subjects}`;
    test.add(subject, claims);
    const visitor = createVisitor();
    const page = await test.signIn(subject, visitor);
    const cookies = await visitor.jar.getCookies(test.url);
    return { page, hasSession: cookies.some(({ key }) => key === 'drawbridge_session') };
  }

  async function personOf(name: string) {
    const { store } = test.bridge.core;
    return (await store.users.findInOrganization(store.reader, test.organizationId, name))[0];
  }

  const admins = async () => {
    const { store } = test.bridge.core;
    return store.users.countActiveAdmins(store.reader, test.organizationId);
  };

  // While there is no admin. The first becomes a member; the others have an address that somebody has already.
  it('makes nobody the first admin', async () => {
    for (const [index, { claims }] of UNVERIFIED.entries()) {
      const { page } = await tryAs({ email: 'chief@example.test', preferred_username: `m-${index}`, ...claims });
      expect(page.status).toBe(index === 0 ? 200 : 403);
      expect(await admins()).toBe(0);
      const [logged] = await test.signIns();
      if (index === 0) expect(logged?.summary).toContain('not made the first admin');
      else expect(logged?.errorCode).toBe('email_not_verified');
    }
  });

  it('makes nobody the first admin who only calls themselves by the address', async () => {
    const { page } = await tryAs({ email: 'other@example.test', preferred_username: 'CHIEF@example.test' });
    expect(page.status).toBe(200);
    expect(await admins()).toBe(0);
  });

  it('and whoever has the address does, under an account of their own', async () => {
    test.add('chief', { preferred_username: 'the-chief' });
    expect((await test.signIn('chief')).status).toBe(200);
    const chief = await personOf('the-chief');
    expect(chief?.role).toBe('admin');
    const { store } = test.bridge.core;
    const links = await store.identityLinks.ofUser(store.reader, chief?.id ?? '');
    expect(links.map(({ subject, vouchedEmail }) => [subject, vouchedEmail])).toEqual([
      ['chief', 'chief@example.test'],
    ]);
  });

  describe('somebody who is admin already', () => {
    beforeAll(async () => {
      test.add('root', { preferred_username: 'root@example.test' });
      await test.signIn('root');
      const operator = operatorOf(test.organizationId);
      const context = { organizationId: test.organizationId, actor: actorOf(operator), exchangeId: null };
      const { directory } = test.bridge.core;
      await runWork(directory, context, (work) =>
        invitePeople(directory, work, operator, { addresses: 'boss@example.test', role: 'admin', teams: [] }),
      );
    });

    it.each(UNVERIFIED)('is not taken for them: $name', async ({ claims }) => {
      const { page, hasSession } = await tryAs({
        ...{ email: 'chief@example.test', preferred_username: `n-${subjects}` },
        ...claims,
      });
      expect([page.status, hasSession]).toEqual([403, false]);
      expect(page.text).toContain('email_not_verified');
      const [logged] = await test.signIns();
      const chief = await personOf('the-chief');
      expect(logged).toMatchObject({ outcome: 'refused', errorCode: 'email_not_verified' });
      const { store } = test.bridge.core;
      const links = await store.identityLinks.ofUser(store.reader, chief?.id ?? '');
      expect(links.map(({ subject }) => subject)).toEqual(['chief']);
    });

    it('is not taken for them by user name alone', async () => {
      const { page, hasSession } = await tryAs({ email: 'else@example.test', preferred_username: 'the-chief' });
      expect([page.status, hasSession]).toEqual([403, false]);
      expect((await test.signIns())[0]?.errorCode).toBe('account_taken');
    });

    it.each(UNVERIFIED)('an invite as admin stays open: $name', async ({ claims }) => {
      await tryAs({ email: 'boss@example.test', preferred_username: `o-${subjects}`, ...claims });
      const { store } = test.bridge.core;
      const invite = await store.invites.findPending(store.reader, test.organizationId, 'boss@example.test');
      expect(invite?.state).toBe('pending');
      expect(await admins()).toBe(1);
    });
  });
});
