/** What the verbs of `ledger` need. People are named by id, user name, e-mail address, externalId, or the id of a removal. */
import type { Erasure } from '../directory/removals/erasure.ts';
import type { WorkListItem } from '../directory/removals/handovers.ts';
import type { ReportResult } from '../directory/removals/inventories.ts';
import type { LedgerLine, RemovalStory, RemovalView } from '../directory/removals/ledger-view.ts';
import type { ChainPoint } from '../ledger/chain.ts';
import type { ExportRow } from '../ledger/export.ts';
import type { LedgerQuery } from '../ledger/store.ts';

/** An organization by name or id, and somebody whom its ledger knows. */
export interface RemovalRef {
  readonly organization: string;
  readonly person: string;
}

export interface LedgerFilter extends Pick<LedgerQuery, 'kinds' | 'state' | 'hold' | 'missing' | 'limit'> {
  readonly user?: string;
  /** Name or id. */
  readonly team?: string;
}

export interface LedgerVerdict {
  readonly organization: string;
  readonly entries: number;
  /** Hash of the newest entry that holds, to be kept elsewhere; null: no entries. */
  readonly head: string | null;
  /** Null: the chain is whole. */
  readonly firstBreak: { readonly position: number; readonly reason: string } | null;
}

/** A place in the chain, to be kept where nobody who can change the database can change it. */
export interface Checkpoint extends ChainPoint {
  /** Id: names may change. */
  readonly organization: string;
  /** ISO 8601. */
  readonly at: string;
}

export interface ReverifyReport {
  /** Removals that the tracker was asked about. */
  readonly asked: number;
  /** Of them, those that it did not answer for yet: they are tried again in the background. */
  readonly pending: number;
  readonly expected: number;
  readonly missing: number;
  /** Where something is missing, and where asking failed. */
  readonly findings: readonly {
    readonly removal: string;
    readonly user: string;
    readonly team: string | null;
    readonly result: string;
    readonly expected: number;
    readonly missing: number;
  }[];
}

export interface LedgerServices {
  /** Newest first. */
  list(organization: string, filter: LedgerFilter): Promise<readonly LedgerLine[]>;
  show(ref: RemovalRef): Promise<RemovalStory>;
  /** @param checkpoint an earlier one, of the same organization */
  verify(organization: string, checkpoint?: Checkpoint): Promise<LedgerVerdict>;
  checkpoint(organization: string): Promise<Checkpoint>;
  export(organization: string): AsyncIterable<ExportRow>;
  /** Asks the tracker and waits for its answers. Without a person: everything that is kept. */
  reverify(organization: string, person?: string): Promise<ReverifyReport>;
  hold(ref: RemovalRef, change: { readonly lift: boolean; readonly reason: string }): Promise<RemovalView>;
  retain(ref: RemovalRef, until: number | null, reason: string | null): Promise<RemovalView>;
  handOver(
    ref: RemovalRef,
    heir: { readonly kind: 'user' | 'team'; readonly name: string },
    reason: string | null,
  ): Promise<RemovalView>;
  undoHandover(ref: RemovalRef, reason: string | null): Promise<RemovalView>;
  workList(ref: RemovalRef): Promise<readonly WorkListItem[]>;
  erase(ref: RemovalRef, reason: string | null): Promise<Erasure>;
  /** @param csv as docs/ledger.md describes it */
  importInventory(organization: string, csv: string): Promise<readonly ReportResult[]>;
}
