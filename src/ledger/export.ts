/**
 * The chain, or the entries of it that fulfil conditions, oldest first, row by row: what people want to read beside what
 * checking needs (docs/ledger.md). Memory stays flat whatever the length. How rows are written (JSON lines, CSV) is the business of the door.
 */
import type { JsonObject } from '../schema/json.ts';
import type { Handle } from '../synclog/handle.ts';
import type { LedgerPerson } from './draft.ts';
import { contentOf, type LedgerContent, type LedgerEntry } from './entry.ts';
import type { RunDigest } from './inventory/run-digest.ts';
import type { Ledger } from './ledger.ts';
import type { LedgerConditions, RunDigestStore } from './store.ts';

export interface ExportRow {
  readonly position: number;
  /** ISO 8601. */
  readonly at: string;
  readonly kind: LedgerEntry['kind'];
  readonly scope: LedgerEntry['scope'];
  readonly team: string | null;
  readonly userId: string;
  /** Where the entry itself names the person; the pseudonym after an erasure. */
  readonly userName: string | null;
  readonly name: string | null;
  readonly email: string | null;
  readonly cause: string;
  readonly reason: string | null;
  readonly by: string;
  readonly runs: number | null;
  readonly missing: number | null;
  readonly removal: string;
  readonly exchange: string | null;
  readonly id: string;
  readonly previousHash: string;
  readonly hash: string;
  /** What is chained. */
  readonly content: LedgerContent;
  /** What the commitments of the content are about, or a pseudonym. */
  readonly actor: JsonObject;
  readonly personal: JsonObject | null;
  /** Beside an inventory: fingerprints and, where they are kept, ids of its runs, project by project. */
  readonly kept: readonly RunDigest[] | null;
}

/** In the order in which they stand in CSV. */
export const EXPORT_COLUMNS = [
  ...(['position', 'at', 'kind', 'scope', 'team', 'userId', 'userName', 'name', 'email', 'cause', 'reason'] as const),
  ...(['by', 'runs', 'missing', 'removal', 'exchange', 'id', 'previousHash', 'hash'] as const),
  ...(['content', 'actor', 'personal', 'kept'] as const),
] satisfies readonly (keyof ExportRow)[];

export async function* exportRows(
  db: Handle,
  { ledger, digests }: { readonly ledger: Pick<Ledger, 'entries'>; readonly digests: RunDigestStore },
  organizationId: string,
  conditions?: LedgerConditions,
): AsyncGenerator<ExportRow> {
  for await (const entry of ledger.entries(db, organizationId, conditions)) {
    const row = toRow(entry);
    yield entry.kind === 'inventory_taken' ? { ...row, kept: await digests.ofEntry(db, entry.id) } : row;
  }
}

function toRow(entry: LedgerEntry): ExportRow {
  const content = contentOf(entry);
  const { team, cause, reason, details } = content;
  const actor = JSON.parse(entry.actor) as JsonObject & { name?: string; pseudonym?: string };
  const personal = JSON.parse(entry.personal ?? 'null') as (JsonObject & Partial<LedgerPerson>) | null;
  const { position, kind, scope, userId, removalId, exchangeId, id, previousHash, hash } = entry;
  return {
    ...{ position, at: content.at, kind, scope, team: team?.name ?? null, userId },
    userName: personal?.userName ?? (personal?.pseudonym as string | undefined) ?? null,
    ...{ name: personal?.name ?? null, email: personal?.email ?? null, cause, reason },
    by: actor.name ?? actor.pseudonym ?? '',
    ...{ runs: toNumber(details.runs), missing: toNumber(details.missing) },
    ...{ removal: removalId, exchange: exchangeId, id, previousHash, hash, content, actor, personal, kept: null },
  };
}

function toNumber(value: unknown): number | null {
  return typeof value === 'number' ? value : null;
}
