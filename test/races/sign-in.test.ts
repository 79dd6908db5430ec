/** Signing in while something else happens, on both engines. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createVisitor, type Visitor } from '../support/cookie-jar.ts';
import { scimClient } from '../support/scim-client.ts';
import { type SignInBridge, startSignInBridge } from '../support/sign-in-bridge.ts';

describe.each(['sqlite', 'postgres'] as const)('sign-in races (%s)', (engine) => {
  let test: SignInBridge;
  beforeAll(async () => {
    test = await startSignInBridge({ engine });
  });
  afterAll(() => test?.stop());

  interface Arrival {
    readonly visitor: Visitor;
    readonly callback: URL;
  }

  /** Everybody has been at the identity provider and is about to come back. */
  async function send(subjects: readonly string[]): Promise<readonly Arrival[]> {
    const arrivals: Arrival[] = [];
    for (const subject of subjects) {
      const visitor = createVisitor();
      arrivals.push({ visitor, callback: await test.untilCallback(subject, visitor) });
    }
    return arrivals;
  }

  /** All of them at the door at once. */
  async function comeBack(
    arrivals: readonly Arrival[],
  ): Promise<readonly (readonly [status: number, cookie: string])[]> {
    const answers = await Promise.all(arrivals.map(({ visitor, callback }) => visitor.request(callback.href)));
    return answers.map(({ status, headers }) => {
      const line = headers.getSetCookie().find((one) => one.startsWith('drawbridge_session=')) ?? '';
      return [status, line.split(';')[0] ?? ''] as const;
    });
  }

  const admins = async (): Promise<number> => {
    const { store } = test.bridge.core;
    return store.users.countActiveAdmins(store.reader, test.organizationId);
  };

  it('of several who come first, exactly one becomes the admin', async () => {
    const subjects = Array.from({ length: 6 }, (_, index) => `first-${index}`);
    for (const subject of subjects) test.add(subject);
    expect((await comeBack(await send(subjects))).map(([status]) => status)).toEqual(subjects.map(() => 303));
    expect(await admins()).toBe(1);
  });

  it('the same stranger who signs in many times at once is one person', async () => {
    test.add('twice');
    const answers = await comeBack(await send(Array.from({ length: 6 }, () => 'twice')));
    expect(answers.map(([status]) => status)).toEqual(answers.map(() => 303));
    const { store } = test.bridge.core;
    const found = await store.users.findInOrganization(store.reader, test.organizationId, 'twice@example.test');
    expect(found).toHaveLength(1);
    expect(new Set(answers.map(([, cookie]) => cookie)).size).toBe(answers.length);
  });

  it('two strangers with one address are one person or a refusal, never two people', async () => {
    test.add('left', { email: 'same@example.test', preferred_username: 'same@example.test' });
    test.add('right', { email: 'same@example.test', preferred_username: 'same@example.test' });
    await comeBack(await send(['left', 'right', 'left', 'right']));
    const { store } = test.bridge.core;
    const found = await store.users.findInOrganization(store.reader, test.organizationId, 'same@example.test');
    expect(found).toHaveLength(1);
  });

  it.each([0, 1, 2, 3, 4, 5])(
    'whoever is provisioned and signs in for the first time at once is one person (%d)',
    async (round) => {
      const scim = scimClient(await test.bridge.createConnection({ dialect: 'generic' }));
      // Somebody is admin already: the first to come would be, and an admin is adopted by nobody.
      test.add('admin-before');
      await test.signIn('admin-before');
      const subjects = Array.from({ length: 4 }, (_, index) => `meet-${round}-${index}`);
      for (const subject of subjects) test.add(subject);
      const arrivals = await send(subjects);
      const post = async (subject: string) => {
        const userName = `${subject}@example.test`;
        await new Promise((resolve) => setTimeout(resolve, round * 3));
        return scim.send('POST', '/Users', { userName, emails: [{ value: userName, primary: true }] });
      };
      const [answers, posted] = await Promise.all([comeBack(arrivals), Promise.all(subjects.map(post))]);
      expect(answers.map(([status]) => status)).toEqual(subjects.map(() => 303));
      expect(posted.map(({ status }) => status)).toEqual(subjects.map(() => 201));
      const { store } = test.bridge.core;
      for (const [index, subject] of subjects.entries()) {
        const found = await store.users.findInOrganization(
          store.reader,
          test.organizationId,
          `${subject}@example.test`,
        );
        expect(found.map(({ id }) => id)).toEqual([posted[index]?.body.id]);
      }
    },
  );

  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'a deactivation while a sign-in is in flight leaves no session behind (%d)',
    async (round) => {
      const scim = scimClient(await test.bridge.createConnection({ dialect: 'generic' }));
      const userName = `flight-${round}@example.test`;
      const id = await scim.user(userName, { emails: [{ value: userName, primary: true }] });
      test.add(`flight-${round}`);
      const deactivate = () => scim.patch(`/Users/${id}`, { op: 'replace', path: 'active', value: false });
      const arrivals = await send(Array.from({ length: 4 }, () => `flight-${round}`));
      const [answers, patched] = await Promise.all([
        comeBack(arrivals),
        new Promise<Awaited<ReturnType<typeof deactivate>>>((resolve, reject) => {
          setTimeout(() => void deactivate().then(resolve, reject), round * 4);
        }),
      ]);
      expect(patched.status).toBe(200);
      for (const [, cookie] of answers) {
        expect((await fetch(`${test.url}/auth/verify`, { headers: { cookie } })).status).toBe(401);
      }
      const { store } = test.bridge.core;
      expect(await store.sessions.ofUser(store.reader, id, { at: 0, seenAfter: 0 })).toEqual([]);
    },
  );
});

describe.each(['sqlite', 'postgres'] as const)('the last seat (%s)', (engine) => {
  let test: SignInBridge;
  beforeEach(async () => {
    test = await startSignInBridge({ engine, env: { SEATS: '2' } });
    return () => test.stop();
  });

  it('goes to one of those who sign in for the first time at once', async () => {
    const subjects = ['a', 'b', 'c', 'd', 'e'];
    for (const subject of subjects) test.add(subject);
    const visitors = subjects.map(() => createVisitor());
    const callbacks: URL[] = [];
    for (const [index, subject] of subjects.entries()) {
      callbacks.push(await test.untilCallback(subject, visitors[index] ?? createVisitor()));
    }
    const answers = await Promise.all(callbacks.map((url, index) => visitors[index]?.request(url.href)));
    expect(answers.filter((answer) => answer?.status === 303)).toHaveLength(2);
    const { store } = test.bridge.core;
    expect(await store.users.countActive(store.reader, test.organizationId)).toBe(2);
  });
});
