/**
 * The ledger: an append-only, hash-chained record per organization of everyone who was removed and of what happened after.
 *
 * Owns: the shape of an entry, the chain, what a story adds up to, asking trackers (inventory/), checking again. Does not
 * own: deciding that somebody was removed or that a hold is placed (directory/ does, and appends in the same transaction),
 * SQL. Called by directory/ (append), and by cli/, api/ and console/ (read, verify).
 */
import { AppError } from '../errors.ts';
import type { JobStore } from '../jobs/job.ts';
import type { Handle } from '../synclog/handle.ts';
import { type AppendPlan, planEntries } from './append.ts';
import { type ChainBreak, type ChainPoint, createChainCheck } from './chain.ts';
import type { LedgerDraft } from './draft.ts';
import { contentOf, GENESIS_HASH, type LedgerEntry, sha256 } from './entry.ts';
import { INVENTORY_QUEUE } from './inventory/queue.ts';
import { digestOf } from './inventory/run-digest.ts';
import type { Removal } from './removal.ts';
import type { LedgerConditions, LedgerStore, RemovalStore, RunDigestStore } from './store.ts';
import { isNothing } from './totals.ts';

export interface LedgerParts {
  readonly entries: LedgerStore;
  readonly removals: RemovalStore;
  readonly digests: RunDigestStore;
  readonly jobs: Pick<JobStore, 'mark'>;
  /** Whether there is a tracker that can be asked; one that is configured later is asked at its first start. */
  readonly asksTracker: boolean;
  /** Serialises appends within one organization until the transaction ends. */
  readonly lockOrganization: (db: Handle, organizationId: string) => Promise<void>;
  readonly newId: () => string;
}

export interface LedgerCheck {
  readonly holds: boolean;
  /** Entries that were checked and hold. */
  readonly checked: number;
  /** Hash of the last entry that holds: with `checked` it is a checkpoint. */
  readonly hash: string;
  /** The first entry that does not hold, and why. */
  readonly firstBreak: ChainBreak | null;
}

export interface Ledger {
  /**
   * Adds what the drafts say to the end of the chain, and marks the inventory of each new removal, in the caller's
   * transaction. A removal that is open already and a return from none add nothing.
   * @returns what was added
   */
  append(
    db: Handle,
    organizationId: string,
    at: number,
    exchangeId: string | null,
    drafts: readonly LedgerDraft[],
  ): Promise<readonly LedgerEntry[]>;
  /** What a removal is going to be when these drafts are appended, in the same transaction. */
  preview(
    db: Handle,
    organizationId: string,
    at: number,
    drafts: readonly LedgerDraft[],
    removalId: string,
  ): Promise<Removal>;
  /** Every entry in order, in pages: memory stays flat whatever the length. @param conditions only those that fulfil them */
  entries(db: Handle, organizationId: string, conditions?: LedgerConditions): AsyncGenerator<LedgerEntry>;
  /** Walks the whole chain. @param checkpoint taken before: the chain has to go through it */
  verify(db: Handle, organizationId: string, checkpoint?: ChainPoint): Promise<LedgerCheck>;
  /** The end of the chain, to be kept elsewhere; position 0 and 64 zeros for an empty one. */
  head(db: Handle, organizationId: string): Promise<ChainPoint>;
}

const PAGE = 500;

export function createLedger(parts: LedgerParts): Ledger {
  const { entries: store, removals, digests, jobs, asksTracker, lockOrganization } = parts;

  async function head(db: Handle, organizationId: string): Promise<ChainPoint> {
    return (await store.head(db, organizationId)) ?? { position: 0, hash: GENESIS_HASH };
  }

  async function append(
    db: Handle,
    organizationId: string,
    at: number,
    exchangeId: string | null,
    drafts: readonly LedgerDraft[],
  ): Promise<readonly LedgerEntry[]> {
    if (drafts.length === 0) return [];
    await lockOrganization(db, organizationId);
    const place = { organizationId, at, exchangeId, head: await head(db, organizationId) };
    const plan = await planEntries(db, removals, parts.newId, place, drafts);
    await write(db, organizationId, plan, at);
    return plan.entries;
  }

  async function preview(
    db: Handle,
    organizationId: string,
    at: number,
    drafts: readonly LedgerDraft[],
    removalId: string,
  ): Promise<Removal> {
    const place = { organizationId, at, exchangeId: null, head: { position: 0, hash: GENESIS_HASH } };
    const plan = await planEntries(db, removals, parts.newId, place, drafts);
    const after =
      plan.changed.find(({ id }) => id === removalId) ?? (await removals.find(db, organizationId, removalId));
    if (after === undefined) throw new AppError('not_found', 'There is no such removal.');
    return after;
  }

  async function write(db: Handle, organizationId: string, plan: AppendPlan, at: number): Promise<void> {
    const { entries, changed, begun, totals } = plan;
    await store.append(db, entries);
    for (const removal of changed) await removals.save(db, removal, begun.get(removal.id));
    if (!isNothing(totals)) await removals.addTotals(db, organizationId, totals);
    const wanted = changed.filter(({ id }) => begun.has(id));
    if (wanted.length === 0 || !asksTracker) return;
    await jobs.mark(
      db,
      wanted.map(({ id }) => ({ queue: INVENTORY_QUEUE, key: id, organizationId, dueAt: at })),
      at,
    );
  }

  async function* entries(
    db: Handle,
    organizationId: string,
    conditions?: LedgerConditions,
  ): AsyncGenerator<LedgerEntry> {
    let after = 0;
    for (;;) {
      const page =
        conditions === undefined
          ? await store.page(db, organizationId, after, PAGE)
          : await store.select(db, organizationId, conditions, after, PAGE);
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      after = last.position;
    }
  }

  async function verify(db: Handle, organizationId: string, checkpoint?: ChainPoint): Promise<LedgerCheck> {
    const check = createChainCheck();
    for await (const entry of entries(db, organizationId)) {
      const before = check.point();
      const firstBreak = check.add(entry) ?? missedBy(checkpoint, entry) ?? (await checkDigests(db, entry));
      if (firstBreak !== undefined) return { holds: false, checked: before.position, hash: before.hash, firstBreak };
    }
    const { position, hash } = check.point();
    const firstBreak = check.end() ?? cutShort(checkpoint, position) ?? null;
    return { holds: firstBreak === null, checked: position, hash, firstBreak };
  }

  /** Fingerprints are many, so they stand beside the chain; the inventory's entry holds their hash. */
  async function checkDigests(db: Handle, entry: LedgerEntry): Promise<ChainBreak | undefined> {
    if (entry.kind !== 'inventory_taken') return undefined;
    const projects = contentOf(entry).details.projects as readonly { fingerprints: string | null; digest: string }[];
    const kept = await digests.ofEntry(db, entry.id);
    const holds = projects.every(({ fingerprints, digest }, number) => {
      const own = kept[number];
      if (own === undefined) return false;
      const ids = own.runIds === null || digestOf(own.runIds === '' ? [] : own.runIds.split('\n')) === digest;
      return ids && (own.fingerprints === null ? null : sha256(own.fingerprints)) === fingerprints;
    });
    if (holds && kept.length === projects.length) return undefined;
    return { position: entry.position, id: entry.id, reason: 'the runs kept beside the entry do not match their hash' };
  }

  return { append, preview, entries, verify, head };
}

function missedBy(checkpoint: ChainPoint | undefined, { position, id, hash }: LedgerEntry): ChainBreak | undefined {
  if (checkpoint?.position !== position || checkpoint.hash === hash) return undefined;
  return { position, id, reason: 'the checkpoint says another hash' };
}

function cutShort(checkpoint: ChainPoint | undefined, position: number): ChainBreak | undefined {
  if (checkpoint === undefined || checkpoint.position <= position) return undefined;
  const reason = `the chain ends here, and had ${checkpoint.position} entries when the checkpoint was taken`;
  return { position, id: '', reason };
}
