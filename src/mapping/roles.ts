/** Roles and which of them is the stronger one. */
export const ORGANIZATION_ROLES = ['admin', 'member', 'viewer'] as const;
export type OrganizationRole = (typeof ORGANIZATION_ROLES)[number];

/** Team roles that a mapping rule may give; custom roles and `service` are given elsewhere. */
export const TEAM_ROLES = ['admin', 'member', 'viewer'] as const;
export type TeamRole = (typeof TEAM_ROLES)[number];

export function isOrganizationRole(text: string): text is OrganizationRole {
  return (ORGANIZATION_ROLES as readonly string[]).includes(text);
}

export function isTeamRole(text: string): text is TeamRole {
  return (TEAM_ROLES as readonly string[]).includes(text);
}

/** Strongest first; a custom role builds on viewer or member, so it stands between the two. */
const CUSTOM = 2;
const STRENGTH: ReadonlyMap<string, number> = new Map([
  ['admin', 4],
  ['member', 3],
  ['viewer', 1],
  ['service', 0],
]);

function strengthOf(role: string): number {
  return STRENGTH.get(role) ?? CUSTOM;
}

/** Negative when `left` is the stronger one, for sorting. */
export function compareRoles(left: string, right: string): number {
  return strengthOf(right) - strengthOf(left);
}

/** Of equally strong ones the first; undefined for none. */
export function strongestRole(roles: readonly string[]): string | undefined {
  return roles.toSorted(compareRoles)[0];
}

/** Unknown names count for nothing: the organization has no custom roles. Without any, `member`. */
export function strongestOrganizationRole(roles: readonly string[]): OrganizationRole {
  return ORGANIZATION_ROLES.find((role) => roles.includes(role)) ?? 'member';
}

/** Without any, `viewer`: the one that may do least. */
export function strongestTeamRole(roles: readonly string[]): string {
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
