/** Roles that an organization makes. */
import { expect, it } from 'vitest';
import { createGroup } from '../../src/directory/groups/groups.ts';
import { deleteCustomRole, effectOfDeletion } from '../../src/directory/roles/custom-role-deletion.ts';
import { changeCustomRole, createCustomRole, findCustomRole } from '../../src/directory/roles/custom-roles.ts';
import { setRules } from '../../src/directory/rules/rules.ts';
import { changeMemberRole } from '../../src/directory/teams/team-members.ts';
import { parseRules } from '../../src/mapping/rule.ts';
import { describeDirectory, type TestOrganization } from '../support/directory.ts';

const LABELER = { name: 'Labeler', inherits: 'viewer', permissions: ['artifact:create'] } as const;

const create = (org: TestOrganization, input: Parameters<typeof createCustomRole>[3] = LABELER) =>
  org.run((work) => createCustomRole(org.parts, work, org.operator, input));

const drop = (org: TestOrganization) =>
  org.run((work) => deleteCustomRole(org.parts, work, org.operator, { role: 'labeler' }));

const rulesOf = async (org: TestOrganization, connectionId: string) =>
  JSON.parse(await org.parts.store.connections.rules(org.parts.store.reader, connectionId));

/** A rule gives the role to a pushed group with one person in it. */
async function givenByRule(org: TestOrganization, rule: object = { when: { group: 'g' }, role: 'LABELER' }) {
  const connection = await org.connection();
  const { when, role } = rule as { when: object; role: string };
  const rules = parseRules({ rules: [{ id: 'r', when, give: { team: 'vision', role } }] }, ['Labeler']);
  await org.run((work) => setRules(org.parts, work, connection, rules));
  const userId = await org.managed(connection, { userName: 'ada' });
  const push = (displayName: string) =>
    org.run((work) =>
      createGroup(org.parts, work, connection, { displayName, externalId: null, members: [{ userId, display: null }] }),
    );
  return { connection, userId, push };
}

describeDirectory('custom roles', (directory) => {
  it('have a name for good, a base, and permissions of the catalogue', async () => {
    const org = await directory().organization();
    const role = await create(org);
    expect(role).toMatchObject({
      name: 'Labeler',
      description: '',
      inherits: 'viewer',
      permissions: ['artifact:create'],
    });
    await expect(create(org, { ...LABELER, name: 'LABELER' })).rejects.toMatchObject({ code: 'uniqueness' });
    const changed = await org.run((work) =>
      changeCustomRole(
        org.parts,
        work,
        org.operator,
        { role: 'labeler', version: role.updatedAt },
        { inherits: 'member' },
      ),
    );
    expect(changed).toMatchObject({ name: 'Labeler', inherits: 'member', permissions: ['artifact:create'] });
    const stale = org.run((work) =>
      changeCustomRole(
        org.parts,
        work,
        org.operator,
        { role: 'labeler', version: role.updatedAt },
        { description: 'x' },
      ),
    );
    await expect(stale).rejects.toMatchObject({ code: 'precondition_failed' });
  });

  it.each([
    [{ name: 'View-Only', inherits: 'viewer' }, 'means a role that is always there'],
    [{ name: '{x}', inherits: 'viewer' }, 'name: begin with a letter or digit'],
    [{ name: 'x', inherits: 'admin' }, 'inherits: use one of member, viewer'],
    [{ name: 'x', inherits: 'member', permissions: ['run:fly'] }, 'there is no permission "run:fly"'],
    [{ name: 'x', inherits: 'member', permissions: ['team:update'] }, '"team:update" stays with the admins of a team'],
  ])('are refused as %j', async (input, want) => {
    const org = await directory().organization();
    await expect(create(org, input as typeof LABELER)).rejects.toThrow(want);
  });

  it('are made by admins of the organization, and given by admins of a team to its members', async () => {
    const org = await directory().organization();
    const [boss, bob] = [await org.person('boss@roles.example'), await org.person('bob@roles.example')];
    await org.team('vision', { admin: [boss], viewer: [bob] });
    await expect(org.run((work) => createCustomRole(org.parts, work, boss, LABELER))).rejects.toMatchObject({
      code: 'forbidden',
    });
    await create(org);
    const give = (id: string) =>
      org.run((work) => changeMemberRole(org.parts, work, boss, { team: 'vision' }, id, 'labeler'));
    expect((await give(bob.id ?? '')).role).toBe('Labeler');
    const guest = await org.person('guest@roles.example', 'viewer');
    await org.team('vision', { viewer: [guest] });
    await expect(give(guest.id ?? '')).rejects.toThrow('is a Viewer of the organization');
  });

  it('say before they are deleted who and which rules would be touched', async () => {
    const org = await directory().organization();
    const role = await create(org);
    const { push, userId } = await givenByRule(org);
    await push('g');
    const page = { afterGrantId: '', limit: 10 };
    expect(await effectOfDeletion(org.parts, org.parts.store.reader, org.operator, role, page)).toMatchObject({
      ...{ heldInstead: 'viewer', users: 1, teams: 1, rules: [{ connection: 'Okta', rule: 'r' }] },
      holders: [{ userId, userName: 'ada', teamName: 'vision' }],
    });
  });

  it('leave their holders with what they build on, in the rules too, and nobody is told as removed', async () => {
    const org = await directory().organization();
    await create(org);
    const bob = await org.person('bob@roles.example');
    await org.team('vision', { Labeler: [bob] });
    const { connection, push, userId } = await givenByRule(org);
    await push('g');
    const roleOf = async (id: string) => [...(await org.principal(id)).teams.values()];
    expect([await roleOf(bob.id ?? ''), await roleOf(userId)]).toEqual([['Labeler'], ['Labeler']]);
    expect(await drop(org)).toMatchObject({ changed: 2 });
    expect([await roleOf(bob.id ?? ''), await roleOf(userId)]).toEqual([['viewer'], ['viewer']]);
    expect(await rulesOf(org, connection.id)).toMatchObject({ rules: [{ id: 'r', give: { role: 'viewer' } }] });
    expect(await org.parts.store.ledger.ofUser(org.parts.store.reader, org.id, userId)).toEqual([]);
    const changes = await org.changes();
    expect(changes).toEqual(expect.arrayContaining(['custom_role.deleted Labeler', 'connection.rules_changed Okta']));
    // A recomputation by the rewritten rules finds everything as it should be.
    const rules = parseRules(await rulesOf(org, connection.id));
    await org.run((work) => setRules(org.parts, work, connection, rules));
    expect(await roleOf(userId)).toEqual(['viewer']);
  });

  it('are given by a rule only while they are there, also when it is saved as they go', async () => {
    const org = await directory().organization();
    const { connection } = await givenByRule(org, { when: { group: 'h' }, role: 'member' });
    await create(org);
    const document = { rules: [{ id: 'r', when: { group: 'g' }, give: { team: 'vision', role: 'Labeler' } }] };
    const rules = parseRules(document, ['Labeler']);
    const save = () => org.run((work) => setRules(org.parts, work, connection, rules));
    await save();
    await drop(org);
    await expect(save()).rejects.toThrow('rules[0].give.role: "Labeler" is no role');
  });

  it('are known to captures from the moment they are made, and not after they are deleted', async () => {
    const org = await directory().organization();
    const { push, userId } = await givenByRule(org, { when: { groupPattern: 'g-{role}' }, role: '{role}' });
    await push('g-nobody');
    expect((await org.principal(userId)).teams.size).toBe(0);
    await create(org);
    await push('g-labeler');
    expect([...(await org.principal(userId)).teams.values()]).toEqual(['Labeler']);
    await drop(org);
    await push('G-Labeler 2');
    expect([...(await org.principal(userId)).teams.values()]).toEqual(['viewer']);
  });

  it('are never held after they are deleted, whoever gives them at that moment', async () => {
    const org = await directory().organization();
    for (let round = 0; round < 4; round += 1) {
      await create(org);
      const bob = await org.person(`bob-${round}@roles.example`);
      await org.team('vision', { viewer: [bob] });
      const give = org.run((work) =>
        changeMemberRole(org.parts, work, org.operator, { team: 'vision' }, bob.id ?? '', 'labeler'),
      );
      const [given, deleted] = await Promise.allSettled([give, drop(org)]);
      expect(deleted.status).toBe('fulfilled');
      if (given.status === 'rejected') expect(given.reason).toMatchObject({ code: 'invalid_value' });
      expect([...(await org.principal(bob.id ?? '')).teams.values()]).toEqual(['viewer']);
      const gone = findCustomRole(org.parts, org.parts.store.reader, org.operator, 'labeler');
      await expect(gone).rejects.toMatchObject({ code: 'not_found' });
    }
  });

  it('are never held after they are deleted, whatever a group pushes at that moment', async () => {
    const org = await directory().organization();
    await create(org);
    const { push, userId } = await givenByRule(org);
    const [pushed, deleted] = await Promise.allSettled([push('g'), drop(org)]);
    expect([pushed.status, deleted.status]).toEqual(['fulfilled', 'fulfilled']);
    expect([...(await org.principal(userId)).teams.values()]).toEqual(['viewer']);
  });
});
