/** People in the console, as an admin uses it, on both engines. */
import { expect, it } from 'vitest';
import { findPerson } from '../../src/directory/roles/explain.ts';
import type { TestBridge, TestConnection } from '../support/bridge.ts';
import { type ConsoleVisitor, visitConsole } from '../support/console-visitor.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { type ScimClient, scimClient } from '../support/scim-client.ts';

let made = 0;

interface Setting {
  readonly visitor: ConsoleVisitor;
  readonly connection: TestConnection;
  readonly client: ScimClient;
  /** Makes somebody whom the connection manages. */
  person(displayName: string): Promise<{ readonly id: string; readonly userName: string }>;
}

/** An organization of its own with a connection. */
async function setUp(bridge: TestBridge): Promise<Setting> {
  made += 1;
  const { id: organizationId } = await bridge.createOrganization(`people ${made} ${Math.random()}`);
  const connection = await bridge.createConnection({ dialect: 'okta', organizationId, name: 'Okta' });
  const client = scimClient(connection);
  const visitor = await visitConsole(bridge, organizationId);
  await visitor.get('/admin/people');
  async function person(displayName: string) {
    made += 1;
    const userName = `person${made}@people.example`;
    const body = {
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      ...{ userName, displayName, active: true, emails: [{ value: userName, primary: true }] },
    };
    const created = await client.send('POST', '/Users', body);
    return { id: String((created.body as { id: unknown }).id), userName };
  }
  return { visitor, connection, client, person };
}

describeBridge('people in the console', (bridge) => {
  it('lists, searches and filters', async () => {
    const { visitor, person } = await setUp(bridge());
    const ada = await person('Ada Byron');
    await person('Grace Hopper');
    const all = await visitor.get('/admin/people');
    expect(all.text).toContain(`Ada Byron ${ada.userName} ● Active`);
    expect(all.text).toContain('Grace Hopper');
    expect((await visitor.get('/admin/people?text=byron')).text).not.toContain('Grace Hopper');
    expect((await visitor.get('/admin/people?connection=nobody')).text).not.toContain('Ada Byron');
    expect((await visitor.get('/admin/people?status=deactivated')).text).toContain('Nobody matches.');
    expect((await visitor.get('/admin/people?sort=last_seen')).text).toContain('Ada Byron');
  });

  it('pages through, each person once, in every order', async () => {
    const { visitor, person } = await setUp(bridge());
    const names = Array.from({ length: 60 }, (_, n) => `Person Number ${String(n).padStart(2, '0')}`);
    for (const name of names) await person(name);
    for (const sort of ['name', 'created', 'last_seen', 'email']) {
      const seen: string[] = [];
      let address: string | undefined = `/admin/people?text=person&sort=${sort}`;
      for (let pages = 0; address !== undefined && pages < 5; pages += 1) {
        const page = await visitor.get(address);
        seen.push(...(page.text.match(/Person Number \d\d(?= person)/g) ?? []));
        address = page.html.match(/rel="next" href="([^"]+)"/)?.[1]?.replaceAll('&amp;', '&');
      }
      expect({ sort, seen: seen.toSorted() }).toEqual({ sort, seen: names });
    }
  }, 60_000);

  it('shows one person: roles with the reason and the request that gave them, and the story', async () => {
    const { visitor, client, person } = await setUp(bridge());
    const ada = await person('Ada Byron');
    await client.group('vision', [ada.id]);
    const page = await visitor.get(`/admin/people/${ada.id}`);
    expect(page.text).toContain('Managed by Okta');
    expect(page.text).toMatch(
      /Team vision Member Member: member of the group vision, since \S+ \S+ UTC, by this request/,
    );
    expect(page.text).toContain('Added Ada Byron to group vision');
    expect(page.text).toContain('Created Ada Byron');
  });

  it('changes a role in place, and says what else to know', async () => {
    const { visitor, person } = await setUp(bridge());
    const ada = await person('Ada Byron');
    const page = await visitor.submit(`/admin/people/${ada.id}/role`, { role: 'admin' });
    expect(page.status).toBe(200);
    expect(page.text).toMatch(/Ada Byron is Admin of the organization now.*Role Admin/);
    expect(page.address).toBe(`/admin/people/${ada.id}`);
    const again = await visitor.get(page.address);
    expect(again.text).toContain('Role Admin');
    expect(again.text).not.toContain('is Admin of the organization now');
    expect((await visitor.submit(`/admin/people/${ada.id}/role`, { role: 'emperor' })).text).toContain(
      'There is no role “emperor” in the organization.',
    );
  });

  it('goes on in the list where the role was set in the list', async () => {
    const { visitor, person } = await setUp(bridge());
    for (let n = 0; n < 55; n += 1) await person(`Person ${String(n).padStart(2, '0')}`);
    const first = await visitor.get('/admin/people?text=person');
    const next = first.html.match(/rel="next" href="([^"]+)"/)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const second = await visitor.get(next);
    const form = second.html.match(/action="([^"]+\/role[^"]*)"/)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const set = await visitor.submit(form, { role: 'admin' });
    expect(set.text).toContain('Person 50 is Admin of the organization now.');
    expect(set.text).toContain('Person 54');
    expect(set.text).not.toContain('Person 49');
    const asked = await visitor.submit(form, { role: 'viewer' });
    expect(asked.html).toContain(`href="${next.replaceAll('&', '&amp;')}"`);
    expect((await visitor.sayYes(asked)).text).toContain('Person 50 is View-Only of the organization now.');
    expect((await visitor.submit(form, { role: 'emperor' })).text).toMatch(/There is no role “emperor”.*Person 54/);
  }, 60_000);

  it('lets a connection take over an admin whom nobody manages, as the refusal says', async () => {
    const { visitor, client } = await setUp(bridge());
    const userName = 'admin@console.example';
    const body = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName, active: true };
    expect((await client.send('POST', '/Users', body)).status).toBe(403);
    // What changed nothing is recorded a little later.
    const refused = async () =>
      (await visitor.get('/admin/sync?outcome=refused')).html.match(/\/admin\/sync\/[0-9a-f-]{36}/)?.[0];
    await expect.poll(refused).toBeDefined();
    const exchange = (await refused()) ?? '';
    expect((await visitor.get(exchange)).text).toContain('Open this admin under People');
    const list = await visitor.get(`/admin/people?text=${userName}`);
    const address = list.html.match(/\/admin\/people\/[0-9a-f-]{36}/)?.[0] ?? '';
    const page = await visitor.get(address);
    const connection = page.html.match(/name="connection"><option value="([^"]+)"/)?.[1] ?? '';
    const wrong = await visitor.submit(`${address}/adoption`, { connection: 'elsewhere' });
    expect([wrong.status, wrong.text.includes('There is no such connection')]).toEqual([400, true]);
    const approved = await visitor.submit(`${address}/adoption`, { connection });
    expect(approved.text).toContain('Okta may take them over at its next request.');
    expect((await client.send('POST', '/Users', body)).status).toBeLessThan(300);
    const managed = await visitor.get(address);
    expect(managed.html).toContain(`<a href="/admin/connections/${connection}">Okta</a>`);
    expect(managed.text).not.toContain('Let a connection manage them');
  });

  it('shows who a person is to each identity provider that vouched for them', async () => {
    const { visitor, person } = await setUp(bridge());
    const ada = await person('Ada Byron');
    const address = `/admin/people/${ada.id}`;
    const without = await visitor.get(address);
    expect(without.text).toContain('Links to identity providers none: the first sign-in makes one');
    expect(without.html).not.toContain('id="links"');
    const { store } = bridge().core;
    const link = { connector: 'oidc', issuer: 'https://login.example', subject: '<b>00u1</b>', vouchedEmail: null };
    const owner = { organizationId: visitor.organizationId, userId: ada.id, createdAt: Date.UTC(2026, 0, 2) };
    await store.write((db) => store.identityLinks.set(db, { ...link, ...owner }));
    const page = await visitor.get(address);
    expect(page.text).toContain('OpenID Connect https://login.example as <b>00u1</b> since 2026-01-02 00:00 UTC');
    expect(page.html).not.toContain('<b>00u1');
  });

  it('keeps the last admin', async () => {
    const { visitor } = await setUp(bridge());
    const { directory } = bridge().core;
    const admin = await findPerson(directory, visitor.organizationId, 'admin@console.example');
    for (const [path, fields] of [
      ['role', { role: 'member' }],
      ['remove', {}],
    ] as const) {
      const page = await visitor.submit(`/admin/people/${admin.id}/${path}`, fields);
      expect(page.status).toBe(403);
      expect(page.text).toContain('An organization keeps at least one active admin');
      expect(page.text).toContain('Make somebody else an admin first, then try again.');
    }
  });

  it('says what removing means, removes with the reason, and asks twice before it goes against the connection', async () => {
    const { visitor, client, person } = await setUp(bridge());
    const ada = await person('Ada Byron');
    await client.group('robots', [ada.id]);
    const asked = await visitor.get(`/admin/people/${ada.id}/remove`);
    expect(asked.text).toContain('in 1 team: Member in robots');
    expect(asked.text).toContain('Okta manages this person: here they are deactivated.');
    const removed = await visitor.confirm(`/admin/people/${ada.id}/remove`, { reason: 'Left the company' });
    expect(removed.text).toContain('Deactivated');
    expect(removed.text).toContain('Reason: Left the company');
    expect(removed.text).toContain('Left the organization');
    expect((await visitor.get('/admin/removed')).text).toContain('Left the company');
    expect((await visitor.submit(`/admin/people/${ada.id}/reactivate`, {})).text).toContain('Status ● Active');
    await client.patch(`/Users/${ada.id}`, { op: 'replace', value: { active: false } });
    const refused = await visitor.submit(`/admin/people/${ada.id}/reactivate`, {});
    expect(refused.text).toContain('Okta deactivated Ada Byron.');
    expect(refused.text).toContain('Bring them back all the same');
    const back = await visitor.submit(`/admin/people/${ada.id}/reactivate`, { against: 'yes' });
    expect(back.text).toContain('Status ● Active');
  });

  it('invites many at once, each answered by itself, and gives the links where no mail is sent', async () => {
    const { visitor, person } = await setUp(bridge());
    const known = await person('Known Already');
    await visitor.get('/admin/people/invite');
    const page = await visitor.submit('/admin/people/invite', {
      addresses: `new@invite.example, ${known.userName}\nnonsense`,
      role: 'viewer',
    });
    expect(page.text).toContain('1 of 3 invited');
    expect(page.html).toMatch(/\/auth\/invite\?key=drawbridge_invite_[\w-]+/);
    const list = await visitor.get('/admin/people?status=invited');
    expect(list.text).toContain('new@invite.example');
    const address = list.html.match(/\/admin\/people\/invites\/[0-9a-f-]{36}/)?.[0] ?? '';
    expect((await visitor.get(address)).text).toContain('State waiting to be accepted');
    expect((await visitor.submit(`${address}/resend`, {})).text).toContain('The new link is shown this once');
    expect((await visitor.confirm(`${address}/revoke`, {})).text).toContain('State revoked');
  });

  it('says what is wrong with an invite, and keeps what was typed', async () => {
    const { visitor } = await setUp(bridge());
    const page = await visitor.submit('/admin/people/invite', { addresses: '  ', role: 'member' });
    expect(page.status).toBe(400);
    expect(page.text).toContain('Give at least one e-mail address.');
  });

  it('shows text of others as text', async () => {
    const { visitor, person } = await setUp(bridge());
    const { id } = await person('<script>alert(1)</script>');
    for (const path of ['/admin/people', `/admin/people/${id}`, `/admin/people/${id}/remove`]) {
      const page = await visitor.get(path);
      expect(page.html).toContain('&lt;script&gt;alert(1)');
      expect(page.html).not.toContain('<script>alert');
    }
  });

  it('shows nothing of another organization, and lets nothing be done there', async () => {
    const { person } = await setUp(bridge());
    const ada = await person('Ada Elsewhere');
    const stranger = (await setUp(bridge())).visitor;
    expect((await stranger.get('/admin/people')).text).not.toContain('Ada Elsewhere');
    for (const path of ['', '/remove']) expect((await stranger.get(`/admin/people/${ada.id}${path}`)).status).toBe(404);
    for (const path of ['role', 'remove', 'reactivate', 'end-sessions']) {
      expect((await stranger.submit(`/admin/people/${ada.id}/${path}`, { role: 'admin' })).status).toBe(404);
    }
  });
});
