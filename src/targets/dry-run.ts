/**
 * What would be sent to a target, without sending it: the same adapter over a way out that writes down instead of writing
 * (http/dry-client.ts). Reading the target goes on as usual, since what would be sent depends on what is there; of a webhook
 * nothing has to be read. Nothing is remembered afterwards.
 */
import { authorize } from '../directory/policy.ts';
import type { Principal } from '../directory/principal.ts';
import { AppError } from '../errors.ts';
import type { Change } from '../synclog/change.ts';
import {
  type Call,
  type Link,
  type LinkBook,
  MEMBERS_AT_ONCE,
  type MemberChange,
  type StateAdapter,
  TargetGone,
  TargetRefusal,
  TargetUnavailable,
} from './contract.ts';
import { createDryClient, type PlannedRequest } from './http/dry-client.ts';
import { openTarget } from './open.ts';
import type { TargetParts } from './parts.ts';
import type { DryRun, DryRunQuery, PlannedSubject } from './planned.ts';
import { isSubjectType, parseSubjectKey, type SubjectRef, subjectKey, type Target } from './target.ts';
import { eventIdOf } from './webhook/deliver.ts';
import { planEvents } from './webhook/plan.ts';

export async function dryRun(
  parts: TargetParts,
  principal: Principal,
  target: Target,
  query: DryRunQuery,
  signal: AbortSignal,
): Promise<DryRun> {
  authorize(principal, 'targets.read');
  const requests: PlannedRequest[] = [];
  const quiet = {
    ...target,
    settings: target.kind === 'scim' ? { ...target.settings, bulk: 'never' } : target.settings,
  };
  const open = openTarget(parts, quiet, (http) => createDryClient(http, (request) => requests.push(request)));
  try {
    const call: Call = { signal, requestId: null, trace: () => undefined };
    if (open.adapter.holds === 'events') {
      const { events } = open.adapter;
      const requestsOf = async (change: Change) => {
        requests.length = 0;
        await events.deliver(call, { id: eventIdOf(target, change.position), change });
        return [...requests];
      };
      return await planEvents({ store: parts.store, target, wantsEvent: events.wantsEvent, requestsOf }, query);
    }
    const planner = createPlanner(parts, target, open.adapter.state);
    const { subjects, next } = await subjectsOf(parts, target, query);
    const planned: PlannedSubject[] = [];
    for (const subject of subjects) {
      requests.length = 0;
      const { name, reason } = await planner.plan(call, subject);
      if (requests.length === 0 && reason === null) continue;
      planned.push({ subject: subjectKey(subject), name, requests: [...requests], reason });
    }
    return { planned, looked: subjects.length, next, more: null };
  } finally {
    await open.close();
  }
}

/** Each needs the ones before it. */
const ORDER: readonly string[] = ['role', 'user', 'team', 'service_account'];

async function subjectsOf({ store }: TargetParts, target: Target, query: DryRunQuery) {
  const { subject, after = '', limit } = query;
  if (subject !== undefined) {
    const { type, id } = parseSubjectKey(subject);
    if (!isSubjectType(type)) {
      throw new AppError(
        'invalid_value',
        `"${subject}" is no subject: user:<id>, team:<id>, role:<id> or service_account:<id>.`,
      );
    }
    return { subjects: [{ type, id }], next: null };
  }
  const { organizationId } = target;
  const from = parseSubjectKey(after);
  // Roles are looked at together, so that people come after any of them.
  const at = after === '' || from.type === 'role' ? { type: 'user', id: '' } : from;
  const roles = after === '' ? await store.wanted.roleIds(store.reader, organizationId) : [];
  const users = at.type === 'user' ? await store.wanted.userIds(store.reader, organizationId, at.id, limit) : [];
  const isUsersDone = users.length < limit;
  const teams = isUsersDone ? await store.wanted.teamIds(store.reader, organizationId) : [];
  const accounts = isUsersDone ? await store.wanted.serviceAccountIds(store.reader, organizationId) : [];
  /** Of a type that comes after that of `at` all, of the same type those after it. */
  const later = (type: SubjectRef['type'], ids: readonly string[]): readonly SubjectRef[] => {
    const steps = ORDER.indexOf(type) - ORDER.indexOf(at.type);
    return ids.filter((id) => steps > 0 || (steps === 0 && id > at.id)).map((id) => ({ type, id }));
  };
  const all: readonly SubjectRef[] = [
    ...roles.map((id) => ({ type: 'role', id }) as const),
    ...users.map((id) => ({ type: 'user', id }) as const),
    ...later('team', teams),
    ...later('service_account', accounts),
  ];
  const subjects = all.slice(0, Math.max(limit, roles.length));
  const last = subjects.at(-1);
  const isDone = isUsersDone && subjects.length === all.length;
  return { subjects, next: isDone || last === undefined ? null : subjectKey(last) };
}

interface Planner {
  plan(call: Call, subject: SubjectRef): Promise<{ readonly name: string; readonly reason: string | null }>;
}

function createPlanner(parts: TargetParts, target: Target, adapter: StateAdapter): Planner {
  const { store } = parts;
  const planned = new Map<string, Link | undefined>();

  async function linkOf(subject: SubjectRef): Promise<Link | undefined> {
    const key = subjectKey(subject);
    if (planned.has(key)) return planned.get(key);
    return (await store.targetLinks.find(store.reader, target.id, subject))?.link;
  }

  const book: LinkBook = {
    async ownerOf(type, remoteId) {
      const ours = [...planned].find(([key, link]) => link?.remoteId === remoteId && key.startsWith(`${type}:`));
      if (ours !== undefined) return parseSubjectKey(ours[0]).id;
      return store.targetLinks.ownerOf(store.reader, target.id, type, remoteId);
    },
    remoteNameOf: async (type, id) => (await linkOf({ type, id }))?.remoteName,
    remoteIdOf: async (type, id) => (await linkOf({ type, id }))?.remoteId,
    async isNameTaken(type, name) {
      const isPlanned = [...planned].some(([key, link]) => link?.remoteName === name && key.startsWith(`${type}:`));
      return isPlanned || store.targetLinks.isNameTaken(store.reader, target.id, type, name);
    },
  };

  async function planUser(call: Call, id: string): Promise<string> {
    const wanted = await store.wanted.user(store.reader, target.organizationId, id);
    const link = await linkOf({ type: 'user', id });
    if (wanted === undefined || (!wanted.active && link === undefined)) return wanted?.displayName ?? id;
    planned.set(`user:${id}`, (await adapter.pushUser(call, { wanted, link, book })).link);
    return wanted.displayName;
  }

  async function planTeam(call: Call, id: string): Promise<string> {
    const wanted = await store.wanted.team(store.reader, target.organizationId, id);
    const link = await linkOf({ type: 'team', id });
    if (wanted === undefined || (wanted.archived && link === undefined)) return wanted?.name ?? id;
    const pushed = (await adapter.pushTeam(call, { wanted, link, book })).link;
    planned.set(`team:${id}`, pushed);
    if (pushed !== undefined) await planMembers(call, id, pushed, wanted.archived);
    return wanted.name;
  }

  /** Everybody who is or was a member, in chunks, as a push would do it. */
  async function planMembers(call: Call, teamId: string, team: Link, archived: boolean): Promise<void> {
    for (let afterUserId = ''; ; ) {
      const page = { targetId: target.id, teamId, afterUserId, limit: MEMBERS_AT_ONCE };
      const pushed = await store.targetMembers.page(store.reader, page);
      const granted = await store.wanted.memberIds(store.reader, teamId, afterUserId, MEMBERS_AT_ONCE);
      const ids = [...new Set([...pushed.map(({ userId }) => userId), ...granted])]
        .toSorted()
        .slice(0, MEMBERS_AT_ONCE);
      const last = ids.at(-1);
      if (last === undefined) return;
      afterUserId = last;
      const roles = archived ? new Map<string, string>() : await store.wanted.rolesInTeam(store.reader, teamId, ids);
      const before = new Map(pushed.map(({ userId, role }) => [userId, role]));
      const changes: MemberChange[] = [];
      for (const userId of ids) {
        const link = await linkOf({ type: 'user', id: userId });
        if (link === undefined) continue;
        const role = roles.get(userId);
        const to = role === undefined || role === 'service' ? null : adapter.memberRole(role);
        const from = before.get(userId) ?? null;
        if (from !== to) changes.push({ userId, remoteId: link.remoteId, remoteName: link.remoteName, from, to });
      }
      if (changes.length > 0) await adapter.pushMembers(call, team, changes);
    }
  }

  async function planRole(call: Call, id: string): Promise<string> {
    const wanted = await store.wanted.role(store.reader, target.organizationId, id);
    const link = await linkOf({ type: 'role', id });
    if (wanted === undefined || adapter.pushRole === undefined || (wanted.deleted && link === undefined)) return id;
    planned.set(`role:${id}`, (await adapter.pushRole(call, { wanted, link, book })).link);
    return wanted.name;
  }

  async function planServiceAccount(call: Call, id: string): Promise<string> {
    const wanted = await store.wanted.serviceAccount(store.reader, target.organizationId, id);
    const link = await linkOf({ type: 'service_account', id });
    if (wanted === undefined || adapter.pushServiceAccount === undefined) return id;
    if (!wanted.removed || link !== undefined) await adapter.pushServiceAccount(call, { wanted, link, book });
    return wanted.name;
  }

  const plans = { user: planUser, team: planTeam, role: planRole, service_account: planServiceAccount };

  return {
    async plan(call, { type, id }) {
      const plan = plans[type];
      try {
        return { name: await plan(call, id), reason: null };
      } catch (error) {
        const isTold =
          error instanceof TargetRefusal || error instanceof TargetUnavailable || error instanceof TargetGone;
        if (!isTold) throw error;
        return { name: id, reason: error.message };
      }
    },
  };
}
