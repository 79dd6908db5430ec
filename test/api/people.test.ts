/** People, invites, seats and keys over HTTP, with real keys. */
import { expect, it } from 'vitest';
import { apiClient } from '../support/api-client.ts';
import { makeAdmin } from '../support/keys.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { scimClient } from '../support/scim-client.ts';

describeBridge('people at the API', (bridge) => {
  const asAdmin = async (name: string) => {
    const { id, secret } = await makeAdmin(bridge(), name);
    return { id, secret, client: apiClient(`${bridge().url}/api/v1`, secret) };
  };

  it('keeps one admin when two demote each other at once', async () => {
    const [one, two] = [await asAdmin('one'), await asAdmin('two')];
    // Whoever was an admin before is none any more, so that the two are the last ones.
    for (const { id } of (await one.client.get('/people?role=admin&limit=200')).body.items) {
      if (id !== one.id && id !== two.id) await one.client.patch(`/people/${id}`, { role: 'member' });
    }
    const racing = await Promise.all([
      one.client.patch(`/people/${two.id}`, { role: 'member' }),
      two.client.patch(`/people/${one.id}`, { role: 'member' }),
    ]);
    expect(racing.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(['last_admin', 'forbidden']).toContain(racing.find(({ status }) => status !== 200)?.body.code);
    const left = racing[0]?.status === 200 ? one : two;
    expect((await left.client.get('/people?role=admin')).body.items).toHaveLength(1);
  });

  it('lists people of every connection in any order, a page at a time', async () => {
    const admin = await asAdmin('lister');
    const scim = scimClient(await bridge().createConnection({ dialect: 'generic' }));
    for (const name of ['Carol Paged', 'alice Paged', 'Bob Paged']) {
      await scim.user(`${name.split(' ')[0]}@paged.example`, { displayName: name });
    }
    const names: string[] = [];
    let query = 'text=paged&sort=name&limit=2';
    for (;;) {
      const { body } = await admin.client.get(`/people?${query}`);
      names.push(...body.items.map((each: { name: string }) => each.name));
      if (body.nextCursor === null) break;
      query = `text=paged&sort=name&limit=2&cursor=${body.nextCursor}`;
    }
    expect(names).toEqual(['alice Paged', 'Bob Paged', 'Carol Paged']);
  });

  it('shows a person no more than their role allows', async () => {
    const admin = await asAdmin('shower');
    const member = await asAdmin('seen');
    await admin.client.patch(`/people/${member.id}`, { role: 'member' });
    const others = (await member.client.get(`/people/${admin.id}`)).body;
    expect([others.details, others.roles]).toEqual([null, null]);
    expect((await member.client.get(`/people/${member.id}`)).body.roles).not.toBeNull();
    await admin.client.patch(`/people/${member.id}`, { role: 'viewer' });
    expect((await member.client.get(`/people/${admin.id}`)).body.code).toBe('forbidden');
    expect((await member.client.get('/people')).body.code).toBe('forbidden');
    expect((await member.client.get(`/people/${member.id}`)).status).toBe(200);
  });

  it('ends the keys of whoever is removed, in the same moment, and keeps the reason', async () => {
    const admin = await asAdmin('remover');
    const gone = await asAdmin('gone');
    const removed = await admin.client.delete(`/people/${gone.id}?reason=left%20us`);
    expect(removed.body.status).toBe('removed');
    expect((await gone.client.get('/organization')).status).toBe(401);
    const { items } = (await admin.client.get(`/subjects/${gone.id}/changes`)).body;
    expect(items.find((change: { kind: string }) => change.kind === 'user.deleted').reason).toBe('left us');
    const back = await admin.client.post(`/people/${gone.id}/reactivate`, {});
    expect(back.status).toBe(200);
    expect((await gone.client.get('/organization')).status).toBe(401);
  });

  it('does not overwrite a person who changed meanwhile', async () => {
    const admin = await asAdmin('careful');
    const other = await asAdmin('changing');
    const etag = (await admin.client.get(`/people/${other.id}`)).headers.get('etag') ?? '';
    const { store } = bridge().core;
    await store.write((db) => store.users.setRole(db, other.id, 'admin'));
    const stale = await admin.client.patch(`/people/${other.id}`, { role: 'viewer' }, { 'if-match': '"999"' });
    expect(stale.status).toBe(412);
    const change = (role: string) => admin.client.patch(`/people/${other.id}`, { role }, { 'if-match': etag });
    expect((await change('viewer')).status).toBe(200);
    // A role is a change, too.
    expect((await change('member')).status).toBe(412);
  });

  it('answers each address of an invitation by itself, and gives the link where there is no mail server', async () => {
    const admin = await asAdmin('inviter');
    const addresses = 'new@invited.example, new@invited.example; nonsense\nNew Person <other@invited.example>';
    const { body } = await admin.client.post('/invites', { addresses });
    expect(body.results.map((each: { outcome: string }) => each.outcome)).toEqual([
      'invited',
      'named_twice',
      'not_an_address',
      'invited',
    ]);
    expect(body.results[0].link.url).toMatch(/^http:.*\/auth\/invite\?key=drawbridge_invite_/);
    const { id } = body.results[0].invite;
    const again = await admin.client.post(`/invites/${id}/resend`);
    expect(again.body.link.url).not.toBe(body.results[0].link.url);
    expect((await admin.client.delete(`/invites/${id}`)).status).toBe(204);
    expect((await admin.client.get(`/invites/${id}`)).body.state).toBe('revoked');
    const unknownRole = { addresses: 'x@invited.example', teams: [{ teamId: admin.id, role: 'emperor' }] };
    expect((await admin.client.post('/invites', unknownRole)).body.code).toBe('invalid_value');
  });

  it('makes keys for their owner only, and none that can do more than its maker’s', async () => {
    const admin = await asAdmin('maker');
    const other = await asAdmin('other');
    const wanted = { name: 'reader', scopes: ['read'] };
    expect((await admin.client.post(`/people/${other.id}/keys`, wanted)).body.code).toBe('forbidden');
    const made = await admin.client.post(`/people/${admin.id}/keys`, wanted);
    const reader = apiClient(`${bridge().url}/api/v1`, made.body.secret);
    expect((await reader.get('/organization')).status).toBe(200);
    const more = { name: 'more', scopes: ['everything'] };
    expect((await reader.post(`/people/${admin.id}/keys`, more)).body.code).toBe('insufficient_scope');
    const listed = await admin.client.get(`/people/${admin.id}/keys`);
    expect(listed.text).not.toContain(made.body.secret);
    expect((await other.client.delete(`/keys/${made.body.id}`)).status).toBe(204);
    expect((await reader.get('/organization')).body.code).toBe('token_revoked');
  });
});

describeBridge(
  'seats at the API',
  (bridge) => {
    it('gives the last seat to one of two who bring people back at once', async () => {
      const { secret } = await makeAdmin(bridge(), 'seated');
      const admin = apiClient(`${bridge().url}/api/v1`, secret);
      const scim = scimClient(await bridge().createConnection({ dialect: 'generic' }));
      const ids = [await scim.user('a@seats.example'), await scim.user('b@seats.example')];
      for (const id of ids) expect((await admin.delete(`/people/${id}`)).status).toBe(200);
      await scim.user('c@seats.example');
      const racing = await Promise.all(ids.map((id) => admin.post(`/people/${id}/reactivate`, {})));
      expect(racing.map(({ status }) => status).toSorted()).toEqual([200, 403]);
      expect(racing.find(({ status }) => status === 403)?.body).toMatchObject({
        code: 'seat_limit',
        detail: 'Seat limit reached (3 of 3).',
      });
      expect((await admin.get('/seats')).body).toMatchObject({ limit: 3, active: 3, full: true, invitable: 0 });
    });
  },
  { SEATS: '3' },
);
