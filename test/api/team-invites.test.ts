/** Asking people into a team over HTTP, with real keys. */
import { expect, it } from 'vitest';
import { apiClient } from '../support/api-client.ts';
import { makeAdmin } from '../support/keys.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { scimClient } from '../support/scim-client.ts';

describeBridge('asking people into a team', (bridge) => {
  it('adds, invites and refuses each by itself, shows the link once, and takes it back', async () => {
    const { secret } = await makeAdmin(bridge(), 'asker');
    const client = apiClient(`${bridge().url}/api/v1`, secret);
    const scim = scimClient(await bridge().createConnection({ dialect: 'generic' }));
    await scim.user('ada@ask-api.example');
    const { id } = (await client.post('/teams', { name: 'asked' })).body;
    const people = ['ada@ask-api.example', 'new@ask-api.example', 'nobody'].map((person) => ({
      person,
      role: 'viewer',
    }));
    const { results } = (await client.post(`/teams/${id}/members`, { people })).body;
    expect(results).toMatchObject([
      { outcome: 'added', member: { userName: 'ada@ask-api.example', role: 'viewer', removal: 'remove' } },
      { outcome: 'invited', invite: { email: 'new@ask-api.example', role: 'viewer', invitedBy: 'asker' } },
      { outcome: 'refused', message: expect.stringContaining('nobody called "nobody"') },
    ]);
    expect(results[1].link.url).toMatch(/\/auth\/invite\?key=drawbridge_invite_/);
    const [open] = (await client.get(`/teams/${id}/invites`)).body.items;
    expect(open).toEqual(results[1].invite);
    const again = (await client.post(`/teams/${id}/invites/${open.inviteId}/resend`)).body;
    expect(again.link.url).not.toBe(results[1].link.url);
    expect((await client.delete(`/teams/${id}/invites/${open.inviteId}`)).status).toBe(204);
    expect((await client.get(`/teams/${id}/invites`)).body.items).toEqual([]);
    expect((await client.delete(`/teams/${id}/invites/${open.inviteId}`)).body.code).toBe('not_found');
  });

  it('gives the same answer to the same Idempotency-Key, and asks nobody twice', async () => {
    const { secret } = await makeAdmin(bridge(), 'repeater');
    const client = apiClient(`${bridge().url}/api/v1`, secret);
    const { id } = (await client.post('/teams', { name: 'repeated' })).body;
    const body = { people: [{ person: 'once@ask-api.example', role: 'member' }] };
    const key = { 'idempotency-key': 'a-key-of-the-client' };
    const send = () => client.post(`/teams/${id}/members`, body, key);
    const [first, second] = [await send(), await send()];
    expect(first.body.results[0].outcome).toBe('invited');
    expect(second.body).toEqual(first.body);
    expect((await client.get(`/teams/${id}/invites`)).body.items).toHaveLength(1);
  });
});
