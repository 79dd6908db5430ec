/**
 * What is kept of a project's runs: their number, one digest of all ids, and a fingerprint of 32 bits for each id, so that
 * a later check can tell "12 of 340 are gone" without the list.
 *
 * What can be told: with the digest, whether the set is exactly the same; with the fingerprints, how many of the runs of
 * that time are not among those of today, whatever was added since. What cannot: which runs those were (only with the
 * list), and a run that is gone goes unnoticed when one of today's n runs happens to have its fingerprint, which has a
 * chance of n in 4,294,967,296 (50,000 runs: 1 in 86,000).
 */
import { hash } from 'node:crypto';
import { sha256 } from '../entry.ts';

export interface RunDigest {
  /** Base64 of the sorted fingerprints, four bytes each, big-endian; null where only a number was told. */
  readonly fingerprints: string | null;
  /** The sorted ids themselves, one to a line, where the configuration says to keep them. */
  readonly runIds: string | null;
}

/** The first 32 bits of the SHA-256 of a run id. */
function fingerprintOf(runId: string): number {
  return hash('sha256', runId, 'buffer').readUInt32BE(0);
}

function sortedFingerprints(runIds: readonly string[]): Uint32Array {
  return Uint32Array.from(runIds, fingerprintOf).sort();
}

/** Lower-case hex SHA-256 of the ids, sorted by code unit, joined by line feeds. */
export function digestOf(runIds: readonly string[]): string {
  return sha256(runIds.toSorted().join('\n'));
}

export function digestRuns(runIds: readonly string[], keepIds: boolean): RunDigest {
  const sorted = sortedFingerprints(runIds);
  const bytes = Buffer.alloc(sorted.length * 4);
  for (const [index, fingerprint] of sorted.entries()) bytes.writeUInt32BE(fingerprint, index * 4);
  return { fingerprints: bytes.toString('base64'), runIds: keepIds ? runIds.toSorted().join('\n') : null };
}

export interface RunComparison {
  /** Runs of that time that are not there any more. */
  readonly missing: number;
  /** Which; null where the list was not kept. */
  readonly missingIds: readonly string[] | null;
}

/**
 * Runs of then that are not among those of now.
 * @param then what was kept; without fingerprints only numbers can be compared, and `missing` is the least that is gone
 * @param now ids of today, or only how many there are
 */
export function compareRuns(
  then: RunDigest & { readonly runs: number },
  now: { readonly runs: number; readonly runIds: readonly string[] | null },
): RunComparison {
  if (now.runIds === null || then.fingerprints === null)
    return { missing: Math.max(0, then.runs - now.runs), missingIds: null };
  if (then.runIds !== null) {
    const present = new Set(now.runIds);
    const missingIds = then.runIds === '' ? [] : then.runIds.split('\n').filter((id) => !present.has(id));
    return { missing: missingIds.length, missingIds };
  }
  return { missing: countMissing(then.fingerprints, sortedFingerprints(now.runIds)), missingIds: null };
}

/** Both sides are sorted: one walk along them. Equal fingerprints count as often as they occur. */
function countMissing(fingerprints: string, present: Uint32Array): number {
  const bytes = Buffer.from(fingerprints, 'base64');
  let missing = 0;
  let at = 0;
  for (let offset = 0; offset + 4 <= bytes.length; offset += 4) {
    const wanted = bytes.readUInt32BE(offset);
    while (at < present.length && (present[at] ?? 0) < wanted) at += 1;
    if (present[at] === wanted) at += 1;
    else missing += 1;
  }
  return missing;
}
