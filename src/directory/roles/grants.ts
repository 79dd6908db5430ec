/**
 * Giving and taking grants. Works on a handful of users at a time (a chunk of a membership change), touches only their
 * rows, and records what that did to their effective roles.
 */
import type { LedgerDraft } from '../../ledger/draft.ts';
import type { Subject } from '../../synclog/change.ts';
import type { DirectoryParts } from '../parts.ts';
import { keepAnAdmin } from '../people/last-admin.ts';
import type { UserCard } from '../people/user.ts';
import type { Work } from '../work.ts';
import { type EffectiveRoles, effectiveRoles, heldRoles, type TeamRole } from './effective-roles.ts';
import type { Grant, NewGrant } from './grant.ts';

/** A role that somebody shall get, with its origin; users are put to it by `giveRoles`. */
export type WantedRole = Omit<NewGrant, 'id' | 'createdAt' | 'userId' | 'organizationId'>;

/** What one person gains and loses at once. */
export interface GrantChange {
  readonly user: UserCard;
  readonly given: readonly WantedRole[];
  readonly taken: readonly Pick<Grant, 'id'>[];
}

/** Gives every user every wanted role; what they have already is left alone. */
export async function giveRoles(
  parts: DirectoryParts,
  work: Work,
  users: readonly UserCard[],
  wanted: readonly WantedRole[],
): Promise<void> {
  if (wanted.length === 0) return;
  await changeGrants(
    parts,
    work,
    users.map((user) => ({ user, given: wanted, taken: [] })),
  );
}

/** Takes the named grants away; others of the same user stay (grants add up, one origin never destroys another's). */
export async function takeGrants(
  parts: DirectoryParts,
  work: Work,
  users: readonly UserCard[],
  taken: readonly Grant[],
): Promise<void> {
  if (taken.length === 0) return;
  await changeGrants(
    parts,
    work,
    users.map((user) => ({ user, given: [], taken: taken.filter((grant) => grant.userId === user.id) })),
  );
  // Nobody is told of grants of people who are not named.
  const named = new Set(users.map((user) => user.id));
  const others = taken.filter((grant) => !named.has(grant.userId)).map((grant) => grant.id);
  if (others.length > 0) await parts.store.grants.remove(work.db, others);
}

/**
 * Gives and takes in one step, so that whoever loses a role and gains it for another reason never was without it.
 * @returns how many grants were given and taken, and of how many people
 * @throws AppError `last_admin`
 */
export async function changeGrants(
  parts: DirectoryParts,
  work: Work,
  changes: readonly GrantChange[],
): Promise<{ readonly gained: number; readonly lost: number; readonly people: number }> {
  if (changes.length === 0) return { gained: 0, lost: 0, people: 0 };
  const held = await heldBy(
    parts,
    work,
    changes.map(({ user }) => user),
  );
  const rows = changes.flatMap(({ user, given }) => given.map((role) => toGrant(parts, work, user, role)));
  const added = Map.groupBy(await parts.store.grants.add(work.db, rows), (grant) => grant.userId);
  const takenIds = new Set(changes.flatMap(({ taken }) => taken.map(({ id }) => id)));
  let [gained, lost, people] = [0, 0, 0];
  for (const { user } of changes) {
    const before = held.get(user.id) ?? [];
    const fresh = added.get(user.id) ?? [];
    const gone = before.filter((grant) => takenIds.has(grant.id));
    if (fresh.length + gone.length === 0) continue;
    const left = before.filter((grant) => !takenIds.has(grant.id));
    await recordDifference(parts, work, user, before, [...left, ...fresh], fresh, gone);
    gained += fresh.length;
    lost += gone.length;
    people += 1;
  }
  await parts.store.grants.remove(work.db, [...takenIds]);
  return { gained, lost, people };
}

async function heldBy(
  { store }: DirectoryParts,
  { db }: Work,
  users: readonly UserCard[],
): Promise<ReadonlyMap<string, readonly Grant[]>> {
  const grants = await store.grants.ofUsers(
    db,
    users.map((user) => user.id),
  );
  return Map.groupBy(grants, (grant) => grant.userId);
}

function toGrant({ newId }: DirectoryParts, work: Work, user: UserCard, role: WantedRole): NewGrant {
  return { ...role, id: newId(), userId: user.id, organizationId: user.organizationId, createdAt: work.at };
}

async function recordDifference(
  parts: DirectoryParts,
  work: Work,
  user: UserCard,
  before: readonly Grant[],
  after: readonly Grant[],
  added: readonly Grant[],
  removed: readonly Grant[],
): Promise<void> {
  const [was, is] = [effectiveRoles(before), effectiveRoles(after)];
  for (const grant of added) recordGrant(work, user, grant, 'grant.added', was, is);
  for (const grant of removed) recordGrant(work, user, grant, 'grant.removed', was, is);
  if (was.organization !== is.organization) await changeRole(parts, work, user, was, is);
  await recordTeams(parts, work, user, before, after);
}

function recordGrant(
  work: Work,
  user: UserCard,
  grant: Grant,
  kind: 'grant.added' | 'grant.removed',
  was: EffectiveRoles,
  is: EffectiveRoles,
): void {
  const related: Subject =
    grant.teamId === null
      ? { type: 'organization', id: grant.organizationId, name: 'organization' }
      : { type: 'team', id: grant.teamId, name: grant.teamName ?? grant.teamId };
  const roleIn = (roles: EffectiveRoles): string | null =>
    grant.teamId === null ? roles.organization : (roles.teams.get(grant.teamId)?.role ?? null);
  work.changes.push({
    kind,
    subject: { type: 'user', id: user.id, name: user.name },
    related,
    before: { effectiveRole: roleIn(was) },
    after: {
      effectiveRole: roleIn(is),
      grant: { id: grant.id, role: grant.role, origin: grant.origin, rule: grant.ruleId, group: grant.groupId },
    },
  });
}

async function changeRole(
  parts: DirectoryParts,
  work: Work,
  user: UserCard,
  was: EffectiveRoles,
  is: EffectiveRoles,
): Promise<void> {
  if (was.organization === 'admin') await keepAnAdmin(parts, work, { ...user, role: 'admin' });
  await parts.store.users.setRole(work.db, user.id, is.organization);
  work.changes.push({
    kind: 'user.role_changed',
    subject: { type: 'user', id: user.id, name: user.name },
    before: { organizationRole: was.organization },
    after: { organizationRole: is.organization },
  });
}

/**
 * Tells the ledger which teams a person lost and regained between two sets of grants. What inactive people lose was told
 * when they were deactivated; what they get back ends the account of it, whether or not they are active.
 */
export async function recordTeams(
  parts: DirectoryParts,
  work: Work,
  user: UserCard,
  before: readonly Grant[],
  after: readonly Grant[],
): Promise<void> {
  const [was, is] = [heldRoles(before), heldRoles(after)];
  for (const team of was.teams.values()) {
    if (is.teams.has(team.id) || !user.active) continue;
    work.ledger.push(teamDraft(work, user, team, 'removed', 'membership lost', was.organization));
  }
  for (const team of is.teams.values()) {
    if (was.teams.has(team.id)) continue;
    const open = await parts.store.removals.open(work.db, user.organizationId, [user.id], team.id);
    if (!open.has(user.id)) continue;
    work.ledger.push(teamDraft(work, user, team, 'returned', 'membership regained', is.organization));
  }
}

function teamDraft(
  { context }: Work,
  user: UserCard,
  team: TeamRole,
  kind: LedgerDraft['kind'],
  cause: string,
  organizationRole: string,
): LedgerDraft {
  const { userName, name, externalId, email } = user;
  return {
    kind,
    scope: 'team',
    team: { id: team.id, name: team.name },
    userId: user.id,
    cause,
    reason: context.reason ?? null,
    actor: context.actor,
    held: { organizationRole, teams: [{ id: team.id, name: team.name, role: team.role }] },
    person: { userName, name, externalId, email },
  };
}
