/** Seats: one count for every way in, and admins who are told once. */
import { expect, it } from 'vitest';
import { acceptInvite } from '../../src/directory/invites/invite-acceptance.ts';
import { invitePeople } from '../../src/directory/invites/invites.ts';
import { createPerson } from '../../src/directory/people/new-person.ts';
import { removePerson } from '../../src/directory/people/person-removal.ts';
import { reactivatePerson } from '../../src/directory/people/person-return.ts';
import { noticeLimit, readSeats } from '../../src/directory/people/seats.ts';
import { describeDirectory, type TestOrganization } from '../support/directory.ts';
import { withPost } from '../support/post.ts';

const remove = ({ run, parts, operator }: TestOrganization, id: string | null) =>
  run((work) => removePerson(parts, work, operator, id ?? ''));

async function toldAdmins({ parts, id }: TestOrganization): Promise<readonly string[]> {
  const jobs = await parts.store.jobs.page(parts.store.reader, 'mail', 'due', '', 1000);
  const mails = await Promise.all(jobs.map(({ key }) => parts.store.mails.find(parts.store.reader, key)));
  return mails
    .flatMap((mail) => (mail?.organizationId === id && mail.kind === 'seats_full' ? mail.to : []))
    .toSorted()
    .toSorted();
}

describeDirectory('seats', (directory) => {
  it('are told before anybody fills in a form', async () => {
    const organization = await directory().organization({ seats: 4 });
    const { parts, operator, run } = organization;
    expect(await readSeats(parts, operator)).toEqual({
      ...{ limit: 4, active: 0, invited: 0, free: 4, full: false, invitable: 4, over: 0 },
    });
    await organization.person('ada@seats.example');
    await run((work) =>
      invitePeople(parts, work, operator, { addresses: 'b@seats.example', role: 'member', teams: [] }),
    );
    expect(await readSeats(parts, operator)).toMatchObject({ active: 1, invited: 1, free: 3, invitable: 2 });
    for (const name of ['b2', 'c', 'd']) await organization.person(`${name}@seats.example`);
    expect(await readSeats(parts, operator)).toMatchObject({ active: 4, free: 0, full: true, invitable: 0 });
    const unlimited = await directory().organization();
    expect(await readSeats(unlimited.parts, unlimited.operator)).toMatchObject({ limit: null, full: false });
  });

  it('never overshoot, whichever ways in race for the last one', async () => {
    for (let round = 0; round < 4; round += 1) {
      const organization = await directory().organization({ seats: 2 });
      const { parts, operator, run } = organization;
      const okta = await organization.connection();
      const removed = await organization.person('removed@seats.example');
      await remove(organization, removed.id);
      const input = { addresses: 'invited@seats.example', role: 'member', teams: [] } as const;
      const [answer] = await run((work) => invitePeople(parts, work, operator, input));
      const path = answer?.outcome === 'invited' ? (answer.link?.path ?? '') : '';
      const secret = path.split('key=')[1] ?? '';
      await organization.person('there@seats.example');
      const outcomes = await Promise.allSettled([
        run((work) => acceptInvite(parts, work, secret, { displayName: null })),
        run((work) => reactivatePerson(parts, work, operator, removed.id ?? '', { againstConnection: false })),
        organization.managed(okta, { userName: 'scim@seats.example' }),
        organization.person('signin@seats.example'),
      ]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const outcome of outcomes)
        if (outcome.status === 'rejected')
          expect(outcome.reason).toMatchObject({ code: 'seat_limit', message: 'Seat limit reached (2 of 2).' });
      expect(await parts.store.users.countActive(parts.store.reader, organization.id)).toBe(2);
    }
  });

  it('have every admin mailed once when the last one is taken, and again only after one was free', async () => {
    const organization = await directory().organization({ seats: 3, parts: withPost(directory().parts) });
    await organization.person('ada@seats.example', 'admin');
    await organization.person('bob@seats.example', 'admin');
    expect(await toldAdmins(organization)).toEqual([]);
    const last = await organization.person('last@seats.example');
    expect(await toldAdmins(organization)).toEqual(['ada@seats.example', 'bob@seats.example']);
    for (let n = 0; n < 3; n += 1)
      await expect(organization.person(`more-${n}@seats.example`)).rejects.toMatchObject({ code: 'seat_limit' });
    expect(await toldAdmins(organization)).toHaveLength(2);
    await remove(organization, last.id);
    await organization.person('next@seats.example');
    expect(await toldAdmins(organization)).toHaveLength(4);
    expect((await organization.changes()).filter((change) => change.startsWith('seats.full'))).toHaveLength(2);
  });

  it('that are lowered below what is taken take nobody’s access, let nobody in, and have admins told once', async () => {
    const organization = await directory().organization({ parts: withPost(directory().parts) });
    const { run, operator } = organization;
    await organization.person('ada@seats.example', 'admin');
    for (const name of ['b', 'c']) await organization.person(`${name}@seats.example`);
    const start = (seats: number | null) => run((work) => noticeLimit({ ...organization.parts, seats }, work));
    await start(null);
    await start(4);
    expect(await toldAdmins(organization)).toEqual([]);
    for (const seats of [2, 2]) await start(seats);
    expect(await toldAdmins(organization)).toEqual(['ada@seats.example']);
    const parts = { ...organization.parts, seats: 2 };
    expect(await readSeats(parts, operator)).toMatchObject({ active: 3, over: 1, free: 0, full: true, invitable: 0 });
    const input = { userName: 'd@seats.example', displayName: null, email: null };
    const refusal = { code: 'seat_limit', message: 'Seat limit reached (3 of 2).' };
    await expect(run((work) => createPerson(parts, work, input))).rejects.toMatchObject(refusal);
    await start(3);
    expect(await toldAdmins(organization)).toHaveLength(2);
    const told = (await organization.changes()).filter((change) => change.startsWith('seats.full'));
    expect(told).toHaveLength(2);
  });

  it('have nobody mailed where whoever took the last one was refused after all', async () => {
    const organization = await directory().organization({ seats: 2, parts: withPost(directory().parts) });
    await organization.person('ada@seats.example', 'admin');
    await expect(organization.person('ada@seats.example')).rejects.toMatchObject({ code: 'uniqueness' });
    expect(await toldAdmins(organization)).toEqual([]);
  });
});
