/**
 * Mails about what happened in teams, to whom their settings name.
 *
 * Owns: which change is worth a mail, to whom, in which words. Does not own: delivery (mail/), the leases (jobs/). A job
 * follows the change log from where it was, and puts one mail for each team and address into the outbox, in the
 * transaction that moves it on: a push of ten thousand people is one mail, and a crash neither loses nor repeats one.
 */
import type { JobResult, JobStore, NewJob } from '../../jobs/job.ts';
import { type Change, tellChange } from '../../synclog/change.ts';
import type { Handle } from '../../synclog/handle.ts';
import type { ChangeFeed, FeedCursor } from '../../synclog/sync-log.ts';
import type { DirectoryParts } from '../parts.ts';
import type { Team } from './team.ts';
import { type AlertEvent, type AlertRecipients, alertEventOf, teamOf } from './team-alert.ts';

export const ALERT_QUEUE = 'team-alerts';

/** Changes that are looked at in one go. */
const PAGE = 1000;
/** What a mail names; the rest is counted. */
const LINES_MAX = 30;
const ADMINS_MAX = 50;
/** How long changes are gathered before they are mailed. */
const EVERY_MS = 60_000;

export interface AlertParts {
  readonly directory: DirectoryParts;
  readonly feed: ChangeFeed;
  readonly jobs: JobStore;
}

/** The one job of the whole installation. Its payload says from where to go on. */
function alertJob(cursor: FeedCursor, dueAt: number): NewJob {
  return { queue: ALERT_QUEUE, key: 'all', organizationId: '', payload: { cursor }, dueAt };
}

/** Begins at the end of the log, unless somebody began before. */
export async function startAlerts({ directory, feed, jobs }: AlertParts): Promise<void> {
  const { store, now } = directory;
  if ((await jobs.find(store.reader, { queue: ALERT_QUEUE, key: 'all' })) !== undefined) return;
  const cursor = await feed.head();
  await store.write((db) => jobs.mark(db, [alertJob(cursor, now())], now()));
}

export function createAlertHandler(parts: AlertParts): (job: { readonly payload: unknown }) => Promise<JobResult> {
  const { directory, feed, jobs } = parts;
  return async ({ payload }) => {
    const { cursor } = payload as { readonly cursor: FeedCursor };
    const page = await feed.readChanges(cursor, PAGE, null);
    await directory.store.write(async (db) => {
      await alertTeams(directory, db, page.changes);
      const again = page.changes.length === PAGE ? 0 : EVERY_MS;
      await jobs.mark(db, [alertJob(page.cursor, directory.now() + again)], directory.now());
    });
    return { kind: 'done' };
  };
}

interface TeamEvent {
  readonly event: AlertEvent;
  readonly line: string;
}

/** Puts mails into the outbox about changes that are committed. */
export async function alertTeams(parts: DirectoryParts, db: Handle, changes: readonly Change[]): Promise<void> {
  const byTeam = Map.groupBy(changes, (change) => teamOf(change) ?? '');
  const bereft = await teamsThatLostAnAdmin(parts, db, changes);
  for (const [teamId, organizationId] of new Map([...organizationsOf(byTeam), ...bereft])) {
    const team = await parts.store.teams.find(db, organizationId, teamId);
    if (team === undefined || Object.keys(team.settings.alerts).length === 0) continue;
    const events = (byTeam.get(teamId) ?? []).flatMap(toEvent);
    if (bereft.has(teamId) && (await parts.store.teamMembers.countAdmins(db, teamId)) === 0) {
      events.push({ event: 'noAdmin', line: `No active admin is left in team ${team.name}.` });
    }
    await mailTeam(parts, db, team, events);
  }
}

function organizationsOf(byTeam: ReadonlyMap<string, readonly Change[]>): readonly [string, string][] {
  return [...byTeam].flatMap(([id, [first]]): [string, string][] =>
    id === '' || first === undefined ? [] : [[id, first.organizationId]],
  );
}

function toEvent(change: Change): readonly TeamEvent[] {
  const event = alertEventOf(change);
  return event === undefined ? [] : [{ event, line: `${change.actor.name} ${tellChange(change)}.` }];
}

/** By a role that was taken away, or by an admin who was deactivated. Team id -> organization id. */
async function teamsThatLostAnAdmin(
  { store }: DirectoryParts,
  db: Handle,
  changes: readonly Change[],
): Promise<ReadonlyMap<string, string>> {
  const lost = new Map<string, string>();
  for (const change of changes) {
    const { organizationId, before, after, subject } = change;
    const teamId = teamOf(change);
    if (teamId !== undefined && before?.effectiveRole === 'admin' && after?.effectiveRole !== 'admin') {
      lost.set(teamId, organizationId);
    }
    if (change.kind !== 'user.deactivated') continue;
    for (const grant of await store.grants.ofUser(db, subject.id)) {
      if (grant.teamId !== null && grant.role === 'admin') lost.set(grant.teamId, organizationId);
    }
  }
  return lost;
}

async function mailTeam(
  { store, mail }: DirectoryParts,
  db: Handle,
  team: Team,
  events: readonly TeamEvent[],
): Promise<void> {
  const { organizationId, id, name, settings } = team;
  const chosen = events.filter(({ event }) => settings.alerts[event] !== undefined);
  if (chosen.length === 0) return;
  const admins = await store.teamMembers.adminEmails(db, id, ADMINS_MAX);
  const byAddress = new Map<string, string[]>();
  for (const { event, line } of chosen) {
    for (const to of recipientsOf(settings.alerts[event], admins))
      byAddress.set(to, [...(byAddress.get(to) ?? []), line]);
  }
  for (const [to, lines] of byAddress) {
    const content = { team: name, lines: lines.slice(0, LINES_MAX), more: Math.max(0, lines.length - LINES_MAX) };
    await mail.enqueue(db, { organizationId, kind: 'team_alert', to, aboutId: id, content });
  }
}

function recipientsOf(chosen: AlertRecipients | undefined, admins: readonly string[]): ReadonlySet<string> {
  return new Set([...(chosen?.admins ? admins : []), ...(chosen?.addresses ?? [])]);
}
