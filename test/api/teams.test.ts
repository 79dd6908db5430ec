/** Teams, members, settings, pictures and custom roles over HTTP, with real keys. */
import sharp from 'sharp';
import { expect, it } from 'vitest';
import { type ApiClient, apiClient } from '../support/api-client.ts';
import { makeAdmin } from '../support/keys.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { scimClient } from '../support/scim-client.ts';
import { putIntoTeam } from '../support/team-place.ts';

describeBridge('teams at the API', (bridge) => {
  const asAdmin = async (name: string) => {
    const { id, secret } = await makeAdmin(bridge(), name);
    return { id, client: apiClient(`${bridge().url}/api/v1`, secret) };
  };

  /** A member of the organization who is admin of one team and in no other. */
  async function asTeamAdmin(admin: ApiClient, name: string) {
    const scim = scimClient(await bridge().createConnection({ dialect: 'generic' }));
    const person = await asAdmin(`admin of ${name}`);
    await scim.group(name, []);
    const team = (await admin.get(`/teams?search=${name}`)).body.items[0];
    await putIntoTeam(bridge(), person.id, team.id, 'admin');
    await admin.patch(`/people/${person.id}`, { role: 'member' });
    return { ...person, team: team.id as string };
  }

  it('makes a team with its bucket, renames it, and keeps it when it is archived', async () => {
    const { client } = await asAdmin('maker');
    const storage = { provider: 'AWS', name: 'ml-team-storage' };
    const made = await client.post('/teams', { name: 'stored', storage });
    expect(made.body.storage).toEqual({ ...storage, path: null, kmsKey: null });
    const path = `/teams/${made.body.id}`;
    const etag = made.headers.get('etag') ?? '';
    expect((await client.patch(path, { name: 'renamed' }, { 'if-match': etag })).status).toBe(200);
    expect((await client.post(`${path}/archive`, undefined, { 'if-match': etag })).status).toBe(412);
    expect((await client.post(`${path}/archive`)).body.archivedAt).not.toBeNull();
    expect((await client.get('/teams?archived=true&search=renamed')).body.items).toHaveLength(1);
    expect((await client.post(`${path}/restore`)).body.archivedAt).toBeNull();
    expect((await client.post('/teams', { name: 'no blanks' })).body.detail).toContain('no-blanks');
    expect((await client.get(path)).body).toMatchObject({ admins: 0, warning: 'no_admin' });
  });

  it('lets a team admin manage their own team and no other', async () => {
    const { client } = await asAdmin('chief');
    const one = await asTeamAdmin(client, 'team-one');
    const two = await asTeamAdmin(client, 'team-two');
    const member = `/teams/${one.team}/members/${one.id}`;
    const settings = { privacy: { membersMayInvite: true } };
    const star = { 'if-match': '*' };
    expect((await one.client.patch(`/teams/${one.team}/settings`, settings, star)).status).toBe(200);
    for (const refused of [
      await two.client.patch(`/teams/${one.team}/settings`, settings, star),
      await two.client.patch(member, { role: 'viewer' }),
      await two.client.delete(member),
      await two.client.put(`/teams/${one.team}/avatar`, 'x', { 'content-type': 'image/png' }),
      await two.client.get(`/teams/${one.team}/usage`),
      await two.client.post(`/teams/${one.team}/archive`),
    ]) {
      expect([refused.status, refused.body.code]).toEqual([403, 'forbidden']);
    }
  });

  it('says where a membership comes from, and keeps somebody out against the identity provider', async () => {
    const { client } = await asAdmin('keeper');
    const scim = scimClient(await bridge().createConnection({ dialect: 'generic', name: 'Source' }));
    const ada = await scim.user('ada@source.example', { displayName: 'Ada Byron' });
    const group = await scim.group('sourced', [ada]);
    const team = (await client.get('/teams?search=sourced')).body.items[0].id;
    const path = `/teams/${team}/members`;
    const [member] = (await client.get(path)).body.items;
    expect(member).toMatchObject({
      role: 'member',
      removal: 'exclude',
      sources: [{ group: 'sourced', connection: 'Source' }],
    });
    expect((await client.patch(`${path}/${ada}`, { role: 'viewer' })).body.code).toBe('conflict');
    const removed = await client.delete(`${path}/${ada}?reason=cleaning%20up`);
    expect(removed.body).toMatchObject({ outcome: 'excluded', keptOutOf: [{ group: 'sourced' }] });
    await scim.patch(`/Groups/${group}`, { op: 'replace', path: 'members', value: [{ value: ada }] });
    const [kept] = (await client.get(`/teams/${team}/exclusions`)).body.items;
    expect(kept).toMatchObject({ standing: 'excluded', role: null, keptOut: { by: 'keeper', reason: 'cleaning up' } });
    expect((await client.delete(`/teams/${team}/exclusions/${ada}`)).status).toBe(204);
    expect((await client.get(`${path}/${ada}`)).body.role).toBe('member');
  });

  it('serves a picture that was drawn anew, to those who may see the team, and 304 to who has it', async () => {
    const { client } = await asAdmin('painter');
    const { id } = (await client.post('/teams', { name: 'painted' })).body;
    const png = await sharp({ create: { width: 9, height: 9, channels: 3, background: '#f00' } })
      .png()
      .toBuffer();
    const url = `${bridge().url}/api/v1/teams/${id}/avatar`;
    expect((await client.send('PUT', `/teams/${id}/avatar`, png, { 'content-type': 'image/png' })).status).toBe(204);
    const answer = await client.get(`/teams/${id}/avatar`);
    expect(answer.headers.get('content-type')).toBe('image/webp');
    expect(answer.headers.get('cache-control')).toBe('private, no-cache');
    const etag = answer.headers.get('etag') ?? '';
    expect((await client.get(`/teams/${id}/avatar`, { 'if-none-match': etag })).status).toBe(304);
    expect((await fetch(url)).status).toBe(401);
    const svg = await client.send('PUT', `/teams/${id}/avatar`, Buffer.from('<svg/>'), { 'content-type': 'image/png' });
    expect(svg.body.code).toBe('unsupported_media_type');
    expect((await client.delete(`/teams/${id}/avatar`)).status).toBe(204);
    expect((await client.get(`/teams/${id}/avatar`)).body.code).toBe('not_found');
  });

  it('locks a switch in every team while the organization enforces it', async () => {
    const { client } = await asAdmin('enforcer');
    const { id } = (await client.post('/teams', { name: 'enforced' })).body;
    await client.patch('/organization/privacy', { noReportSharing: true });
    const settings = await client.get(`/teams/${id}/settings`);
    expect(settings.body.privacy.noReportSharing).toEqual({ value: true, enforced: true });
    const etag = { 'if-match': settings.headers.get('etag') ?? '' };
    const refused = await client.patch(`/teams/${id}/settings`, { privacy: { noReportSharing: false } }, etag);
    expect(refused.body.code).toBe('conflict');
    await client.patch('/organization/privacy', { noReportSharing: false });
    const free = await client.get(`/teams/${id}/settings`);
    expect(free.body.privacy.noReportSharing).toEqual({ value: false, enforced: false });
  });

  it('says what a custom role lets its holders do, and what they hold when it is deleted', async () => {
    const { client } = await asAdmin('role maker');
    const input = { name: 'Curator', inherits: 'viewer', permissions: ['run:delete'] };
    const role = (await client.post('/custom-roles', input)).body;
    const person = await asAdmin('curating');
    const { id: team } = (await client.post('/teams', { name: 'curated' })).body;
    await client.patch(`/people/${person.id}`, { role: 'member' });
    await putIntoTeam(bridge(), person.id, team, 'Curator');
    const ask = async (permission: string) =>
      (await client.post('/authz/check', { user: 'curating', team: 'curated', permission })).body;
    expect(await ask('run:delete')).toMatchObject({ allowed: true, because: 'adds', role: 'Curator' });
    const checks = ['run:read', 'run:create'].map((permission) => ({ user: person.id, team, permission }));
    const { results } = (await client.post('/authz/check/batch', { checks })).body;
    expect(results.map((each: { allowed: boolean }) => each.allowed)).toEqual([true, false]);
    expect((await client.get(`/custom-roles/${role.id}/deletion`)).body).toMatchObject({
      ...{ users: 1, teams: 1, heldInstead: 'viewer', items: [{ userName: 'curating' }] },
    });
    expect((await client.delete(`/custom-roles/${role.id}`)).body).toEqual({ changed: 1 });
    expect(await ask('run:delete')).toMatchObject({ allowed: false, because: 'role_lacks_permission' });
    expect(await ask('no:such').then((problem) => problem.code)).toBe('invalid_value');
  });

  it('answers a question about somebody else only to those who may ask it', async () => {
    const { client } = await asAdmin('asked about');
    const curious = await asTeamAdmin(client, 'curious');
    const { id: team } = (await client.post('/teams', { name: 'private-matters' })).body;
    const question = { user: 'asked about', permission: 'run:read' };
    expect((await curious.client.post('/authz/check', { ...question, team })).body.code).toBe('forbidden');
    expect((await curious.client.post('/authz/check', { ...question, team: 'curious' })).status).toBe(200);
    const own = { user: curious.id, team, permission: 'run:read' };
    expect((await curious.client.post('/authz/check', own)).body.allowed).toBe(false);
  });
});
