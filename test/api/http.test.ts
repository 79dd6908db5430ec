/** The door as HTTP: credentials, scopes, methods, media types, limits, paging, versions, problem documents. */
import { expect, it } from 'vitest';
import { describeApi } from '../support/api-server.ts';

describeApi('the API as HTTP', (api) => {
  it('answers 401 with WWW-Authenticate and a problem before it reads the body', async () => {
    for (const authorization of [undefined, 'Bearer wrong', 'Basic YXBpOndyb25n', 'Basic b3RoZXI6eA==', 'Digest x']) {
      const headers = authorization === undefined ? {} : { authorization };
      const answer = await api().anonymous.post('/connections', '{not json', headers);
      expect(answer.status).toBe(401);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      const type = `${api().url}/problems/unauthorized`;
      expect(answer.body).toMatchObject({ status: 401, code: 'unauthorized', type });
    }
  });

  it('takes a key as Bearer and as the password of the user api', async () => {
    const key = api().keyOf({});
    for (const authorization of [`Bearer ${key}`, `bearer ${key}`, `Basic ${btoa(`api:${key}`)}`]) {
      expect((await api().anonymous.get('/connections', { authorization })).status).toBe(200);
    }
  });

  it('gives each answer a request id, keeps it out of caches, and tells the log who asked', async () => {
    const answer = await api().as({ id: '0190a0a0-0000-7000-8000-000000000001' }).get('/connections');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const id = answer.headers.get('x-request-id');
    expect(api().events.find((event) => event.id === id)).toMatchObject({
      operation: 'connections.list',
      status: 200,
      principal: 'user:0190a0a0-0000-7000-8000-000000000001',
      errorCode: null,
    });
  });

  it('opens reading to read and to the noun, changing to the noun alone, and says which scopes would do', async () => {
    const body = { name: 'By scope', dialect: 'okta' };
    const reader = api().as({ scopes: ['read'] });
    const other = api().as({ scopes: ['people', 'ledger'] });
    const own = api().as({ scopes: ['connections'] });
    expect((await reader.get('/connections')).status).toBe(200);
    expect((await own.get('/connections')).status).toBe(200);
    expect((await own.post('/connections', body)).status).toBe(201);
    for (const refused of [await reader.post('/connections', body), await other.get('/connections')]) {
      expect(refused.status).toBe(403);
      const detail = expect.stringContaining('connections');
      expect(refused.body).toMatchObject({ code: 'insufficient_scope', detail });
      expect(refused.headers.get('www-authenticate')).toContain('insufficient_scope');
    }
  });

  it('asks the policy table before it reads the input', async () => {
    const answer = await api().as({ role: 'viewer' }).post('/connections', '{not json');
    expect([answer.status, answer.body.code]).toEqual([403, 'forbidden']);
  });

  it('says what is there instead: 404 for an address, 405 with Allow for a method', async () => {
    const admin = api().as({});
    expect((await admin.get('/nothing')).body.code).toBe('route_not_found');
    expect((await admin.get('/connections/%E0%A4%A')).body).toMatchObject({ status: 404 });
    expect((await admin.get('/connections/not-an-id')).body).toMatchObject({ status: 404, code: 'not_found' });
    const refused = await admin.put('/connections', {});
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'POST, GET, HEAD']);
    expect(refused.body.code).toBe('method_not_allowed');
  });

  it.each([
    ['another media type', 'text/plain', '{}', 415, 'unsupported_media_type'],
    ['a form', 'application/x-www-form-urlencoded', 'name=a', 415, 'unsupported_media_type'],
    ['no media type', '', '{}', 415, 'unsupported_media_type'],
    ['a body that is too large', 'application/json', `"${'x'.repeat(70_000)}"`, 413, 'payload_too_large'],
    ['what is not JSON', 'application/json', '{"name"', 400, 'invalid_syntax'],
    ['deep nesting', 'application/json', '['.repeat(100), 400, 'invalid_syntax'],
    ['nothing', 'application/json', '', 400, 'invalid_value'],
  ])('refuses %s', async (_what, type, body, status, code) => {
    const answer = await api().as({}).post('/connections', Buffer.from(body), { 'content-type': type });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
  });

  it('names each fault of a body by its JSON pointer, and each of a query by its name', async () => {
    const admin = api().as({});
    const { body, status } = await admin.post('/connections', { name: 7, dialect: 'okta', 'a/b~c': 1 });
    expect(status).toBe(400);
    expect(body.errors).toEqual([
      { in: 'body', pointer: '#/name', detail: expect.stringContaining('string') },
      { in: 'body', pointer: '#/a~1b~0c', detail: expect.any(String) },
    ]);
    const query = await admin.get('/connections?limit=0&limit=1&what=1');
    expect(query.status).toBe(400);
    expect(query.body.errors.map((fault: { name: string }) => fault.name)).toEqual(['limit', 'what']);
    const nul = await admin.post('/connections', { name: 'a\u0000', dialect: 'okta' });
    expect(nul.body.errors).toEqual([{ in: 'body', pointer: '#/name', detail: expect.stringContaining('NUL') }]);
  });

  it('pages with a cursor that fits its own list only', async () => {
    const other = await api().createOrganization('paged');
    const admin = api().as({ organizationId: other });
    for (const name of ['a', 'b', 'c']) await admin.post('/connections', { name, dialect: 'okta' });
    const first = await admin.get('/connections?limit=2');
    expect(first.body.items.map((item: { name: string }) => item.name)).toEqual(['a', 'b']);
    const cursor = encodeURIComponent(first.body.nextCursor);
    const second = await admin.get(`/connections?limit=2&cursor=${cursor}`);
    expect([second.body.items.length, second.body.nextCursor]).toEqual([1, null]);
    for (const [client, text] of [
      [api().as({}), cursor],
      [admin, 'forged'],
    ] as const) {
      const refused = await client.get(`/connections?cursor=${text}`);
      expect(refused.body).toMatchObject({ status: 400, code: 'invalid_cursor', errors: [{ name: 'cursor' }] });
    }
  });

  it('answers 304 to who has it already, and 412 to who would overwrite what they have not seen', async () => {
    const admin = api().as({});
    const made = await admin.post('/connections', { name: 'Versioned', dialect: 'okta' });
    const path = made.headers.get('location')?.slice(api().url.length) ?? '';
    const etag = made.headers.get('etag') ?? '';
    expect((await admin.get(path)).headers.get('etag')).toBe(etag);
    expect(await admin.get(path, { 'if-none-match': etag })).toMatchObject({ status: 304, text: '' });
    expect((await admin.post(`${path}/pause`, undefined, { 'if-match': etag })).status).toBe(200);
    const stale = await admin.post(`${path}/resume`, undefined, { 'if-match': etag });
    expect(stale.body).toMatchObject({ status: 412, errors: [{ in: 'header', name: 'If-Match' }] });
    expect((await admin.get(path)).body.state).toBe('paused');
  });

  it('shows nothing of another organization, not even that it is there', async () => {
    const mine = await api().as({}).post('/connections', { name: 'Mine', dialect: 'okta' });
    const stranger = api().as({ organizationId: await api().createOrganization('strangers') });
    for (const id of [mine.body.id, '0190a0a0-0000-7000-8000-000000000009']) {
      const { requestId, ...rest } = (await stranger.get(`/connections/${id}`)).body;
      expect(rest).toEqual({
        ...{ code: 'not_found', status: 404, type: `${api().url}/problems/not-found`, title: 'Not found.' },
        detail: 'There is no such connection in this organization.',
      });
      expect(requestId).toBeTruthy();
    }
  });

  it('serves its own document and what its problems mean to everybody', async () => {
    const { body } = await api().anonymous.get('/openapi.json');
    expect(body.openapi).toBe('3.1.1');
    expect(Object.keys(body.paths)).toContain('/connections/{connectionId}');
    const { body: problem } = await api().as({}).get('/nothing');
    expect((await fetch(problem.type)).status).toBe(200);
  });

  it('puts who did it into the change log', async () => {
    const made = await api().as({ name: 'Grace Hopper' }).post('/connections', { name: 'On record', dialect: 'okta' });
    const { store } = api().core;
    const [change] = await store.syncLog.changesOfSubject(api().organizationId, made.body.id, 1);
    expect(change?.actor).toMatchObject({ kind: 'user', name: 'Grace Hopper' });
  });
});

describeApi(
  'rates of the API',
  (api) => {
    it('counts each credential by itself, tells what is left, and says when to come again', async () => {
      const one = api().as({});
      const answers = [await one.get('/connections'), await one.get('/connections'), await one.get('/connections')];
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
      expect(answers[0]?.headers.get('ratelimit-policy')).toBe('"credential";q=2;w=60');
      expect(answers[0]?.headers.get('ratelimit')).toMatch(/^"credential";r=1;t=\d+$/);
      expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(answers[2]?.body.code).toBe('rate_limited');
      expect((await api().as({}).get('/connections')).status).toBe(200);
    });

    it('counts guessing by address', async () => {
      const guess = () => api().anonymous.get('/connections', { authorization: 'Bearer guess' });
      expect([await guess(), await guess(), await guess()].map(({ status }) => status)).toEqual([401, 401, 429]);
    });
  },
  { limits: { ratePerMinute: 2 } },
);
