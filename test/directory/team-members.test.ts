/** People in teams by hand, beside what the identity provider says. */
import { expect, it } from 'vitest';
import type { Connection } from '../../src/directory/connections/connection.ts';
import { changeGroup, createGroup } from '../../src/directory/groups/groups.ts';
import { createUser } from '../../src/directory/people/users.ts';
import type { Principal } from '../../src/directory/principal.ts';
import { explainUser, findPerson } from '../../src/directory/roles/explain.ts';
import { setRules } from '../../src/directory/rules/rules.ts';
import { liftExclusion } from '../../src/directory/teams/exclusions.ts';
import { addMember, changeMemberRole, removeMember } from '../../src/directory/teams/team-members.ts';
import { listExclusions, listMembers, warnOfAdmins } from '../../src/directory/teams/team-roster.ts';
import { lockTeam } from '../../src/directory/teams/teams.ts';
import { parseRules } from '../../src/mapping/rule.ts';
import { describeDirectory, type TestOrganization } from '../support/directory.ts';

const TEAM = { team: 'vision' };

interface Place {
  readonly org: TestOrganization;
  readonly teamId: string;
  readonly admin: Principal;
  add(userId: string, role?: string, by?: Principal): Promise<string | null>;
  remove(userId: string, by?: Principal): Promise<string>;
  /** userName: role, standing, origins. */
  roster(): Promise<string[]>;
  ledgerOf(userId: string): Promise<string[]>;
}

async function setUp(org: TestOrganization): Promise<Place> {
  const admin = await org.person('boss@team.example');
  const teamId = await org.team('vision', { admin: [admin] });
  const { parts } = org;
  return {
    ...{ org, teamId, admin },
    add: (userId, role = 'member', by = admin) =>
      org.run(async (work) => {
        const team = await lockTeam(parts, work, org.operator, TEAM);
        const [card] = await parts.store.teamMembers.lockCards(work.db, org.id, [userId]);
        if (card === undefined) throw new Error('nobody');
        return (await addMember(parts, work, team, card, { role, mayLetIn: by === admin })).role;
      }, by),
    remove: async (userId, by = admin) =>
      (await org.run((work) => removeMember(parts, work, by, TEAM, userId), by)).outcome,
    async roster() {
      const team = await parts.store.teams.findByName(parts.store.reader, org.id, 'vision');
      if (team === undefined) throw new Error('no team');
      const page = { afterUserId: '', limit: 50 };
      const members = await listMembers(parts, parts.store.reader, org.operator, team, page);
      return members.map(
        ({ user, role, standing, sources }) =>
          `${user.userName}: ${role}, ${standing}, ${sources.map(({ grant }) => grant.origin).join('+')}`,
      );
    },
    async ledgerOf(userId) {
      const entries = await parts.store.ledger.ofUser(parts.store.reader, org.id, userId);
      return entries.map(({ kind, scope }) => `${kind} ${scope}`);
    },
  };
}

/** Somebody whom the connection manages, in a pushed group that a rule puts into the team. */
async function pushed(org: TestOrganization, userName = 'ada', role = 'member') {
  const connection = await org.connection();
  const rules = parseRules({ rules: [{ id: 'r', when: { group: 'seers' }, give: { team: 'vision', role } }] });
  await org.run((work) => setRules(org.parts, work, connection, rules));
  const userId = await org.managed(connection, { userName });
  const group = await org.run((work) =>
    createGroup(org.parts, work, connection, {
      displayName: 'seers',
      externalId: null,
      members: [{ userId, display: null }],
    }),
  );
  return { connection, userId, groupId: group.id };
}

function sync(
  org: TestOrganization,
  connection: Connection,
  groupId: string,
  step: 'add' | 'remove',
  userId: string,
): Promise<unknown> {
  return org.run(async (work) => {
    const scope = { organizationId: org.id, connectionId: connection.id };
    const group = await org.parts.store.groups.lock(work.db, scope, groupId);
    if (group === undefined) throw new Error('no group');
    const steps =
      step === 'add'
        ? [{ kind: 'add' as const, members: [{ userId, display: null }] }]
        : [{ kind: 'remove' as const, userIds: [userId] }];
    return changeGroup(org.parts, work, connection, group, steps);
  });
}

describeDirectory('members by hand', (directory) => {
  it('get the role that is given, and another one in its place', async () => {
    const place = await setUp(await directory().organization());
    const bob = await place.org.person('bob@team.example');
    const id = bob.id ?? '';
    expect(await place.add(id, 'viewer')).toBe('viewer');
    const changed = await place.org.run((work) =>
      changeMemberRole(place.org.parts, work, place.admin, TEAM, id, 'Member'),
    );
    expect(changed.role).toBe('member');
    expect(await place.roster()).toEqual([
      'boss@team.example: admin, active, admin',
      'bob@team.example: member, active, admin',
    ]);
    await expect(place.add(id, 'admin')).rejects.toThrow('is a member already, as Member. Change the role instead.');
    await expect(
      place.org.run((work) => changeMemberRole(place.org.parts, work, place.admin, TEAM, id, 'owner')),
    ).rejects.toThrow('"owner" is no team role');
  });

  it('are taken out with an entry in the ledger, and are told as returned when they come back', async () => {
    const place = await setUp(await directory().organization());
    const id = (await place.org.person('bob@team.example')).id ?? '';
    await place.add(id);
    expect(await place.remove(id)).toBe('removed');
    expect(await place.ledgerOf(id)).toEqual(['removed team']);
    await expect(place.remove(id)).rejects.toMatchObject({ code: 'not_found' });
    await place.add(id);
    expect(await place.ledgerOf(id)).toEqual(['removed team', 'returned team']);
  });

  it('are managed by admins of the team and of the organization, and may leave by themselves', async () => {
    const place = await setUp(await directory().organization());
    const { org } = place;
    const [bob, eve] = [await org.person('bob@team.example'), await org.person('eve@team.example')];
    await org.team('other', { admin: [eve] });
    await place.add(bob.id ?? '');
    const intruder = await org.principal(eve.id ?? '');
    const self = await org.principal(bob.id ?? '');
    for (const by of [intruder, await org.person('nobody@team.example')]) {
      await expect(place.remove(bob.id ?? '', by)).rejects.toMatchObject({ code: 'forbidden' });
    }
    const promote = org.run((work) => changeMemberRole(org.parts, work, self, TEAM, self.id ?? '', 'admin'));
    await expect(promote).rejects.toMatchObject({ code: 'forbidden' });
    expect(await place.remove(bob.id ?? '', self)).toBe('removed');
    const chief = await org.person('chief@team.example', 'admin');
    expect(await place.remove(place.admin.id ?? '', chief)).toBe('removed');
  });

  it('are warned of one admin, and of none, and that stops nobody', async () => {
    const place = await setUp(await directory().organization());
    const { org } = place;
    const warning = () => warnOfAdmins(org.parts, org.parts.store.reader, place.teamId);
    expect(await warning()).toEqual({ admins: 1, warning: 'one_admin' });
    const second = (await org.person('second@team.example')).id ?? '';
    await place.add(second, 'admin');
    expect(await warning()).toEqual({ admins: 2, warning: null });
    await place.remove(second);
    await place.remove(place.admin.id ?? '');
    expect(await warning()).toEqual({ admins: 0, warning: 'no_admin' });
  });

  it('leave one admin when two demote each other at once', async () => {
    const place = await setUp(await directory().organization());
    const { org } = place;
    const second = await org.person('second@team.example');
    await place.add(second.id ?? '', 'admin');
    const both = [await org.principal(place.admin.id ?? ''), await org.principal(second.id ?? '')];
    const demote = (by: Principal | undefined, whom: Principal | undefined) =>
      org.run((work) => changeMemberRole(org.parts, work, by ?? place.admin, TEAM, whom?.id ?? '', 'member'));
    const results = await Promise.allSettled([demote(both[0], both[1]), demote(both[1], both[0])]);
    expect(results.map((result) => result.status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await warnOfAdmins(org.parts, org.parts.store.reader, place.teamId)).toMatchObject({ admins: 1 });
  });
});

describeDirectory('members whom a connection brings', (directory) => {
  it('show where they come from', async () => {
    const place = await setUp(await directory().organization());
    const { userId } = await pushed(place.org);
    const { store } = place.org.parts;
    const team = await store.teams.find(store.reader, place.org.id, place.teamId);
    if (team === undefined) throw new Error('no team');
    const page = { afterUserId: '', limit: 50, search: 'ADA' };
    const members = await listMembers(place.org.parts, store.reader, place.org.operator, team, page);
    expect(members).toMatchObject([
      {
        user: { id: userId },
        role: 'member',
        removal: 'exclude',
        sources: [{ connection: 'Okta', group: 'seers', grant: { origin: 'rule', ruleId: 'r' } }],
      },
    ]);
  });

  it('are found by a part of the name, user name or address, in any letter case, as people are', async () => {
    const { org, teamId, add } = await setUp(await directory().organization());
    const connection = await org.connection();
    const people = [
      { userName: 'emilie.dc', displayName: 'Émilie Du Châtelet', emails: [{ value: 'Emilie@Cirey.example' }] },
      { userName: 'odysseus', displayName: 'ΟΔΥΣΣΕΥΣ' },
      { userName: 'ÅSA.Öberg' },
    ];
    for (const attributes of people) {
      const { user } = await org.run((work) => createUser(org.parts, work, connection, attributes));
      await add(user.id);
    }
    const { store } = org.parts;
    const team = await store.teams.find(store.reader, org.id, teamId);
    if (team === undefined) throw new Error('no team');
    const found = async (search: string): Promise<readonly string[]> => {
      const page = { afterUserId: '', limit: 50, search };
      return (await listMembers(org.parts, store.reader, org.operator, team, page)).map(({ user }) => user.userName);
    };
    for (const [search, want] of [
      ['ÉMILIE du', 'emilie.dc'],
      ['@CIREY', 'emilie.dc'],
      ['ΔΥΣΣΕΥΣ', 'odysseus'],
      ['sa.ÖB', 'ÅSA.Öberg'],
    ] as const) {
      expect(await found(search)).toEqual([want]);
      const listed = { text: search, statuses: ['active'], sort: 'name', descending: false, limit: 9 } as const;
      const people = await store.persons.page(store.reader, org.id, listed);
      expect(people.map(({ userName }) => userName)).toEqual([want]);
    }
    expect(await found('LIE.D')).toEqual(['emilie.dc']);
    expect(await found('%')).toEqual([]);
  });

  it('are kept out when they are taken out by hand, whatever is synced, until that is lifted', async () => {
    const place = await setUp(await directory().organization());
    const { org } = place;
    const { connection, userId, groupId } = await pushed(org);
    expect(await place.remove(userId)).toBe('excluded');
    expect((await org.principal(userId)).teams.size).toBe(0);
    await sync(org, connection, groupId, 'remove', userId);
    await sync(org, connection, groupId, 'add', userId);
    expect((await org.principal(userId)).teams.size).toBe(0);
    expect(await place.roster()).toContain('ada: null, excluded, rule');
    expect(await place.ledgerOf(userId)).toEqual(['removed team']);
    const [, scope] = await explainUser(org.parts, await findPerson(org.parts, org.id, 'ada'));
    expect(scope).toMatchObject({ role: null, exclusion: { actorName: 'boss@team.example' }, grants: [{}] });
    await org.run((work) => liftExclusion(org.parts, work, place.admin, TEAM, userId));
    expect([...(await org.principal(userId)).teams.values()]).toEqual(['member']);
    expect(await place.ledgerOf(userId)).toEqual(['removed team', 'returned team']);
    expect(await org.changes()).toEqual(expect.arrayContaining(['exclusion.added ada', 'exclusion.lifted ada']));
  });

  it('stay on the list of who is kept out when nothing would give them a role any more', async () => {
    const place = await setUp(await directory().organization());
    const { org } = place;
    const { connection, userId, groupId } = await pushed(org);
    await org.run((work) => removeMember(org.parts, work, place.admin, TEAM, userId), place.admin, 'left the project');
    await sync(org, connection, groupId, 'remove', userId);
    const { store } = org.parts;
    const team = await store.teams.find(store.reader, org.id, place.teamId);
    if (team === undefined) throw new Error('no team');
    const page = { afterUserId: '', limit: 50 };
    expect(await listExclusions(org.parts, store.reader, org.operator, team, page)).toMatchObject([
      { user: { userName: 'ada' }, standing: 'excluded', sources: [], exclusion: { reason: 'left the project' } },
    ]);
  });

  it('are let in by an admin who adds them by hand, and by nobody else', async () => {
    const place = await setUp(await directory().organization());
    const { userId } = await pushed(place.org);
    await place.remove(userId);
    await expect(place.add(userId, 'viewer', place.org.operator)).rejects.toThrow('is kept out of the team');
    expect(await place.add(userId, 'viewer')).toBe('member');
    expect(await place.ledgerOf(userId)).toEqual(['removed team', 'returned team']);
  });

  it('cannot be lowered by hand below what their group gives: that says where to change it', async () => {
    const place = await setUp(await directory().organization());
    const { userId } = await pushed(place.org, 'ada', 'admin');
    const lower = place.org.run((work) => changeMemberRole(place.org.parts, work, place.admin, TEAM, userId, 'viewer'));
    await expect(lower).rejects.toThrow(
      'ada holds Admin here through the group seers of the connection Okta (rule r); that is changed where it comes from.',
    );
    expect(await place.roster()).toContain('ada: admin, active, rule');
  });

  it('stay members by hand when their group lets them go at the same moment', async () => {
    const place = await setUp(await directory().organization());
    const { org } = place;
    const { connection, userId, groupId } = await pushed(org);
    for (let round = 0; round < 5; round += 1) {
      await Promise.all([place.add(userId, 'viewer'), sync(org, connection, groupId, 'remove', userId)]);
      expect([...(await org.principal(userId)).teams.values()]).toEqual(['viewer']);
      const entries = await place.ledgerOf(userId);
      // Whichever came first: a removal that was told is told as undone.
      expect(entries.filter((entry) => entry === 'removed team')).toHaveLength(
        entries.filter((entry) => entry === 'returned team').length,
      );
      await sync(org, connection, groupId, 'add', userId);
      await org.run(async (work) => {
        const grants = await org.parts.store.grants.ofUser(work.db, userId);
        await org.parts.store.grants.remove(
          work.db,
          grants.filter((grant) => grant.origin === 'admin').map((grant) => grant.id),
        );
      });
    }
  });
});
