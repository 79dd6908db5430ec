/**
 * Brings one subject of one target in line with what the directory says now.
 *
 * Owns: what is pushed when (fingerprints, links, who waits for whom) and how it went. Does not own: how a system is
 * talked to (the adapters), leases and tries (jobs/). Whatever was pushed and not written down is pushed again, and comes
 * to the same end. Called by subject-worker.ts.
 */
import {
  type Call,
  type Link,
  type LinkBook,
  type Pushed,
  type StateAdapter,
  TargetGone,
  TargetRefusal,
  TargetUnavailable,
} from './contract.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { TargetStoreParts } from './parts.ts';
import { reconcileMembers } from './reconcile-members.ts';
import type { TargetLink } from './store.ts';
import { type Cause, queueOf, type SubjectRef, subjectKey, type Target } from './target.ts';

export type Outcome =
  | { readonly kind: 'done'; readonly notes: readonly string[] }
  /** The target is to blame; tried again, for as long as it takes. */
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs: number | undefined }
  /** The subject is to blame; tried again a few times, then parked. */
  | { readonly kind: 'refused'; readonly reason: string };

export interface Reconciling {
  readonly store: TargetStoreParts;
  readonly target: Target;
  readonly adapter: StateAdapter;
  readonly now: () => number;
  /** How long members who came over wait for others, so that a first load changes each team a few times only. */
  readonly gatherMs: () => number;
  /** What made the subject due; goes along to what becomes due by it. */
  readonly cause: Cause | null;
}

/** How it went, and what the subject is called for people. */
export interface Reconciled {
  readonly name: string;
  readonly outcome: Outcome;
  /** Refusals in a row, this one included. */
  readonly refusals: number;
}

export async function reconcile(parts: Reconciling, call: Call, subject: SubjectRef): Promise<Reconciled> {
  const row = await parts.store.targetLinks.find(parts.store.reader, parts.target.id, subject);
  const named = { name: row?.link?.remoteName ?? subject.id };
  try {
    const notes = await reconcileOne(parts, call, subject, row, named);
    return { name: named.name, outcome: { kind: 'done', notes }, refusals: 0 };
  } catch (error) {
    const outcome = toOutcome(error);
    const refusals = (row?.refusals ?? 0) + (outcome.kind === 'refused' ? 1 : 0);
    await saveFault(parts, subject, outcome, refusals, error);
    return { name: named.name, outcome, refusals };
  }
}

interface Named {
  name: string;
}

function reconcileOne(
  parts: Reconciling,
  call: Call,
  subject: SubjectRef,
  row: TargetLink | undefined,
  named: Named,
): Promise<readonly string[]> {
  if (subject.type === 'user') return reconcileUser(parts, call, subject.id, row, named);
  if (subject.type === 'team') return reconcileTeam(parts, call, subject.id, row, named);
  return reconcileRole(parts, call, subject.id, row, named);
}

function isUnchanged(row: TargetLink | undefined, fingerprint: string): boolean {
  return row?.outcome === 'done' && row.fingerprint === fingerprint;
}

async function reconcileUser(
  parts: Reconciling,
  call: Call,
  id: string,
  row: TargetLink | undefined,
  named: Named,
): Promise<readonly string[]> {
  const { store, target, adapter } = parts;
  const wanted = await store.wanted.user(store.reader, target.organizationId, id);
  if (wanted === undefined) return [];
  named.name = wanted.displayName;
  // Nobody is created over there only to be inactive.
  if (!wanted.active && row?.link === undefined) return [];
  const fields = await adapter.userFields(call, wanted);
  const fingerprint = fingerprintOf(adapter.version, { fields, deleted: wanted.deleted });
  if (isUnchanged(row, fingerprint)) return [];
  const pushed = await adapter.pushUser(call, { wanted, link: row?.link, book: bookOf(parts) });
  await saveUser(parts, id, row, fingerprint, pushed);
  return pushed.notes;
}

/** Memberships wait for their user: a new one lets them go ahead, a gone one takes them along. */
async function saveUser(
  parts: Reconciling,
  id: string,
  row: TargetLink | undefined,
  fingerprint: string,
  pushed: Pushed,
): Promise<void> {
  const { store, target } = parts;
  const isNew = pushed.link !== undefined && row?.link === undefined;
  const releases = isNew || (pushed.link !== undefined && pushed.replaced === true);
  await store.write(async (db) => {
    if (releases) await store.targets.lock(db, target.id);
    await saveDone(parts, db, { type: 'user', id }, fingerprint, pushed);
    if (pushed.link === undefined) return store.targetMembers.removeUser(db, target.id, id);
    if (!releases) return;
    await releaseMembers(parts, db, id, pushed.replaced === true);
  });
}

async function releaseMembers(
  { store, target, now, gatherMs, cause }: Reconciling,
  db: Parameters<TargetStoreParts['jobs']['mark']>[0],
  userId: string,
  forgotten: boolean,
): Promise<void> {
  const teams = forgotten
    ? await store.targetMembers.markUser(db, target.id, userId, true)
    : await store.targetMembers.teamsWaitingFor(db, target.id, userId);
  const { organizationId } = target;
  const dueAt = now() + gatherMs();
  for (const id of teams) {
    const job = { queue: queueOf(target.id), key: subjectKey({ type: 'team', id }), organizationId, dueAt };
    // A team that is due already knows its own cause.
    const own = cause === null ? null : ((await store.jobs.find(db, job))?.payload ?? cause);
    await store.jobs.mark(db, [own === null ? job : { ...job, payload: own }], now());
  }
}

async function reconcileTeam(
  parts: Reconciling,
  call: Call,
  id: string,
  row: TargetLink | undefined,
  named: Named,
): Promise<readonly string[]> {
  const { store, target, adapter } = parts;
  const wanted = await store.wanted.team(store.reader, target.organizationId, id);
  if (wanted === undefined) return [];
  named.name = wanted.name;
  if (wanted.archived && row?.link === undefined) return [];
  const fingerprint = fingerprintOf(adapter.version, wanted);
  let link = row?.link;
  let notes: readonly string[] = [];
  if (!isUnchanged(row, fingerprint)) {
    const pushed = await adapter.pushTeam(call, { wanted, link, book: bookOf(parts) });
    const forgotten = pushed.replaced === true;
    await store.write(async (db) => {
      await store.targets.lock(db, target.id);
      await saveDone(parts, db, { type: 'team', id }, fingerprint, pushed);
      await store.targetMembers.markTeam(db, target.id, id, forgotten);
    });
    link = pushed.link;
    notes = pushed.notes;
  }
  if (link === undefined) return notes;
  const refusals = await reconcileMembers(parts, call, { wanted, link });
  if (refusals.length > 0) throw new TargetRefusal(refusals.join(' '));
  return notes;
}

async function reconcileRole(
  parts: Reconciling,
  call: Call,
  id: string,
  row: TargetLink | undefined,
  named: Named,
): Promise<readonly string[]> {
  const { store, target, adapter } = parts;
  const wanted = await store.wanted.role(store.reader, target.organizationId, id);
  if (wanted === undefined || adapter.pushRole === undefined) return [];
  named.name = wanted.name;
  if (wanted.deleted && row?.link === undefined) return [];
  const fingerprint = fingerprintOf(adapter.version, wanted);
  if (isUnchanged(row, fingerprint)) return [];
  const pushed = await adapter.pushRole(call, { wanted, link: row?.link, book: bookOf(parts) });
  await store.write((db) => saveDone(parts, db, { type: 'role', id }, fingerprint, pushed));
  return pushed.notes;
}

function bookOf({ store, target }: Reconciling): LinkBook {
  return {
    ownerOf: (type, remoteId) => store.targetLinks.ownerOf(store.reader, target.id, type, remoteId),
    isNameTaken: (type, name) => store.targetLinks.isNameTaken(store.reader, target.id, type, name),
  };
}

function saveDone(
  { store, target, now }: Reconciling,
  db: Parameters<TargetStoreParts['jobs']['mark']>[0],
  subject: SubjectRef,
  fingerprint: string,
  { link, notes }: Pushed,
): Promise<void> {
  const reason = notes.length === 0 ? null : notes.join(' ');
  const state = { link, fingerprint, refusals: 0, outcome: 'done', reason, pushedAt: now() } as const;
  return store.targetLinks.save(db, { targetId: target.id, ...subject, ...state });
}

function toOutcome(error: unknown): Outcome {
  if (error instanceof TargetUnavailable) return { kind: 'retry', reason: error.message, afterMs: error.retryAfterMs };
  if (error instanceof TargetGone) return { kind: 'retry', reason: error.message, afterMs: 0 };
  if (error instanceof TargetRefusal) return { kind: 'refused', reason: error.message };
  throw error;
}

/** Keeps the link (or drops one that leads nowhere), so that the next try knows what is there. */
async function saveFault(
  { store, target, now }: Reconciling,
  subject: SubjectRef,
  outcome: Outcome,
  refusals: number,
  error: unknown,
): Promise<void> {
  if (outcome.kind === 'done') return;
  const there = error instanceof TargetRefusal ? error.link : undefined;
  const isGone = error instanceof TargetGone;
  await store.write(async (db) => {
    if (isGone) await store.targets.lock(db, target.id);
    const row = await store.targetLinks.find(db, target.id, subject);
    const link: Link | undefined = isGone ? undefined : (there ?? row?.link);
    const fingerprint = isGone || there !== undefined ? null : (row?.fingerprint ?? null);
    const state = { link, fingerprint, refusals, outcome: outcome.kind, reason: outcome.reason, pushedAt: now() };
    await store.targetLinks.save(db, { targetId: target.id, ...subject, ...state });
    if (isGone && subject.type === 'team') await store.targetMembers.markTeam(db, target.id, subject.id, true);
  });
}
