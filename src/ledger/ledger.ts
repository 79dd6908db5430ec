/**
 * The ledger: an append-only, hash-chained record per organization of everyone who was removed and who came back.
 *
 * Owns: the shape of an entry, the chain, verifying it. Does not own: deciding that somebody was removed (directory/
 * does, and appends in the same transaction), SQL. Called by directory/ (append), cli/, api/ and console/ (read, verify).
 */
import type { Handle } from '../synclog/handle.ts';
import { chainEntry, findBreak, GENESIS_HASH, type LedgerDraft, type LedgerEntry } from './entry.ts';
import type { LedgerStore } from './store.ts';

export interface LedgerParts {
  readonly store: LedgerStore;
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
  readonly firstBreak: { readonly position: number; readonly id: string; readonly reason: string } | null;
}

const PAGE = 500;

export interface Ledger {
  append(
    db: Handle,
    organizationId: string,
    at: number,
    exchangeId: string | null,
    drafts: readonly LedgerDraft[],
  ): Promise<void>;
  /** Every entry in order, in pages: memory stays flat whatever the length. */
  entries(db: Handle, organizationId: string): AsyncGenerator<LedgerEntry>;
  verify(db: Handle, organizationId: string): Promise<LedgerCheck>;
  ofUser(db: Handle, organizationId: string, userId: string): Promise<readonly LedgerEntry[]>;
}

export function createLedger({ store, lockOrganization, newId }: LedgerParts): Ledger {
  async function append(
    db: Handle,
    organizationId: string,
    at: number,
    exchangeId: string | null,
    drafts: readonly LedgerDraft[],
  ): Promise<void> {
    if (drafts.length === 0) return;
    await lockOrganization(db, organizationId);
    const head = await store.head(db, organizationId);
    let { position, hash } = head ?? { position: 0, hash: GENESIS_HASH };
    const entries = drafts.map((draft) => {
      position += 1;
      const entry = chainEntry(draft, { organizationId, position, previousHash: hash, id: newId(), at, exchangeId });
      hash = entry.hash;
      return entry;
    });
    await store.append(db, entries);
  }

  async function* entries(db: Handle, organizationId: string): AsyncGenerator<LedgerEntry> {
    let after = 0;
    for (;;) {
      const page = await store.page(db, organizationId, after, PAGE);
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      after = last.position;
    }
  }

  async function verify(db: Handle, organizationId: string): Promise<LedgerCheck> {
    let previous = { position: 0, hash: GENESIS_HASH };
    for await (const entry of entries(db, organizationId)) {
      const reason = findBreak(entry, previous);
      if (reason !== undefined) {
        const firstBreak = { position: entry.position, id: entry.id, reason };
        return { holds: false, checked: previous.position, hash: previous.hash, firstBreak };
      }
      previous = { position: entry.position, hash: entry.hash };
    }
    return { holds: true, checked: previous.position, hash: previous.hash, firstBreak: null };
  }

  return { append, entries, verify, ofUser: (db, organizationId, userId) => store.ofUser(db, organizationId, userId) };
}
