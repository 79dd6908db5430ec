/**
 * What there is to be allowed in a team: permissions `object:operation`, and which roles hold them.
 *
 * The names are W&B's where it has published them (`scim`: its SCIM API; `audit log`: its audit actions, which are written
 * alike). It publishes no whole list, so this one is ours: a tracker refuses names that it does not know. Pure data;
 * docs/team-permissions.md is made from it.
 */
import { isTeamRole, type RoleBase, type TeamRole } from './roles.ts';

export interface PermissionRule {
  readonly meaning: string;
  /** The weakest role of a person that holds it for everything in the team; stronger ones hold it too. */
  readonly from: TeamRole;
  /** The weakest role that holds it for what the person made. */
  readonly ownFrom?: 'member';
  /** Whether service accounts of the team hold it. */
  readonly service: boolean;
  /** Whether a custom role may add it. Managing a team stays with its admins: whoever had it could take the rest. */
  readonly custom: boolean;
  readonly source: 'scim' | 'audit log' | 'drawbridge';
}

const read = (meaning: string, source: PermissionRule['source']): PermissionRule => ({
  ...{ meaning, from: 'viewer', service: true, custom: true, source },
});
const work = (meaning: string, source: PermissionRule['source']): PermissionRule => ({
  ...{ meaning, from: 'member', service: true, custom: true, source },
});
/** Members may do it to what they made, admins to everything. */
const own = (meaning: string, source: PermissionRule['source']): PermissionRule => ({
  ...{ meaning, from: 'admin', ownFrom: 'member', service: false, custom: true, source },
});
const manage = (meaning: string, source: PermissionRule['source']): PermissionRule => ({
  ...{ meaning, from: 'admin', service: false, custom: false, source },
});

export const PERMISSIONS = {
  'project:read': read('see projects of the team', 'scim'),
  'project:create': work('make a project', 'drawbridge'),
  'project:update': work('change the settings of a project', 'scim'),
  'project:delete': own('delete a project', 'scim'),
  'run:read': read('see runs', 'scim'),
  'run:create': work('log runs', 'drawbridge'),
  'run:update': work('change names, tags and notes of runs', 'audit log'),
  'run:stop': own('stop a run', 'scim'),
  'run:delete': own('delete a run', 'scim'),
  'artifact:read': read('see and download artifacts', 'scim'),
  'artifact:create': work('log artifacts', 'audit log'),
  'artifact:update': work('change aliases and descriptions of artifacts', 'drawbridge'),
  'artifact:delete': own('delete an artifact', 'audit log'),
  'report:read': read('see reports', 'audit log'),
  'report:create': work('write reports', 'drawbridge'),
  'report:update': own('change a report', 'drawbridge'),
  'report:delete': own('delete a report', 'drawbridge'),
  'sweep:read': read('see sweeps', 'drawbridge'),
  'sweep:create': work('start a sweep', 'drawbridge'),
  'sweep:create_agent': work('add an agent to a sweep', 'audit log'),
  'launchagent:read': read('see launch agents and queues', 'scim'),
  'launchagent:create': work('add a launch agent', 'drawbridge'),
  'team:read': { ...read('see the team and its members', 'drawbridge'), custom: false },
  'team:invite_user': manage('add and invite people; members too where the privacy settings let them', 'audit log'),
  'team:uninvite': manage('remove people', 'audit log'),
  'team:update_member': manage("change a member's role", 'drawbridge'),
  'team:update': manage('change the settings of the team', 'drawbridge'),
  'team:create_service_account': manage('make service accounts of the team', 'audit log'),
} as const satisfies Readonly<Record<`${string}:${string}`, PermissionRule>>;

export type Permission = keyof typeof PERMISSIONS;

export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as readonly Permission[];

/** What a custom role may add. */
export const CUSTOM_PERMISSIONS = PERMISSION_NAMES.filter((name) => PERMISSIONS[name].custom);

export function isPermission(text: string): text is Permission {
  return Object.hasOwn(PERMISSIONS, text);
}

/** A role with what a custom one adds; built-in ones add nothing. */
export interface RoleRights {
  readonly role: string;
  readonly inherits: RoleBase | null;
  readonly permissions: readonly string[];
}

const RANK: Readonly<Record<TeamRole, number>> = { viewer: 1, member: 2, admin: 3 };

/**
 * How a role comes to a permission: by what it `adds`, by the role that it is or builds on (`holds`), or only for what
 * the person made (`own`); undefined when it does not.
 */
export function rightOf(rights: RoleRights, permission: Permission): 'adds' | 'holds' | 'own' | undefined {
  const rule: PermissionRule = PERMISSIONS[permission];
  if (rights.role === 'service') return rule.service ? 'holds' : undefined;
  const base = isTeamRole(rights.role) ? rights.role : rights.inherits;
  if (base === null) return undefined;
  if (RANK[base] >= RANK[rule.from]) return 'holds';
  if (!isTeamRole(rights.role) && rule.custom && rights.permissions.includes(permission)) return 'adds';
  return rule.ownFrom !== undefined && RANK[base] >= RANK[rule.ownFrom] ? 'own' : undefined;
}
