import { describe, expect, it } from 'vitest';
import {
  isReservedRole,
  type RoleBase,
  shownRole,
  strongestOrganizationRole,
  strongestRole,
  strongestTeamRole,
} from '../../src/mapping/roles.ts';

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
