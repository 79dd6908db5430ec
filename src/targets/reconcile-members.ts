/**
 * Memberships of one team: only those that are due are looked at, so that one change costs the same in a team of ten and
 * of a hundred thousand. Each is brought to what the directory says now; people who are not over there yet wait.
 */
import { type Call, type Link, MEMBERS_AT_ONCE, type MemberChange } from './contract.ts';
import type { Reconciling } from './reconciling.ts';
import type { TargetMember } from './store.ts';
import { subjectKey } from './target.ts';
import type { WantedTeam } from './wanted.ts';

interface LinkedTeam {
  readonly wanted: WantedTeam;
  readonly link: Link;
}

/** How many refusals are told one by one. */
const TOLD = 3;

/** @returns who was refused and why, in sentences; they stay due */
export async function reconcileMembers(parts: Reconciling, call: Call, team: LinkedTeam): Promise<readonly string[]> {
  const { store, target } = parts;
  const refused: string[] = [];
  for (let afterUserId = ''; ; ) {
    const query = { targetId: target.id, teamId: team.wanted.id, afterUserId, limit: MEMBERS_AT_ONCE };
    const due = await store.targetMembers.due(store.reader, query);
    const last = due.at(-1);
    if (last === undefined) break;
    afterUserId = last.userId;
    refused.push(...(await pushDue(parts, call, team, due)));
  }
  if (refused.length <= TOLD) return refused;
  return [...refused.slice(0, TOLD), `And ${refused.length - TOLD} more.`];
}

async function pushDue(parts: Reconciling, call: Call, team: LinkedTeam, due: readonly TargetMember[]) {
  const { store, target, adapter } = parts;
  const changes = await toChanges(parts, team.wanted, due);
  const needed = changes.filter(({ from, to }) => from !== to);
  const results = needed.length === 0 ? [] : await adapter.pushMembers(call, team.link, needed);
  const refusals = new Map(
    results.flatMap(({ userId, refusal }) => (refusal === undefined ? [] : [[userId, refusal]])),
  );
  const wanted = new Map(changes.map((change) => [change.userId, change]));
  const settled = due.flatMap((member) => {
    const change = wanted.get(member.userId);
    if (change === undefined || refusals.has(member.userId)) return [];
    return [{ ...member, role: change.to }];
  });
  await store.write((db) => store.targetMembers.settle(db, target.id, settled));
  return [...refusals].map(([userId, refusal]) => tell(userId, wanted.get(userId), refusal));
}

/** With the key of the person's subject, by which an erasure finds what was said about them. */
function tell(userId: string, change: MemberChange | undefined, refusal: string): string {
  const key = subjectKey({ type: 'user', id: userId });
  return change === undefined ? `${key}: ${refusal}` : `${change.remoteName} (${key}): ${refusal}`;
}

/** From what was pushed to what is wanted now, in the words of the target. */
async function toChanges(
  { store, target, adapter }: Reconciling,
  team: WantedTeam,
  due: readonly TargetMember[],
): Promise<readonly MemberChange[]> {
  const ids = due.map(({ userId }) => userId);
  const links = await store.targetLinks.findMany(store.reader, target.id, 'user', ids);
  const linkOf = new Map(links.map(({ id, link }) => [id, link]));
  const roles = team.archived ? new Map() : await store.wanted.rolesInTeam(store.reader, team.id, ids);
  return due.flatMap(({ userId, role: from }) => {
    const link = linkOf.get(userId);
    if (link === undefined) return [];
    const role: string | undefined = roles.get(userId);
    // Services are no people: a target makes its own.
    const to = role === undefined || role === 'service' ? null : adapter.memberRole(role);
    return [{ userId, remoteId: link.remoteId, remoteName: link.remoteName, from, to }];
  });
}
