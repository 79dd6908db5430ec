/** What targets are told is what counts: exclusions, archived teams, buckets, custom roles. */
import { expect, it } from 'vitest';
import { createGroup } from '../../src/directory/groups/groups.ts';
import { deleteCustomRole } from '../../src/directory/roles/custom-role-deletion.ts';
import { createCustomRole } from '../../src/directory/roles/custom-roles.ts';
import { removeMember } from '../../src/directory/teams/team-members.ts';
import { archiveTeam, createTeam } from '../../src/directory/teams/teams.ts';
import { describeDirectory } from '../support/directory.ts';

describeDirectory('what targets shall look like', (directory) => {
  it('leaves out who is kept out by hand, and everybody of an archived team', async () => {
    const org = await directory().organization();
    const { wanted, reader } = directory().core.store;
    const connection = await org.connection();
    const userId = await org.managed(connection, { userName: 'ada' });
    const members = [{ userId, display: null }];
    const push = (displayName: string) =>
      org.run((work) => createGroup(org.parts, work, connection, { displayName, externalId: null, members }));
    const [one, two] = [await push('one'), await push('two')];
    const roles = async (teamId: string | null) => [
      ...(await wanted.rolesInTeam(reader, teamId ?? '', [userId])).values(),
    ];
    expect([await roles(one.teamId), await roles(two.teamId)]).toEqual([['member'], ['member']]);
    await org.run((work) => removeMember(org.parts, work, org.operator, { team: 'one' }, userId));
    expect([await roles(one.teamId), await roles(two.teamId)]).toEqual([[], ['member']]);
    expect((await wanted.user(reader, org.id, userId))?.teams).toEqual([{ name: 'two', role: 'member' }]);
    await org.run((work) => archiveTeam(org.parts, work, org.operator, { team: 'two' }));
    expect([await roles(two.teamId), (await wanted.user(reader, org.id, userId))?.teams]).toEqual([[], []]);
  });

  it('has the bucket of a team, and custom roles until they are deleted', async () => {
    const org = await directory().organization();
    const { wanted, reader } = directory().core.store;
    const storage = { provider: 'MINIO', name: 'runs', kmsKey: 'k' };
    const team = await org.run((work) => createTeam(org.parts, work, org.operator, { name: 'vision', storage }));
    expect((await wanted.team(reader, org.id, team.id))?.storageBucket).toEqual({
      ...{ provider: 'MINIO', name: 'runs', kmsKeyId: 'k' },
    });
    const input = { name: 'Labeler', inherits: 'viewer', permissions: ['run:stop'] } as const;
    const create = () => org.run((work) => createCustomRole(org.parts, work, org.operator, input));
    const role = await create();
    expect(await wanted.roleIds(reader, org.id)).toEqual([role.id]);
    await org.run((work) => deleteCustomRole(org.parts, work, org.operator, { role: 'labeler' }));
    const again = await create();
    expect(await wanted.roleIds(reader, org.id)).toEqual([again.id]);
    expect(await wanted.role(reader, org.id, role.id)).toMatchObject({
      ...{ name: 'Labeler', inheritsFrom: 'viewer', permissions: ['run:stop'], deleted: true },
    });
  });
});
