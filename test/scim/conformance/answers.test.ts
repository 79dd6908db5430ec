/** Versions, projections and the forms of refusals (RFC 7644 sections 3.9, 3.12 and 3.14). */
import { beforeAll, expect, it } from 'vitest';
import { describeBridge } from '../../support/on-each-engine.ts';
import { ENTERPRISE, GROUP, PATCH, type ScimClient, scimClient, USER } from '../../support/scim-client.ts';

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';

describeBridge(
  'answers',
  (bridge) => {
    let client: ScimClient;
    let id: string;
    let group: string;
    beforeAll(async () => {
      client = scimClient(await bridge().createConnection({ dialect: 'strict' }));
      id = await client.user('a@answers.example', {
        schemas: [USER, ENTERPRISE],
        name: { givenName: 'Ada', familyName: 'Byron' },
        emails: [{ value: 'a@b', type: 'work' }],
        [ENTERPRISE]: { department: 'D', division: 'V' },
      });
      group = await client.group('Answers');
    });

    it.each(['/Users', '/Groups'])(
      'of %s have a version that goes with every change, and hold to it',
      async (collection) => {
        const path = `${collection}/${collection === '/Users' ? id : group}`;
        const first = await client.get(path);
        const { version } = first.body.meta;
        expect(first.headers.get('etag')).toBe(version);
        const same = await client.get(path, { 'if-none-match': `W/"0", ${version}` });
        expect([same.status, same.text, same.headers.get('etag')]).toEqual([304, '', version]);
        const rename = (displayName: string, ifMatch: string) =>
          client.send(
            'PATCH',
            `${path}?attributes=meta`,
            { schemas: [PATCH], Operations: [{ op: 'replace', path: 'displayName', value: displayName }] },
            { 'if-match': ifMatch },
          );
        const changed = await rename(`${collection} 1`, version);
        expect([changed.status, changed.body.meta.version === version]).toEqual([200, false]);
        expect((await client.get(path, { 'if-none-match': version })).status).toBe(200);
        const again = await rename(`${collection} 1`, changed.body.meta.version);
        expect(again.body.meta.version).toBe(changed.body.meta.version);
        for (const stale of [version, 'W/"x"', 'nonsense']) expect((await rename('never', stale)).status).toBe(412);
        expect((await client.send('DELETE', path, undefined, { 'if-match': version })).status).toBe(412);
        expect((await rename(`${collection} 2`, '*')).status).toBe(200);
      },
    );

    it.each([
      ['attributes=name.givenName', { name: { givenName: 'Ada' } }],
      ['attributes=NAME', { name: { givenName: 'Ada', familyName: 'Byron' } }],
      ['attributes=emails.value,nonsense', { emails: [{ value: 'a@b' }] }],
      [`attributes=${ENTERPRISE}:department`, { [ENTERPRISE]: { department: 'D' } }],
      [`attributes=${ENTERPRISE}`, { [ENTERPRISE]: { department: 'D', division: 'V' } }],
      ['attributes=nonsense', {}],
    ])('have with ?%s just that, beside id and schemas', async (query, want) => {
      const { body } = await client.get(`/Users/${id}?${query}`);
      const { id: got, schemas, ...rest } = body;
      expect([got, schemas, rest]).toEqual([id, [USER, ENTERPRISE], want]);
    });

    it('have without what is excluded everything else, but never lose id and schemas', async () => {
      const whole = (await client.get(`/Users/${id}`)).body;
      const { userName: _name, emails: _emails, meta: _meta, ...want } = whole;
      const excluded = `id,schemas,USERNAME,emails,meta,${ENTERPRISE}:division`;
      const { body } = await client.get(`/Users/${id}?excludedAttributes=${excluded}`);
      expect(body).toEqual({ ...want, [ENTERPRISE]: { department: 'D' } });
      expect((await client.get(`/Users/${id}?attributes=id&excludedAttributes=id`)).status).toBe(400);
    });

    it.each<[string, string, number, unknown, Record<string, string>]>([
      ['GET', '/Users/00919288221112222', 404, undefined, {}],
      ['DELETE', '/Groups/01a21545-0000-7000-8000-000000000000', 404, undefined, {}],
      ['GET', '/Devices', 404, undefined, {}],
      ['GET', '/Users/a/b/c', 404, undefined, {}],
      ['GET', '/%E0%A4%A', 404, undefined, {}],
      ['PUT', '/Users', 405, {}, {}],
      ['POST', '/ServiceProviderConfig', 405, {}, {}],
      ['PATCH', '/.search', 405, {}, {}],
      ['GET', '/Me', 501, undefined, {}],
      ['POST', '/Users', 415, 'userName=x', { 'content-type': 'application/x-www-form-urlencoded' }],
      ['POST', '/Users', 415, '{}', { 'content-encoding': 'gzip' }],
      ['POST', '/Users', 400, '{"userName":', {}],
      ['POST', '/Users', 400, '[]', {}],
      ['POST', '/Users', 413, 'x'.repeat(70_000), {}],
      ['POST', '/Groups', 400, { schemas: [GROUP] }, {}],
    ])('refuse %s %s with a SCIM error of status %i', async (method, path, status, body, headers) => {
      const answer = await client.send(method, path, body, headers);
      expect([answer.status, answer.body.schemas, answer.body.status]).toEqual([status, [ERROR], String(status)]);
      expect(answer.headers.get('content-type')).toBe('application/scim+json; charset=utf-8');
      expect(answer.body.detail).toMatch(/\w+ \w+/);
      expect(answer.headers.get('allow') !== null).toBe(status === 405);
    });
  },
  { SCIM_MAX_BODY_BYTES: '65536' },
);

describeBridge(
  'a connection that sends too fast',
  (bridge) => {
    it('is refused with 429 and whole seconds to wait, and no other is', async () => {
      const [fast, calm] = [
        scimClient(await bridge().createConnection({ dialect: 'strict' })),
        scimClient(await bridge().createConnection({ dialect: 'strict' })),
      ];
      const answers = await Promise.all(Array.from({ length: 60 }, () => fast.get('/Users?count=0')));
      const refused = answers.filter(({ status }) => status === 429);
      expect(refused.length).toBeGreaterThan(0);
      expect(refused[0]?.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      expect(refused[0]?.body).toMatchObject({ schemas: [ERROR], status: '429' });
      expect((await calm.get('/Users?count=0')).status).toBe(200);
    });
  },
  { SCIM_RATE_LIMIT: '5' },
);
