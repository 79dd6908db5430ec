/** Sessions under a clock that the test moves, on both engines. */
import { expect, it } from 'vitest';
import {
  endOtherSessions,
  endProviderSessions,
  endSession,
  findSession,
  isDueForTouch,
  listSessions,
  openSession,
  type SignedInWith,
} from '../../src/directory/entry/sessions.ts';
import { deleteUser, updateUser } from '../../src/directory/people/users.ts';
import { describeDirectory, type TestOrganization } from '../support/directory.ts';

const HOUR = 3_600_000;
const LIMITS = { lengthMs: 12 * HOUR, idleMs: 2 * HOUR };
const HOW: SignedInWith = {
  ...{ connector: 'oidc', issuer: 'https://idp.example', providerSession: null, providerSubject: null },
  ...{ userAgent: 'Mozilla/5.0', remoteAddress: '192.0.2.1' },
};

describeDirectory('sessions', (directory) => {
  async function open(organization: TestOrganization, userId: string | null, how: Partial<SignedInWith> = {}) {
    const user = { id: userId ?? '', organizationId: organization.id };
    return organization.run((work) => openSession(organization.parts, work, LIMITS, user, { ...HOW, ...how }));
  }
  const find = (token: string) => findSession(directory().parts, LIMITS, token);
  const ownerOf = (organization: TestOrganization, { id, name }: { id: string | null; name: string }) => ({
    ...{ id: id ?? '', name, organizationId: organization.id },
  });

  it('say who is behind them, with roles as they are now', async () => {
    const organization = await directory().organization();
    const ada = await organization.person('ada@example.com');
    const { token } = await open(organization, ada.id);
    await organization.team('vision', { admin: [ada] });
    const found = await find(token);
    expect(found?.user).toMatchObject({ userName: 'ada@example.com', email: 'ada@example.com', role: 'member' });
    expect(found?.teams).toMatchObject([{ name: 'vision', role: 'admin' }]);
    expect([...(found?.principal.scopes ?? [])]).toEqual(['everything']);
    expect(await find(`${token}x`)).toBeUndefined();
  });

  it('hold nothing in the store that opens them', async () => {
    const organization = await directory().organization();
    const { token, session } = await open(organization, (await organization.person('eve@example.com')).id);
    const { store } = directory().parts;
    const rows = await store.sessions.ofUser(store.reader, session.userId, { at: 0, seenAfter: 0 });
    expect(JSON.stringify(rows)).not.toContain(token);
    expect(await find(session.id)).toBeUndefined();
  });

  it('end after their length, however busy they are, and after their idle time', async () => {
    const organization = await directory().organization();
    const user = await organization.person('ada@example.com');
    const { clock, parts } = directory();
    const idle = await open(organization, user.id);
    const busy = await open(organization, user.id);
    const start = clock.now;
    for (let at = start; at < start + LIMITS.lengthMs; at += HOUR) {
      clock.now = at;
      const found = await find(busy.token);
      if (found === undefined) throw new Error(`ended after ${at - start} ms`);
      if (isDueForTouch(found.session, at))
        await parts.store.write((db) => parts.store.sessions.touch(db, found.session.id, at));
      expect((await find(idle.token)) !== undefined).toBe(at < start + LIMITS.idleMs);
    }
    clock.now = start + LIMITS.lengthMs;
    expect(await find(busy.token)).toBeUndefined();
    const { token } = await open(organization, user.id);
    expect(await find(token)).toBeDefined();
  });

  it('are listed and ended by the person, and by admins, and by nobody else', async () => {
    const organization = await directory().organization();
    const [ada, bob] = [await organization.person('ada@example.com'), await organization.person('bob@example.com')];
    const root = await organization.person('root@example.com', 'admin');
    const first = await open(organization, ada.id);
    const second = await open(organization, ada.id);
    const { parts } = organization;
    const owner = ownerOf(organization, ada);
    const listed = await listSessions(parts, LIMITS, ada, owner.id);
    expect(listed.map(({ id }) => id)).toEqual([second.session.id, first.session.id]);
    await expect(listSessions(parts, LIMITS, bob, owner.id)).rejects.toMatchObject({ code: 'forbidden' });
    const end = (by: typeof bob) =>
      organization.run((work) => endSession(parts, work, by, owner, first.session.id), by);
    await expect(end(bob)).rejects.toMatchObject({ code: 'forbidden' });
    expect(await find(first.token)).toBeDefined();
    await end(ada);
    expect(await find(first.token)).toBeUndefined();
    await expect(end(ada)).rejects.toMatchObject({ code: 'not_found' });
    const count = await organization.run((work) => endOtherSessions(parts, work, root, owner, null), root);
    expect([count, await find(second.token)]).toEqual([1, undefined]);
    expect(await organization.changes()).toContain('sessions.ended ada@example.com');
  });

  it('of another person are not ended by naming one’s own page', async () => {
    const organization = await directory().organization();
    const [ada, bob] = [await organization.person('ada@example.com'), await organization.person('bob@example.com')];
    const { session, token } = await open(organization, bob.id);
    const attempt = organization.run(
      (work) => endSession(organization.parts, work, ada, ownerOf(organization, ada), session.id),
      ada,
    );
    await expect(attempt).rejects.toMatchObject({ code: 'not_found' });
    expect(await find(token)).toBeDefined();
  });

  it.each(['deactivated', 'deleted'] as const)('end with the person, in the same transaction: %s', async (how) => {
    const organization = await directory().organization();
    const connection = await organization.connection();
    const id = await organization.managed(connection, { userName: 'gone@example.com' });
    const { token } = await open(organization, id);
    const { parts } = organization;
    const scope = { organizationId: organization.id, connectionId: connection.id };
    const taken = organization.run(async (work) => {
      const user = await parts.store.users.lock(work.db, scope, id);
      if (user === undefined) throw new Error('no user');
      const attributes = { ...JSON.parse(user.attributes), active: false };
      if (how === 'deleted') await deleteUser(parts, work, connection, user);
      else await updateUser(parts, work, connection, user, attributes);
      throw new Error('taken back');
    });
    await expect(taken).rejects.toThrow('taken back');
    expect(await find(token)).toBeDefined();
    await organization.run(async (work) => {
      const user = await parts.store.users.lock(work.db, scope, id);
      if (user === undefined) throw new Error('no user');
      if (how === 'deleted') await deleteUser(parts, work, connection, user);
      else await updateUser(parts, work, connection, user, { ...JSON.parse(user.attributes), active: false });
    });
    expect(await find(token)).toBeUndefined();
    const left = await parts.store.sessions.ofUser(parts.store.reader, id, { at: 0, seenAfter: 0 });
    expect(left).toEqual([]);
  });

  it('end when the identity provider says so: by its session, or by its subject, and only its own', async () => {
    const organization = await directory().organization();
    const user = await organization.person('ada@example.com');
    const one = await open(organization, user.id, { providerSession: 'sid-1', providerSubject: 'sub-1' });
    const two = await open(organization, user.id, { providerSession: 'sid-2', providerSubject: 'sub-1' });
    const other = await open(organization, user.id, { issuer: 'https://other.example', providerSubject: 'sub-1' });
    const end = (session: string | null, subject: string | null) =>
      organization.run((work) => endProviderSessions(organization.parts, work, HOW.issuer, { session, subject }));
    expect(await end(null, null)).toBe(0);
    expect(await end('sid-1', 'sub-9')).toBe(0);
    expect(await end('sid-1', 'sub-1')).toBe(1);
    expect([await find(one.token), (await find(two.token)) !== undefined]).toEqual([undefined, true]);
    expect(await end(null, 'sub-1')).toBe(1);
    expect([await find(two.token), (await find(other.token)) !== undefined]).toEqual([undefined, true]);
  });

  it('that are over are forgotten', async () => {
    const organization = await directory().organization();
    const user = await organization.person('ada@example.com');
    const { session } = await open(organization, user.id);
    directory().clock.now += LIMITS.lengthMs;
    await open(organization, user.id);
    const { store } = organization.parts;
    const left = await store.sessions.ofUser(store.reader, session.userId, { at: 0, seenAfter: 0 });
    expect(left.map(({ id }) => id)).not.toContain(session.id);
    expect(left).toHaveLength(1);
  });
});
