/** Invites: who can be invited, what became of each address, and accepting them by their links. */
import { expect, it } from 'vitest';
import type { Context } from '../../src/directory/actor.ts';
import { acceptInvite, openInvite } from '../../src/directory/invites/invite-acceptance.ts';
import {
  type InviteAnswer,
  invitePeople,
  listInvites,
  type NewInvites,
  readInvite,
  resendInvite,
  revokeInvite,
} from '../../src/directory/invites/invites.ts';
import { cardOf } from '../../src/directory/people/person.ts';
import { removePerson } from '../../src/directory/people/person-removal.ts';
import { updateUser } from '../../src/directory/people/users.ts';
import type { Principal } from '../../src/directory/principal.ts';
import { erasePerson } from '../../src/directory/removals/erasure.ts';
import { giveRoles, takeGrants } from '../../src/directory/roles/grants.ts';
import { hashSecret } from '../../src/directory/secret.ts';
import { runWork } from '../../src/directory/work.ts';
import { describeDirectory, type TestOrganization } from '../support/directory.ts';

const DAY = 86_400_000;

async function inviteAll(
  organization: TestOrganization,
  addresses: string,
  input: Partial<NewInvites> = {},
  by: Principal = organization.operator,
): Promise<readonly InviteAnswer[]> {
  const { parts, run } = organization;
  return run((work) => invitePeople(parts, work, by, { role: 'member', teams: [], ...input, addresses }), by);
}

/** The invite of one address and the secret of its link: there is no mail server here. */
async function invite(organization: TestOrganization, address: string, input: Partial<NewInvites> = {}) {
  const [answer] = await inviteAll(organization, address, input);
  if (answer?.outcome !== 'invited') throw new Error(JSON.stringify(answer));
  return { id: answer.invite.id, secret: secretIn(answer.link?.path) };
}

function secretIn(path: string | undefined): string {
  return new URL(path ?? '', 'https://x.example').searchParams.get('key') ?? '';
}

function accept(organization: TestOrganization, secret: string, displayName: string | null = null) {
  const actor = { kind: 'system', id: null, name: 'invite' } as const;
  const context: Context = { organizationId: organization.id, actor, exchangeId: null };
  return runWork(organization.parts, context, (work) =>
    acceptInvite(organization.parts, work, secret, { displayName }),
  );
}

async function storyOf({ parts, id }: TestOrganization, userId: string | null): Promise<readonly string[]> {
  const entries = await parts.store.ledger.ofUser(parts.store.reader, id, userId ?? '');
  return entries.map(({ kind, scope }) => `${kind} ${scope}`);
}

describeDirectory('inviting', (directory) => {
  it('answers each address by itself, however they are written', async () => {
    const organization = await directory().organization();
    const answers = await inviteAll(
      organization,
      'ada@invites.example, Bob Bee <bob@invites.example>\nnot an address\n\nADA@invites.example;eve@\r\nx@localhost',
    );
    expect(answers.map(({ given, outcome }) => [given, outcome])).toEqual([
      ['ada@invites.example', 'invited'],
      ['Bob Bee <bob@invites.example>', 'invited'],
      ['not an address', 'not_an_address'],
      ['ADA@invites.example', 'named_twice'],
      ['eve@', 'not_an_address'],
      ['x@localhost', 'invited'],
    ]);
    const invites = await listInvites(organization.parts, organization.operator, { limit: 10 });
    expect(invites.map(({ invite: { email } }) => email)).toEqual([
      'x@localhost',
      'bob@invites.example',
      'ada@invites.example',
    ]);
  });

  it('says of people who are known already what they are, and what to do instead', async () => {
    const organization = await directory().organization();
    const { parts, operator, run } = organization;
    const okta = await organization.connection('Okta');
    const managed = (name: string, active: boolean) =>
      organization.managed(okta, {
        userName: name,
        displayName: name,
        emails: [{ value: `${name}@invites.example` }],
        active,
      });
    await organization.person('free@invites.example');
    await managed('managed', true);
    await managed('inactive', false);
    const gone = await organization.person('gone@invites.example');
    await run((work) => removePerson(parts, work, operator, gone.id ?? ''));
    await invite(organization, 'pending@invites.example');
    await organization.managed(okta, {
      userName: 'two',
      emails: [{ value: 'work@invites.example', primary: true }, { value: 'home@invites.example' }],
    });
    await organization.managed(okta, { userName: 'Bare@invites.example' });
    const names = ['free', 'managed', 'inactive', 'gone', 'pending', 'home', 'bare'];
    const answers = await inviteAll(organization, names.map((name) => `${name}@invites.example`).join());
    expect(answers.map((answer) => [answer.outcome, 'message' in answer ? answer.message : ''])).toEqual([
      ['has_access', 'This is free@invites.example, who has access already.'],
      ['has_access', 'This is managed, who has access already, managed by Okta.'],
      ['deactivated', 'This is inactive, who is deactivated and managed by Okta. Activate them there.'],
      ['removed', 'This is gone@invites.example, who was removed. Reactivate them instead.'],
      ['invited_already', 'This address is invited already. Send the invite again instead.'],
      ['has_access', 'This is two, who has access already, managed by Okta.'],
      ['has_access', 'This is Bare@invites.example, who has access already, managed by Okta.'],
    ]);
  });

  it.each([
    ['no address', { addresses: ' ,\n' }],
    ['too many', { addresses: Array.from({ length: 201 }, (_, n) => `a${n}@x.example`).join() }],
    ['a team that is not there', { addresses: 'a@x.example', teams: [{ teamId: 'nowhere', role: 'member' }] }],
  ])('is refused with %s', async (_what, input) => {
    const organization = await directory().organization();
    await expect(inviteAll(organization, input.addresses, input)).rejects.toMatchObject({ code: 'invalid_value' });
  });

  it('is for admins only, and invites of another organization do not exist', async () => {
    const [one, two] = [await directory().organization(), await directory().organization()];
    const member = await one.person('member@invites.example');
    await expect(inviteAll(one, 'x@invites.example', {}, member)).rejects.toMatchObject({ code: 'forbidden' });
    const { id } = await invite(one, 'y@invites.example');
    await expect(readInvite(two.parts, two.operator, id)).rejects.toMatchObject({ code: 'not_found' });
    await expect(two.run((work) => revokeInvite(two.parts, work, two.operator, id))).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await listInvites(two.parts, two.operator, { limit: 10 })).toEqual([]);
  });

  it('promises no more seats than are free', async () => {
    const organization = await directory().organization({ seats: 3 });
    await organization.person('one@invites.example');
    const answers = await inviteAll(organization, 'a@x.example, b@x.example, c@x.example');
    expect(answers.map(({ outcome }) => outcome)).toEqual(['invited', 'invited', 'no_seat']);
    expect(answers[2]).toMatchObject({
      message: 'Every free seat is promised: 1 of 3 are taken, and 2 invites are open.',
    });
    directory().clock.now += 8 * DAY;
    expect((await inviteAll(organization, 'c@x.example'))[0]?.outcome).toBe('invited');
  });

  it('never promises one seat twice when two admins invite at once', async () => {
    const organization = await directory().organization({ seats: 1 });
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((name) => inviteAll(organization, `${name}@x.example`)));
    expect(
      answers
        .flat()
        .map(({ outcome }) => outcome)
        .toSorted(),
    ).toEqual(['invited', 'no_seat', 'no_seat', 'no_seat']);
  });
});

describeDirectory('an invite', (directory) => {
  it('makes whoever follows its link a person with its roles, once', async () => {
    const organization = await directory().organization();
    const vision = await organization.team('vision');
    const teams = [{ teamId: vision, role: 'admin' }];
    const { id, secret } = await invite(organization, 'Ada@invites.example', { role: 'viewer', teams });
    expect(await openInvite(organization.parts, secret)).toMatchObject({
      invite: { id, email: 'Ada@invites.example' },
    });
    const accepted = await accept(organization, secret, 'Ada Byron');
    expect(accepted).toMatchObject({ created: true, connectionId: null, user: { name: 'Ada Byron' } });
    expect(await organization.principal(accepted.user.id)).toMatchObject({
      ...{ role: 'viewer', teams: new Map([[vision, 'admin']]) },
    });
    const state = await readInvite(organization.parts, organization.operator, id);
    expect([state.state, state.invite.acceptedUserId]).toEqual(['accepted', accepted.user.id]);
    const again = { code: 'gone', message: 'This invite was accepted already. Sign in instead.' };
    await expect(accept(organization, secret)).rejects.toMatchObject(again);
    await expect(openInvite(organization.parts, secret)).rejects.toMatchObject(again);
    const { store } = organization.parts;
    expect(await store.invites.findByLink(store.reader, secret)).toBeUndefined();
    expect((await store.invites.findByLink(store.reader, hashSecret(secret)))?.invite.id).toBe(id);
  });

  it('to a team that somebody lost brings them back to it on record', async () => {
    const organization = await directory().organization();
    const { parts, run } = organization;
    const vision = await organization.team('vision');
    const okta = await organization.connection('Okta');
    // An invite that makes an admin is not redeemed by being provisioned: it waits for whoever reads the mail.
    const { secret } = await invite(organization, 'ada@invites.example', {
      teams: [{ teamId: vision, role: 'admin' }],
    });
    const ada = await organization.managed(okta, {
      ...{ userName: 'ada', emails: [{ value: 'ada@invites.example', primary: true }] },
    });
    await run(async (work) => {
      const person = await parts.store.persons.lock(work.db, organization.id, ada);
      const member = { scope: 'team', teamId: vision, teamName: 'vision', role: 'member' } as const;
      const none = { origin: 'admin', ruleId: null, connectionId: null, groupId: null } as const;
      if (person === undefined) throw new Error('nobody');
      await giveRoles(parts, work, [cardOf(person)], [{ ...member, ...none }]);
      await takeGrants(parts, work, [cardOf(person)], await parts.store.grants.ofUser(work.db, ada));
    });
    expect(await storyOf(organization, ada)).toEqual(['removed team']);
    expect((await accept(organization, secret)).user.id).toBe(ada);
    expect(await storyOf(organization, ada)).toEqual(['removed team', 'returned team']);
  });

  it('to whoever was erased makes somebody new, and no entry says that they are the same', async () => {
    const organization = await directory().organization();
    const { parts, operator, run } = organization;
    const ada = await organization.person('ada@invites.example');
    await run((work) => removePerson(parts, work, operator, ada.id ?? ''));
    expect((await inviteAll(organization, 'ada@invites.example'))[0]?.outcome).toBe('removed');
    await run((work) => erasePerson(parts, work, ada.id ?? '', null));
    const { secret } = await invite(organization, 'ada@invites.example');
    const { user, created } = await accept(organization, secret);
    expect([created, user.id === ada.id]).toEqual([true, false]);
    expect(await storyOf(organization, ada.id)).toEqual(['removed organization', 'erased organization']);
  });

  it('to the former address of somebody who was deactivated makes somebody new, and the ledger says who they were', async () => {
    const organization = await directory().organization();
    const { parts, operator, run } = organization;
    const okta = await organization.connection('Okta');
    const emailed = (value: string) => ({ userName: 'ada', emails: [{ value, primary: true }] });
    const ada = await organization.managed(okta, emailed('ada@invites.example'));
    await run((work) => removePerson(parts, work, operator, ada));
    await run(async (work) => {
      const user = await parts.store.users.lock(
        work.db,
        { organizationId: organization.id, connectionId: okta.id },
        ada,
      );
      if (user === undefined) throw new Error('nobody');
      await updateUser(parts, work, okta, user, { ...emailed('other@invites.example'), active: false });
    });
    const { secret } = await invite(organization, 'ada@invites.example');
    const { user, created } = await accept(organization, secret);
    expect([created, user.id === ada]).toEqual([true, false]);
    expect(await storyOf(organization, ada)).toEqual(['removed organization', 'returned_as_another organization']);
    const [removal] = await parts.store.removals.ofUsers(parts.store.reader, organization.id, [ada]);
    expect(removal).toMatchObject({ state: 'returned_as_another', successorId: user.id });
  });

  it('is accepted once when its link is followed twice at once', async () => {
    const organization = await directory().organization();
    const { secret } = await invite(organization, 'ada@invites.example');
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map(() => accept(organization, secret)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const { store } = organization.parts;
    expect(await store.users.countActive(store.reader, organization.id)).toBe(1);
  });

  it('expires after seven days', async () => {
    const organization = await directory().organization();
    const { clock } = directory();
    const { id, secret } = await invite(organization, 'ada@invites.example');
    clock.now += 7 * DAY - 1;
    expect((await readInvite(organization.parts, organization.operator, id)).state).toBe('pending');
    clock.now += 1;
    expect((await readInvite(organization.parts, organization.operator, id)).state).toBe('expired');
    const listed = async (state: 'pending' | 'expired') =>
      (await listInvites(organization.parts, organization.operator, { state, limit: 10 })).map(
        ({ invite }) => invite.id,
      );
    expect([await listed('pending'), await listed('expired')]).toEqual([[], [id]]);
    await expect(accept(organization, secret)).rejects.toMatchObject({ code: 'gone' });
    const anew = await invite(organization, 'ada@invites.example');
    expect((await accept(organization, anew.secret)).created).toBe(true);
  });

  it('that is sent again has another link, and the old one says so', async () => {
    const organization = await directory().organization();
    const { parts, operator, run } = organization;
    const { id, secret } = await invite(organization, 'ada@invites.example');
    directory().clock.now += 8 * DAY;
    const { link } = await run((work) => resendInvite(parts, work, operator, id));
    await expect(accept(organization, secret)).rejects.toMatchObject({
      ...{ code: 'gone', message: 'A newer mail replaced this link. Use the newest one.' },
    });
    expect((await accept(organization, secretIn(link?.path))).created).toBe(true);
    await expect(run((work) => resendInvite(parts, work, operator, id))).rejects.toMatchObject({ code: 'conflict' });
  });

  it('that is revoked lets nobody in', async () => {
    const organization = await directory().organization();
    const { parts, operator, run } = organization;
    const { id, secret } = await invite(organization, 'ada@invites.example');
    await run((work) => revokeInvite(parts, work, operator, id));
    await expect(accept(organization, secret)).rejects.toMatchObject({
      ...{ code: 'gone', message: 'This invite was revoked. Ask whoever invited you.' },
    });
    expect((await readInvite(parts, operator, id)).state).toBe('revoked');
    expect((await inviteAll(organization, 'ada@invites.example'))[0]?.outcome).toBe('invited');
  });

  it('gives its roles to somebody who was provisioned meanwhile', async () => {
    const organization = await directory().organization();
    const vision = await organization.team('vision');
    const { id } = await invite(organization, 'ada@invites.example', { teams: [{ teamId: vision, role: 'member' }] });
    const okta = await organization.connection('Okta');
    const emails = [{ value: 'ADA@invites.example', primary: true }];
    const user = await organization.managed(okta, { userName: 'ada', emails });
    expect((await organization.principal(user)).teams).toEqual(new Map([[vision, 'member']]));
    expect((await readInvite(organization.parts, organization.operator, id)).state).toBe('accepted');
  });

  it('that makes an admin waits for whoever reads the mail, even if the address is provisioned', async () => {
    const organization = await directory().organization();
    const { id, secret } = await invite(organization, 'ada@invites.example', { role: 'admin' });
    const okta = await organization.connection('Okta');
    const emails = [{ value: 'ada@invites.example', primary: true }];
    const user = await organization.managed(okta, { userName: 'ada', emails });
    expect((await organization.principal(user)).role).toBe('member');
    expect((await readInvite(organization.parts, organization.operator, id)).state).toBe('pending');
    expect(await accept(organization, secret)).toMatchObject({
      created: false,
      connectionId: okta.id,
      user: { id: user },
    });
    expect((await organization.principal(user)).role).toBe('admin');
  });

  it('stays open when no seat is left, and does not bring back who was removed', async () => {
    const organization = await directory().organization({ seats: 1 });
    const { id, secret } = await invite(organization, 'ada@invites.example');
    const bob = await organization.person('bob@invites.example');
    await expect(accept(organization, secret)).rejects.toMatchObject({ message: 'Seat limit reached (1 of 1).' });
    const { parts, operator, run } = organization;
    expect((await readInvite(parts, operator, id)).state).toBe('pending');
    await run((work) => removePerson(parts, work, operator, bob.id ?? ''));
    expect((await accept(organization, secret)).created).toBe(true);
  });

  it('is known by its link only', async () => {
    const organization = await directory().organization();
    const { secret } = await invite(organization, 'ada@invites.example');
    for (const wrong of [`${secret}x`, secret.slice(0, -1), ''])
      await expect(accept(organization, wrong)).rejects.toMatchObject({ code: 'not_found' });
    const other = await directory().organization();
    await expect(accept(other, secret)).rejects.toMatchObject({ code: 'not_found' });
  });
});
