/**
 * Roles from the groups that come with a sign-in: the organization's rules for sign-ins turned into grants of origin
 * `signin`, which the next sign-in refreshes. Where a connection manages the user, that connection says what they hold,
 * and the groups are ignored.
 */
import { AppError, isAppError } from '../../errors.ts';
import { compileRules } from '../../mapping/resolve.ts';
import { type MappingRule, parseStoredRules } from '../../mapping/rule.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { DirectoryParts } from '../parts.ts';
import { keepAnAdmin } from '../people/last-admin.ts';
import type { UserCard } from '../people/user.ts';
import { authorize } from '../policy.ts';
import type { Principal } from '../principal.ts';
import { effectiveRoles } from '../roles/effective-roles.ts';
import type { Grant } from '../roles/grant.ts';
import { giveRoles, takeGrants, type WantedRole } from '../roles/grants.ts';
import { ensureTeam } from '../rules/rule-teams.ts';
import type { Work } from '../work.ts';

export interface SignInRules {
  readonly rules: readonly MappingRule[];
  /** 1: none were ever set. */
  readonly version: number;
}

/** The rules for groups of sign-ins. Without any, groups give nothing: a directory server sends all that a person is in. */
export async function readSignInRules(
  { store }: DirectoryParts,
  db: Handle,
  organizationId: string,
): Promise<SignInRules> {
  const stored = await store.identityLinks.rules(db, organizationId);
  return stored === undefined
    ? { rules: [], version: 1 }
    : { rules: parseStoredRules(stored.rules), version: stored.version };
}

/** @throws AppError `invalid_value` for a rule about users: a sign-in brings groups only */
export function checkGroupsOnly(rules: readonly MappingRule[]): readonly MappingRule[] {
  const aboutUsers = rules.find(({ when }) => 'user' in when);
  if (aboutUsers !== undefined) {
    throw new AppError('invalid_value', `Rule ${aboutUsers.id} is about users. Rules for sign-ins are about groups.`);
  }
  return rules;
}

/**
 * They hold from each person's next sign-in on.
 * @param check called with the version that is there, before anything is changed
 * @throws AppError `forbidden`, `invalid_value` for a rule about users: a sign-in brings groups only
 */
export async function setSignInRules(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  rules: readonly MappingRule[],
  check: (version: number) => void = () => undefined,
): Promise<SignInRules> {
  authorize(principal, 'connections.rules');
  checkGroupsOnly(rules);
  const { organizationId } = work.context;
  await parts.store.organizations.lock(work.db, organizationId);
  const was = await readSignInRules(parts, work.db, organizationId);
  check(was.version);
  const before = { rules: was.rules };
  const version = Math.max(work.at, was.version + 1);
  await parts.store.identityLinks.setRules(work.db, organizationId, { rules: JSON.stringify({ rules }), version });
  const subject = { type: 'organization', id: organizationId, name: 'organization' } as const;
  work.changes.push({ kind: 'sign_in.rules_changed', subject, before, after: { rules } });
  return { rules, version };
}

/**
 * @param groups null: the identity provider said nothing about groups; what they gave before stays
 * @returns notes for the sync log
 */
export async function refreshSignInGrants(
  parts: DirectoryParts,
  work: Work,
  { user, isManaged }: { readonly user: UserCard; readonly isManaged: boolean },
  groups: readonly string[] | null,
): Promise<readonly string[]> {
  if (groups === null && !isManaged) return [];
  const held = await parts.store.grants.ofUser(work.db, user.id);
  const own = held.filter((grant) => grant.origin === 'signin');
  const wanted = isManaged ? [] : await wantedBy(parts, work, groups ?? []);
  const stale = own.filter((grant) => !wanted.some((role) => isSame(role, grant)));
  const kept = await keepLastAdmin(parts, work, user, held, wanted, stale);
  await giveRoles(parts, work, [user], wanted);
  await takeGrants(parts, work, [user], kept.stale);
  const ignored =
    isManaged && groups !== null && groups.length > 0
      ? ['groups of the sign-in were ignored: a connection manages this person']
      : [];
  return [...ignored, ...kept.notes];
}

async function wantedBy(parts: DirectoryParts, work: Work, groups: readonly string[]): Promise<readonly WantedRole[]> {
  const rules = compileRules((await readSignInRules(parts, work.db, work.context.organizationId)).rules);
  const wanted: WantedRole[] = [];
  for (const displayName of new Set(groups)) {
    for (const grant of rules.grantsOfGroup({ displayName })) {
      const origin = { origin: 'signin', ruleId: grant.ruleId, connectionId: null, groupId: null } as const;
      if (grant.scope === 'organization') {
        wanted.push({ scope: 'organization', teamId: null, teamName: null, role: grant.role, ...origin });
        continue;
      }
      const team = await ensureTeam(parts, work, grant.team);
      wanted.push({ scope: 'team', teamId: team.id, teamName: team.name, role: grant.role, ...origin });
    }
  }
  return wanted.filter((role, index) => wanted.findIndex((other) => isSame(other, role)) === index);
}

function isSame(a: WantedRole, b: WantedRole): boolean {
  return a.scope === b.scope && a.teamId === b.teamId && a.role === b.role && a.ruleId === b.ruleId;
}

/** A sign-in must not lose the organization its last admin, and must not fail for it either: the role stays, on record. */
async function keepLastAdmin(
  parts: DirectoryParts,
  work: Work,
  user: UserCard,
  held: readonly Grant[],
  wanted: readonly WantedRole[],
  stale: readonly Grant[],
): Promise<{ readonly stale: readonly Grant[]; readonly notes: readonly string[] }> {
  const left = held.filter((grant) => !stale.includes(grant));
  const isAdminAfter =
    effectiveRoles(left).organization === 'admin' ||
    wanted.some((role) => role.role === 'admin' && role.teamId === null);
  if (user.role !== 'admin' || isAdminAfter) return { stale, notes: [] };
  try {
    await keepAnAdmin(parts, work, user);
    return { stale, notes: [] };
  } catch (error) {
    if (!isAppError(error, 'last_admin')) throw error;
    const others = stale.filter((grant) => grant.scope !== 'organization' || grant.role !== 'admin');
    return { stale: others, notes: ['stays admin although no group says so any more: nobody else is one'] };
  }
}
