/** Connections, tokens, rules, groups, exchanges, changes and explanations, over what an identity provider really sent. */
import { beforeAll, expect, it } from 'vitest';
import { type ApiClient, apiClient } from '../support/api-client.ts';
import { makeServiceKey } from '../support/keys.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { type ScimClient, scimClient } from '../support/scim-client.ts';

describeBridge('the API over a directory', (bridge) => {
  let admin: ApiClient;
  let connection: { id: string; scimUrl: string; token: { id: string; token: string } };
  let scim: ScimClient;
  let ada: string;
  let group: string;

  beforeAll(async () => {
    const { secret } = await makeServiceKey(bridge());
    admin = apiClient(`${bridge().url}/api/v1`, secret);
    const made = await admin.post('/connections', { name: 'Okta', dialect: 'okta' });
    expect(made.status).toBe(201);
    connection = made.body;
    scim = scimClient({ scimUrl: connection.scimUrl, token: connection.token.token });
    ada = await scim.user('ada@okta.example', { displayName: 'Ada Byron' });
    const grace = await scim.user('grace@okta.example', { displayName: 'Grace Hopper' });
    group = await scim.group('ml-vision-admins', [ada, grace]);
  });

  it('makes a connection whose token opens the SCIM door', async () => {
    expect((await scim.get('/Users')).status).toBe(200);
    expect(await admin.post('/connections', { name: 'Okta', dialect: 'okta' })).toMatchObject({
      status: 409,
      body: { code: 'uniqueness' },
    });
  });

  it('pauses a connection for its identity provider and resumes it', async () => {
    await admin.post(`/connections/${connection.id}/pause`);
    expect((await scim.get('/Users')).status).toBe(503);
    await admin.post(`/connections/${connection.id}/resume`);
    expect((await scim.get('/Users')).status).toBe(200);
  });

  it('makes a new token beside the old one, and ends one at once', async () => {
    const path = `/connections/${connection.id}/tokens`;
    const made = await admin.post(path, { graceSeconds: 3600 });
    const next = scimClient({ scimUrl: connection.scimUrl, token: made.body.token });
    expect([(await next.get('/Users')).status, (await scim.get('/Users')).status]).toEqual([200, 200]);
    expect((await admin.delete(`${path}/${made.body.id}`)).status).toBe(204);
    expect((await next.get('/Users')).status).toBe(401);
    expect((await admin.delete(`${path}/${made.body.id}`)).status).toBe(204);
    const { items } = (await admin.get(path)).body;
    expect(items.map((item: { revokedAt: unknown }) => item.revokedAt === null)).toEqual([true, false]);
    expect(JSON.stringify(items)).not.toContain(made.body.token);
  });

  it('does not end a token through another connection', async () => {
    const other = await admin.post('/connections', { name: 'Other', dialect: 'entra' });
    const refused = await admin.delete(`/connections/${other.body.id}/tokens/${connection.token.id}`);
    expect(refused.status).toBe(404);
    expect((await scim.get('/Users')).status).toBe(200);
  });

  it('shows what rules would do, and does it against the version that was read', async () => {
    const path = `/connections/${connection.id}/rules`;
    const read = await admin.get(path);
    const rules = [{ when: { groupPattern: 'ml-{team}-admins' }, give: { team: '{team}', role: 'admin' } }];
    const preview = await admin.post(`${path}/preview`, { rules });
    expect(preview.body.counts).toEqual({ gains: 2, losses: 2, users: 2 });
    expect((await admin.get(path)).body).toEqual(read.body);
    const set = await admin.put(path, { rules }, { 'if-match': read.headers.get('etag') ?? '' });
    const { warnings, ...foreseen } = preview.body;
    expect(set.body.effect).toEqual(foreseen);
    expect(warnings).toEqual({ count: 0, texts: [] });
    const misspelt = [
      { id: 'typed', when: { groupPattern: 'ml-{team}-{role}' }, give: { team: '{team}', role: '{role}' } },
    ];
    expect((await admin.post(`${path}/preview`, { rules: misspelt })).body.warnings).toEqual({
      count: 1,
      texts: [
        'The group "ml-vision-admins" names the role "admins", which is none: its members get nothing by the rule "typed".',
      ],
    });
    expect(set.body.rules).toEqual([{ id: expect.stringMatching(/^rule-/), ...rules[0] }]);
    const stale = await admin.put(path, { rules: [] }, { 'if-match': read.headers.get('etag') ?? '' });
    expect(stale.status).toBe(412);
  });

  it('names what is wrong with a rule by its place', async () => {
    const rules = [
      { when: { everyOtherGroup: true }, give: { team: '{nobody}', role: 'member' } },
      { when: { user: 'userName eq' }, give: { organizationRole: 'admin' } },
      { when: {}, give: { organizationRole: 'owner' } },
    ];
    const pointers = async (given: unknown[]) =>
      (await admin.post(`/connections/${connection.id}/rules/preview`, { rules: given })).body.errors.map(
        (fault: { pointer: string }) => fault.pointer,
      );
    expect(await pointers(rules.slice(0, 2))).toEqual(['#/rules/0/give/team', '#/rules/1/when/user']);
    expect(await pointers(rules)).toEqual(['#/rules/2/when', '#/rules/2/give']);
  });

  it('lists groups of every connection with their members, a page at a time', async () => {
    const { items } = (await admin.get('/groups?text=VISION')).body;
    expect(items).toMatchObject([{ id: group, displayName: 'ml-vision-admins', memberCount: 2 }]);
    const first = await admin.get(`/groups/${group}/members?limit=1`);
    const second = await admin.get(`/groups/${group}/members?limit=1&cursor=${first.body.nextCursor}`);
    const names = [...first.body.items, ...second.body.items].map((each: { name: string }) => each.name);
    expect(names.toSorted()).toEqual(['Ada Byron', 'Grace Hopper']);
    expect(second.body.nextCursor).toBeNull();
  });

  it('finds exchanges by each condition, and shows one with what it changed', async () => {
    const count = async (query: string) => (await admin.get(`/exchanges?${query}`)).body.items.length;
    expect(await count(`connectionId=${connection.id}&operation=groups.create`)).toBe(1);
    expect(await count(`outcome=changed&userId=${ada}`)).toBe(2);
    expect(await count('text=ada%20byron&operation=users.create')).toBe(1);
    expect(await count('until=2020-01-01T00:00:00Z')).toBe(0);
    const { items } = (await admin.get('/exchanges?operation=users.create&text=ada')).body;
    const one = (await admin.get(`/exchanges/${items[0].id}`)).body;
    expect(one.changes.map((change: { kind: string }) => change.kind)).toContain('user.created');
    expect(one.requestBody).toContain('ada@okta.example');
  });

  it('follows changes by position without skipping, and looks back by subject', async () => {
    const seen: number[] = [];
    let query = 'limit=3';
    for (;;) {
      const { body } = await admin.get(`/changes?${query}`);
      if (body.items.length === 0) break;
      seen.push(...body.items.map((change: { position: number }) => change.position));
      query = `limit=3&after=${body.cursor}`;
    }
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.length).toBeGreaterThan(6);
    const first = await admin.get(`/subjects/${ada}/changes?limit=2`);
    const rest = await admin.get(`/subjects/${ada}/changes?cursor=${first.body.nextCursor}`);
    const all = [...first.body.items, ...rest.body.items];
    expect(all.at(-1)).toMatchObject({ kind: 'user.created', actor: { kind: 'connection', name: 'Okta' } });
    expect(new Set(all.map((change) => change.position)).size).toBe(all.length);
  });

  it('explains a role down to the change that gave it', async () => {
    const { body } = await admin.get(`/people/${ada}/explanation`);
    expect(body.person).toMatchObject({ userName: 'ada@okta.example', connectionId: connection.id });
    const team = body.roles.find((role: { team: unknown }) => role.team !== null);
    expect(team).toMatchObject({ grants: [{ origin: 'rule', group: 'ml-vision-admins' }] });
    const { changePosition } = team.grants[0];
    const { items } = (await admin.get(`/changes?position=${changePosition - 1}`)).body;
    const given = items.filter((change: { position: number }) => change.position === changePosition);
    expect(given).toMatchObject([{ kind: 'grant.added', subject: { id: ada }, actor: { kind: 'service_account' } }]);
  });
});

describeBridge(
  'keys at the API',
  (bridge) => {
    it('lets nobody in with a key that was revoked while it was used', async () => {
      const { secret, keyId, organizationId } = await makeServiceKey(bridge());
      const client = apiClient(`${bridge().url}/api/v1`, secret);
      const asking = Array.from({ length: 20 }, () => client.get('/organization'));
      const { store } = bridge().core;
      await store.write((db) => store.apiKeys.revoke(db, keyId, Date.now()));
      const statuses = (await Promise.all(asking)).map(({ status }) => status);
      expect(statuses.every((status) => status === 200 || status === 401)).toBe(true);
      expect((await client.get('/organization')).body).toMatchObject({ status: 401, code: 'token_revoked' });
      expect(organizationId).toBeTruthy();
    });

    it('counts requests by endpoint and status', async () => {
      const { secret } = await makeServiceKey(bridge());
      const client = apiClient(`${bridge().url}/api/v1`, secret);
      await client.get('/organization');
      await client.get('/connections/not-an-id');
      const lines = (await (await fetch(`${bridge().url}/metrics`)).text()).split('\n');
      const counts = lines.filter((line) => line.startsWith('drawbridge_api_requests_total'));
      expect(counts.some((line) => line.includes('operation="organization.get",status="200"'))).toBe(true);
      expect(counts.some((line) => line.includes('operation="connections.get",status="404"'))).toBe(true);
      expect(counts.join()).not.toContain('not-an-id');
    });

    it('says that a key has expired', async () => {
      const { secret } = await makeServiceKey(bridge(), { expiresAt: Date.now() + 50 });
      const client = apiClient(`${bridge().url}/api/v1`, secret);
      await expect.poll(async () => (await client.get('/organization')).body.code).toBe('token_expired');
    });

    it('shows a setting that the environment decides, whatever is set', async () => {
      const client = apiClient(`${bridge().url}/api/v1`, (await makeServiceKey(bridge())).secret);
      const read = await client.get('/organization');
      const provision = (answer: { body: { settings: { provisionOnSignIn: unknown } } }) =>
        answer.body.settings.provisionOnSignIn;
      expect(provision(read)).toEqual({ value: true, inForce: false, decidedBy: 'environment' });
      const etag = { 'if-match': read.headers.get('etag') ?? '' };
      const changed = await client.patch('/organization', { provisionOnSignIn: false }, etag);
      expect(provision(changed)).toEqual({ value: false, inForce: false, decidedBy: 'environment' });
      expect((await client.patch('/organization', { provisionOnSignIn: true }, etag)).status).toBe(412);
    });

    it('does not let a key that may only read hold the writer with a preview', async () => {
      const { id } = await bridge().createConnection({ dialect: 'generic' });
      const { secret } = await makeServiceKey(bridge(), { scopes: ['read'] });
      const rules = [{ when: { everyOtherGroup: true }, give: { team: '{group}', role: 'member' } }];
      const answer = await apiClient(`${bridge().url}/api/v1`, secret).post(`/connections/${id}/rules/preview`, {
        rules,
      });
      expect([answer.status, answer.body.code]).toEqual([403, 'insufficient_scope']);
    });

    it('lets one of two changes of the same version through', async () => {
      const client = apiClient(`${bridge().url}/api/v1`, (await makeServiceKey(bridge())).secret);
      const etag = (await client.get('/organization')).headers.get('etag') ?? '';
      const wanted = !(await client.get('/organization')).body.settings.provisionOnSignIn.value;
      const racing = await Promise.all(
        Array.from({ length: 6 }, () =>
          client.patch('/organization', { provisionOnSignIn: wanted }, { 'if-match': etag }),
        ),
      );
      expect(racing.map(({ status }) => status).toSorted()).toEqual([200, 412, 412, 412, 412, 412]);
    });
  },
  { DISABLE_SSO_PROVISIONING: 'true' },
);
