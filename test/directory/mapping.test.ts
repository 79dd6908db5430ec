/** From pushed groups to teams and roles, through the door. */
import { expect, it } from 'vitest';
import { explainUser, findPerson } from '../../src/directory/roles/explain.ts';
import type { TestBridge, TestConnection } from '../support/bridge.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { type ScimClient, scimClient } from '../support/scim-client.ts';

async function setUp(bridge: TestBridge): Promise<{
  connection: TestConnection;
  client: ScimClient;
  rolesOf: (userName: string) => Promise<Record<string, string | null>>;
}> {
  const { id: organizationId } = await bridge.createOrganization(`mapping ${Math.random()}`);
  const connection = await bridge.createConnection({ dialect: 'generic', organizationId });
  const rolesOf = async (userName: string): Promise<Record<string, string | null>> => {
    const { directory } = bridge.core;
    const scopes = await explainUser(directory, await findPerson(directory, organizationId, userName));
    return Object.fromEntries(scopes.map((scope) => [scope.team?.name ?? '(organization)', scope.role]));
  };
  return { connection, client: scimClient(connection), rolesOf };
}

describeBridge('mapping', (bridge) => {
  it('gives each pushed group a team of its name, with the role member', async () => {
    const { client, rolesOf } = await setUp(bridge());
    const ada = await client.user('ada@mapping.example');
    await client.group('Vision', [ada]);
    expect(await rolesOf('ada@mapping.example')).toEqual({ '(organization)': 'member', Vision: 'member' });
  });

  it('never lets two groups end in one team by accident', async () => {
    const { client, rolesOf } = await setUp(bridge());
    const [ada, bob] = [await client.user('ada@twins.example'), await client.user('bob@twins.example')];
    await client.group('ML Team', [ada]);
    await client.group('ML/Team', [bob]);
    expect(await rolesOf('ada@twins.example')).toEqual({ '(organization)': 'member', 'ML-Team': 'member' });
    expect(await rolesOf('bob@twins.example')).toEqual({ '(organization)': 'member', 'ML-Team-2': 'member' });
  });

  it('takes the team along when its group is renamed, and keeps the members', async () => {
    const { client, rolesOf } = await setUp(bridge());
    const ada = await client.user('ada@rename.example');
    const group = await client.group('Vision', [ada]);
    await client.patch(`/Groups/${group}`, { op: 'replace', value: { displayName: 'Perception' } });
    expect(await rolesOf('ada@rename.example')).toEqual({ '(organization)': 'member', Perception: 'member' });
  });

  it('adds grants up: losing one group leaves what another gives', async () => {
    const { client, connection, rolesOf } = await setUp(bridge());
    const rules = [
      { when: { group: 'vision-admins' }, give: { team: 'vision', role: 'admin' } },
      { when: { group: 'vision-people' }, give: { team: 'vision', role: 'member' } },
    ];
    await bridge().setRules(connection.id, { rules });
    const ada = await client.user('ada@adds.example');
    const admins = await client.group('vision-admins', [ada]);
    const people = await client.group('vision-people', [ada]);
    expect((await rolesOf('ada@adds.example')).vision).toBe('admin');
    await client.send('DELETE', `/Groups/${admins}`);
    expect((await rolesOf('ada@adds.example')).vision).toBe('member');
    await client.patch(`/Groups/${people}`, { op: 'remove', path: 'members' });
    expect((await rolesOf('ada@adds.example')).vision).toBeUndefined();
  });

  it('recomputes everybody when the rules change', async () => {
    const { client, connection, rolesOf } = await setUp(bridge());
    const ada = await client.user('ada@rules.example', { title: 'Researcher' });
    await client.group('ml-nlp-viewer', [ada]);
    expect(await rolesOf('ada@rules.example')).toEqual({ '(organization)': 'member', 'ml-nlp-viewer': 'member' });
    const rules = [
      { when: { groupPattern: 'ml-{team}-{role}' }, give: { team: '{team}', role: '{role}' } },
      { when: { user: 'title eq "Researcher"' }, give: { organizationRole: 'viewer' } },
    ];
    await bridge().setRules(connection.id, { rules });
    expect(await rolesOf('ada@rules.example')).toEqual({ '(organization)': 'viewer', nlp: 'viewer' });
  });

  it('follows a user condition when the user changes', async () => {
    const { client, connection, rolesOf } = await setUp(bridge());
    await bridge().setRules(connection.id, {
      rules: [{ when: { user: 'title co "Lead"' }, give: { team: 'leads', role: 'admin' } }],
    });
    const ada = await client.user('ada@title.example', { title: 'Engineer' });
    expect((await rolesOf('ada@title.example')).leads).toBeUndefined();
    await client.patch(`/Users/${ada}`, { op: 'replace', path: 'title', value: 'Team Lead' });
    expect((await rolesOf('ada@title.example')).leads).toBe('admin');
    await client.patch(`/Users/${ada}`, { op: 'remove', path: 'title' });
    expect((await rolesOf('ada@title.example')).leads).toBeUndefined();
  });

  it('keeps the last admin, whatever takes the role away', async () => {
    const { client, connection, rolesOf } = await setUp(bridge());
    const admins = { when: { group: 'admins' }, give: { organizationRole: 'admin' } };
    await bridge().setRules(connection.id, { rules: [admins] });
    const ada = await client.user('ada@last.example');
    const bob = await client.user('bob@last.example');
    const group = await client.group('admins', [ada]);
    expect((await rolesOf('ada@last.example'))['(organization)']).toBe('admin');
    const refusals = [
      await client.patch(`/Users/${ada}`, { op: 'replace', path: 'active', value: false }),
      await client.send('DELETE', `/Users/${ada}`),
      await client.patch(`/Groups/${group}`, { op: 'remove', path: 'members' }),
      await client.send('DELETE', `/Groups/${group}`),
    ];
    expect(refusals.map((answer) => answer.status)).toEqual([403, 403, 403, 403]);
    await expect(bridge().setRules(connection.id, { rules: [] })).rejects.toMatchObject({ code: 'last_admin' });
    expect((await client.get(`/Users/${ada}`)).body.active).toBe(true);
    await client.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: bob }] });
    expect((await client.send('DELETE', `/Users/${ada}`)).status).toBe(204);
  });
});
