/** GET /auth/verify, as reverse proxies ask it. Both engines; the values of headers as properties. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPersonalKey, createServiceKey } from '../../src/directory/keys/api-keys.ts';
import { createServiceAccount } from '../../src/directory/keys/service-accounts.ts';
import { actorOf, operatorOf } from '../../src/directory/principal.ts';
import { liftExclusion } from '../../src/directory/teams/exclusions.ts';
import { removeMember } from '../../src/directory/teams/team-members.ts';
import { archiveTeam, restoreTeam } from '../../src/directory/teams/teams.ts';
import { runWork, type Work } from '../../src/directory/work.ts';
import { keyOf } from '../../src/http/credentials.ts';
import { toHeaderValue } from '../../src/signin/verify.ts';
import { createVisitor } from '../support/cookie-jar.ts';
import { scimClient } from '../support/scim-client.ts';
import { type SignInBridge, startSignInBridge } from '../support/sign-in-bridge.ts';

describe('header values', () => {
  it.each([
    ['ada@example.com', 'ada@example.com'],
    ['Ada Byron', 'Ada Byron'],
    ['Zoë', 'Zo%C3%AB'],
    ['100%', '100%25'],
    ['a\r\nX-Drawbridge-Role: admin', 'a%0D%0AX-Drawbridge-Role: admin'],
    [' ada ', '%20ada%20'],
    ['', ''],
  ])('%j becomes %s', (given, want) => expect(toHeaderValue(given)).toBe(want));

  it('are one line of printable ASCII, and read back as what they were', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, isListed) => {
        const value = toHeaderValue(text, isListed);
        expect(value).toMatch(/^[\x20-\x7e]*$/);
        expect(() => new Headers({ 'x-user': value })).not.toThrow();
        if (isListed) expect(value).not.toContain(',');
        expect(decodeURIComponent(value)).toBe(text.toWellFormed());
      }),
      { numRuns: 2000 },
    );
  });
});

describe('keys in Authorization', () => {
  const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;
  it.each([
    ['Bearer abc', 'abc'],
    ['bearer abc', 'abc'],
    [basic('api:abc'), 'abc'],
    [basic('api:a:b'), 'a:b'],
    [basic('ada:abc'), undefined],
    [basic('abc'), undefined],
    ['Bearer', undefined],
    ['Digest abc', undefined],
    [undefined, undefined],
  ])('%s: %s', (given, want) => expect(keyOf(given)).toBe(want));
});

describe.each(['sqlite', 'postgres'] as const)('GET /auth/verify (%s)', (engine) => {
  let test: SignInBridge;
  let cookie = '';
  beforeAll(async () => {
    test = await startSignInBridge({ engine });
    test.add('root');
    await test.signIn('root');
    const scim = scimClient(await test.bridge.createConnection({ dialect: 'generic' }));
    const emails = [{ value: 'zoe@example.test', primary: true }];
    const id = await scim.user('zoë\u2028@example.test', { displayName: 'Zoë', emails });
    await scim.group('vision', [id]);
    await scim.group('audio', [id]);
    test.add('zoe');
    const visitor = createVisitor();
    await test.signIn('zoe', visitor);
    cookie = await visitor.jar.getCookieString(test.url);
  });
  afterAll(() => test?.stop());

  const verify = (headers: Record<string, string>) => fetch(`${test.url}/auth/verify`, { headers, redirect: 'manual' });
  const told = ({ headers }: Response) =>
    Object.fromEntries([...headers].filter(([name]) => /^x-(forwarded|drawbridge)/.test(name)));

  it('tells a proxy who a session is, in headers that hold any name', async () => {
    const answer = await verify({ cookie });
    expect([answer.status, answer.headers.get('cache-control')]).toEqual([200, 'no-store']);
    expect(told(answer)).toEqual({
      'x-forwarded-user': 'zo%C3%AB%E2%80%A8@example.test',
      'x-forwarded-preferred-username': 'zo%C3%AB%E2%80%A8@example.test',
      'x-forwarded-email': 'zoe@example.test',
      'x-forwarded-groups': 'audio,vision',
      'x-drawbridge-role': 'member',
      'x-drawbridge-organization': 'default',
    });
  });

  it('takes API keys of people and of service accounts, as Bearer and as W&B clients send them', async () => {
    const { directory } = test.bridge.core;
    const { store } = directory;
    const operator = operatorOf(test.organizationId);
    const context = {
      ...{ organizationId: test.organizationId, exchangeId: null },
      actor: { kind: 'cli', id: null, name: 'test' } as const,
    };
    const [root] = await store.users.findInOrganization(store.reader, test.organizationId, 'root@example.test');
    const input = { name: 'k', scopes: ['everything'], expiresAt: null } as const;
    const person = { ...operator, kind: 'user', id: root?.id ?? '' } as const;
    const own = await runWork(directory, context, (work) =>
      createPersonalKey(directory, work, person, root?.id ?? '', input),
    );
    const asBasic = `Basic ${Buffer.from(`api:${own.secret}`).toString('base64')}`;
    for (const authorization of [`Bearer ${own.secret}`, asBasic]) {
      const answer = await verify({ authorization });
      expect(told(answer)).toMatchObject({ 'x-forwarded-user': 'root@example.test', 'x-drawbridge-role': 'admin' });
    }
    const bot = await runWork(directory, context, async (work) => {
      const account = await createServiceAccount(directory, work, operator, { name: 'nightly', teamId: null });
      return createServiceKey(directory, work, operator, account.id, input);
    });
    const answer = await verify({ authorization: `Bearer ${bot.secret}` });
    expect(told(answer)).toMatchObject({ 'x-forwarded-user': 'nightly', 'x-drawbridge-role': 'service' });
    // Somebody of that name comes later: the program is not taken for them.
    await scimClient(await test.bridge.createConnection({ dialect: 'generic', name: 'late' })).user('Nightly');
    const refused = await verify({ authorization: `Bearer ${bot.secret}` });
    expect([refused.status, told(refused)]).toEqual([401, {}]);
  });

  it('names no team that somebody is kept out of by hand, and none that is archived', async () => {
    const { directory } = test.bridge.core;
    const operator = operatorOf(test.organizationId);
    const context = { organizationId: test.organizationId, actor: actorOf(operator), exchangeId: null };
    const run = (change: (work: Work) => Promise<unknown>) => runWork(directory, context, change);
    const groups = async () => (await verify({ cookie })).headers.get('x-forwarded-groups');
    const [zoe] = await directory.store.users.findInOrganization(
      directory.store.reader,
      test.organizationId,
      'zoe@example.test',
    );
    const [audio, vision] = [{ team: 'audio' }, { team: 'vision' }];
    await run((work) => removeMember(directory, work, operator, audio, zoe?.id ?? ''));
    expect(await groups()).toBe('vision');
    await run((work) => archiveTeam(directory, work, operator, vision));
    expect(await groups()).toBe('');
    await run((work) => restoreTeam(directory, work, operator, vision));
    await run((work) => liftExclusion(directory, work, operator, audio, zoe?.id ?? ''));
    expect(await groups()).toBe('audio,vision');
  });

  it('tells a tracker of one person by a name, whatever another connection calls its own people', async () => {
    const { directory } = test.bridge.core;
    const [first, second] = [
      scimClient(await test.bridge.createConnection({ dialect: 'generic', name: 'first' })),
      scimClient(await test.bridge.createConnection({ dialect: 'generic', name: 'second' })),
    ];
    const mail = (value: string) => ({ emails: [{ value, primary: true }] });
    const keyFor = async (id: string) => {
      const person = { ...operatorOf(test.organizationId), kind: 'user', id } as const;
      const context = { organizationId: test.organizationId, actor: actorOf(person), exchangeId: null };
      const input = { name: 'k', scopes: ['read'], expiresAt: null } as const;
      const { secret } = await runWork(directory, context, (work) =>
        createPersonalKey(directory, work, person, id, input),
      );
      return { authorization: `Bearer ${secret}` };
    };
    // Here before, and called so later.
    test.add('mallory', { email: 'mallory@second.example' });
    const mallory = await second.user('mallory', mail('mallory@second.example'));
    const ada = await first.user('ada', mail('ada@first.example'));
    const key = await keyFor(ada);
    await second.patch(`/Users/${mallory}`, { op: 'replace', path: 'userName', value: 'Ada' });
    const visitor = createVisitor();
    await test.signIn('mallory', visitor);
    const session = { cookie: await visitor.jar.getCookieString(test.url) };
    for (const headers of [session, await keyFor(mallory)]) {
      const refused = await verify(headers);
      expect([refused.status, told(refused), await refused.text()]).toEqual([
        403,
        {},
        expect.stringContaining('user name'),
      ]);
    }
    expect(told(await verify(key))).toMatchObject({ 'x-forwarded-user': 'ada' });
    // Nor by the address.
    await second.patch(`/Users/${mallory}`, {
      op: 'replace',
      value: { userName: 'eve', ...mail('ADA@first.example') },
    });
    expect(told(await verify(session))).toMatchObject({ 'x-forwarded-user': 'eve', 'x-forwarded-email': '' });
    expect(told(await verify(key))).toMatchObject({ 'x-forwarded-email': 'ada@first.example' });
    // When the first is gone the name is free; whoever comes back has to wait for it.
    await second.patch(`/Users/${mallory}`, { op: 'replace', path: 'userName', value: 'ada' });
    expect((await verify(session)).status).toBe(403);
    await first.patch(`/Users/${ada}`, { op: 'replace', path: 'active', value: false });
    expect(told(await verify(session))).toMatchObject({ 'x-forwarded-user': 'ada' });
    await first.patch(`/Users/${ada}`, { op: 'replace', path: 'active', value: true });
    expect((await verify(await keyFor(ada))).status).toBe(403);
    expect(told(await verify(session))).toMatchObject({ 'x-forwarded-user': 'ada' });
  });

  it('keeps the people of other organizations out where the proxy names one', async () => {
    const ask = (query: string) =>
      fetch(`${test.url}/auth/verify${query}`, { headers: { cookie }, redirect: 'manual' });
    expect((await ask('?organization=default')).status).toBe(200);
    const other = await ask('?organization=other');
    expect([other.status, told(other)]).toEqual([403, {}]);
    expect((await ask('?organization=')).status).toBe(403);
  });

  it('does not let a good cookie save a wrong key', async () => {
    expect((await verify({ cookie, authorization: 'Bearer wrong' })).status).toBe(401);
  });

  it('ignores what a client says about itself', async () => {
    const answer = await verify({ cookie, 'x-forwarded-user': 'root', 'x-drawbridge-role': 'admin' });
    expect(told(answer)).toMatchObject({ 'x-forwarded-email': 'zoe@example.test', 'x-drawbridge-role': 'member' });
    expect((await verify({ 'x-forwarded-user': 'root' })).status).toBe(401);
  });

  describe('without a session', () => {
    const html = { accept: 'text/html,application/xhtml+xml' };
    it.each([
      { name: 'a program gets 401', headers: { accept: 'application/json' }, want: [401, null, null] },
      {
        name: 'a browser behind nginx gets 401, and where to go',
        headers: { ...html, 'x-original-uri': '/mlflow/#/a?b=c&d' },
        want: [401, null, '/auth/login?return=%2Fmlflow%2F%23%2Fa%3Fb%3Dc%26d'],
      },
      {
        name: 'a browser behind Traefik or Caddy is sent there',
        headers: { ...html, 'x-forwarded-uri': '/mlflow/?a=b', 'x-forwarded-method': 'GET' },
        want: [302, '/auth/login?return=%2Fmlflow%2F%3Fa%3Db', null],
      },
      {
        name: 'a form of a browser is not',
        headers: { ...html, 'x-forwarded-uri': '/mlflow/', 'x-forwarded-method': 'POST' },
        want: [401, null, null],
      },
      {
        name: 'nobody is sent to another host',
        headers: { ...html, 'x-forwarded-uri': '//evil.example/' },
        want: [302, '/auth/login', null],
      },
      {
        name: 'a browser with a wrong key gets 401',
        headers: { ...html, 'x-forwarded-uri': '/', authorization: 'Bearer x' },
        want: [401, null, null],
      },
    ])('$name', async ({ headers, want }) => {
      const answer = await verify(headers as Record<string, string>);
      const { status } = answer;
      expect([status, answer.headers.get('location'), answer.headers.get('x-drawbridge-sign-in')]).toEqual(want);
      expect(answer.headers.get('x-forwarded-user')).toBeNull();
    });
  });

  it('writes nothing per request: the last use is known to the minute', async () => {
    const { engine: database } = test.bridge.core;
    await verify({ cookie });
    const writes = async (): Promise<number> => {
      const text = await (await fetch(`${test.url}/metrics`)).text();
      return Number(/^drawbridge_store_writes_total (\d+)/m.exec(text)?.[1] ?? 0);
    };
    const before = await writes();
    for (let index = 0; index < 50; index += 1) await verify({ cookie });
    expect((await writes()) - before).toBeLessThan(5);
    expect(database.kind).toBe(engine);
  });
});
