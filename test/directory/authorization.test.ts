/** "May this user do this in this team", asked of what is stored. The rules themselves: authorization.unit.test.ts. */
import { expect, it } from 'vitest';
import { createGroup } from '../../src/directory/groups/groups.ts';
import { updateUser } from '../../src/directory/people/users.ts';
import { type Answer, may } from '../../src/directory/roles/authorization.ts';
import { createCustomRole } from '../../src/directory/roles/custom-roles.ts';
import { removeMember } from '../../src/directory/teams/team-members.ts';
import { changeTeamSettings, enforcePrivacy } from '../../src/directory/teams/team-settings.ts';
import { archiveTeam } from '../../src/directory/teams/teams.ts';
import { describeDirectory, type TestOrganization } from '../support/directory.ts';

const asked = async (org: TestOrganization, id: string | null, teamId: string, permission: string, own = false) => {
  const question = { kind: 'user', id: id ?? '', teamId, permission, own } as const;
  return tell(await may(org.parts, org.parts.store.reader, org.id, question));
};

function tell(answer: Answer): string {
  return `${answer.allowed ? 'yes' : 'no'}: ${answer.because}${answer.allowed ? ` ${answer.role}` : ''}`;
}

describeDirectory('may', (directory) => {
  it('answers by the role that lets the person do it', async () => {
    const org = await directory().organization();
    const [ada, bob, eve] = [
      await org.person('ada@may.example'),
      await org.person('bob@may.example'),
      await org.person('eve@may.example'),
    ];
    await org.run((work) =>
      createCustomRole(org.parts, work, org.operator, {
        name: 'Cleaner',
        inherits: 'viewer',
        permissions: ['run:delete'],
      }),
    );
    const team = await org.team('vision', { admin: [ada], member: [bob], Cleaner: [bob] });
    expect(await asked(org, ada.id, team, 'run:delete')).toBe('yes: holds admin');
    // A member may not, the custom role of the same person may: grants add up.
    expect(await asked(org, bob.id, team, 'run:delete')).toBe('yes: adds Cleaner');
    expect(await asked(org, bob.id, team, 'run:stop')).toBe('no: role_lacks_permission');
    expect(await asked(org, bob.id, team, 'run:stop', true)).toBe('yes: own member');
    expect(await asked(org, eve.id, team, 'run:read')).toBe('no: not_a_member');
    expect(await asked(org, 'nobody', team, 'run:read')).toBe('no: unknown_subject');
    expect(await asked(org, ada.id, 'no-team', 'run:read')).toBe('no: unknown_team');
    await expect(asked(org, ada.id, team, 'run:fly')).rejects.toMatchObject({ code: 'invalid_value' });
  });

  it('keeps organizations apart', async () => {
    const [here, there] = [await directory().organization(), await directory().organization()];
    const ada = await here.person('ada@may.example');
    const team = await here.team('vision', { admin: [ada] });
    expect(await asked(there, ada.id, team, 'run:read')).toBe('no: unknown_subject');
    const bob = await there.person('bob@may.example', 'admin');
    expect(await asked(there, bob.id, team, 'team:update')).toBe('no: unknown_team');
  });

  it('answers no to the deactivated, the excluded, and in an archived team', async () => {
    const org = await directory().organization();
    const connection = await org.connection();
    const [ada, bob] = [
      await org.managed(connection, { userName: 'ada' }),
      await org.managed(connection, { userName: 'bob' }),
    ];
    const group = await org.run((work) =>
      createGroup(org.parts, work, connection, {
        displayName: 'vision',
        externalId: null,
        members: [ada, bob].map((userId) => ({ userId, display: null })),
      }),
    );
    const team = group.teamId ?? '';
    expect(await asked(org, ada, team, 'run:create')).toBe('yes: holds member');
    await org.run((work) => removeMember(org.parts, work, org.operator, { team }, ada));
    expect(await asked(org, ada, team, 'run:create')).toBe('no: excluded');
    await org.run(async (work) => {
      const scope = { organizationId: org.id, connectionId: connection.id };
      const user = await org.parts.store.users.lock(work.db, scope, bob);
      if (user === undefined) throw new Error('nobody');
      return updateUser(org.parts, work, connection, user, { ...JSON.parse(user.attributes), active: false });
    });
    expect(await asked(org, bob, team, 'run:create')).toBe('no: inactive');
    const chief = await org.person('chief@may.example', 'admin');
    expect(await asked(org, chief.id, team, 'team:update')).toBe('yes: organization_admin admin');
    expect(await asked(org, chief.id, team, 'run:read')).toBe('no: not_a_member');
    await org.run((work) => archiveTeam(org.parts, work, org.operator, { team }));
    expect(await asked(org, chief.id, team, 'team:update')).toBe('no: archived_team');
  });

  it('lets members invite where the team lets them, unless the organization forbids it', async () => {
    const org = await directory().organization();
    const [bob, vic] = [await org.person('bob@may.example'), await org.person('vic@may.example')];
    const team = await org.team('vision', { member: [bob], viewer: [vic] });
    expect(await asked(org, bob.id, team, 'team:invite_user')).toBe('no: role_lacks_permission');
    await org.run((work) =>
      changeTeamSettings(org.parts, work, org.operator, { team }, { privacy: { membersMayInvite: true } }),
    );
    expect(await asked(org, bob.id, team, 'team:invite_user')).toBe('yes: setting member');
    expect(await asked(org, vic.id, team, 'team:invite_user')).toBe('no: role_lacks_permission');
    await org.run((work) => enforcePrivacy(org.parts, work, org.operator, { membersMayInvite: true }));
    expect(await asked(org, bob.id, team, 'team:invite_user')).toBe('no: role_lacks_permission');
  });

  it('answers for service accounts: theirs is the team that they are of, or every team', async () => {
    const org = await directory().organization();
    const [vision, nlp] = [await org.team('vision'), await org.team('nlp')];
    const times = { createdAt: 1, removedAt: null };
    const make = (name: string, teamId: string | null) =>
      org.run(async (work) => {
        const id = org.parts.newId();
        await org.parts.store.serviceAccounts.insert(work.db, { id, organizationId: org.id, teamId, name, ...times });
        return id;
      });
    const [own, all] = [await make('ci', vision), await make('robot', null)];
    const ask = async (id: string, teamId: string, permission: string) => {
      const question = { kind: 'service_account', id, teamId, permission } as const;
      return tell(await may(org.parts, org.parts.store.reader, org.id, question));
    };
    expect(await ask(own, vision, 'run:create')).toBe('yes: holds service');
    expect(await ask(own, nlp, 'run:create')).toBe('no: not_a_member');
    expect(await ask(all, nlp, 'run:create')).toBe('yes: holds service');
    expect(await ask(all, nlp, 'team:update')).toBe('no: role_lacks_permission');
    await org.run((work) => org.parts.store.serviceAccounts.markRemoved(work.db, all, 2));
    expect(await ask(all, nlp, 'run:create')).toBe('no: unknown_subject');
  });
});
