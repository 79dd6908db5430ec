/** The door as HTTP: authentication, methods, media types, limits, recording. */
import { expect, it } from 'vitest';
import { describeBridge } from '../support/on-each-engine.ts';
import { scimClient } from '../support/scim-client.ts';

describeBridge('the door as HTTP', (bridge) => {
  it('answers 401 with WWW-Authenticate and a SCIM error before it reads the body', async () => {
    for (const authorization of [undefined, 'Bearer wrong', 'Digest x', 'Bearer']) {
      const response = await fetch(`${bridge().scimUrl}/Users`, {
        method: 'POST',
        headers: { 'content-type': 'application/scim+json', ...(authorization === undefined ? {} : { authorization }) },
        body: '{not json',
      });
      expect(response.status).toBe(401);
      expect(response.headers.get('www-authenticate')).toContain('Bearer');
      expect(await response.json()).toMatchObject({
        status: '401',
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      });
    }
  });

  it('takes the token as Bearer, bare, and as the password of Basic', async () => {
    const { token, scimUrl } = await bridge().createConnection({ dialect: 'okta' });
    const basic = Buffer.from(`okta:${token}`).toString('base64');
    for (const authorization of [`Bearer ${token}`, `bearer ${token}`, token, `Basic ${basic}`]) {
      expect((await fetch(`${scimUrl}/Users`, { headers: { authorization } })).status).toBe(200);
    }
  });

  it.each([
    ['GET', '/Nothing', undefined, 404, 'route_not_found'],
    ['GET', '/Users/a/b', undefined, 404, 'route_not_found'],
    ['PUT', '/Users', '{}', 405, 'method_not_allowed'],
    ['PATCH', '/Bulk', '{}', 405, 'method_not_allowed'],
    ['GET', '/Me', undefined, 501, 'not_implemented'],
  ])('answers %s %s with a SCIM error', async (method, path, body, status, code) => {
    const client = scimClient(await bridge().createConnection({ dialect: 'generic' }));
    const answer = await client.send(method, path, body);
    expect([answer.status, answer.body.status]).toEqual([status, String(status)]);
    if (status === 405) expect(answer.headers.get('allow')).toMatch(/GET|POST/);
    expect(code).toBeTruthy();
  });

  it('holds what it does not offer against nobody: a refusal, not a failure', async () => {
    const connection = await bridge().createConnection({ dialect: 'generic' });
    await scimClient(connection).get('/Me');
    const { organizationId, id: connectionId } = connection;
    const read = () => bridge().core.store.syncLog.listExchanges({ organizationId, connectionId, limit: 5 });
    await expect.poll(async () => (await read()).map(({ outcome }) => outcome), { timeout: 5000 }).toEqual(['refused']);
  });

  it('refuses other media types with 415 and takes both JSON ones', async () => {
    const client = scimClient(await bridge().createConnection({ dialect: 'generic' }));
    const post = (type: string, name: string) =>
      client.send('POST', '/Users', { userName: name }, { 'content-type': type });
    expect((await post('text/plain', 'a@media.example')).status).toBe(415);
    expect((await post('application/xml', 'b@media.example')).status).toBe(415);
    expect((await post('application/json', 'c@media.example')).status).toBe(201);
    expect((await post('application/scim+json; charset=utf-8', 'd@media.example')).status).toBe(201);
  });

  it('refuses a body that is not UTF-8: nothing is stored with letters replaced', async () => {
    const { token, scimUrl } = await bridge().createConnection({ dialect: 'generic' });
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json; charset=iso-8859-1' };
    const body = Buffer.from('{"userName":"j\u00fcrgen@latin.example"}', 'latin1');
    const answer = await fetch(`${scimUrl}/Users`, { method: 'POST', headers, body });
    expect([answer.status, await answer.json()]).toMatchObject([400, { scimType: 'invalidSyntax' }]);
    const list = await fetch(`${scimUrl}/Users`, { headers: { authorization: `Bearer ${token}` } });
    expect(await list.json()).toMatchObject({ totalResults: 0 });
  });

  it('records every exchange, also refused ones, with what it changed', async () => {
    const { core } = bridge();
    const connection = await bridge().createConnection({ dialect: 'entra', name: 'Recorded' });
    const client = scimClient(connection);
    const id = await client.user('recorded@log.example', { displayName: 'Ada Byron', password: 'never-kept-1' });
    await client.patch(`/Users/${id}`, { op: 'Replace', path: 'active', value: 'False' });
    await client.get('/Users?filter=nonsense eq "x"');
    await client.get(`/Users/${id}`);
    const read = () =>
      core.store.syncLog.listExchanges({
        organizationId: connection.organizationId,
        connectionId: connection.id,
        limit: 20,
      });
    await expect.poll(async () => (await read()).length, { timeout: 5000 }).toBe(4);
    const exchanges = (await read()).toReversed();
    expect(exchanges.map((exchange) => exchange.outcome)).toEqual(['changed', 'changed', 'refused', 'read']);
    expect(exchanges[0]?.summary).toBe('Recorded created Ada Byron');
    expect(exchanges[1]?.summary).toBe('Recorded deactivated Ada Byron');
    expect(exchanges[1]?.repairs.map((repair) => repair.code)).toEqual(
      expect.arrayContaining(['operation-case', 'string-boolean']),
    );
    const whole = await core.store.syncLog.findExchange(connection.organizationId, exchanges[0]?.id ?? '');
    expect(whole?.requestBody).toContain('recorded@log.example');
    expect(whole?.requestBody).not.toContain('never-kept-1');
    const changes = await core.store.syncLog.changesOfExchange(connection.organizationId, exchanges[1]?.id ?? '', 10);
    expect(changes.map((change) => [change.kind, change.before, change.after])).toEqual([
      ['user.deactivated', { active: true }, { active: false }],
    ]);
  });

  it('keeps no password that came by PATCH or in a URL', async () => {
    const connection = await bridge().createConnection({ dialect: 'okta' });
    const client = scimClient(connection);
    const id = await client.user('secretive@log.example');
    await client.patch(`/Users/${id}`, { op: 'replace', path: 'password', value: 'never-kept-2' });
    await client.patch(`/Users/${id}`, { op: 'replace', value: { password: 'never-kept-3', title: 'x' } });
    await client.get('/Users?password=never-kept-4');
    const { store } = bridge().core;
    const read = () =>
      store.syncLog.listExchanges({
        organizationId: connection.organizationId,
        connectionId: connection.id,
        limit: 20,
      });
    await expect.poll(async () => (await read()).length, { timeout: 5000 }).toBe(4);
    for (const { id: exchangeId } of await read()) {
      const text = JSON.stringify(await store.syncLog.findExchange(connection.organizationId, exchangeId));
      expect(text).not.toContain('never-kept');
    }
  });

  it('answers 503 with Retry-After while a connection is paused', async () => {
    const connection = await bridge().createConnection({ dialect: 'okta' });
    await bridge().pauseConnection(connection.id);
    const answer = await scimClient(connection).get('/Users');
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
  });
});

describeBridge(
  'the rate limit',
  (bridge) => {
    it('answers 429 with whole seconds, per connection', async () => {
      const busy = scimClient(await bridge().createConnection({ dialect: 'okta' }));
      const calm = scimClient(await bridge().createConnection({ dialect: 'okta' }));
      const answers = await Promise.all(Array.from({ length: 60 }, () => busy.get('/Users?count=0')));
      const refused = answers.filter((answer) => answer.status === 429);
      expect(refused.length).toBeGreaterThan(0);
      expect(refused[0]?.headers.get('retry-after')).toMatch(/^[1-9]\d*$/);
      expect(refused[0]?.body).toMatchObject({ status: '429' });
      expect((await calm.get('/Users?count=0')).status).toBe(200);
    });
  },
  { SCIM_RATE_LIMIT: '10' },
);
