/** Connections in the console, as an admin uses them, on both engines. */
import { describe, expect, it } from 'vitest';
import { CHOICES_MAX } from '../../src/console/connections/rules-choices.ts';
import { applyButton, EMPTY_ROW, toRow, toRules } from '../../src/console/connections/rules-form.ts';
import { parseRules } from '../../src/mapping/rule.ts';
import type { TestBridge } from '../support/bridge.ts';
import { type ConsoleVisitor, hiddenOn, visitConsole } from '../support/console-visitor.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { scimClient } from '../support/scim-client.ts';

interface Made {
  readonly visitor: ConsoleVisitor;
  readonly id: string;
  readonly token: string;
}

async function makeConnection(bridge: TestBridge, name: string, dialect = 'okta'): Promise<Made> {
  const visitor = await visitConsole(bridge);
  await visitor.get('/admin/connections/new');
  const page = await visitor.submit('/admin/connections', { name, dialect });
  expect(page.status).toBe(200);
  const id = page.html.match(/\/admin\/connections\/([0-9a-f-]{36})\//)?.[1] ?? '';
  const token = page.html.match(/drawbridge_scim_[\w-]+/)?.[0] ?? '';
  return { visitor, id, token };
}

const connectionOf = ({ id, token, visitor }: Made, bridge: TestBridge) => ({
  ...{ id, token, organizationId: visitor.organizationId, scimUrl: bridge.scimUrl },
});

/** Those of tests too. */
const tokenRows = ({ id }: Made, { core }: TestBridge) =>
  core.engine.reader.selectFrom('connection_tokens').selectAll().where('connection_id', '=', id).execute();

describeBridge('connections in the console', (bridge) => {
  it('makes one, says what to enter where, and shows the token this once', async () => {
    const made = await makeConnection(bridge(), 'Okta one');
    expect(made.token).not.toBe('');
    const again = await made.visitor.get(`/admin/connections/${made.id}`);
    expect(again.text).toContain('SCIM connector base URL');
    expect(again.text).toContain(bridge().scimUrl);
    expect(again.html).not.toContain(made.token);
    const { status } = await scimClient(connectionOf(made, bridge())).send('GET', '/Users');
    expect(status).toBe(200);
    expect((await made.visitor.get('/admin/connections')).text).toContain('Okta one Okta ● Active');
  });

  it('says what is wrong with a name, and keeps what was typed', async () => {
    const { visitor } = await makeConnection(bridge(), 'Twice');
    const page = await visitor.submit('/admin/connections', { name: 'Twice', dialect: 'entra' });
    expect(page.status).toBe(409);
    expect(page.text).toContain('There is a connection named "Twice" already.');
    expect(page.html).toContain('value="Twice"');
    expect(page.html).toMatch(/value="entra" checked/);
  });

  it('shows text of others as text', async () => {
    const { visitor, id } = await makeConnection(bridge(), '<script>alert(1)</script>');
    for (const path of ['/admin/connections', `/admin/connections/${id}`, `/admin/connections/${id}/rules`, '/admin']) {
      const page = await visitor.get(path);
      expect(page.html).toContain('&lt;script&gt;alert(1)');
      expect(page.html).not.toContain('<script>alert');
    }
  });

  it('pauses and resumes', async () => {
    const made = await makeConnection(bridge(), 'Pausing');
    const client = scimClient(connectionOf(made, bridge()));
    const paused = await made.visitor.confirm(`/admin/connections/${made.id}/pause`, {});
    expect(paused.text).toContain('Paused');
    expect((await client.send('GET', '/Users')).status).toBe(503);
    await made.visitor.submit(`/admin/connections/${made.id}/resume`, {});
    expect((await client.send('GET', '/Users')).status).toBe(200);
  });

  it('rotates a token without a gap, and ends one at once', async () => {
    const made = await makeConnection(bridge(), 'Rotating');
    const page = await made.visitor.confirm(`/admin/connections/${made.id}/tokens`, { grace: '3600' });
    const fresh = page.html.match(/drawbridge_scim_[\w-]+/)?.[0] ?? '';
    const asks = async (token: string) =>
      (await scimClient({ ...connectionOf(made, bridge()), token }).send('GET', '/Users')).status;
    expect([await asks(made.token), await asks(fresh)]).toEqual([200, 200]);
    const freshId =
      page.html
        .match(/tokens\/([0-9a-f-]{36})\/revoke/g)
        ?.at(-1)
        ?.slice(7, 43) ?? '';
    await made.visitor.confirm(`/admin/connections/${made.id}/tokens/${freshId}/revoke`, {});
    expect([await asks(made.token), await asks(fresh)]).toEqual([200, 401]);
  });

  it('previews rules, asks once before roles are taken, and then saves', async () => {
    const made = await makeConnection(bridge(), 'Ruled');
    const client = scimClient(connectionOf(made, bridge()));
    const ada = await client.user('ada@rules.example');
    await client.group('vision-rules', [ada]);
    const address = `/admin/connections/${made.id}/rules`;
    expect((await made.visitor.get(address)).html).toContain('value="everyOtherGroup" selected');
    const rows = { id: '', condition: 'group', value: 'vision-rules', team: 'robots', role: 'admin' };
    const preview = await made.visitor.submit(`${address}/preview`, rows);
    expect(preview.text).toContain('Would gain (1)');
    expect(preview.text).toContain('admin in team robots');
    expect(preview.text).toContain('Would lose (1)');
    const captured = { ...rows, condition: 'groupPattern', value: '{team}-{role}', team: '{team}', role: '{role}' };
    expect((await made.visitor.submit(`${address}/preview`, captured)).text).toMatch(
      /Warnings \(1\) ?The group "vision-rules" names the role "rules", which is none/,
    );
    const version = hiddenOn(await made.visitor.get(address), 'version');
    const asked = await made.visitor.submit(address, { ...rows, version, button: 'save' });
    expect(asked.text).toContain('1 role would be taken away. Is that meant?');
    expect((await made.visitor.get(`/admin/connections/${made.id}`)).text).toContain('every other pushed group');
    const yes = { version, asked: hiddenOn(asked, 'asked'), button: 'confirm' };
    const other = await made.visitor.submit(address, { ...rows, team: 'drones', ...yes });
    expect(other.text).toContain('1 role would be taken away. Is that meant?');
    expect(other.html).toContain('value="drones"');
    const saved = await made.visitor.submit(address, { ...rows, ...yes });
    expect(saved.text).toContain('Members of the group vision-rules are admin in the team robots .');
  });

  it('offers the pushed groups of the connection, the teams and the roles, as text and in bounds', async () => {
    const { id: organizationId } = await bridge().createOrganization(`choices ${Math.random()}`);
    const visitor = await visitConsole(bridge(), organizationId);
    await visitor.get('/admin/roles/new');
    await visitor.submit('/admin/roles', { name: 'Run steward', inherits: 'member' });
    await visitor.submit('/admin/teams', { name: 'vision', provider: '' });
    const connect = (name: string) => bridge().createConnection({ dialect: 'okta', organizationId, name });
    const [okta, other] = [await connect('Okta'), await connect('Other')];
    await scimClient(other).group('of the other one');
    for (const name of ['ml-leads', '"><script>alert(1)</script>']) await scimClient(okta).group(name);
    const { html } = await visitor.get(`/admin/connections/${okta.id}/rules`);
    const offered = (list: string): string => html.match(`<datalist id="${list}">(.*?)</datalist>`)?.[1] ?? '';
    expect(offered('groups')).toContain('<option value="ml-leads">');
    expect(offered('groups')).toContain('<option value="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;">');
    expect(offered('groups')).not.toContain('of the other one');
    expect(offered('teams')).toContain('<option value="vision">');
    expect(offered('roles').match(/value="[^"]+"/g)).toEqual(
      ['admin', 'member', 'viewer', 'Run steward'].map((name) => `value="${name}"`),
    );
    for (const list of ['groups', 'teams', 'roles'])
      expect(html).toMatch(new RegExp(`<input name="[a-z]+" [^>]*list="${list}"`));

    for (let n = 0; n < CHOICES_MAX; n += 1) await scimClient(okta).group(`many ${n}`);
    const many = await visitor.get(`/admin/connections/${okta.id}/rules`);
    expect(many.html.match(/<option value="many \d+">/g)?.length).toBe(CHOICES_MAX - 1);
  });

  it('does not let two admins undo each other’s rules unawares', async () => {
    const made = await makeConnection(bridge(), 'Shared');
    const address = `/admin/connections/${made.id}/rules`;
    const version = hiddenOn(await made.visitor.get(address), 'version');
    const rows = { id: '', condition: 'group', value: 'a', role: 'member', button: 'save' };
    await made.visitor.submit(address, { ...rows, team: 'first', version });
    const late = await made.visitor.submit(address, { ...rows, team: 'second', version });
    expect(late.status).toBe(422);
    expect(late.text).toContain('Somebody changed this connection after you opened the rules.');
    expect(late.html).toContain('value="second"');
    expect((await made.visitor.get(`/admin/connections/${made.id}`)).text).toContain('in the team first');
    await made.visitor.submit(address, { ...rows, team: 'second', version: hiddenOn(late, 'version') });
    expect((await made.visitor.get(`/admin/connections/${made.id}`)).text).toContain('in the team second');
  });

  it('names the rule and the fault, and keeps the rows', async () => {
    const made = await makeConnection(bridge(), 'Faulty');
    const rows = { id: ['', ''], condition: ['group', 'user'], value: ['a', 'title xx 1'], team: ['t', ''] };
    const address = `/admin/connections/${made.id}/rules`;
    const version = hiddenOn(await made.visitor.get(address), 'version');
    const page = await made.visitor.submit(address, {
      ...{ ...rows, version, role: ['member', 'admin'], button: 'save' },
    });
    expect(page.status).toBe(422);
    expect(page.text).toContain('rule 2:');
    expect(page.html).toContain('value="title xx 1"');
  });

  it('tests itself as the identity provider would, and leaves no token behind', async () => {
    const made = await makeConnection(bridge(), 'Tested', 'entra');
    const page = await made.visitor.submit(`/admin/connections/${made.id}/test`, {});
    expect(page.text).toContain('Drawbridge answers as the identity provider expects');
    expect(page.html.match(/\/admin\/sync\/[0-9a-f-]{36}/g)).toHaveLength(2);
    const tokens = await tokenRows(made, bridge());
    expect(tokens.filter((token) => token.revoked_at === null)).toHaveLength(1);
  });

  it('does not take its own test for word of the identity provider', async () => {
    const made = await makeConnection(bridge(), 'Silent', 'entra');
    await made.visitor.submit(`/admin/connections/${made.id}/test`, {});
    const used = async () => (await tokenRows(made, bridge())).some((token) => token.last_used_at !== null);
    await expect.poll(used, { timeout: 20_000 }).toBe(true);
    const list = await made.visitor.get('/admin/connections');
    expect(list.text).toContain('Silent Microsoft Entra ID ● Active never 0 0');
    expect((await made.visitor.get('/admin')).text).toContain('Silent has sent nothing yet.');
    const page = await made.visitor.get(`/admin/connections/${made.id}`);
    expect(page.text).not.toContain(' ended 20');
  });

  it('goes on telling of a token that was ended within its first minute', async () => {
    const made = await makeConnection(bridge(), 'Hasty', 'okta');
    const old = scimClient(connectionOf(made, bridge()));
    expect((await old.send('GET', '/Users')).status).toBe(200);
    const used = async () => (await tokenRows(made, bridge())).some((token) => token.last_used_at !== null);
    await expect.poll(used, { timeout: 20_000 }).toBe(true);
    await made.visitor.confirm(`/admin/connections/${made.id}/tokens`, { grace: '0' });
    expect((await old.send('GET', '/Users')).status).toBe(401);
    const page = await made.visitor.get(`/admin/connections/${made.id}`);
    expect(page.text).toContain(`…${made.token.slice(-4)} ended 20`);
    const list = await made.visitor.get('/admin/connections');
    expect(list.text).not.toContain('Hasty Okta ● Active never');
  });

  it('knows nothing of connections of another organization', async () => {
    const made = await makeConnection(bridge(), 'Here');
    const { id } = await bridge().createOrganization(`elsewhere ${Math.random()}`);
    const stranger = await visitConsole(bridge(), id);
    await stranger.get('/admin/connections/new');
    for (const path of ['', '/rules']) {
      expect((await stranger.get(`/admin/connections/${made.id}${path}`)).status).toBe(404);
    }
    for (const path of ['/pause', '/tokens', '/test', '/rules']) {
      expect((await stranger.submit(`/admin/connections/${made.id}${path}`, { button: 'save' })).status).toBe(404);
    }
    expect((await stranger.get('/admin/connections')).text).not.toContain('Here');
  });

  it('takes no form that was not sent from its own page', async () => {
    const made = await makeConnection(bridge(), 'Guarded');
    const page = await made.visitor.submit(`/admin/connections/${made.id}/pause`, { form_token: 'other' });
    expect(page.status).toBe(403);
  });
});

describe('the form of rules', () => {
  const rules = parseRules({
    rules: [
      { id: 'a', when: { group: 'admins' }, give: { organizationRole: 'admin' } },
      { id: 'b', when: { groupPattern: 'ml-{team}-{role}' }, give: { team: '{team}', role: '{role}' } },
      { id: 'c', when: { user: 'title co "Intern"' }, give: { organizationRole: 'viewer' } },
      { id: 'd', when: { everyOtherGroup: true }, give: { team: '{group}', role: 'member' } },
    ],
  });

  it('gives back the rules that it shows', () => expect(toRules(rules.map(toRow))).toEqual(rules));

  it.each([
    { button: 'add', want: ['a', 'b', 'c', 'd', ''] },
    { button: 'remove:1', want: ['a', 'c', 'd'] },
    { button: 'up:2', want: ['a', 'c', 'b', 'd'] },
    { button: 'down:0', want: ['b', 'a', 'c', 'd'] },
    { button: 'up:0', want: ['a', 'b', 'c', 'd'] },
    { button: 'down:3', want: ['a', 'b', 'c', 'd'] },
    { button: 'remove:9', want: ['a', 'b', 'c', 'd'] },
    { button: 'nonsense:1', want: ['a', 'b', 'c', 'd'] },
  ])('does $button', ({ button, want }) => {
    expect(applyButton(rules.map(toRow), button).map(({ id }) => id)).toEqual(want);
  });

  it('begins a new row empty', () => expect(applyButton([], 'add')).toEqual([EMPTY_ROW]));
});
