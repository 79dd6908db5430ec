/**
 * Brings one subject of one target in line with what the directory says now.
 *
 * Owns: what is pushed when (fingerprints) and how it went. Does not own: what is particular to each type of subject
 * (subject-kinds.ts), how a system is talked to (the adapters), leases and tries (jobs/). Whatever was pushed and not
 * written down is pushed again, and comes to the same end. Called by subject-worker.ts.
 */
import { type Call, type Link, TargetGone, TargetRefusal, TargetUnavailable } from './contract.ts';
import { withoutErased } from './erased.ts';
import { type Failure, failureOf } from './failing.ts';
import { fingerprintOf } from './fingerprint.ts';
import { bookOf } from './link-book.ts';
import { reconcileMembers } from './reconcile-members.ts';
import type { Reconciling } from './reconciling.ts';
import type { TargetLink } from './store.ts';
import { roleKind, type SubjectKind, serviceAccountKind, teamKind, userKind } from './subject-kinds.ts';
import { type SubjectRef, subjectKey } from './target.ts';

export type Outcome =
  | { readonly kind: 'done'; readonly notes: readonly string[] }
  /** The target is to blame; tried again, for as long as it takes. */
  | { readonly kind: 'retry'; readonly reason: string; readonly afterMs: number | undefined }
  /** The subject is to blame; tried again a few times, then parked. */
  | { readonly kind: 'refused'; readonly reason: string };

/** How it went, and what the subject is called for people. */
export interface Reconciled {
  readonly name: string;
  readonly outcome: Outcome;
  /** Refusals in a row, this one included. */
  readonly refusals: number;
  /** Why the target itself could not be worked with; null: it is not to blame. */
  readonly failure: Failure | null;
}

export async function reconcile(parts: Reconciling, call: Call, subject: SubjectRef): Promise<Reconciled> {
  const row = await parts.store.targetLinks.find(parts.store.reader, parts.target.id, subject);
  const named = { name: row?.link?.remoteName ?? subject.id };
  try {
    const notes = await reconcileOne(parts, call, subject, row, named);
    return { name: named.name, outcome: { kind: 'done', notes }, refusals: 0, failure: null };
  } catch (error) {
    const outcome = toOutcome(error);
    const refusals = (row?.refusals ?? 0) + (outcome.kind === 'refused' ? 1 : 0);
    await saveFault(parts, subject, outcome, refusals, error);
    return { name: named.name, outcome, refusals, failure: failureOf(error) };
  }
}

interface Named {
  name: string;
}

async function reconcileOne(
  parts: Reconciling,
  call: Call,
  subject: SubjectRef,
  row: TargetLink | undefined,
  named: Named,
): Promise<readonly string[]> {
  const { id } = subject;
  if (subject.type === 'user') return (await bringInLine(parts, call, userKind(parts), id, row, named)).notes;
  if (subject.type === 'role') return (await bringInLine(parts, call, roleKind(parts), id, row, named)).notes;
  if (subject.type === 'service_account')
    return (await bringInLine(parts, call, serviceAccountKind(parts), id, row, named)).notes;
  const { wanted, link, notes } = await bringInLine(parts, call, teamKind(parts), id, row, named);
  if (wanted === undefined || link === undefined) return notes;
  const refusals = await reconcileMembers(parts, call, { wanted, link });
  if (refusals.length > 0) throw new TargetRefusal(refusals.join(' '));
  return notes;
}

interface InLine<W> {
  readonly wanted: W | undefined;
  readonly link: Link | undefined;
  readonly notes: readonly string[];
}

/** The same for every type of subject: what is wanted, whether that was pushed last, the push, writing it down. */
async function bringInLine<W>(
  parts: Reconciling,
  call: Call,
  kind: SubjectKind<W>,
  id: string,
  row: TargetLink | undefined,
  named: Named,
): Promise<InLine<W>> {
  const { adapter, store } = parts;
  const wanted = await kind.wanted(id);
  if (wanted === undefined || kind.push === undefined) return { wanted: undefined, link: row?.link, notes: [] };
  named.name = kind.nameOf(wanted);
  // Nothing is created over there only to be gone.
  if (kind.isOver(wanted) && row?.link === undefined) return { wanted, link: undefined, notes: [] };
  const fingerprint = fingerprintOf(adapter.version, await kind.compared(call, wanted));
  if (row?.outcome === 'done' && row.fingerprint === fingerprint) return { wanted, link: row.link, notes: [] };
  const pushed = await kind.push(call, { wanted, link: row?.link, book: bookOf(parts) });
  await store.write((db) => kind.save(db, { wanted, row, fingerprint, pushed }));
  return { wanted, link: pushed.link, notes: pushed.notes };
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
    const told = { key: subjectKey(subject), reason: outcome.reason, link: isGone ? undefined : (there ?? row?.link) };
    const { link, reason } = await withoutErased({ store, target }, db, told);
    const fingerprint = isGone || there !== undefined ? null : (row?.fingerprint ?? null);
    const refersTo = row?.refersTo ?? null;
    const state = { link, fingerprint, refersTo, refusals, outcome: outcome.kind, reason, pushedAt: now() };
    await store.targetLinks.save(db, { targetId: target.id, ...subject, ...state });
    if (isGone && subject.type === 'team') await store.targetMembers.markTeam(db, target.id, subject.id, true);
  });
}
