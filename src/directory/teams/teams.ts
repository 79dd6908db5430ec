/**
 * Teams as people make them: create, list, rename, archive, restore.
 *
 * Owns: the life of a team. Does not own: who is in it (team-members.ts), its settings (team-settings.ts), teams that
 * mapping rules ask for (rule-teams.ts). Called by api/, console/ and cli/.
 *
 * An archived team keeps its name, its members' grants and its settings, and gives nothing to anybody until it is restored.
 * Nobody is removed by that, so the ledger is not told; whoever is taken out meanwhile is. Pushed groups and rules go on
 * adding and taking grants in it, so that a restored team is what the identity provider says by then.
 */
import { AppError } from '../../errors.ts';
import { toSafeTeamName } from '../../mapping/team-name.ts';
import type { Subject } from '../../synclog/change.ts';
import type { DirectoryParts } from '../parts.ts';
import { foldCase } from '../people/user.ts';
import { authorize } from '../policy.ts';
import type { Principal } from '../principal.ts';
import type { Work } from '../work.ts';
import type { Team } from './team.ts';
import { authorizeInTeam, isHiddenFrom } from './team-access.ts';
import { type Bucket, parseBucket } from './team-storage.ts';

export interface NewTeamInput {
  readonly name: string;
  /** A bucket of its own as it came in; null or left out: the instance's. */
  readonly storage?: unknown;
}

/** Writes a team that does not exist yet; nobody is asked. */
export async function insertTeam(
  { store, newId }: DirectoryParts,
  work: Work,
  name: string,
  storage: Bucket | null,
): Promise<Team> {
  const identity = { id: newId(), organizationId: work.context.organizationId, name, storage };
  const settings = { privacy: {}, alerts: {} };
  const team: Team = { ...identity, settings, createdAt: work.at, updatedAt: work.at, archivedAt: null };
  await store.teams.insert(work.db, team);
  work.changes.push({
    kind: 'team.created',
    subject: subjectOfTeam(team),
    after: storage === null ? { name } : { name, storage },
  });
  return team;
}

/** @throws AppError `forbidden`, `invalid_value`, `uniqueness` */
export async function createTeam(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  input: NewTeamInput,
): Promise<Team> {
  const { organizationId } = work.context;
  authorize(principal, 'teams.create', { organizationId });
  const name = checkTeamName(input.name);
  const storage = input.storage === undefined || input.storage === null ? null : parseBucket(input.storage);
  await parts.store.organizations.lock(work.db, organizationId);
  await checkFree(parts, work, name, null);
  return insertTeam(parts, work, name, storage);
}

/** Trackers take few characters; a name of another form is refused with one that would do. */
function checkTeamName(text: string): string {
  const name = text.trim();
  if (name === '') throw new AppError('invalid_value', 'A team needs a name.');
  const safe = toSafeTeamName(name);
  if (safe === name) return name;
  const allowed = 'letters, digits, - and _, 64 at most, no hyphen at either end';
  throw new AppError('invalid_value', `"${name}" is no name that the tracker takes (${allowed}). Try "${safe}".`);
}

async function checkFree({ store }: DirectoryParts, work: Work, name: string, ownId: string | null): Promise<void> {
  const other = await store.teams.findByName(work.db, work.context.organizationId, foldCase(name));
  if (other === undefined || other.id === ownId) return;
  const hint = other.archivedAt === null ? '' : ' It is archived; restore it instead.';
  throw new AppError('uniqueness', `There is a team named "${other.name}" already.${hint}`);
}

/**
 * Refused where a target knows the team by its name for good, and where a mapping rule names the team: its next sync would
 * make a new team of the old name.
 * @throws AppError `forbidden`, `not_found`, `invalid_value`, `uniqueness`, `conflict`, `precondition_failed`
 */
export async function renameTeam(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  ref: TeamRef,
  newName: string,
): Promise<Team> {
  const { store, teamNames } = parts;
  await store.organizations.lock(work.db, work.context.organizationId);
  const team = await lockTeam(parts, work, principal, ref);
  await authorizeInTeam(parts, work.db, principal, 'teams.rename', team);
  const name = checkTeamName(newName);
  if (name === team.name) return team;
  const target = await teamNames.fixedBy(work.db, team.organizationId);
  if (target !== undefined) {
    throw new AppError('conflict', `The target ${target} cannot rename a team. Archive it and make a new one.`);
  }
  const rule = await store.teams.ruleNaming(work.db, team.id);
  if (rule !== undefined) {
    const where = `The rule ${rule.ruleId} of the connection ${rule.connection}`;
    throw new AppError('conflict', `${where} gives this team by its name. Change the rule first.`);
  }
  await checkFree(parts, work, name, team.id);
  const updated = { ...team, name, updatedAt: laterThan(team, work) };
  await store.teams.rename(work.db, team.id, name, updated.updatedAt);
  const names = { before: { name: team.name }, after: { name } };
  work.changes.push({ kind: 'team.renamed', subject: subjectOfTeam(updated), ...names });
  return updated;
}

/** @throws AppError `forbidden`, `not_found`, `precondition_failed` */
export async function archiveTeam(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  ref: TeamRef,
): Promise<Team> {
  return setArchived(parts, work, principal, ref, work.at);
}

/** @throws AppError `forbidden`, `not_found`, `precondition_failed` */
export async function restoreTeam(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  ref: TeamRef,
): Promise<Team> {
  return setArchived(parts, work, principal, ref, null);
}

async function setArchived(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  ref: TeamRef,
  archivedAt: number | null,
): Promise<Team> {
  const team = await lockTeam(parts, work, principal, ref);
  authorize(principal, 'teams.archive', { organizationId: team.organizationId, teamId: team.id });
  if ((team.archivedAt === null) === (archivedAt === null)) return team;
  const updated = { ...team, archivedAt, updatedAt: laterThan(team, work) };
  await parts.store.teams.setArchived(work.db, team.id, archivedAt, updated.updatedAt);
  const kind = archivedAt === null ? 'team.restored' : 'team.archived';
  const [before, after] = [{ archived: team.archivedAt !== null }, { archived: archivedAt !== null }];
  work.changes.push({ kind, subject: subjectOfTeam(team), before, after });
  return updated;
}

/** A team as somebody names it, and the version that they saw (If-Match); without one whatever is there is meant. */
export interface TeamRef {
  /** Id or name. */
  readonly team: string;
  readonly version?: number;
}

/**
 * The team, kept from others who manage it until the transaction ends. One that is hidden from the principal is not there.
 * @throws AppError `not_found`, `precondition_failed`
 */
export async function lockTeam(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  { team, version }: TeamRef,
): Promise<Team> {
  const found = await parts.store.teams.lock(work.db, work.context.organizationId, team);
  if (found === undefined || (await isHiddenFrom(parts, work.db, principal, found)))
    throw new AppError('not_found', `There is no team "${team}".`);
  if (version !== undefined && version !== found.updatedAt) throw new AppError('precondition_failed');
  return found;
}

/** As `lockTeam`, for what an archived team does not take. @throws AppError `conflict` too */
export async function lockActiveTeam(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  ref: TeamRef,
): Promise<Team> {
  const team = await lockTeam(parts, work, principal, ref);
  if (team.archivedAt === null) return team;
  throw new AppError('conflict', `The team ${team.name} is archived. Restore it first.`);
}

/** The version that follows: a time, but never one that was used. */
export function laterThan(team: Team, work: Work): number {
  return Math.max(work.at, team.updatedAt + 1);
}

export function subjectOfTeam({ id, name }: Pick<Team, 'id' | 'name'>): Subject {
  return { type: 'team', id, name };
}
