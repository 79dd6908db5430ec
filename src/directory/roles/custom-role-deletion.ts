/** Deleting a custom role: who would be touched, and what they hold instead. */
import { type MappingRule, parseStoredRules } from '../../mapping/rule.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { Connection } from '../connections/connection.ts';
import type { DirectoryParts } from '../parts.ts';
import { authorize } from '../policy.ts';
import type { Principal } from '../principal.ts';
import { rerunRulesThatCapture, rulesCapturing } from '../rules/rule-rerun.ts';
import type { Work } from '../work.ts';
import type { CustomRole, RoleHolder } from './custom-role.ts';
import { lockCustomRole, subjectOf } from './custom-roles.ts';
import type { Grant } from './grant.ts';
import { giveRoles, takeGrants, type WantedRole } from './grants.ts';

/** Grants that are turned over in one go: bounds the size of a statement. */
const CHUNK = 500;
/** More open invites than any organization has. */
const INVITES_MAX = 100_000;

export interface DeletionEffect {
  /** What everybody would hold instead. */
  readonly heldInstead: CustomRole['inherits'];
  readonly users: number;
  readonly teams: number;
  /** A page of them, by grant. */
  readonly holders: readonly RoleHolder[];
  /** Mapping rules that name the role and would give what it builds on. */
  readonly rules: readonly { readonly connection: string; readonly rule: string }[];
  /** Rules that take it from a group's name: whoever holds it by one would hold nothing by it. */
  readonly captured: readonly { readonly connection: string; readonly rule: string; readonly users: number }[];
}

/** @throws AppError `forbidden` */
export async function effectOfDeletion(
  parts: DirectoryParts,
  db: Handle,
  principal: Principal,
  role: CustomRole,
  page: { readonly afterGrantId: string; readonly limit: number },
): Promise<DeletionEffect> {
  authorize(principal, 'custom_roles.delete', { organizationId: role.organizationId });
  const { store } = parts;
  const naming = await rulesNaming(parts, db, role);
  return {
    heldInstead: role.inherits,
    ...(await store.customRoles.countHolders(db, role)),
    holders: await store.customRoles.holders(db, role, page.afterGrantId, page.limit),
    rules: naming.flatMap(({ connection, rules }) =>
      rules.filter((rule) => isNamedIn(role, rule)).map((rule) => ({ connection: connection.name, rule: rule.id })),
    ),
    captured: await losersByRule(parts, db, role),
  };
}

async function losersByRule(parts: DirectoryParts, db: Handle, role: CustomRole): Promise<DeletionEffect['captured']> {
  const held = await parts.store.customRoles.countByRule(db, role);
  return (await rulesCapturing(parts, db, role)).flatMap(({ connection, rules }) =>
    rules.map(({ id }) => {
      const users =
        held.find(({ connectionId, ruleId }) => connectionId === connection.id && ruleId === id)?.users ?? 0;
      return { connection: connection.name, rule: id, users };
    }),
  );
}

/**
 * @returns how many grants became what the role builds on
 * @throws AppError `forbidden`, `not_found`, `precondition_failed`
 */
export async function deleteCustomRole(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  ref: { readonly role: string; readonly version?: number },
): Promise<{ readonly role: CustomRole; readonly changed: number }> {
  const { organizationId } = work.context;
  authorize(principal, 'custom_roles.delete', { organizationId });
  // First the connections: a push under way ends before, the next one knows the new rules. Then whoever gives it by hand.
  await parts.store.connections.touchRules(work.db, organizationId, work.at);
  const role = await lockCustomRole(parts, work, ref);
  await rewriteRules(parts, work, role);
  await rewriteInvites(parts, work, role);
  const changed = await turnHolders(parts, work, role);
  await parts.store.customRoles.markDeleted(work.db, role.id, Math.max(work.at, role.updatedAt + 1));
  const { description, inherits, permissions } = role;
  work.changes.push({
    kind: 'custom_role.deleted',
    subject: subjectOf(role),
    before: { name: role.name, description, inherits, permissions },
    after: { heldInstead: inherits, grants: changed },
  });
  await rerunRulesThatCapture(parts, work, role, 'deleted');
  return { role, changed };
}

/** Gives first and takes then, so that nobody is without a role in between. */
async function turnHolders(parts: DirectoryParts, work: Work, role: CustomRole): Promise<number> {
  const { store } = parts;
  let changed = 0;
  for (;;) {
    const page = await store.customRoles.holders(work.db, role, '', CHUNK);
    if (page.length === 0) return changed;
    const ids = [...new Set(page.map((holder) => holder.userId))];
    const users = await store.teamMembers.lockCards(work.db, role.organizationId, ids);
    const grants = (await store.grants.ofUsers(work.db, ids)).filter((grant) => grant.role === role.name);
    for (const user of users) {
      const held = grants.filter((grant) => grant.userId === user.id && grant.scope === 'team');
      await giveRoles(
        parts,
        work,
        [user],
        held.map((grant) => insteadOf(grant, role)),
      );
      await takeGrants(parts, work, [user], held);
      changed += held.length;
    }
  }
}

function insteadOf(grant: Grant, { inherits }: CustomRole): WantedRole {
  const { scope, teamId, teamName, origin, ruleId, connectionId, groupId } = grant;
  return { scope, teamId, teamName, role: inherits, origin, ruleId, connectionId, groupId };
}

/** Whoever accepts later gets what the role built on. */
async function rewriteInvites({ store }: DirectoryParts, work: Work, role: CustomRole): Promise<void> {
  const naming = await store.invites.pendingNaming(work.db, role.organizationId, role.name, INVITES_MAX);
  for (const { id } of naming) {
    const invite = await store.invites.lock(work.db, role.organizationId, id);
    if (invite === undefined) continue;
    const teams = invite.teams.map((team) => (team.role === role.name ? { ...team, role: role.inherits } : team));
    await store.invites.update(work.db, { ...invite, teams, updatedAt: work.at });
  }
}

async function rewriteRules(parts: DirectoryParts, work: Work, role: CustomRole): Promise<void> {
  const { store } = parts;
  for (const { connection, rules } of await rulesNaming(parts, work.db, role)) {
    const rewritten = rules.map((rule) => (isNamedIn(role, rule) ? withBase(rule, role) : rule));
    const version = await store.connections.version(work.db, connection.id);
    const at = Math.max(work.at, version + 1);
    await store.connections.setRules(work.db, connection.id, JSON.stringify({ rules: rewritten }), at);
    work.changes.push({
      kind: 'connection.rules_changed',
      subject: { type: 'connection', id: connection.id, name: connection.name },
      before: { rules },
      after: { rules: rewritten },
    });
  }
}

async function rulesNaming(
  { store }: DirectoryParts,
  db: Handle,
  role: CustomRole,
): Promise<readonly { readonly connection: Connection; readonly rules: readonly MappingRule[] }[]> {
  const connections = await store.connections.list(db, role.organizationId);
  const all = await Promise.all(
    connections.map(async (connection) => ({
      connection,
      rules: parseStoredRules(await store.connections.rules(db, connection.id)),
    })),
  );
  return all.filter(({ rules }) => rules.some((rule) => isNamedIn(role, rule)));
}

function isNamedIn({ name }: CustomRole, { give }: MappingRule): boolean {
  return 'team' in give && give.role.toLowerCase() === name.toLowerCase();
}

/** Keeps the rule's id, which grants name. */
function withBase(rule: MappingRule, { inherits }: CustomRole): MappingRule {
  return 'team' in rule.give ? { ...rule, give: { team: rule.give.team, role: inherits } } : rule;
}
