import { describe, expect, it } from 'vitest';
import {
  CUSTOM_PERMISSIONS,
  isPermission,
  PERMISSION_NAMES,
  PERMISSIONS,
  type RoleRights,
  rightOf,
} from '../../src/mapping/permissions.ts';

const builtIn = (role: string): RoleRights => ({ role, inherits: null, permissions: [] });
const [viewer, member, admin, service] = ['viewer', 'member', 'admin', 'service'].map(builtIn) as [
  RoleRights,
  RoleRights,
  RoleRights,
  RoleRights,
];
const held = (rights: RoleRights) => PERMISSION_NAMES.filter((name) => rightOf(rights, name) === 'holds');

describe('the catalogue of permissions', () => {
  it('names every permission object:operation', () => {
    expect(PERMISSION_NAMES.filter((name) => !/^[a-z]+:[a-z_]+$/.test(name))).toEqual([]);
    expect([isPermission('run:delete'), isPermission('run:fly'), isPermission('toString')]).toEqual([
      true,
      false,
      false,
    ]);
  });

  it('has each role hold what the weaker one holds, and admins everything', () => {
    expect(held(member)).toEqual(expect.arrayContaining(held(viewer)));
    expect(held(admin)).toEqual(PERMISSION_NAMES);
    expect(held(member).length).toBeGreaterThan(held(viewer).length);
  });

  it('leaves managing a team to its admins: neither a custom role nor a service account gets it', () => {
    const managing = PERMISSION_NAMES.filter((name) => name.startsWith('team:') && name !== 'team:read');
    expect(managing).toHaveLength(5);
    for (const name of managing) expect([PERMISSIONS[name].custom, PERMISSIONS[name].service]).toEqual([false, false]);
  });

  it.each([
    ['run:delete', member, 'own'],
    ['run:delete', viewer, undefined],
    ['run:delete', admin, 'holds'],
    ['run:delete', service, undefined],
    ['run:create', service, 'holds'],
    ['run:delete', { role: 'cleaner', inherits: 'viewer', permissions: ['run:delete'] }, 'adds'],
    ['run:read', { role: 'cleaner', inherits: 'viewer', permissions: ['run:delete'] }, 'holds'],
    ['run:create', { role: 'cleaner', inherits: 'viewer', permissions: ['run:delete'] }, undefined],
    ['run:stop', { role: 'lead', inherits: 'member', permissions: [] }, 'own'],
    ['team:update', { role: 'sly', inherits: 'member', permissions: ['team:update'] }, undefined],
    ['run:read', { role: 'forgotten', inherits: null, permissions: ['run:read'] }, undefined],
  ] as const)('%s by %j: %s', (permission, rights, want) => {
    expect(rightOf(rights, permission)).toBe(want);
  });

  it('lets a custom role add what is about the things in a team', () => {
    expect(CUSTOM_PERMISSIONS).toContain('launchagent:read');
    expect(CUSTOM_PERMISSIONS.filter((name) => name.startsWith('team:'))).toEqual([]);
  });
});
