/**
 * Checks a chain entry by entry, in order, holding no more than the erasures that are still to be explained.
 *
 * An erased person's names are gone, so their commitment cannot be opened any more. That is as good as whole only when a
 * later entry of the chain tells of the erasure, with the pseudonym that stands where the names were.
 */
import { contentOf, entryHash, GENESIS_HASH, type LedgerContent, type LedgerEntry, sha256 } from './entry.ts';

/** A place in a chain. Kept elsewhere, it shows later that nothing before it was changed, added or taken away. */
export interface ChainPoint {
  /** Number of entries up to here. */
  readonly position: number;
  readonly hash: string;
}

export interface ChainBreak {
  readonly position: number;
  readonly id: string;
  readonly reason: string;
}

export interface ChainCheck {
  /** What is wrong with the next entry, if anything. */
  add(entry: LedgerEntry): ChainBreak | undefined;
  /** What only the end shows: an erasure that no entry tells of. */
  end(): ChainBreak | undefined;
  /** The last entry that holds. */
  point(): ChainPoint;
}

interface Replaced extends ChainBreak {
  readonly pseudonym: string;
}

const UNTOLD = 'names were replaced by a pseudonym, and no entry tells of an erasure';

export function createChainCheck(): ChainCheck {
  let previous: ChainPoint = { position: 0, hash: GENESIS_HASH };
  /** User id -> the first of their entries whose names were replaced. */
  const untold = new Map<string, Replaced>();

  function checkNames(entry: LedgerEntry, content: LedgerContent): string | undefined {
    const { commitments } = content;
    if ((entry.personal === null) !== (commitments.personal === null))
      return 'the personal data does not match its commitment';
    for (const [text, commitment, user] of [
      [entry.actor, commitments.actor, content.actor.id],
      [entry.personal, commitments.personal, content.user],
    ] as const) {
      if (text === null || sha256(text) === commitment) continue;
      const pseudonym = pseudonymIn(text);
      if (pseudonym === undefined || user === null) return 'the personal data does not match its commitment';
      const known = untold.get(user);
      if (known === undefined) untold.set(user, { position: entry.position, id: entry.id, reason: UNTOLD, pseudonym });
      else if (known.pseudonym !== pseudonym) return 'one person has two pseudonyms';
    }
    return undefined;
  }

  function explain(content: LedgerContent): void {
    if (content.kind !== 'erased') return;
    if (untold.get(content.user)?.pseudonym === content.details.pseudonym) untold.delete(content.user);
  }

  return {
    add(entry) {
      const content = findContent(entry, previous);
      const reason = typeof content === 'string' ? content : checkNames(entry, content);
      if (reason !== undefined) return { position: entry.position, id: entry.id, reason };
      explain(content as LedgerContent);
      previous = { position: entry.position, hash: entry.hash };
      return undefined;
    },
    end() {
      const [first] = [...untold.values()].toSorted((a, b) => a.position - b.position);
      return first && { position: first.position, id: first.id, reason: first.reason };
    },
    point: () => previous,
  };
}

/** The content of an entry that follows `previous`, or what is wrong with it. */
function findContent(entry: LedgerEntry, previous: ChainPoint): LedgerContent | string {
  if (entry.position !== previous.position + 1)
    return `expected position ${previous.position + 1}, found ${entry.position}`;
  if (entry.previousHash !== previous.hash) return 'the hash of the entry before does not match';
  if (entryHash(entry.position, entry.previousHash, entry.content) !== entry.hash)
    return 'the content does not match its hash';
  const content = parseContent(entry);
  if (content === undefined) return 'the content is not JSON';
  return agrees(entry, content) ? content : 'the columns beside the content say something else than the content';
}

function agrees(entry: LedgerEntry, content: LedgerContent): boolean {
  return (
    content.id === entry.id &&
    content.user === entry.userId &&
    content.kind === entry.kind &&
    content.scope === entry.scope &&
    content.removal === entry.removalId &&
    content.organization === entry.organizationId &&
    content.exchange === entry.exchangeId &&
    (content.team?.id ?? null) === entry.teamId &&
    (content.actor.kind === 'user' ? content.actor.id : null) === entry.actorUserId &&
    Date.parse(content.at) === entry.at
  );
}

function parseContent(entry: LedgerEntry): LedgerContent | undefined {
  try {
    const content = contentOf(entry);
    return typeof content === 'object' && content !== null ? content : undefined;
  } catch {
    return undefined;
  }
}

function pseudonymIn(text: string): string | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== 'object' || value === null || !('pseudonym' in value)) return undefined;
    return typeof value.pseudonym === 'string' ? value.pseudonym : undefined;
  } catch {
    return undefined;
  }
}
