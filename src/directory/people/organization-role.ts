/**
 * An admin decides on somebody's role in the organization.
 *
 * Grants add up, so a decision has to say what it replaces: the earlier decisions of people (an admin's, an invite's, the
 * set-up's), which are taken away, on record. What stands by itself stays: mapping rules, and claims of a sign-in, give
 * their roles until the rule, the group or the claim changes. If one of them gives more than the admin wanted, the outcome
 * names it. docs/decisions/organization-roles.md has the reasons.
 */
import { AppError } from '../../errors.ts';
import type { DirectoryParts } from '../parts.ts';
import { authorize } from '../policy.ts';
import type { Principal } from '../principal.ts';
import { effectiveRoles } from '../roles/effective-roles.ts';
import type { Grant, GrantOrigin } from '../roles/grant.ts';
import { giveRoles, takeGrants, type WantedRole } from '../roles/grants.ts';
import type { Work } from '../work.ts';
import { countAdmins } from './admin-count.ts';
import { noSuchPerson } from './people.ts';
import { cardOf } from './person.ts';
import { ORGANIZATION_ROLES, type OrganizationRole } from './user.ts';

/** Decisions of people, which a later one replaces. */
const DECISIONS: ReadonlySet<GrantOrigin> = new Set(['admin', 'invite', 'setup']);

export interface HoldingUp {
  readonly role: string;
  readonly origin: GrantOrigin;
  /** Names; null where the origin has none. */
  readonly connection: string | null;
  readonly rule: string | null;
  readonly group: string | null;
}

export interface RoleOutcome {
  readonly wanted: OrganizationRole;
  /** What they hold now. */
  readonly role: OrganizationRole;
  /** Grants that give more than was wanted. */
  readonly heldUpBy: readonly HoldingUp[];
  /** What else to know, as sentences; for people to read. */
  readonly warnings: readonly string[];
}

/** @throws AppError `forbidden`, `not_found`, `conflict` for somebody who was removed, `last_admin` */
export async function changeOrganizationRole(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  userId: string,
  role: OrganizationRole,
): Promise<RoleOutcome> {
  authorize(principal, 'people.change_role', { userId });
  const { store } = parts;
  const person = await store.persons.lock(work.db, work.context.organizationId, userId);
  if (person === undefined) throw noSuchPerson();
  if (person.status === 'removed') throw new AppError('conflict', `${person.name} was removed; bring them back first.`);
  const card = cardOf(person);
  const decided = (await store.grants.ofUser(work.db, userId)).filter(
    (grant) => grant.scope === 'organization' && DECISIONS.has(grant.origin),
  );
  const stays = decided.find((grant) => grant.origin === 'admin' && grant.role === role);
  const wanted: WantedRole = {
    ...{ scope: 'organization', teamId: null, teamName: null, role },
    ...{ origin: 'admin', ruleId: null, connectionId: null, groupId: null },
  };
  // Given before the others are taken, so that nobody is demoted on the way to the role that they keep.
  if (stays === undefined) await giveRoles(parts, work, [card], [wanted]);
  await takeGrants(
    parts,
    work,
    [card],
    decided.filter((grant) => grant !== stays),
  );
  return outcomeOf(parts, work, userId, role);
}

async function outcomeOf(
  parts: DirectoryParts,
  work: Work,
  userId: string,
  wanted: OrganizationRole,
): Promise<RoleOutcome> {
  const grants = (await parts.store.grants.ofUser(work.db, userId)).filter((grant) => grant.scope === 'organization');
  const role = effectiveRoles(grants).organization;
  const stronger = grants.filter((grant) => isStronger(grant.role, wanted));
  const heldUpBy = await nameGrants(parts, work, userId, stronger);
  const { warning } = await countAdmins(parts, work.db, work.context.organizationId);
  return { wanted, role, heldUpBy, warnings: [...heldUpBy.map(tellHoldingUp), ...(warning === null ? [] : [warning])] };
}

async function nameGrants(
  { store }: DirectoryParts,
  { db, context }: Work,
  userId: string,
  grants: readonly Grant[],
): Promise<readonly HoldingUp[]> {
  if (grants.length === 0) return [];
  const connections = await store.connections.list(db, context.organizationId);
  const groups = (await store.users.groupsOf(db, [userId])).get(userId) ?? [];
  return grants.map(({ role, origin, connectionId, ruleId, groupId }) => ({
    role,
    origin,
    connection: connections.find(({ id }) => id === connectionId)?.name ?? connectionId,
    rule: ruleId,
    group: groups.find(({ id }) => id === groupId)?.name ?? groupId,
  }));
}

function isStronger(role: string, than: OrganizationRole): boolean {
  return ORGANIZATION_ROLES.indexOf(role as OrganizationRole) < ORGANIZATION_ROLES.indexOf(than);
}

function tellHoldingUp({ role, origin, connection, rule, group }: HoldingUp): string {
  if (origin !== 'rule') return `The role ${role} comes from a claim of their sign-in, and stays until that changes.`;
  const source = group === null ? `the rule ${rule}` : `the group ${group} (rule ${rule})`;
  return `${connection} gives the role ${role} through ${source}; change that, or take them out of the group there.`;
}
