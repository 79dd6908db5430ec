/** Teams, custom roles and service accounts in the console, as an admin uses them, on both engines. */
import sharp from 'sharp';
import { expect, it } from 'vitest';
import type { TestBridge } from '../support/bridge.ts';
import { type ConsoleVisitor, visitConsole } from '../support/console-visitor.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { type ScimClient, scimClient } from '../support/scim-client.ts';

let made = 0;

interface Setting {
  readonly visitor: ConsoleVisitor;
  readonly client: ScimClient;
  person(displayName: string): Promise<{ readonly id: string; readonly userName: string }>;
  /** Makes a team by hand; gives its address. */
  team(name: string): Promise<string>;
}

async function setUp(bridge: TestBridge): Promise<Setting> {
  made += 1;
  const { id: organizationId } = await bridge.createOrganization(`teams ${made} ${Math.random()}`);
  const connection = await bridge.createConnection({ dialect: 'okta', organizationId, name: 'Okta' });
  const client = scimClient(connection);
  const visitor = await visitConsole(bridge, organizationId);
  await visitor.get('/admin/teams/new');
  return {
    visitor,
    client,
    async person(displayName) {
      made += 1;
      const userName = `person${made}@teams.example`;
      const created = await client.send('POST', '/Users', {
        schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
        ...{ userName, displayName, active: true, emails: [{ value: userName, primary: true }] },
      });
      return { id: String((created.body as { id: unknown }).id), userName };
    },
    team: async (name) => (await visitor.submit('/admin/teams', { name, provider: '' })).address,
  };
}

describeBridge('teams in the console', (bridge) => {
  it('makes a team, with storage that is checked for its form', async () => {
    const { visitor, team } = await setUp(bridge());
    expect(await team('vision')).toMatch(/^\/admin\/teams\/[0-9a-f-]{36}$/);
    const refused = await visitor.submit('/admin/teams', { name: 'robots', provider: 'AWS', bucket: 'NOT A BUCKET' });
    expect(refused.status).toBe(400);
    expect(refused.text).toContain('storage.name');
    expect(refused.html).toContain('value="NOT A BUCKET"');
    const twice = await visitor.submit('/admin/teams', { name: 'vision', provider: '' });
    expect(twice.status).toBe(409);
    expect((await visitor.get('/admin/teams?search=vis')).text).toContain('vision ● Active');
  });

  it('adds people by name, invites strangers, and refuses clearly', async () => {
    const { visitor, person, team } = await setUp(bridge());
    const ada = await person('Ada Byron');
    const address = await team('vision');
    const page = await visitor.submit(`${address}/members`, {
      people: `${ada.userName}, new@teams.example, nobody`,
      role: 'admin',
    });
    expect(page.text).toContain('Ada Byron is in the team now.');
    expect(page.text).toContain('new@teams.example is invited; hand over this link');
    expect(page.text).toMatch(/nobody: There is no/);
    expect(page.text).toContain('This team has only one admin.');
    // The link is shown in this answer, and waits nowhere for another.
    expect(page.address).toBe(`${address}/members`);
    expect(visitor.cookies().filter(({ name, value }) => name.endsWith('told') && value !== '')).toEqual([]);
    const strangers = Array.from({ length: 40 }, (_, index) => `nobody ${index} of that name`);
    const many = await visitor.submit(`${address}/members`, { people: strangers.join(','), role: 'member' });
    expect(many.text).toMatch(/nobody 0 of that name: .*nobody 39 of that name: /);
    const changed = await visitor.confirm(`${address}/members/${ada.id}/role`, { role: 'viewer' });
    expect(changed.text).toContain('The role was set.');
    expect(changed.text).toContain('This team has no admin.');
  });

  it('shows where a membership comes from, keeps somebody out by hand, and lets them in again', async () => {
    const { visitor, client, person } = await setUp(bridge());
    const ada = await person('Ada Byron');
    await client.group('robots', [ada.id]);
    const list = await visitor.get('/admin/teams');
    const address = list.html.match(/\/admin\/teams\/[0-9a-f-]{36}/)?.[0] ?? '';
    expect((await visitor.get(address)).text).toContain('the group robots of the connection Okta');
    const out = await visitor.confirm(`${address}/members/${ada.id}/remove`, { reason: 'Conflict of interest' });
    expect(out.text).toContain('They are kept out by hand, although they are in the group robots');
    expect(out.text).toContain('Kept out by hand');
    expect((await visitor.get('/admin/removed?scope=team')).text).toContain('team robots Conflict of interest');
    expect((await visitor.get(`/admin/people/${ada.id}`)).text).toContain('kept out by hand since');
    const back = await visitor.submit(`${address}/exclusions/${ada.id}/lift`, {});
    expect(back.text).toContain('They may be in the team again.');
    expect(back.text).not.toContain('Kept out by hand');
  });

  it('lists teams with their active members, each counted once, whoever is deactivated or kept out left out', async () => {
    const { visitor, client, person, team } = await setUp(bridge());
    const [ada, grace, eve] = [await person('Ada Byron'), await person('Grace Hopper'), await person('Eve Kept-Out')];
    await client.group('robots', [ada.id, grace.id, eve.id]);
    const robots = (await visitor.get('/admin/teams')).html.match(/\/admin\/teams\/[0-9a-f-]{36}/)?.[0] ?? '';
    await visitor.submit(`${robots}/members`, { people: ada.userName, role: 'admin' });
    await visitor.confirm(`${robots}/members/${eve.id}/remove`, {});
    await team('vision');
    const list = async (): Promise<string> => (await visitor.get('/admin/teams')).text;
    expect(await list()).toMatch(/robots ● Active 2 .*vision ● Active 0 /);
    await client.patch(`/Users/${grace.id}`, { op: 'replace', value: { active: false } });
    expect(await list()).toContain('robots ● Active 1 ');
  });

  it('stays on the page of members on which something was done, and leads back to the first', async () => {
    const { visitor, client, person } = await setUp(bridge());
    const people = [];
    for (let n = 0; n < 55; n += 1) people.push(await person(`Member ${String(n).padStart(2, '0')}`));
    await client.group(
      'robots',
      people.map(({ id }) => id),
    );
    const address = (await visitor.get('/admin/teams')).html.match(/\/admin\/teams\/[0-9a-f-]{36}/)?.[0] ?? '';
    const next = (await visitor.get(address)).html.match(/rel="next" href="([^"]+)"/)?.[1] ?? '';
    const second = await visitor.get(next);
    expect(second.html).toContain(`href="${address}">← From the start`);
    const form = (what: string): string => second.html.match(new RegExp(`action="([^"]+/${what}[^"]*)"`))?.[1] ?? '';
    const set = await visitor.submit(form('role'), { role: 'admin' });
    expect([set.text.includes('Member 54'), set.text.includes('Member 00')]).toEqual([true, false]);
    const asked = await visitor.submit(form('remove'), {});
    expect(asked.html).toContain(`href="${next}"`);
    const gone = await visitor.sayYes(asked);
    expect([gone.text.includes('Member 54'), gone.text.includes('Member 00')]).toEqual([true, false]);
  }, 60_000);

  it('finds members by name, user name or address, and stays at what was searched for', async () => {
    const { visitor, client, person, team } = await setUp(bridge());
    const people = [await person('Émilie Searched'), await person('Ada Byron')];
    for (let n = 0; n < 51; n += 1) people.push(await person(`Searched ${n}`));
    await client.group(
      'robots',
      people.map(({ id }) => id),
    );
    const address = (await visitor.get('/admin/teams')).html.match(/\/admin\/teams\/[0-9a-f-]{36}/)?.[0] ?? '';
    const shown = async (search: string): Promise<readonly boolean[]> => {
      const { text } = await visitor.get(`${address}?${new URLSearchParams({ search })}`);
      return ['Émilie Searched', 'Ada Byron'].map((name) => text.includes(name));
    };
    expect(await shown(' ÉMIL ')).toEqual([true, false]);
    expect(await shown(people[1]?.userName.toUpperCase() ?? '')).toEqual([false, true]);
    const nobody = await visitor.get(`${address}?search=%22%3E%3Cscript%3E`);
    expect(nobody.text).toContain('Show everybody Nobody in this team matches.');
    expect(nobody.html).toContain('value="&quot;&gt;&lt;script&gt;"');

    const first = await visitor.get(`${address}?search=searched`);
    const next = first.html.match(/rel="next" href="([^"]+)"/)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const second = await visitor.get(next);
    expect([second.text.includes('Searched 50'), second.text.includes('Ada Byron')]).toEqual([true, false]);
    expect(second.html).toContain(`href="${address}?search=searched">← From the start`);
    const form = (what: string): string =>
      second.html.match(new RegExp(`action="([^"]+/${what}[^"]*)"`))?.[1]?.replaceAll('&amp;', '&') ?? '';
    const set = await visitor.submit(form('role'), { role: 'admin' });
    const gone = await visitor.confirm(form('remove'), {});
    for (const { html, text } of [set, gone]) {
      expect(html).toContain('name="search" value="searched"');
      expect([text.includes('Searched 50'), text.includes('Searched 10')]).toEqual([true, false]);
    }
    expect((await visitor.get(await team('empty'))).html).not.toContain('name="search"');
  }, 60_000);

  it('renames, archives and restores', async () => {
    const { visitor, team } = await setUp(bridge());
    const address = await team('vision');
    expect((await visitor.submit(`${address}/rename`, { name: 'sight' })).text).toContain('The team has its new name.');
    expect((await visitor.confirm(`${address}/archive`, {})).text).toContain('This team is archived.');
    expect((await visitor.get('/admin/teams?archived=yes')).text).toContain('sight ○ Archived since');
    await team('hearing');
    expect((await visitor.get('/admin/teams')).text).not.toContain('sight');
    expect((await visitor.get('/admin/teams?archived=any')).text).toMatch(
      /hearing ● Active 0 .*sight ○ Archived since/,
    );
    expect((await visitor.submit(`${address}/restore`, {})).text).toContain('The team is restored.');
  });

  it('saves privacy and alerts', async () => {
    const { visitor, team } = await setUp(bridge());
    const address = await team('vision');
    const privacy = await visitor.submit(`${address}/privacy`, { privacy: ['hideTeam', 'membersMayInvite'] });
    expect(privacy.html.match(/name="privacy" value="\w+" checked/g)).toEqual([
      'name="privacy" value="hideTeam" checked',
      'name="privacy" value="membersMayInvite" checked',
    ]);
    const alerts = await visitor.submit(`${address}/alerts`, {
      ...{ admins: ['memberLeft'], 'addresses-noAdmin': 'ops@teams.example' },
    });
    expect(alerts.html).toContain('value="ops@teams.example"');
    expect(alerts.html).toMatch(/name="admins" value="memberLeft" checked/);
    const wrong = await visitor.submit(`${address}/alerts`, { 'addresses-noAdmin': 'no address' });
    expect(wrong.status).toBe(400);
  });

  it('takes a picture by its content, and serves it drawn anew', async () => {
    const { visitor, team } = await setUp(bridge());
    const address = await team('vision');
    const picture = await sharp({ create: { width: 9, height: 9, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    const saved = await visitor.upload(`${address}/avatar/change`, 'picture', picture);
    expect(saved.text).toContain('The picture was saved.');
    const shown = await visitor.raw(`${address}/avatar`);
    expect(shown.headers.get('content-type')).toBe('image/webp');
    expect((await sharp(Buffer.from(await shown.arrayBuffer())).metadata()).format).toBe('webp');
    const refused = await visitor.upload(
      `${address}/avatar/change`,
      'picture',
      Buffer.from('<svg onload="alert(1)"/>'),
    );
    expect(refused.status).toBe(415);
    const large = await visitor.upload(`${address}/avatar/change`, 'picture', Buffer.alloc(3 * 1024 * 1024));
    expect(large.status).toBe(413);
    expect((await visitor.confirm(`${address}/avatar/remove`, {})).text).toContain('The picture was removed.');
  });

  it('makes a custom role with picked permissions, gives it, and says whom deleting it affects', async () => {
    const { visitor, person, team } = await setUp(bridge());
    const ada = await person('Ada Byron');
    const address = await team('vision');
    await visitor.submit('/admin/roles', {
      ...{ name: 'Curator', description: 'Tidies up', inherits: 'member', permission: ['run:delete', 'report:delete'] },
    });
    const list = await visitor.get('/admin/roles');
    expect(list.text).toContain('Curator Tidies up Member report:delete, run:delete');
    const role = list.html.match(/\/admin\/roles\/[0-9a-f-]{36}/)?.[0] ?? '';
    expect((await visitor.get(role)).html).toMatch(/value="run:delete" checked/);
    await visitor.submit(`${address}/members`, { people: ada.userName, role: 'Curator' });
    expect((await visitor.get(role)).text).toContain('1 person in 1 team holds it; a change holds for all of them');
    expect((await visitor.get(`${role}/delete`)).text).toContain('1 person in 1 team would be Member instead');
    await visitor.confirm(`${role}/delete`, {});
    expect((await visitor.get('/admin/roles')).text).toContain('There are none.');
    expect((await visitor.get(address)).html).toMatch(/value="member" selected/);
    const refused = await visitor.submit('/admin/roles', { name: 'Bad', inherits: 'member', permission: 'run:invent' });
    expect(refused.status).toBe(400);
  });

  it('makes a service account with a key that is shown once and can be revoked', async () => {
    const { visitor } = await setUp(bridge());
    await visitor.get('/admin/service-accounts');
    const account = await visitor.submit('/admin/service-accounts', { name: 'ci', team: '' });
    expect(account.address).toMatch(/^\/admin\/service-accounts\/[0-9a-f-]{36}$/);
    const page = await visitor.submit(`${account.address}/keys`, { name: 'build', scope: 'read', days: '30' });
    const secret = page.html.match(/id="secret">([^<]+)</)?.[1] ?? '';
    expect((await visitor.get(account.address)).html).not.toContain(secret);
    const ask = async () =>
      (await fetch(`${bridge().url}/api/v1/teams`, { headers: { authorization: `Bearer ${secret}` } })).status;
    expect(await ask()).toBe(200);
    const revoke = page.html.match(/action="([^"]+\/revoke)"/)?.[1] ?? '';
    expect((await visitor.confirm(revoke, {})).text).toContain('revoked');
    expect(await ask()).toBe(401);
    expect((await visitor.submit('/admin/service-accounts', { name: 'ci', team: '' })).status).toBe(409);
  });

  it('shows nothing of another organization, and lets nothing be done there', async () => {
    const { team } = await setUp(bridge());
    const address = await team('secret-team');
    const stranger = (await setUp(bridge())).visitor;
    expect((await stranger.get('/admin/teams')).text).not.toContain('secret-team');
    expect((await stranger.get(address)).status).toBe(404);
    for (const path of ['members', 'rename', 'archive', 'privacy', 'alerts', 'avatar/remove']) {
      expect((await stranger.submit(`${address}/${path}`, { people: 'x', role: 'member', name: 'x' })).status).toBe(
        404,
      );
    }
  });
});
