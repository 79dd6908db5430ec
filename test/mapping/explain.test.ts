import { describe, expect, it } from 'vitest';
import { explainGrants, type GrantFact } from '../../src/mapping/explain.ts';
import {
  isReservedRole,
  type RoleBase,
  shownRole,
  strongestOrganizationRole,
  strongestRole,
  strongestTeamRole,
} from '../../src/mapping/roles.ts';

const fact = (more: Partial<GrantFact>): GrantFact => ({
  ...{
    scope: 'team',
    team: 'vision',
    role: 'member',
    inherits: null,
    origin: 'rule',
    rule: 'default',
    group: 'Vision',
  },
  ...{ since: Date.parse('2026-01-01T00:00:00Z'), position: 1, exchangeId: 'x' },
  ...more,
});

describe('explainGrants', () => {
  it('says that everybody is a member without a grant', () => {
    expect(explainGrants([])).toEqual([
      {
        ...{ scope: 'organization', team: null, role: 'member', decides: null, behind: [] },
        words: 'Member of the organization, as everybody is without a grant.',
      },
    ]);
  });

  it('lets the strongest grant decide, and names those behind it', () => {
    const weak = fact({});
    const strong = fact({ role: 'admin', origin: 'invite', rule: null, group: null, since: weak.since + 1 });
    const [, team] = explainGrants([weak, strong]);
    expect(team).toEqual({
      ...{ scope: 'team', team: 'vision', role: 'admin', decides: strong, behind: [weak] },
      words:
        'Admin of team vision because of an invite, since 2026-01-01T00:00:00.001Z. Behind it: Member by rule default for members of group Vision.',
    });
  });

  it('lets the older one of equals decide', () => {
    const [older, newer] = [fact({ position: 3 }), fact({ position: 9, group: 'Other' })];
    expect(explainGrants([newer, older])[1]?.decides).toBe(older);
    const earlier = fact({ position: 12, since: older.since - 1 });
    expect(explainGrants([newer, older, earlier])[1]?.decides).toBe(earlier);
  });

  it('has the organization first, then the teams by name', () => {
    const organization = fact({ scope: 'organization', team: null, role: 'viewer', origin: 'admin' });
    const all = explainGrants([fact({ team: 'b' }), organization, fact({ team: 'a' })]);
    expect(all.map(({ team, role }) => [team, role])).toEqual([
      [null, 'viewer'],
      ['a', 'member'],
      ['b', 'member'],
    ]);
    expect(all[0]?.words).toContain('View-Only of the organization because of what an admin gave');
  });
});

describe('roles', () => {
  it.each([
    ['viewer admin member', 'admin'],
    ['viewer labeler', 'labeler'],
    ['labeler member', 'member'],
    ['member trainer', 'trainer'],
    ['labeler trainer', 'trainer'],
    ['trainer admin', 'admin'],
    ['service viewer', 'viewer'],
    ['', undefined],
  ])('the strongest of "%s" is %s', (roles, want) => {
    const bases: Readonly<Record<string, RoleBase>> = { labeler: 'viewer', trainer: 'member' };
    const held = roles.split(' ').filter((role) => role !== '');
    expect(strongestRole(held.map((role) => ({ role, inherits: bases[role] ?? null })))).toBe(want);
  });

  it.each(['Admin', 'view-only', 'View Only', 'VIEWER', 'org_service', '--'])(
    'that are always there take "%s"',
    (name) => {
      expect(isReservedRole(name)).toBe(true);
    },
  );

  it('have a weakest place to start from', () => {
    expect(strongestOrganizationRole([])).toBe('member');
    expect(strongestOrganizationRole(['viewer'])).toBe('viewer');
    expect(strongestOrganizationRole(['viewer', 'admin'])).toBe('admin');
    expect(strongestTeamRole([])).toBe('viewer');
  });

  it('are shown by the tracker’s names', () => {
    expect(['admin', 'viewer', 'labeler'].map(shownRole)).toEqual(['Admin', 'View-Only', 'labeler']);
  });
});
