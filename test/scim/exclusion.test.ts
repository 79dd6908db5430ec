/** Somebody who is kept out of a team by hand, through the identity provider's door: nothing that it sends undoes that. */
import { expect, it } from 'vitest';
import { actorOf, operatorOf } from '../../src/directory/principal.ts';
import { principalOfPerson } from '../../src/directory/principals.ts';
import { removeMember } from '../../src/directory/teams/team-members.ts';
import { runWork } from '../../src/directory/work.ts';
import { describeBridge } from '../support/on-each-engine.ts';
import { scimClient } from '../support/scim-client.ts';

describeBridge('an exclusion', (bridge) => {
  it('holds against every way to push a member, and the identity provider sees its group as it pushed it', async () => {
    const { id: organizationId } = await bridge().createOrganization(`exclusion ${Math.random()}`);
    const client = scimClient(await bridge().createConnection({ dialect: 'generic', organizationId }));
    const [ada, bob] = [await client.user('ada@kept.example'), await client.user('bob@kept.example')];
    const group = await client.group('Vision', [ada, bob]);
    const { directory } = bridge().core;
    const operator = operatorOf(organizationId);
    const context = { organizationId, actor: actorOf(operator), exchangeId: null };
    await runWork(directory, context, (work) => removeMember(directory, work, operator, { team: 'Vision' }, ada));

    const teamsOf = async (id: string) => {
      const person = await directory.store.persons.find(directory.store.reader, organizationId, id);
      if (person === undefined) throw new Error('nobody');
      return (await principalOfPerson(directory, directory.store.reader, person, [])).teams.size;
    };
    const member = { value: ada };
    const pushes = [
      () => client.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [member] }),
      () => client.patch(`/Groups/${group}`, { op: 'remove', path: `members[value eq "${ada}"]` }),
      () => client.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [member] }),
      () => client.send('PUT', `/Groups/${group}`, { displayName: 'Vision', members: [member, { value: bob }] }),
      () => client.patch(`/Groups/${group}`, { op: 'replace', value: { displayName: 'Perception' } }),
      () => client.patch(`/Users/${ada}`, { op: 'replace', path: 'active', value: false }),
      () => client.patch(`/Users/${ada}`, { op: 'replace', path: 'active', value: true }),
    ];
    for (const push of pushes) {
      expect((await push()).status).toBeLessThan(300);
      expect([await teamsOf(ada), await teamsOf(bob)]).toEqual([0, 1]);
    }
    const seen = (await client.get(`/Groups/${group}`)).body.members.map((one: { value: string }) => one.value);
    expect(seen.toSorted()).toEqual([ada, bob].toSorted());
  });

  it('goes with a person whom the identity provider deletes and makes anew', async () => {
    const { id: organizationId } = await bridge().createOrganization(`anew ${Math.random()}`);
    const client = scimClient(await bridge().createConnection({ dialect: 'generic', organizationId }));
    const ada = await client.user('ada@anew.example', { externalId: 'e-1' });
    const group = await client.group('Vision', [ada]);
    const { directory } = bridge().core;
    const operator = operatorOf(organizationId);
    const context = { organizationId, actor: actorOf(operator), exchangeId: null };
    await runWork(directory, context, (work) => removeMember(directory, work, operator, { team: 'Vision' }, ada));
    await client.send('DELETE', `/Users/${ada}`);
    const again = await client.user('ada@anew.example', { externalId: 'e-1' });
    expect(again).not.toBe(ada);
    await client.patch(`/Groups/${group}`, { op: 'add', path: 'members', value: [{ value: again }] });
    const { reader, grants } = directory.store;
    expect(await grants.ofUser(reader, again)).toMatchObject([{ withheld: 'excluded', teamName: 'Vision' }]);
  });
});
