/** People asked into a team, by address or by user name. */
import { expect, it } from 'vitest';
import { acceptInvite } from '../../src/directory/invites/invite-acceptance.ts';
import type { ShownLink } from '../../src/directory/invites/invite-links.ts';
import { invitePeople, resendInvite } from '../../src/directory/invites/invites.ts';
import type { Principal } from '../../src/directory/principal.ts';
import { deleteCustomRole } from '../../src/directory/roles/custom-role-deletion.ts';
import { createCustomRole } from '../../src/directory/roles/custom-roles.ts';
import { findVisibleTeam } from '../../src/directory/teams/team-access.ts';
import {
  type Asked,
  type AskedAnswer,
  askIntoTeam,
  listInvited,
  resendTeamInvite,
  withdrawTeamInvite,
} from '../../src/directory/teams/team-invites.ts';
import { removeMember } from '../../src/directory/teams/team-members.ts';
import { changeTeamSettings, enforcePrivacy } from '../../src/directory/teams/team-settings.ts';
import { describeDirectory, type TestOrganization } from '../support/directory.ts';

const TEAM = { team: 'vision' };

const ask = (org: TestOrganization, by: Principal, ...asked: readonly Asked[]) =>
  org.run((work) => askIntoTeam(org.parts, work, by, TEAM, asked), by);

const tell = (answer: AskedAnswer | undefined): string => {
  if (answer === undefined) return 'nothing';
  if (answer.outcome === 'added') return `added ${answer.member.user.userName} ${answer.member.role}`;
  return answer.outcome === 'refused' ? `refused: ${answer.message}` : `invited ${answer.invite.email}`;
};

const invited = async (org: TestOrganization) => {
  const team = await findVisibleTeam(org.parts, org.parts.store.reader, org.operator, 'vision');
  return (await listInvited(org.parts, org.operator, team)).map(({ invite, role }) => `${invite.email} ${role}`);
};

const secretIn = (link: ShownLink | null | undefined): string => link?.path.split('key=')[1] ?? 'no link';

const idOf = (answer: AskedAnswer | undefined): string => (answer?.outcome === 'invited' ? answer.invite.id : '');

/** The link of an invite, as an admin of the organization gets it where no mail is sent. */
const handedOver = async (org: TestOrganization, answer: AskedAnswer | undefined): Promise<string> =>
  secretIn((await org.run((work) => resendInvite(org.parts, work, org.operator, idOf(answer)))).link);

describeDirectory('asking people into a team', (directory) => {
  it('adds who is there, by user name or address, invites who is not, and answers each by itself', async () => {
    const org = await directory().organization();
    const boss = await org.person('boss@ask.example');
    await org.person('bob@ask.example');
    await org.person('eve');
    await org.team('vision', { admin: [boss] });
    const member = (person: string) => ({ person, role: 'member' });
    const people = ['BOB@ask.example', 'eve', 'New <new@ask.example>', 'nobody', 'bob@ask.example'];
    const answers = await ask(org, boss, ...people.map(member), { person: 'eve', role: 'owner' });
    expect(answers.map(tell)).toEqual([
      'added bob@ask.example member',
      'added eve member',
      'invited new@ask.example',
      'refused: There is nobody called "nobody" in the organization. Name an e-mail address.',
      'refused: bob@ask.example is a member already, as Member. Change the role instead.',
      'refused: "owner" is no team role. Use admin, member, viewer or a custom role.',
    ]);
    expect(await invited(org)).toEqual(['new@ask.example member']);
  });

  it('gives whoever accepts the role in the team, once', async () => {
    const org = await directory().organization();
    const boss = await org.person('boss@ask.example');
    await org.team('vision', { admin: [boss] });
    const [answer] = await ask(org, boss, { person: 'new@ask.example', role: 'viewer' });
    const secret = await handedOver(org, answer);
    const accept = () => org.run((work) => acceptInvite(org.parts, work, secret, { displayName: 'New' }), org.operator);
    const { user } = await accept();
    expect([...(await org.principal(user.id)).teams.values()]).toEqual(['viewer']);
    await expect(accept()).rejects.toMatchObject({ code: 'gone' });
    expect(await invited(org)).toEqual([]);
  });

  it('puts the team into an invite that is open already', async () => {
    const org = await directory().organization();
    const boss = await org.person('boss@ask.example');
    const nlp = await org.team('nlp');
    await org.team('vision', { admin: [boss] });
    const input = { addresses: 'new@ask.example', role: 'viewer', teams: [{ teamId: nlp, role: 'Member' }] } as const;
    const [first] = await org.run((work) => invitePeople(org.parts, work, org.operator, input));
    await ask(org, boss, { person: 'new@ask.example', role: 'admin' });
    expect(await invited(org)).toEqual(['new@ask.example admin']);
    const secret = (first?.outcome === 'invited' ? first.link?.path : '')?.split('key=')[1] ?? '';
    const { user } = await org.run((work) => acceptInvite(org.parts, work, secret, { displayName: null }));
    const { role, teams } = await org.principal(user.id);
    expect([role, [...teams.values()].toSorted()]).toEqual(['viewer', ['admin', 'member']]);
  });

  it('shows the link of an invite to nobody who may not invite to the organization, whatever they may in a team', async () => {
    const org = await directory().organization();
    const boss = await org.person('boss@ask.example');
    await org.team('vision', { admin: [boss] });
    const input = { addresses: 'chief@ask.example', role: 'admin', teams: [] } as const;
    const [made] = await org.run((work) => invitePeople(org.parts, work, org.operator, input));
    const secret = made?.outcome === 'invited' ? secretIn(made.link) : '';
    const answers = await ask(
      org,
      boss,
      { person: 'chief@ask.example', role: 'viewer' },
      { person: 'stranger@ask.example', role: 'viewer' },
    );
    expect(answers.map((answer) => [tell(answer), answer.outcome === 'invited' && answer.link])).toEqual([
      ['invited chief@ask.example', null],
      ['invited stranger@ask.example', null],
    ]);
    for (const answer of answers) {
      const again = org.run((work) => resendTeamInvite(org.parts, work, boss, TEAM, idOf(answer)), boss);
      await expect(again).rejects.toMatchObject({ code: 'forbidden' });
    }
    const { user } = await org.run((work) => acceptInvite(org.parts, work, secret, { displayName: null }));
    expect((await org.principal(user.id)).role).toBe('admin');
  });

  it('is taken back: the team leaves the invite, and an invite for it alone is revoked', async () => {
    const org = await directory().organization();
    const boss = await org.person('boss@ask.example');
    await org.team('vision', { admin: [boss] });
    const [answer] = await ask(org, boss, { person: 'new@ask.example', role: 'member' });
    const id = idOf(answer);
    const withdraw = () => org.run((work) => withdrawTeamInvite(org.parts, work, boss, TEAM, id));
    expect((await withdraw()).state).toBe('revoked');
    await expect(withdraw()).rejects.toMatchObject({ code: 'not_found' });
    const wide = { addresses: 'wide@ask.example', role: 'member', teams: [] } as const;
    const [made] = await org.run((work) => invitePeople(org.parts, work, org.operator, wide));
    await ask(org, boss, { person: 'wide@ask.example', role: 'member' });
    const wideId = made?.outcome === 'invited' ? made.invite.id : '';
    const left = await org.run((work) => withdrawTeamInvite(org.parts, work, boss, TEAM, wideId));
    expect([left.state, left.teams]).toEqual(['pending', []]);
  });

  it('is for members too where the team lets them, with the two plain roles and nobody who is kept out', async () => {
    const org = await directory().organization();
    const [boss, bob, kept] = [
      await org.person('boss@ask.example'),
      await org.person('bob@ask.example'),
      await org.managed(await org.connection(), { userName: 'kept' }),
    ];
    const teamId = await org.team('vision', { admin: [boss], member: [bob] });
    await org.run((work) =>
      org.parts.store.exclusions.insert(work.db, {
        ...{ userId: kept, teamId, organizationId: org.id, actorName: 'boss', reason: null, createdAt: 1 },
      }),
    );
    const viewer = { person: 'new@ask.example', role: 'viewer' };
    await expect(ask(org, bob, viewer)).rejects.toMatchObject({ code: 'forbidden' });
    const allow = (by: Principal) =>
      org.run((work) => changeTeamSettings(org.parts, work, by, TEAM, { privacy: { membersMayInvite: true } }));
    await allow(boss);
    const answers = await ask(
      org,
      bob,
      viewer,
      { person: 'eve@ask.example', role: 'admin' },
      { person: 'kept', role: 'member' },
    );
    expect(answers.map(tell)).toEqual([
      'invited new@ask.example',
      'refused: Members of a team may ask people in as Member or View-Only.',
      'refused: kept is kept out of the team; an admin of the team can lift that.',
    ]);
    await org.run((work) => enforcePrivacy(org.parts, work, org.operator, { membersMayInvite: true }));
    await expect(ask(org, bob, viewer)).rejects.toMatchObject({ code: 'forbidden' });
    await org.run((work) => removeMember(org.parts, work, boss, TEAM, bob.id ?? ''));
    await org.run((work) => enforcePrivacy(org.parts, work, org.operator, { membersMayInvite: false }));
    await expect(ask(org, bob, viewer)).rejects.toMatchObject({ code: 'forbidden' });
  });

  it('keeps the role that an admin invited somebody with from members who may ask people in', async () => {
    const org = await directory().organization();
    const [boss, bob] = [await org.person('boss@ask.example'), await org.person('bob@ask.example')];
    await org.team('vision', { admin: [boss], member: [bob] });
    await org.run((work) => changeTeamSettings(org.parts, work, boss, TEAM, { privacy: { membersMayInvite: true } }));
    await ask(org, boss, { person: 'low@ask.example', role: 'viewer' }, { person: 'high@ask.example', role: 'admin' });
    const answers = await ask(
      org,
      bob,
      { person: 'low@ask.example', role: 'member' },
      { person: 'high@ask.example', role: 'viewer' },
    );
    expect(answers.map(tell)).toEqual([
      'refused: low@ask.example is invited already, as View-Only.',
      'refused: high@ask.example is invited already, as Admin.',
    ]);
    expect((await invited(org)).toSorted()).toEqual(['high@ask.example admin', 'low@ask.example viewer']);
  });

  it('counts a custom role as what it builds on when members may ask people in', async () => {
    const org = await directory().organization();
    const roles = [
      { name: 'Lead', inherits: 'member', permissions: [] },
      { name: 'Reader', inherits: 'viewer', permissions: [] },
    ] as const;
    for (const role of roles) await org.run((work) => createCustomRole(org.parts, work, org.operator, role));
    const [lead, reader] = [await org.person('lead@ask.example'), await org.person('reader@ask.example')];
    await org.team('vision', { Lead: [lead], Reader: [reader] });
    const change = { privacy: { membersMayInvite: true } };
    await org.run((work) => changeTeamSettings(org.parts, work, org.operator, TEAM, change));
    expect((await ask(org, lead, { person: 'new@ask.example', role: 'member' })).map(tell)).toEqual([
      'invited new@ask.example',
    ]);
    await expect(ask(org, reader, { person: 'other@ask.example', role: 'member' })).rejects.toMatchObject({
      code: 'forbidden',
    });
  });

  it('tells that there is no seat for somebody new', async () => {
    const org = await directory().organization({ seats: 1 });
    const boss = await org.person('boss@ask.example');
    await org.team('vision', { admin: [boss] });
    const answers = await ask(org, boss, { person: 'new@ask.example', role: 'member' });
    expect(answers.map(tell)).toEqual(['refused: Seat limit reached (1 of 1).']);
  });

  it('lets an open invite follow when its custom role is deleted', async () => {
    const org = await directory().organization();
    const boss = await org.person('boss@ask.example');
    await org.team('vision', { admin: [boss] });
    const role = { name: 'Labeler', inherits: 'viewer', permissions: [] } as const;
    await org.run((work) => createCustomRole(org.parts, work, org.operator, role));
    await ask(org, boss, { person: 'new@ask.example', role: 'labeler' });
    expect(await invited(org)).toEqual(['new@ask.example Labeler']);
    await org.run((work) => deleteCustomRole(org.parts, work, org.operator, { role: 'Labeler' }));
    expect(await invited(org)).toEqual(['new@ask.example viewer']);
  });
});
