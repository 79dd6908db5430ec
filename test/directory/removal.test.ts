/** Removing people and bringing them back, by admins: what a connection governs, the ledger, the last admin. */
import { expect, it } from 'vitest';
import { authenticateKey, createPersonalKey } from '../../src/directory/keys/api-keys.ts';
import { cardOf } from '../../src/directory/people/person.ts';
import { removePerson } from '../../src/directory/people/person-removal.ts';
import { reactivatePerson } from '../../src/directory/people/person-return.ts';
import { deleteUser, updateUser } from '../../src/directory/people/users.ts';
import { erasePerson } from '../../src/directory/removals/erasure.ts';
import { giveRoles, takeGrants } from '../../src/directory/roles/grants.ts';
import { runWork } from '../../src/directory/work.ts';
import { describeDirectory, type TestOrganization } from '../support/directory.ts';

const remove = ({ run, parts, operator }: TestOrganization, id: string | null, reason?: string) =>
  run((work) => removePerson(parts, work, operator, id ?? ''), operator, reason);

const bringBack = ({ run, parts, operator }: TestOrganization, id: string | null, againstConnection = false) =>
  run((work) => reactivatePerson(parts, work, operator, id ?? '', { againstConnection }));

async function ledgerOf({ parts, id }: TestOrganization, userId: string | null) {
  const entries = await parts.store.ledger.ofUser(parts.store.reader, id, userId ?? '');
  return entries.map((entry) => {
    const content = JSON.parse(entry.content) as {
      cause: string;
      reason: string | null;
      held: { teams: { name: string }[] } | null;
    };
    return [entry.kind, content.cause, content.reason, content.held?.teams.map(({ name }) => name).join()];
  });
}

describeDirectory('removing people', (directory) => {
  it('whom nobody manages ends their access, roles and keys at once, and opens a ledger entry', async () => {
    const organization = await directory().organization();
    const { parts } = organization;
    const ada = await organization.person('ada@removal.example', 'admin');
    await organization.person('other@removal.example', 'admin');
    await organization.team('vision', { member: [ada] });
    const key = { name: 'k', scopes: ['read'], expiresAt: null } as const;
    const { secret } = await organization.run((work) => createPersonalKey(parts, work, ada, ada.id ?? '', key));
    expect(await remove(organization, ada.id, 'left the company')).toMatchObject({
      ...{ status: 'removed', nextSync: null },
      warnings: ['The organization has only one admin. Name a second one, in case the first cannot sign in.'],
    });
    expect(await authenticateKey(parts, secret)).toMatchObject({ code: 'token_revoked' });
    expect(await parts.store.grants.ofUser(parts.store.reader, ada.id ?? '')).toEqual([]);
    expect(await ledgerOf(organization, ada.id)).toEqual([['removed', 'deleted', 'left the company', 'vision']]);
    await expect(remove(organization, ada.id)).rejects.toMatchObject({ code: 'not_found' });
  });

  it('whom a connection manages deactivates them, and says what the next sync will do', async () => {
    const organization = await directory().organization();
    const { parts } = organization;
    const okta = await organization.connection('Okta');
    const id = await organization.managed(okta, { userName: 'ada@removal.example', displayName: 'Ada' });
    const outcome = await remove(organization, id);
    expect(outcome.status).toBe('deactivated');
    expect(outcome.nextSync).toMatch(/^Ada is managed by Okta, which still assigns them\./);
    const scope = { organizationId: organization.id, connectionId: okta.id };
    const seen = await parts.store.users.find(parts.store.reader, scope, id);
    expect(seen?.active).toBe(false);
    expect(JSON.parse(seen?.attributes ?? '{}')).toMatchObject({ active: false, displayName: 'Ada' });
    expect(await ledgerOf(organization, id)).toEqual([['removed', 'deactivated', null, '']]);
    await expect(remove(organization, id)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('takes them out of the groups of whichever connection', async () => {
    const organization = await directory().organization();
    const { parts } = organization;
    const okta = await organization.connection('Okta');
    const ada = await organization.person('ada@removal.example');
    const group = { id: parts.newId(), organizationId: organization.id, connectionId: okta.id, displayName: 'G' };
    const rest = { externalId: null, teamId: null, version: 1, createdAt: 1, updatedAt: 1 };
    await parts.store.write(async (db) => {
      await parts.store.groups.insert(db, { ...group, ...rest });
      await parts.store.members.add(db, { ...group, ...rest }, [{ userId: ada.id ?? '', display: null }], 1);
    });
    await remove(organization, ada.id);
    expect(await parts.store.members.groupIdsOf(parts.store.reader, ada.id ?? '')).toEqual([]);
    const scope = { organizationId: organization.id, connectionId: okta.id };
    expect((await parts.store.groups.find(parts.store.reader, scope, group.id))?.version).toBe(2);
  });

  it('keeps the last admin, also when two are removed at once', async () => {
    for (const managed of [false, true]) {
      const organization = await directory().organization();
      const { store } = organization.parts;
      const people = [await organization.person('a@removal.example', 'admin')];
      people.push(await organization.person('b@removal.example', 'admin'));
      if (managed) {
        const okta = await organization.connection('Okta');
        const ids = people.map((person) => person.id);
        await store.write(async (db) => {
          for (const id of ids) {
            const scope = { organizationId: organization.id, connectionId: okta.id };
            const user = await store.users.lock(db, scope, id ?? '');
            if (user !== undefined)
              await store.users.update(db, user.id, { ...user, connectionId: okta.id, displayNameKey: null });
          }
        });
      }
      const outcomes = await Promise.allSettled(people.map((person) => remove(organization, person.id)));
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      expect(await store.users.countActiveAdmins(store.reader, organization.id)).toBe(1);
    }
  });
});

describeDirectory('a team that somebody lost', (directory) => {
  it('is theirs again in the ledger when they get it back while they are deactivated', async () => {
    const organization = await directory().organization();
    const { parts, run } = organization;
    const okta = await organization.connection('Okta');
    const id = await organization.managed(okta, { userName: 'ada@removal.example' });
    const vision = await organization.team('vision');
    const origin = { origin: 'admin', ruleId: null, connectionId: null, groupId: null } as const;
    const role = { scope: 'team', teamId: vision, teamName: 'vision', role: 'member', ...origin } as const;
    const isOpen = async () =>
      (await parts.store.removals.open(parts.store.reader, organization.id, [id], vision)).has(id);
    const inTeam = (isMember: boolean) =>
      run(async (work) => {
        const person = await parts.store.persons.find(work.db, organization.id, id);
        if (person === undefined) throw new Error('nobody');
        if (isMember) await giveRoles(parts, work, [cardOf(person)], [role]);
        else await takeGrants(parts, work, [cardOf(person)], await parts.store.grants.ofUser(work.db, id));
      });
    await inTeam(true);
    await inTeam(false);
    await remove(organization, id);
    expect(await isOpen()).toBe(true);
    await inTeam(true);
    expect(await isOpen()).toBe(false);
  });
});

describeDirectory('bringing people back', (directory) => {
  it('gives the same id, the role member, and closes the ledger entry', async () => {
    const organization = await directory().organization();
    await organization.person('other@removal.example', 'admin');
    const ada = await organization.person('ada@removal.example', 'admin');
    await remove(organization, ada.id);
    expect(await bringBack(organization, ada.id)).toEqual({ nextSync: null });
    expect(await organization.principal(ada.id ?? '')).toMatchObject({ role: 'member', name: 'ada@removal.example' });
    expect((await ledgerOf(organization, ada.id)).map(([kind]) => kind)).toEqual(['removed', 'returned']);
    const found = await organization.parts.store.users.findInOrganization(
      organization.parts.store.reader,
      organization.id,
      'ada@removal.example',
    );
    expect(found.map(({ id, active }) => [id, active])).toEqual([[ada.id, true]]);
    await expect(bringBack(organization, ada.id)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('whom an admin took out undoes it', async () => {
    const organization = await directory().organization();
    const okta = await organization.connection('Okta');
    const id = await organization.managed(okta, { userName: 'ada@removal.example' });
    await remove(organization, id);
    expect(await bringBack(organization, id)).toEqual({ nextSync: null });
    expect((await ledgerOf(organization, id)).map(([kind]) => kind)).toEqual(['removed', 'returned']);
  });

  it('whom their connection deactivated has to be said twice', async () => {
    const organization = await directory().organization();
    const { parts } = organization;
    const okta = await organization.connection('Okta');
    const id = await organization.managed(okta, { userName: 'ada@removal.example', displayName: 'Ada' });
    const scope = { organizationId: organization.id, connectionId: okta.id };
    const context = { organizationId: organization.id, exchangeId: null };
    const actor = { kind: 'connection', id: okta.id, name: 'Okta' } as const;
    await runWork(parts, { ...context, actor }, async (work) => {
      const user = await parts.store.users.lock(work.db, scope, id);
      if (user !== undefined)
        await updateUser(parts, work, okta, user, { ...JSON.parse(user.attributes), active: false });
    });
    await expect(bringBack(organization, id)).rejects.toMatchObject({
      code: 'managed_by_connection',
      message: expect.stringMatching(/^Okta deactivated Ada\. Bring them back there/),
    });
    expect(await bringBack(organization, id, true)).toEqual({
      nextSync: 'Okta has Ada as inactive: the next time that it says so, they are out.',
    });
    await runWork(parts, { ...context, actor }, async (work) => {
      const user = await parts.store.users.lock(work.db, scope, id);
      if (user !== undefined) await deleteUser(parts, work, okta, user);
    });
    await expect(bringBack(organization, id)).rejects.toMatchObject({ code: 'managed_by_connection' });
    expect((await bringBack(organization, id, true)).nextSync).toBe('Nobody manages Ada now; Okta has forgotten them.');
    expect(await parts.store.persons.find(parts.store.reader, organization.id, id)).toMatchObject({
      ...{ status: 'active', connectionId: null },
    });
  });

  it('is refused when somebody else has the userName by now', async () => {
    const organization = await directory().organization();
    const ada = await organization.person('ada@removal.example');
    await remove(organization, ada.id);
    const okta = await organization.connection('Okta');
    await organization.managed(okta, { userName: 'ADA@removal.example' });
    await expect(bringBack(organization, ada.id)).rejects.toMatchObject({ code: 'uniqueness' });
  });

  it('is refused for whom was erased: a pseudonym is nobody', async () => {
    const organization = await directory().organization();
    const { parts, operator, run } = organization;
    const ada = await organization.person('ada@removal.example');
    await remove(organization, ada.id);
    const { pseudonym } = await run((work) => erasePerson(parts, work, ada.id ?? '', null), operator);
    for (const against of [false, true])
      await expect(bringBack(organization, ada.id, against)).rejects.toMatchObject({
        code: 'conflict',
        message: expect.stringContaining(`The personal data of ${pseudonym} was erased.`),
      });
    expect(await parts.store.persons.find(parts.store.reader, organization.id, ada.id ?? '')).toMatchObject({
      ...{ status: 'removed', userName: pseudonym },
    });
    expect((await ledgerOf(organization, ada.id)).map(([kind]) => kind)).toEqual(['removed', 'erased']);
  });

  it('takes a seat', async () => {
    const organization = await directory().organization({ seats: 1 });
    const ada = await organization.person('ada@removal.example');
    await remove(organization, ada.id);
    await organization.person('bob@removal.example');
    await expect(bringBack(organization, ada.id)).rejects.toMatchObject({ code: 'seat_limit' });
  });
});
