/** What always holds for effective roles and for the answer to "may this person do this here", whatever the grants are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, type Standing } from '../../src/directory/roles/authorization.ts';
import { effectiveRoles, heldRoles } from '../../src/directory/roles/effective-roles.ts';
import type { Grant } from '../../src/directory/roles/grant.ts';
import { CUSTOM_PERMISSIONS, PERMISSION_NAMES } from '../../src/mapping/permissions.ts';

const TEAM = 'team-1';
const CUSTOM = new Map([
  ['Labeler', { inherits: 'viewer', permissions: ['run:delete', 'artifact:create'] }],
  ['Lead', { inherits: 'member', permissions: ['project:delete'] }],
] as const);

const grant = fc
  .record({
    role: fc.constantFrom('admin', 'member', 'viewer', 'Labeler', 'Lead'),
    origin: fc.constantFrom('rule', 'invite', 'admin', 'signin', 'setup'),
    withheld: fc.constantFrom(null, null, null, 'excluded', 'archived'),
    id: fc.uuid(),
  })
  .map(({ role, origin, withheld, id }): Grant => {
    const none = { ruleId: null, connectionId: null, groupId: null, createdAt: 0 };
    const inherits = CUSTOM.get(role as 'Labeler')?.inherits ?? null;
    const place = { organizationId: 'o', userId: 'u', scope: 'team', teamId: TEAM, teamName: 'vision' } as const;
    return { id, ...place, ...none, role, inherits, origin, withheld } as Grant;
  });

const standing = fc
  .record({
    grants: fc.array(grant, { maxLength: 5 }),
    active: fc.boolean(),
    isOrganizationAdmin: fc.boolean(),
    excluded: fc.boolean(),
    archived: fc.boolean(),
    invites: fc.boolean(),
  })
  .map(
    ({ grants, active, isOrganizationAdmin, excluded, archived, invites }): Standing => ({
      subject: { kind: 'user', active, isOrganizationAdmin },
      ...{ grants, excluded, customRoles: CUSTOM },
      team: { id: TEAM, archivedAt: archived ? 1 : null },
      privacy: { membersMayInvite: { value: invites, enforced: false } },
    }),
  );

const permission = fc.constantFrom(...PERMISSION_NAMES);
const plain = (state: Standing): Standing => ({
  ...state,
  ...{ excluded: false, subject: { kind: 'user', active: true, isOrganizationAdmin: false } },
  team: { id: TEAM, archivedAt: null },
});

describe('may', () => {
  it('is never more than the union of the grants, and grants only ever add', () => {
    fc.assert(
      fc.property(standing, permission, fc.boolean(), (given, name, own) => {
        const state = plain(given);
        const single = state.grants.map((one) => decide({ ...state, grants: [one] }, name, own).allowed);
        expect(decide(state, name, own).allowed).toBe(single.includes(true));
      }),
    );
  });

  it('never lets an excluded person do anything in the team by a grant', () => {
    fc.assert(
      fc.property(standing, permission, fc.boolean(), (given, name, own) => {
        const answer = decide({ ...given, excluded: true }, name, own);
        expect(answer.allowed && answer.because !== 'organization_admin').toBe(false);
      }),
    );
  });

  it('never lets an inactive person or anybody in an archived team do anything', () => {
    fc.assert(
      fc.property(standing, permission, fc.boolean(), (given, name, own) => {
        const inactive: Standing = { ...given, subject: { kind: 'user', active: false, isOrganizationAdmin: true } };
        expect(decide(inactive, name, own)).toMatchObject({ allowed: false, because: 'inactive' });
        const archived = { ...given, team: { id: TEAM, archivedAt: 1 } };
        expect(decide(archived, name, own).allowed).toBe(false);
      }),
    );
  });

  it('gives admins of the organization the running of a team and nothing of what is in it', () => {
    fc.assert(
      fc.property(permission, fc.boolean(), (name, own) => {
        const admin: Standing = {
          ...{ subject: { kind: 'user', active: true, isOrganizationAdmin: true }, grants: [], excluded: false },
          ...{ team: { id: TEAM, archivedAt: null }, customRoles: CUSTOM },
          privacy: { membersMayInvite: { value: false, enforced: false } },
        };
        expect(decide(admin, name, own).allowed).toBe(name.startsWith('team:'));
      }),
    );
  });

  it('names a grant that lets the person do it by itself', () => {
    fc.assert(
      fc.property(standing, permission, fc.boolean(), (given, name, own) => {
        const answer = decide(given, name, own);
        if (!answer.allowed || answer.grant === null) return;
        const named = given.grants.filter((one) => one.id === answer.grant?.id && one.role === answer.role);
        expect(named.some((one) => decide({ ...plain(given), grants: [one] }, name, own).allowed)).toBe(true);
      }),
    );
  });

  it('adds nothing to a custom role but what may be added', () => {
    const sly = new Map([['Labeler', { inherits: 'viewer', permissions: PERMISSION_NAMES } as const]]);
    fc.assert(
      fc.property(grant, permission, (one, name) => {
        const state: Standing = {
          ...plain({ ...emptyStanding, grants: [{ ...one, role: 'Labeler', inherits: 'viewer', withheld: null }] }),
          customRoles: sly,
        };
        const answer = decide(state, name, false);
        if (answer.allowed && answer.because === 'adds') expect(CUSTOM_PERMISSIONS).toContain(name);
      }),
    );
  });
});

const emptyStanding: Standing = {
  ...{ subject: undefined, grants: [], excluded: false, team: undefined, customRoles: new Map() },
  privacy: { membersMayInvite: { value: false, enforced: false } },
};

describe('effective roles', () => {
  it('come from a grant that counts, and are the same in whatever order the grants lie', () => {
    fc.assert(
      fc.property(fc.array(grant, { maxLength: 6 }), (grants) => {
        const role = effectiveRoles(grants).teams.get(TEAM)?.role;
        const counting = grants.filter((one) => one.withheld === null);
        expect(role === undefined).toBe(counting.length === 0);
        if (role !== undefined) expect(counting.map((one) => one.role)).toContain(role);
        expect(effectiveRoles(grants.toReversed()).teams.get(TEAM)?.role).toBe(role);
      }),
    );
  });

  it('are nothing where an exclusion withholds every grant, and an archived team is held all the same', () => {
    fc.assert(
      fc.property(fc.array(grant, { minLength: 1, maxLength: 6 }), (grants) => {
        const excluded = grants.map((one): Grant => ({ ...one, withheld: 'excluded' }));
        expect([effectiveRoles(excluded).teams.size, heldRoles(excluded).teams.size]).toEqual([0, 0]);
        const archived = grants.map((one): Grant => ({ ...one, withheld: 'archived' }));
        expect([effectiveRoles(archived).teams.size, heldRoles(archived).teams.size]).toEqual([0, 1]);
      }),
    );
  });
});
