/** Bulk requests (RFC 7644 section 3.7). */
import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { databaseOf } from '../../../src/store/statement.ts';
import { describeBridge } from '../../support/on-each-engine.ts';
import {
  BULK,
  ENTERPRISE,
  GROUP,
  PATCH,
  type ScimAnswer,
  type ScimClient,
  scimClient,
  USER,
} from '../../support/scim-client.ts';

describeBridge('bulk requests', (bridge) => {
  let client: ScimClient;
  let organizationId = '';
  let serial = 0;
  const count = () => {
    serial += 1;
    return serial;
  };
  beforeAll(async () => {
    const connection = await bridge().createConnection({ dialect: 'strict' });
    ({ organizationId } = connection);
    client = scimClient(connection);
  });

  const bulk = (Operations: readonly object[], more: object = {}) =>
    client.send('POST', '/Bulk', { schemas: [BULK], Operations, ...more });
  const person = (bulkId: string, more: object = {}) => ({
    method: 'POST',
    path: '/Users',
    bulkId,
    data: { schemas: [USER], userName: `b${count()}@bulk.example`, ...more },
  });
  const managedBy = (bulkId: string) => ({
    schemas: [USER, ENTERPRISE],
    [ENTERPRISE]: { manager: { value: `bulkId:${bulkId}` } },
  });
  const recorded = ({ headers }: ScimAnswer) =>
    bridge().core.store.syncLog.findExchange(organizationId, headers.get('x-request-id') ?? '');
  const statuses = (body: { Operations: { status: string }[] }) => body.Operations.map(({ status }) => status);

  it('resolve bulkIds in data and in paths, also of operations that come later', async () => {
    const members = [{ value: 'bulkId:ada' }];
    const { status, body } = await bulk([
      { method: 'POST', path: '/Groups', bulkId: 'vision', data: { schemas: [GROUP], displayName: 'Vision', members } },
      person('ada'),
      {
        method: 'PATCH',
        path: '/Users/bulkId:ada',
        data: { schemas: [PATCH], Operations: [{ op: 'replace', path: 'title', value: 'Countess' }] },
      },
    ]);
    expect([status, ...statuses(body)]).toEqual([200, '201', '201', '200']);
    for (const result of body.Operations)
      expect(result).toMatchObject({ location: expect.stringContaining('/scim/v2/') });
    const [group, ada] = body.Operations.map(({ location }: { location: string }) => location.split('/').at(-1));
    expect((await client.get(`/Users/${ada}`)).body).toMatchObject({ title: 'Countess', groups: [{ value: group }] });
  });

  it('refuse references that form a circle, and do the rest', async () => {
    const { body } = await bulk([
      person('a', managedBy('b')),
      person('b', managedBy('a')),
      person('self', managedBy('self')),
      person('free'),
    ]);
    expect(statuses(body)).toEqual(['409', '409', '409', '201']);
    expect(body.Operations[0].response.detail).toContain('bulkId:b');
  });

  it('refuse operations that name one that failed, without trying them, and say which it was', async () => {
    const members = [{ value: 'bulkId:lost' }];
    const { body } = await bulk([
      { method: 'POST', path: '/Groups', bulkId: 'g', data: { schemas: [GROUP], displayName: 'Lost', members } },
      person('report', managedBy('g')),
      { method: 'POST', path: '/Users', bulkId: 'lost', data: { schemas: [USER] } },
      { method: 'POST', path: '/Users', bulkId: 'malformed', data: 'a person' },
      { method: 'DELETE', path: '/Users/bulkId:malformed' },
      person('free'),
    ]);
    expect(statuses(body)).toEqual(['409', '409', '400', '400', '409', '201']);
    expect(body.Operations[0].response.detail).toBe(
      'Operations[0]: it names bulkId:lost, and Operations[2], which has that bulkId, created nothing.',
    );
    expect(body.Operations[1].response.detail).toContain('bulkId:g, and Operations[0]');
    expect(body.Operations[4].response.detail).toContain('bulkId:malformed, and Operations[3]');
  });

  it('refuse each operation that shares its bulkId with another, and do the rest', async () => {
    const twice = [person('same'), person('free'), person('same'), person('report', managedBy('same'))];
    const { body } = await bulk(twice);
    expect(statuses(body)).toEqual(['400', '201', '400', '409']);
    expect(body.Operations[0].response).toMatchObject({
      scimType: 'invalidValue',
      detail: 'Operations[0]: bulkId "same" is also that of Operations[2]; give each its own.',
    });
    const filter = encodeURIComponent(`userName eq "${twice[0]?.data.userName}"`);
    expect((await client.get(`/Users?filter=${filter}`)).body.totalResults).toBe(0);
  });

  it('name what an operation was about, also when it failed, but for a POST', async () => {
    const { body } = await bulk([
      { method: 'DELETE', path: '/Users/nobody' },
      { method: 'POST', path: '/Users', bulkId: 'bad', data: { schemas: [USER] } },
    ]);
    expect(body.Operations[0]).toMatchObject({
      status: '404',
      location: expect.stringMatching(/\/scim\/v2\/Users\/nobody$/),
    });
    expect(body.Operations[1]).toMatchObject({ status: '400', bulkId: 'bad', response: { scimType: 'invalidValue' } });
    expect(body.Operations[1].location).toBeUndefined();
  });

  it('stop after failOnErrors and say what was done until then', async () => {
    const gone = { method: 'DELETE', path: '/Users/nobody' };
    expect(statuses((await bulk([gone, person('x1'), gone, person('x2')], { failOnErrors: 2 })).body)).toEqual([
      '404',
      '201',
      '404',
    ]);
    expect(statuses((await bulk([gone, person('x3')], { failOnErrors: 0 })).body)).toEqual(['404', '201']);
  });

  it('change what is at the named version only', async () => {
    const id = await client.user(`v${count()}@bulk.example`);
    const { version } = (await client.get(`/Users/${id}`)).body.meta;
    const put = (title: string) => ({
      method: 'PUT',
      path: `/Users/${id}`,
      version,
      data: { schemas: [USER], userName: `v${id}`, title },
    });
    const { body } = await bulk([put('first'), put('second')]);
    expect(statuses(body)).toEqual(['200', '412']);
    expect(body.Operations[0].version).not.toBe(version);
    expect((await client.get(`/Users/${id}`)).body.title).toBe('first');
  });

  it.each([
    ['a method that none has', { method: 'GET', path: '/Users' }, 'method'],
    ['no method', { path: '/Users', bulkId: 'm', data: {} }, 'method'],
    ['a method that its path does not take', { method: 'PUT', path: '/Users', data: {} }, 'path'],
    ['no path', { method: 'DELETE' }, 'path'],
    ['a path of another server', { method: 'DELETE', path: 'https://elsewhere.example/Users/1' }, 'path'],
    ['a type of resource that is none', { method: 'DELETE', path: '/Printers/1' }, 'path'],
    ['a bulk request in it', { method: 'POST', path: '/Bulk', bulkId: 'm', data: {} }, 'path'],
    ['a POST without bulkId', { method: 'POST', path: '/Users', data: {} }, 'bulkId'],
    ['a bulkId that is no text', { method: 'POST', path: '/Users', bulkId: 7, data: {} }, 'bulkId'],
    ['data that are no object', { method: 'PATCH', path: '/Users/1', data: ['title'] }, 'data'],
    ['no data', { method: 'POST', path: '/Users', bulkId: 'm' }, 'data'],
    ['a version that is no text', { method: 'DELETE', path: '/Users/1', version: 1 }, 'version'],
    ['something that is no operation', 'delete everything', 'operation'],
    ['nothing', null, 'operation'],
  ])('answer %s with 400 in its place, and do the rest', async (_name, malformed, at) => {
    const { status, body } = await bulk([person('first'), malformed as object, person('last')]);
    expect([status, ...statuses(body)]).toEqual([200, '201', '400', '201']);
    const { detail, status: told } = body.Operations[1].response;
    expect([detail.slice(0, 14), told]).toEqual(['Operations[1]:', '400']);
    expect(detail).toContain(at);
  });

  const NOWHERE = { value: 'bulkId:nosuch' };
  const patch = (...Operations: object[]) => ({ schemas: [PATCH], Operations });
  it.each([
    ['a member', { method: 'POST', path: '/Groups', data: { schemas: [GROUP], displayName: 'N', members: [NOWHERE] } }],
    ['a manager', { method: 'POST', path: '/Users', data: { ...managedBy('nosuch'), userName: 'n@bulk.example' } }],
    [
      'a member by PATCH',
      { method: 'PATCH', path: '/Groups/1', data: patch({ op: 'add', path: 'members', value: [NOWHERE] }) },
    ],
    [
      'a member by PATCH without path',
      { method: 'PATCH', path: '/Groups/1', data: patch({ op: 'add', value: { members: NOWHERE } }) },
    ],
    [
      'a manager by PATCH',
      {
        method: 'PATCH',
        path: '/Users/1',
        data: patch({ op: 'add', path: `${ENTERPRISE}:manager.value`, value: 'bulkId:nosuch' }),
      },
    ],
    ['a path', { method: 'DELETE', path: '/Users/bulkId:nosuch' }],
  ])('refuse a reference to what is not in the request, as %s, by its name', async (_name, operation) => {
    const { body } = await bulk([person('first'), { bulkId: 'x', ...operation }]);
    expect(statuses(body)).toEqual(['201', '400']);
    expect(body.Operations[1].response).toMatchObject({
      scimType: 'invalidValue',
      detail: 'Operations[1]: bulkId:nosuch is the bulkId of no operation in this request.',
    });
  });

  it('leave text that looks like a reference as it is', async () => {
    const title = 'bulkId:nosuch';
    const { body } = await bulk([
      person('x', { title, displayName: 'about bulkId:nosuch', [ENTERPRISE]: { department: title } }),
    ]);
    const made = await client.get(new URL(body.Operations[0].location).pathname.replace('/scim/v2', ''));
    expect(made.body).toMatchObject({ title, displayName: 'about bulkId:nosuch', [ENTERPRISE]: { department: title } });
  });

  it('broken off by a fault stand in the log with what was done and refused until then', async () => {
    const { kind } = bridge().core.engine;
    const refusing =
      kind === 'sqlite'
        ? [
            sql`create trigger broken before insert on users when new.user_name = 'broken' begin select raise(abort, 'no'); end`,
          ]
        : [
            sql`create function broken() returns trigger language plpgsql as 'begin raise exception $$no$$; end'`,
            sql`create trigger broken before insert on users for each row when (new.user_name = 'broken') execute function broken()`,
          ];
    for (const statement of refusing) await bridge().core.store.write((db) => statement.execute(databaseOf(db)));
    const title = (to: string) => patch({ op: 'replace', path: 'title', value: to });
    const id = await client.user(`f${count()}@bulk.example`);
    const sent = [
      { method: 'PATCH', path: `/Users/${id}`, data: title('first') },
      { method: 'DELETE', path: '/Users/nobody' },
      person('broken', { userName: 'broken' }),
      { method: 'PATCH', path: `/Users/${id}`, data: title('last') },
    ];
    const answer = await bulk(sent);
    expect([answer.status, answer.body.status]).toEqual([500, '500']);
    expect(answer.body.detail).toMatch(
      /^Operations\[2\]: .* What came before it is done; send the same request again\.$/,
    );
    expect((await client.get(`/Users/${id}`)).body.title).toBe('first');
    const told = await recorded(answer);
    expect(told).toMatchObject({ status: 500, outcome: 'failed', errorCode: 'internal', changeCount: 1 });
    expect(told?.summary).toContain(
      '4 operations in bulk, 1 of them refused, one broken off by a fault here and 1 not tried',
    );
    expect(told?.errorDetail).toMatch(/Operations\[2\]: .*Operations\[1\]: There is no user/);
    const { syncLog } = bridge().core.store;
    expect(await syncLog.changesOfExchange(organizationId, told?.id ?? '', 9)).toHaveLength(1);
    await bridge().core.store.write((db) =>
      sql`drop trigger broken ${kind === 'postgres' ? sql`on users` : sql``}`.execute(databaseOf(db)),
    );
    expect(statuses((await bulk(sent)).body)).toEqual(['200', '404', '201', '200']);
  });

  it('count a malformed operation as an error', async () => {
    const { body } = await bulk([{}, person('x'), {}, person('y')], { failOnErrors: 2 });
    expect(statuses(body)).toEqual(['400', '201', '400']);
  });

  it.each([
    ['that is not JSON', '{"schemas":', 400],
    ['without operations', { schemas: [BULK] }, 400],
    ['whose operations are no list', { schemas: [BULK], Operations: {} }, 400],
    ['of another schema', { schemas: [PATCH], Operations: [] }, 400],
    ['whose failOnErrors is no number', { schemas: [BULK], Operations: [], failOnErrors: 'one' }, 400],
  ])('refuse a request %s as a whole', async (_name, sent, status) => {
    const answer = await client.send('POST', '/Bulk', sent);
    expect([answer.status, answer.body.status]).toEqual([status, String(status)]);
  });

  it('stand in the sync log with the answer to each operation', async () => {
    const done = await recorded(await bulk([person('one'), { method: 'BREW', path: '/Users' }, person('two')]));
    expect(done).toMatchObject({ outcome: 'changed', errorCode: 'invalid_syntax', changeCount: 2 });
    expect(done?.summary).toContain('sent 3 operations in bulk, 1 of them refused');
    expect(done?.errorDetail).toContain('Operations[1]: method must be');
    const told = JSON.parse(done?.responseBody ?? '') as { Operations: { status: string }[] };
    expect(statuses(told)).toEqual(['201', '400', '201']);

    const refused = await bulk([
      { method: 'BREW', path: '/Users' },
      { method: 'DELETE', path: '/Users/nobody' },
    ]);
    expect(await recorded(refused)).toMatchObject({
      ...{ outcome: 'refused', status: 200, errorCode: 'invalid_syntax' },
      errorDetail: expect.stringContaining('Operations[1]: There is no user'),
    });
  });

  it('refuse more operations than ServiceProviderConfig says with 413', async () => {
    const { maxOperations } = (await client.get('/ServiceProviderConfig')).body.bulk;
    const many = Array.from({ length: maxOperations + 1 }, () => ({ method: 'DELETE', path: '/Users/nobody' }));
    expect((await bulk(many)).status).toBe(413);
  });
});
