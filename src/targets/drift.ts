/**
 * What is there against what is wanted. Only what Drawbridge manages is compared: people and teams that it never pushed,
 * and memberships that somebody made over there, are counted and left alone. So are teams that are archived here and
 * stay there; whom we pushed into one is no longer wanted in it.
 */
import { authorize } from '../directory/policy.ts';
import type { Principal } from '../directory/principal.ts';
import type { Call, FieldDifference, RemoteTeam, StateAdapter } from './contract.ts';
import { toAppError } from './fault.ts';
import { bookOf } from './link-book.ts';
import { openTarget } from './open.ts';
import type { TargetParts } from './parts.ts';
import type { Target } from './target.ts';

export interface Difference {
  /** `user:<id>`, `team:<id>`, `team:<id>/user:<id>`: what to repair. */
  readonly id: string;
  readonly kind: 'missing' | 'extra' | 'different';
  /** For people: the user's or team's name. */
  readonly name: string;
  /** What differs, where both are there. */
  readonly fields: readonly FieldDifference[];
}

export interface Drift {
  readonly differences: readonly Difference[];
  /** There, and none of our business. */
  readonly unmanaged: { readonly users: number; readonly teams: number; readonly members: number };
  /** Teams that are archived here and stay there, because the system or its settings delete none: left alone. */
  readonly archivedTeams: number;
  /** More differences than are listed. */
  readonly isCut: boolean;
}

const LISTED_MAX = 10_000;
const PAGE = 500;

interface Finding {
  readonly differences: Difference[];
  readonly unmanaged: { users: number; teams: number; members: number };
  archivedTeams: number;
}

/**
 * Of a webhook, which holds nothing to compare, nothing.
 * @throws AppError `target_unavailable` when the list cannot be had
 */
export async function findDrift(
  parts: TargetParts,
  principal: Principal,
  target: Target,
  signal: AbortSignal,
): Promise<Drift> {
  authorize(principal, 'targets.read');
  const open = openTarget(parts, target);
  const finding: Finding = { differences: [], unmanaged: { users: 0, teams: 0, members: 0 }, archivedTeams: 0 };
  try {
    if (open.adapter.holds === 'events') return { ...finding, isCut: false };
    const call: Call = { signal, requestId: null, trace: () => undefined };
    const comparison: Comparison = { parts, target, adapter: open.adapter.state, finding, call };
    await compareTeams(comparison, await compareUsers(comparison));
  } catch (error) {
    throw toAppError(error);
  } finally {
    await open.close();
  }
  const { differences } = finding;
  return { ...finding, differences: differences.slice(0, LISTED_MAX), isCut: differences.length > LISTED_MAX };
}

interface Comparison {
  readonly parts: TargetParts;
  readonly target: Target;
  readonly adapter: StateAdapter;
  readonly finding: Finding;
  readonly call: Call;
}

interface Linked {
  readonly id: string;
  readonly remoteName: string;
}

/** By remote id, everybody or every team that we pushed. */
async function linkedOf(
  { parts: { store }, target }: Comparison,
  type: 'user' | 'team',
): Promise<ReadonlyMap<string, Linked>> {
  const linked = new Map<string, Linked>();
  for (let after = ''; ; ) {
    const page = await store.targetLinks.page(store.reader, target.id, type, after, PAGE);
    for (const { id, link } of page) {
      if (link !== undefined) linked.set(link.remoteId, { id, remoteName: link.remoteName });
    }
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return linked;
    after = last.id;
  }
}

async function compareUsers(comparison: Comparison): Promise<ReadonlyMap<string, string>> {
  const { parts, target, adapter, finding, call } = comparison;
  const { store } = parts;
  const linked = await linkedOf(comparison, 'user');
  const userOf = new Map([...linked].map(([remoteId, { id }]) => [remoteId, id]));
  const seen = new Set<string>();
  const book = bookOf({ store, target });
  for await (const there of adapter.listUsers(call)) {
    const id = userOf.get(there.id);
    if (id === undefined) {
      finding.unmanaged.users += 1;
      continue;
    }
    seen.add(id);
    const wanted = await store.wanted.user(store.reader, target.organizationId, id);
    if (wanted === undefined) continue;
    const differences = adapter.compareUser(await adapter.userFields(call, wanted, book), there.fields);
    if (differences.length === 0) continue;
    const isExtra = !wanted.active && differences.some(({ field }) => field === 'active');
    const kind = isExtra ? 'extra' : 'different';
    finding.differences.push({ id: `user:${id}`, kind, name: wanted.displayName, fields: differences });
  }
  await findMissingUsers(comparison, seen);
  return userOf;
}

async function findMissingUsers({ parts: { store }, target, finding }: Comparison, seen: ReadonlySet<string>) {
  for (let after = ''; ; ) {
    const ids = await store.wanted.userIds(store.reader, target.organizationId, after, PAGE);
    for (const id of ids) {
      if (seen.has(id)) continue;
      const wanted = await store.wanted.user(store.reader, target.organizationId, id);
      if (wanted?.active !== true) continue;
      finding.differences.push({ id: `user:${id}`, kind: 'missing', name: wanted.displayName, fields: [] });
    }
    const last = ids.at(-1);
    if (last === undefined || ids.length < PAGE) return;
    after = last;
  }
}

async function compareTeams(comparison: Comparison, userOf: ReadonlyMap<string, string>): Promise<void> {
  const { parts, target, adapter, finding, call } = comparison;
  const { store } = parts;
  const wanted = new Set(await store.wanted.teamIds(store.reader, target.organizationId));
  const linked = await linkedOf(comparison, 'team');
  const seen = new Set<string>();
  for await (const there of adapter.listTeams(call)) {
    const found = linked.get(there.id);
    if (found === undefined) {
      finding.unmanaged.teams += 1;
      continue;
    }
    const { id, remoteName } = found;
    seen.add(id);
    if (!wanted.has(id) && adapter.removesArchivedTeams) {
      finding.differences.push({ id: `team:${id}`, kind: 'extra', name: remoteName, fields: [] });
      continue;
    }
    if (!wanted.has(id)) finding.archivedTeams += 1;
    else if (there.name !== remoteName) {
      const fields = [{ field: 'name', wanted: remoteName, there: there.name }];
      finding.differences.push({ id: `team:${id}`, kind: 'different', name: remoteName, fields });
    }
    await compareMembers(comparison, id, there, userOf);
  }
  for (const id of wanted) {
    if (seen.has(id) || target.settings.teams === false) continue;
    const name = (await store.wanted.team(store.reader, target.organizationId, id))?.name ?? id;
    finding.differences.push({ id: `team:${id}`, kind: 'missing', name, fields: [] });
  }
}

/** Whom we pushed, and whom we would push; others in the team are somebody else's doing. */
async function compareMembers(
  comparison: Comparison,
  teamId: string,
  there: RemoteTeam,
  userOf: ReadonlyMap<string, string>,
): Promise<void> {
  const { parts, target, adapter, finding } = comparison;
  const { store } = parts;
  const roleThere = new Map<string, string>();
  for (const [remoteId, role] of there.members) {
    const userId = userOf.get(remoteId);
    if (userId === undefined) finding.unmanaged.members += 1;
    else roleThere.set(userId, role);
  }
  const linked = new Set(userOf.values());
  for (let afterUserId = ''; ; ) {
    const page = { targetId: target.id, teamId, afterUserId, limit: PAGE };
    const pushed = await store.targetMembers.page(store.reader, page);
    const granted = await store.wanted.memberIds(store.reader, teamId, afterUserId, PAGE);
    const ids = [...new Set([...pushed.map(({ userId }) => userId), ...granted])].toSorted().slice(0, PAGE);
    const last = ids.at(-1);
    if (last === undefined) break;
    afterUserId = last;
    const roles = await store.wanted.rolesInTeam(store.reader, teamId, ids);
    for (const userId of ids.filter((id) => linked.has(id))) {
      const role = roles.get(userId);
      const wanted = role === undefined || role === 'service' ? undefined : adapter.memberRole(role);
      const found = roleThere.get(userId);
      roleThere.delete(userId);
      if (wanted === found) continue;
      const kind = wanted === undefined ? 'extra' : found === undefined ? 'missing' : 'different';
      const fields = [{ field: 'role', wanted: wanted ?? null, there: found ?? null }];
      const user = await store.wanted.user(store.reader, target.organizationId, userId);
      const name = `${user?.displayName ?? userId} in ${there.name}`;
      finding.differences.push({ id: `team:${teamId}/user:${userId}`, kind, name, fields });
    }
  }
  finding.unmanaged.members += roleThere.size;
}
