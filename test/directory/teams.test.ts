/** The life of a team, by hand. */
import { expect, it } from 'vitest';
import { changeGroup, createGroup } from '../../src/directory/groups/groups.ts';
import { explainUser, findPerson } from '../../src/directory/roles/explain.ts';
import { setRules } from '../../src/directory/rules/rules.ts';
import { findVisibleTeam, listTeams } from '../../src/directory/teams/team-access.ts';
import { askIntoTeam } from '../../src/directory/teams/team-invites.ts';
import { changeMemberRole } from '../../src/directory/teams/team-members.ts';
import { changeTeamSettings, enforcePrivacy } from '../../src/directory/teams/team-settings.ts';
import { archiveTeam, createTeam, renameTeam, restoreTeam } from '../../src/directory/teams/teams.ts';
import type { Work } from '../../src/directory/work.ts';
import { parseRules } from '../../src/mapping/rule.ts';
import { describeDirectory, type TestOrganization } from '../support/directory.ts';

const names = async (org: TestOrganization, principal = org.operator, search?: string): Promise<string[]> => {
  const query = { afterName: '', limit: 50, ...(search === undefined ? {} : { search }) };
  return (await listTeams(org.parts, org.parts.store.reader, principal, query)).map((team) => team.name);
};

describeDirectory('teams', (directory) => {
  it('are made with a name and the storage of the instance, or a bucket of their own', async () => {
    const org = await directory().organization();
    const plain = await org.run((work) => createTeam(org.parts, work, org.operator, { name: ' vision ' }));
    expect(plain).toMatchObject({ name: 'vision', storage: null, archivedAt: null });
    const storage = { provider: 'AWS', name: 'runs.example', path: 'a/b' };
    await org.run((work) => createTeam(org.parts, work, org.operator, { name: 'nlp', storage }));
    const found = await findVisibleTeam(org.parts, org.parts.store.reader, org.operator, 'NLP');
    expect(found.storage).toEqual({ ...storage, kmsKey: null });
    expect(await org.changes()).toContain('team.created nlp');
  });

  it.each([
    ['', 'A team needs a name'],
    ['ML Team', 'Try "ML-Team"'],
    ['-x', 'Try "x"'],
    ['x'.repeat(65), 'no name that the tracker takes'],
  ])('are refused the name "%s"', async (name, want) => {
    const org = await directory().organization();
    await expect(org.run((work) => createTeam(org.parts, work, org.operator, { name }))).rejects.toThrow(want);
  });

  it('never share a name, in whatever letter case, nor with an archived one', async () => {
    const org = await directory().organization();
    const make = (name: string) => org.run((work) => createTeam(org.parts, work, org.operator, { name }));
    const both = await Promise.allSettled([make('vision'), make('Vision')]);
    expect(both.map((one) => one.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await org.run((work) => archiveTeam(org.parts, work, org.operator, { team: 'vision' }));
    await expect(make('VISION')).rejects.toThrow('It is archived; restore it instead.');
  });

  it('are made, archived and restored by admins of the organization only', async () => {
    const org = await directory().organization();
    const ada = await org.person('ada@teams.example');
    await org.team('vision', { admin: [ada] });
    const tries = [
      () => org.run((work) => createTeam(org.parts, work, ada, { name: 'x' })),
      () => org.run((work) => archiveTeam(org.parts, work, ada, { team: 'vision' })),
      () => org.run((work) => restoreTeam(org.parts, work, ada, { team: 'vision' })),
    ];
    for (const one of tries) await expect(one()).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('are listed by name, searched by a part of it, page by page', async () => {
    const org = await directory().organization();
    for (const name of ['beta', 'Alpha', 'alpine']) await org.team(name);
    expect(await names(org)).toEqual(['Alpha', 'alpine', 'beta']);
    expect(await names(org, org.operator, 'ALP')).toEqual(['Alpha', 'alpine']);
    const query = { afterName: 'alpha', limit: 1 };
    const next = await listTeams(org.parts, org.parts.store.reader, org.operator, query);
    expect(next.map((team) => team.name)).toEqual(['alpine']);
  });

  it('that are hidden do not exist for those who are not in them', async () => {
    const org = await directory().organization();
    const [ada, bob] = [await org.person('ada@hidden.example'), await org.person('bob@hidden.example')];
    await org.team('open');
    await org.team('secret', { admin: [ada] });
    const member = await org.principal(ada.id ?? '');
    await org.run((work) =>
      changeTeamSettings(org.parts, work, member, { team: 'secret' }, { privacy: { hideTeam: true } }),
    );
    expect(await names(org, member)).toEqual(['open', 'secret']);
    expect(await names(org, bob)).toEqual(['open']);
    const { reader } = org.parts.store;
    await expect(findVisibleTeam(org.parts, reader, bob, 'secret')).rejects.toMatchObject({ code: 'not_found' });
    const tries: readonly ((work: Work, team: string) => Promise<unknown>)[] = [
      (work, team) => askIntoTeam(org.parts, work, bob, { team }, [{ person: 'bob', role: 'viewer' }]),
      (work, team) => changeMemberRole(org.parts, work, bob, { team }, bob.id ?? '', 'admin'),
      (work, team) => changeTeamSettings(org.parts, work, bob, { team }, {}),
      (work, team) => renameTeam(org.parts, work, bob, { team }, 'mine'),
      (work, team) => archiveTeam(org.parts, work, bob, { team }),
    ];
    for (const one of tries) {
      const told = async (team: string): Promise<string> =>
        String(await org.run((work) => one(work, team), bob).catch((error: Error) => error.message));
      expect(await told('secret')).toBe((await told('nowhere')).replace('nowhere', 'secret'));
    }
    await org.run((work) => enforcePrivacy(org.parts, work, org.operator, { hideTeam: true }));
    expect(await names(org, bob)).toEqual([]);
    expect(await names(org, member)).toEqual(['secret']);
    expect(await names(org)).toEqual(['open', 'secret']);
  });

  it('are renamed by their admins, by the version that was seen', async () => {
    const org = await directory().organization();
    const ada = await org.person('ada@rename.example');
    await org.team('vision', { admin: [ada] });
    await org.team('taken');
    const rename = (name: string, version?: number) =>
      org.run((work) =>
        renameTeam(org.parts, work, ada, { team: 'vision', ...(version === undefined ? {} : { version }) }, name),
      );
    await expect(rename('Taken')).rejects.toMatchObject({ code: 'uniqueness' });
    await expect(rename('perception', 1)).rejects.toMatchObject({ code: 'precondition_failed' });
    expect(await rename('Vision')).toMatchObject({ name: 'Vision' });
    const renamed = await rename('vision-2');
    expect(await rename('vision-2', renamed.updatedAt).catch((error) => error.code)).toBe('not_found');
  });

  it('keep the name that a target or a mapping rule knows them by', async () => {
    const org = await directory().organization();
    const connection = await org.connection();
    const rules = parseRules({ rules: [{ id: 'r', when: { group: 'g' }, give: { team: 'vision', role: 'member' } }] });
    await org.run((work) => setRules(org.parts, work, connection, rules));
    const userId = await org.managed(connection, { userName: 'ada' });
    await org.run((work) =>
      createGroup(org.parts, work, connection, {
        displayName: 'g',
        externalId: null,
        members: [{ userId, display: null }],
      }),
    );
    const rename = (parts = org.parts) =>
      org.run((work) => renameTeam(parts, work, org.operator, { team: 'vision' }, 'other'));
    await expect(rename()).rejects.toThrow('The rule r of the connection Okta gives this team by its name.');
    const fixed = { ...org.parts, teamNames: { fixedBy: async () => 'W&B Server' } };
    await expect(rename(fixed)).rejects.toThrow('The target W&B Server cannot rename a team.');
  });

  it('keep everybody’s grants while they are archived, and give nothing', async () => {
    const org = await directory().organization();
    const ada = await org.person('ada@archive.example');
    await org.team('vision', { admin: [ada] });
    const rolesOfAda = async () => [...(await org.principal(ada.id ?? '')).teams.values()];
    const explained = async () => {
      const person = await findPerson(org.parts, org.id, 'ada@archive.example');
      return (await explainUser(org.parts, person)).at(1);
    };
    await org.run((work) => archiveTeam(org.parts, work, org.operator, { team: 'vision' }));
    expect(await rolesOfAda()).toEqual([]);
    expect(await explained()).toMatchObject({ role: null, archived: true, grants: [{ grant: { role: 'admin' } }] });
    await org.run((work) => restoreTeam(org.parts, work, org.operator, { team: 'vision' }));
    expect(await rolesOfAda()).toEqual(['admin']);
    expect(await org.parts.store.ledger.ofUser(org.parts.store.reader, org.id, ada.id ?? '')).toEqual([]);
    expect(await org.changes()).toEqual(expect.arrayContaining(['team.archived vision', 'team.restored vision']));
  });
});

describeDirectory(
  'teams at a tracker that renames none',
  (directory) => {
    it('keep their name when their group is renamed, and cannot be renamed by hand', async () => {
      const org = await directory().organization();
      const connection = await org.connection();
      const scope = { organizationId: org.id, connectionId: connection.id };
      const made = await org.run((work) =>
        createGroup(org.parts, work, connection, { displayName: 'vision', externalId: null, members: undefined }),
      );
      await org.run(async (work) => {
        const group = await org.parts.store.groups.lock(work.db, scope, made.id);
        if (group === undefined) throw new Error('no group');
        return changeGroup(org.parts, work, connection, group, [{ kind: 'set', displayName: 'perception' }]);
      });
      expect(await names(org)).toEqual(['vision']);
      const rename = org.run((work) => renameTeam(org.parts, work, org.operator, { team: 'vision' }, 'perception'));
      await expect(rename).rejects.toThrow('The target W&B Server cannot rename a team.');
    });
  },
  { TRACKER: 'wandb', TRACKER_URL: 'https://tracker.example', TRACKER_API_KEY: 'key' },
);
