/**
 * Plain reads, many to a row. Reads are most of what identity providers send and nobody's story, so that a row and its
 * index entries for each would cost more than the read itself. A batch holds reads of one client (connection, token,
 * address, user agent) and one operation; what they have in common stands beside them.
 */
import type { Exchange } from './exchange.ts';

export interface ReadBatch {
  /** Id of the newest read in it; the batch has no other. */
  readonly id: string;
  readonly firstId: string;
  /** Epoch milliseconds of the newest one. */
  readonly lastAt: number;
  readonly organizationId: string | null;
  readonly connectionId: string | null;
  readonly tokenId: string | null;
  readonly operation: string;
  readonly method: string;
  readonly userAgent: string | null;
  readonly remoteAddress: string | null;
  /** How many reads. */
  readonly reads: number;
  /** JSON: a list of `Entry`. */
  readonly entries: string;
}

/** What is a read's own, in the order of the list. */
type Entry = readonly [
  id: string,
  at: number,
  durationUs: number,
  status: number,
  path: string,
  summary: string,
  subjectType: 'user' | 'group' | null,
  subjectId: string | null,
  subjectName: string | null,
];

/** Reads in one batch: opening one read takes the whole batch out of its row. */
const READS_MAX = 200;
/**
 * From the first to the last id of a batch, so that looking for an id or a time knows how far to look. No batch crosses
 * a full minute either, so that whoever counts over time counts it whole.
 */
export const BATCH_SPAN_MS = 10_000;

/** Whether an exchange is a read with nothing to it: no body, no repair. The others keep a row of their own. */
export function isPlainRead(exchange: Exchange): boolean {
  return exchange.outcome === 'read' && exchange.requestBody === null && exchange.repairs.length === 0;
}

function clientOf({ organizationId, connectionId, tokenId, operation, method, userAgent, remoteAddress }: Exchange) {
  return { organizationId, connectionId, tokenId, operation, method, userAgent, remoteAddress };
}

function toEntry({ id, at, durationUs, status, path, summary, subject }: Exchange): Entry {
  return [id, at, durationUs, status, path, summary, subject?.type ?? null, subject?.id ?? null, subject?.name ?? null];
}

function toBatch(reads: readonly Exchange[]): ReadBatch[] {
  const [first, last] = [reads[0], reads.at(-1)];
  if (first === undefined || last === undefined) return [];
  const bounds = { id: last.id, firstId: first.id, lastAt: last.at, reads: reads.length };
  return [{ ...clientOf(first), ...bounds, entries: JSON.stringify(reads.map(toEntry)) }];
}

function minuteOf({ at }: Exchange): number {
  return Math.floor(at / 60_000);
}

/** @param reads plain reads in any order */
export function toReadBatches(reads: readonly Exchange[]): ReadBatch[] {
  const clients = Map.groupBy(
    reads.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    (read) => JSON.stringify(clientOf(read)),
  );
  return [...clients.values()].flatMap((ofClient) => {
    const batches: ReadBatch[] = [];
    let start = 0;
    for (const [index, read] of ofClient.entries()) {
      const first = ofClient[start] ?? read;
      const fits = read.at - first.at <= BATCH_SPAN_MS && minuteOf(read) === minuteOf(first);
      if (fits && index - start < READS_MAX) continue;
      batches.push(...toBatch(ofClient.slice(start, index)));
      start = index;
    }
    return [...batches, ...toBatch(ofClient.slice(start))];
  });
}

/** The reads of a batch, oldest first. */
export function readsOf(batch: ReadBatch): Exchange[] {
  const client = {
    organizationId: batch.organizationId,
    connectionId: batch.connectionId,
    tokenId: batch.tokenId,
    operation: batch.operation,
    method: batch.method,
    userAgent: batch.userAgent,
    remoteAddress: batch.remoteAddress,
  };
  return (JSON.parse(batch.entries) as Entry[]).map((entry) => {
    const [id, at, durationUs, status, path, summary, type, subjectId, subjectName] = entry;
    const subject =
      type === null || subjectId === null ? null : { type, id: subjectId, name: subjectName ?? subjectId };
    return { ...PLAIN, ...client, id, at, durationUs, status, path, summary, subject };
  });
}

/** The entries with their texts replaced, but those about another person; undefined: nothing was. */
export function replaceInReads(
  { entries }: ReadBatch,
  userId: string,
  names: { readonly replace: (text: string) => string; readonly replaceInOther: (text: string) => string },
): string | undefined {
  const replaced = (JSON.parse(entries) as Entry[]).map((entry): Entry => {
    const [id, at, durationUs, status, path, summary, type, subjectId, subjectName] = entry;
    if (type === 'user' && subjectId !== null && subjectId !== userId) return entry;
    const replace = subjectId === userId ? names.replace : names.replaceInOther;
    const name = subjectName === null ? null : replace(subjectName);
    return [id, at, durationUs, status, replace(path), replace(summary), type, subjectId, name];
  });
  const text = JSON.stringify(replaced);
  return text === entries ? undefined : text;
}

const PLAIN = {
  outcome: 'read',
  errorCode: null,
  errorDetail: null,
  repairs: [],
  requestBody: null,
  responseBody: null,
  changeCount: 0,
} as const;
