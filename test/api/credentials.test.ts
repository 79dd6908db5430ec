/** Who asks: sessions of browsers beside keys, and service accounts that say whose a request is. */
import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { openSession } from '../../src/directory/entry/sessions.ts';
import { runWork } from '../../src/directory/work.ts';
import { apiClient } from '../support/api-client.ts';
import type { TestBridge } from '../support/bridge.ts';
import { makeAdmin, makeServiceKey } from '../support/keys.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { scimClient } from '../support/scim-client.ts';

/** The cookie of a browser that signed in, and the token that pages of ours hold. */
async function signIn({ core }: TestBridge, userId: string) {
  const { directory, store } = core;
  const organizationId = (await store.organizations.find(store.reader, 'default'))?.id ?? '';
  const context = { organizationId, actor: { kind: 'system', id: null, name: 'test' }, exchangeId: null } as const;
  const from = {
    ...{ connector: 'oidc', issuer: 'https://idp.example', providerSession: null, providerSubject: null },
    ...{ userAgent: 'test', remoteAddress: null },
  };
  const limits = { lengthMs: 3_600_000, idleMs: 3_600_000 };
  const { token } = await runWork(directory, context, (work) =>
    openSession(directory, work, limits, { id: userId, organizationId }, from),
  );
  return {
    cookie: `drawbridge_session=${token}`,
    formToken: createHash('sha256').update(`form ${token}`).digest('base64url'),
  };
}

describeBridge('credentials of the API', (bridge) => {
  const api = () => `${bridge().url}/api/v1`;

  it('takes the session of a browser, and for changes the token of the page as well', async () => {
    const admin = await makeAdmin(bridge(), 'in a browser');
    const { cookie, formToken } = await signIn(bridge(), admin.id);
    const client = apiClient(api(), undefined);
    expect((await client.get('/organization', { cookie })).status).toBe(200);
    const send = (headers: Record<string, string>) =>
      client.post('/teams', { name: `browser-${Object.keys(headers).length}` }, { cookie, ...headers });
    const token = { 'x-csrf-token': formToken };
    expect((await send({})).body.code).toBe('forbidden');
    expect((await send({ 'x-csrf-token': 'wrong' })).body.code).toBe('forbidden');
    expect((await send({ ...token, 'sec-fetch-site': 'cross-site' })).body.code).toBe('forbidden');
    expect((await send({ ...token, origin: 'https://evil.example' })).body.code).toBe('forbidden');
    expect((await send(token)).status).toBe(201);
  });

  it('does not make the browser of a page ask for a password', async () => {
    const refused = await apiClient(api(), undefined).get('/organization', { 'sec-fetch-site': 'same-origin' });
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="api"']);
  });

  it('lists and ends sessions: one’s own, and an admin any', async () => {
    const [admin, other] = [await makeAdmin(bridge(), 'ending'), await makeAdmin(bridge(), 'ended')];
    const { cookie } = await signIn(bridge(), other.id);
    const client = apiClient(api(), admin.secret);
    const { items } = (await client.get(`/people/${other.id}/sessions`)).body;
    expect(items).toMatchObject([{ connector: 'oidc', userAgent: 'test' }]);
    expect((await client.delete(`/people/${other.id}/sessions/${items[0].id}`)).status).toBe(204);
    expect((await apiClient(api(), undefined).get('/organization', { cookie })).status).toBe(401);
    await signIn(bridge(), other.id);
    expect((await client.delete(`/people/${other.id}/sessions`)).body).toEqual({ ended: 1 });
  });

  it('puts a request of a service account on record as done for the person that it names', async () => {
    const { secret, organizationId } = await makeServiceKey(bridge());
    const scim = scimClient(await bridge().createConnection({ dialect: 'generic' }));
    await scim.user('ada@named.example', {
      displayName: 'Ada Byron',
      emails: [{ value: 'ada@mail.example', primary: true }],
    });
    const client = apiClient(api(), secret);
    const actorOf = async (headers: Record<string, string>, name: string) => {
      const made = await client.post('/teams', { name }, headers);
      const [change] = await bridge().core.store.syncLog.changesOfSubject(organizationId, made.body.id, 1);
      return change?.actor.name;
    };
    const byName = { 'x-wandb-username': 'ada@named.example' };
    const byEmail = { 'x-wandb-user-email': 'ada@mail.example' };
    expect(await actorOf(byName, 'by-name')).toMatch(/^script \d+ for Ada Byron$/);
    expect(await actorOf(byEmail, 'by-email')).toMatch(/ for Ada Byron$/);
    expect(await actorOf({ ...byName, 'x-wandb-user-email': 'nobody@mail.example' }, 'both')).toMatch(
      / for Ada Byron$/,
    );
    expect(await actorOf({}, 'by-itself')).toMatch(/^script \d+$/);
    const refused = await client.post('/teams', { name: 'refused' }, { 'x-wandb-username': 'nobody' });
    expect(refused.body).toMatchObject({ status: 403, errors: [{ in: 'header', name: 'X-WANDB-USERNAME' }] });
    const asked = await client.post('/authz/attribution', { userName: 'ada@named.example' });
    expect(asked.body).toMatchObject({ outcome: 'attributed', by: 'user_name', person: { name: 'Ada Byron' } });
    expect((await client.post('/authz/attribution', { userName: 'nobody' })).body.reason).toBe('unknown_person');
  });

  it('lets a service account of a team act for members of its team alone, and do nothing outside of it', async () => {
    const admin = apiClient(api(), (await makeAdmin(bridge(), 'owner of accounts')).secret);
    const scim = scimClient(await bridge().createConnection({ dialect: 'generic' }));
    const [inside] = [await scim.user('in@team.example'), await scim.user('out@team.example')];
    await scim.group('accounted', [inside]);
    const team = (await admin.get('/teams?search=accounted')).body.items[0].id;
    const account = (await admin.post('/service-accounts', { name: 'of the team', teamId: team })).body;
    const made = await admin.post(`/service-accounts/${account.id}/keys`, { name: 'main', scopes: ['everything'] });
    const client = apiClient(api(), made.body.secret);
    const ask = async (userName: string) => (await client.post('/authz/attribution', { userName })).body;
    expect(await ask('in@team.example')).toMatchObject({ outcome: 'attributed' });
    expect(await ask('out@team.example')).toMatchObject({ outcome: 'refused', reason: 'not_in_team' });
    expect((await client.get(`/teams/${team}`)).status).toBe(200);
    expect((await client.get('/people')).body.code).toBe('forbidden');
    expect((await client.post('/authz/check', { user: inside, team, permission: 'run:read' })).body.allowed).toBe(true);
    expect((await admin.delete(`/service-accounts/${account.id}`)).status).toBe(204);
    expect((await client.get(`/teams/${team}`)).status).toBe(401);
  });
});
