/** An admin's word on somebody's role: what it replaces, what holds a role up against it, and the last admin. */
import { expect, it } from 'vitest';
import { changeOrganizationRole } from '../../src/directory/people/organization-role.ts';
import type { OrganizationRole } from '../../src/directory/people/user.ts';
import type { Principal } from '../../src/directory/principal.ts';
import { setRules } from '../../src/directory/rules/rules.ts';
import { parseRules } from '../../src/mapping/rule.ts';
import { describeDirectory, type TestOrganization } from '../support/directory.ts';

function change({ run, parts }: TestOrganization, by: Principal, who: Principal, role: OrganizationRole) {
  return run((work) => changeOrganizationRole(parts, work, by, who.id ?? '', role), by);
}

describeDirectory("an admin's word on a role", (directory) => {
  it('raises and lowers it, and replaces the word before', async () => {
    const organization = await directory().organization();
    const admin = await organization.person('admin@roles.example', 'admin');
    const ada = await organization.person('ada@roles.example');
    for (const role of ['admin', 'viewer', 'member', 'viewer', 'admin'] as const) {
      expect((await change(organization, admin, ada, role)).role).toBe(role);
      expect((await organization.principal(ada.id ?? '')).role).toBe(role);
    }
    const grants = await organization.parts.store.grants.ofUser(organization.parts.store.reader, ada.id ?? '');
    expect(grants.map(({ role, origin }) => [role, origin])).toEqual([['admin', 'admin']]);
  });

  it('is on record, with each grant and what came of it', async () => {
    const organization = await directory().organization();
    const admin = await organization.person('admin@roles.example', 'admin');
    const ada = await organization.person('ada@roles.example', 'admin');
    await change(organization, admin, ada, 'viewer');
    expect((await organization.changes()).slice(-3)).toEqual([
      'grant.added ada@roles.example',
      'grant.removed ada@roles.example',
      'user.role_changed ada@roles.example',
    ]);
    const length = (await organization.changes()).length;
    await change(organization, admin, ada, 'viewer');
    expect(await organization.changes()).toHaveLength(length);
  });

  it('cannot go below what a mapping rule gives, and names the rule', async () => {
    const organization = await directory().organization();
    const { parts } = organization;
    const admin = await organization.person('admin@roles.example', 'admin');
    const okta = await organization.connection('Okta');
    const rules = {
      rules: [{ id: 'it', when: { user: 'title eq "IT"' }, give: { organizationRole: 'admin' } }],
    };
    await organization.run((work) => setRules(parts, work, okta, parseRules(rules)));
    const id = await organization.managed(okta, { userName: 'it@roles.example', title: 'IT' });
    const outcome = await change(organization, admin, await organization.principal(id), 'viewer');
    expect(outcome).toMatchObject({
      ...{ wanted: 'viewer', role: 'admin' },
      heldUpBy: [{ role: 'admin', origin: 'rule', connection: 'Okta', rule: 'it', group: null }],
      warnings: ['Okta gives the role admin through the rule it; change that, or take them out of the group there.'],
    });
  });

  it('keeps the last admin, and warns while there is only one', async () => {
    const organization = await directory().organization();
    const admin = await organization.person('admin@roles.example', 'admin');
    await expect(change(organization, admin, admin, 'member')).rejects.toMatchObject({ code: 'last_admin' });
    const ada = await organization.person('ada@roles.example');
    expect((await change(organization, admin, ada, 'viewer')).warnings).toEqual([
      'The organization has only one admin. Name a second one, in case the first cannot sign in.',
    ]);
    expect((await change(organization, admin, ada, 'admin')).warnings).toEqual([]);
  });

  it('keeps an admin when two demote each other at once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const organization = await directory().organization();
      const ada = await organization.person('ada@roles.example', 'admin');
      const bob = await organization.person('bob@roles.example', 'admin');
      const outcomes = await Promise.allSettled([
        change(organization, ada, bob, 'member'),
        change(organization, bob, ada, 'member'),
      ]);
      expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
      const { users } = organization.parts.store;
      expect(await users.countActiveAdmins(organization.parts.store.reader, organization.id)).toBe(1);
    }
  });

  it('is for admins only', async () => {
    const organization = await directory().organization();
    const member = await organization.person('member@roles.example');
    await expect(change(organization, member, member, 'admin')).rejects.toMatchObject({ code: 'forbidden' });
  });
});
