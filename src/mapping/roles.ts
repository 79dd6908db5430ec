/** Roles and which of them is the stronger one. */
export const ORGANIZATION_ROLES = ['admin', 'member', 'viewer'] as const;
export type OrganizationRole = (typeof ORGANIZATION_ROLES)[number];

/** Team roles that are always there; custom roles come beside them, `service` is for service accounts. */
export const TEAM_ROLES = ['admin', 'member', 'viewer'] as const;
export type TeamRole = (typeof TEAM_ROLES)[number];

/** What a custom role may build on. */
export const ROLE_BASES = ['member', 'viewer'] as const;
export type RoleBase = (typeof ROLE_BASES)[number];

/** A role as somebody holds it: a custom one comes with what it builds on, others with null. */
export interface HeldRole {
  readonly role: string;
  readonly inherits: RoleBase | null;
}

export function isOrganizationRole(text: string): text is OrganizationRole {
  return (ORGANIZATION_ROLES as readonly string[]).includes(text);
}

export function isTeamRole(text: string): text is TeamRole {
  return (TEAM_ROLES as readonly string[]).includes(text);
}

const STRENGTH: ReadonlyMap<string, number> = new Map([
  ['admin', 5],
  ['member', 3],
  ['viewer', 1],
  ['service', 0],
]);

/** A custom role does what its base does and more, so it stands right above it: member-based ones above `member`. */
function strengthOf({ role, inherits }: HeldRole): number {
  return STRENGTH.get(role) ?? (inherits === 'member' ? 4 : 2);
}

/**
 * Negative when `left` is the stronger one, for sorting. Of custom roles with one base the first by name: no order says
 * which may do more, and it must be the same for everybody who asks (store/team-members.ts counts by it, too).
 */
export function compareRoles(left: HeldRole, right: HeldRole): number {
  return strengthOf(right) - strengthOf(left) || (left.role < right.role ? -1 : left.role > right.role ? 1 : 0);
}

/** Undefined for none. */
export function strongestRole(roles: readonly HeldRole[]): string | undefined {
  return roles.toSorted(compareRoles)[0]?.role;
}

/** Unknown names count for nothing: the organization has no custom roles. Without any, `member`. */
export function strongestOrganizationRole(roles: readonly string[]): OrganizationRole {
  return ORGANIZATION_ROLES.find((role) => roles.includes(role)) ?? 'member';
}

/** Without any, `viewer`: the one that may do least. */
export function strongestTeamRole(roles: readonly HeldRole[]): string {
  return strongestRole(roles) ?? 'viewer';
}

const SHOWN: ReadonlyMap<string, string> = new Map([
  ['admin', 'Admin'],
  ['member', 'Member'],
  ['viewer', 'View-Only'],
  ['service', 'Service'],
]);

/** As the tracker shows it to people; custom roles by their own name. */
export function shownRole(role: string): string {
  return SHOWN.get(role) ?? role;
}

/** Whether a name means a role that is always there, however it is written: no custom role may be called so. */
export function isReservedRole(name: string): boolean {
  const folded = name.toLowerCase().replace(/[^a-z]+/g, '');
  return ['admin', 'member', 'viewer', 'viewonly', 'service', 'orgservice', 'none', ''].includes(folded);
}
