/** Bulk requests (RFC 7644 section 3.7). */
import { beforeAll, expect, it } from 'vitest';
import { describeBridge } from '../../support/on-each-engine.ts';
import { ENTERPRISE, GROUP, PATCH, type ScimClient, scimClient, USER } from '../../support/scim-client.ts';

const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest';

describeBridge('bulk requests', (bridge) => {
  let client: ScimClient;
  let serial = 0;
  const count = () => {
    serial += 1;
    return serial;
  };
  beforeAll(async () => {
    client = scimClient(await bridge().createConnection({ dialect: 'strict' }));
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

  it('refuse one bulkId for two operations before anything is done', async () => {
    const twice = [person('same'), person('same')];
    const answer = await bulk(twice);
    expect([answer.status, answer.body.scimType]).toEqual([400, 'invalidValue']);
    expect(answer.body.detail).toContain('Operations[1].bulkId');
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
    ['a method that none has', [{ method: 'GET', path: '/Users' }]],
    ['a POST without bulkId', [{ method: 'POST', path: '/Users', data: {} }]],
    ['a path of another server', [{ method: 'DELETE', path: 'https://elsewhere.example/Users/1' }]],
    ['something that is no operation', ['delete everything']],
  ])('refuse %s as a whole', async (_name, operations) => {
    const answer = await client.send('POST', '/Bulk', { schemas: [BULK], Operations: operations });
    expect([answer.status, answer.body.detail.slice(0, 13)]).toEqual([400, 'Operations[0]']);
  });

  it('refuse more operations than ServiceProviderConfig says with 413', async () => {
    const { maxOperations } = (await client.get('/ServiceProviderConfig')).body.bulk;
    const many = Array.from({ length: maxOperations + 1 }, () => ({ method: 'DELETE', path: '/Users/nobody' }));
    expect((await bulk(many)).status).toBe(413);
  });
});
