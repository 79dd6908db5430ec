/**
 * One link of the ledger: who was removed (or came back), chained by hash.
 *
 * What is chained is `content` (canonical JSON, RFC 8785) with the position and the previous hash. Personal data stands
 * beside it in `personal`; the content holds only a commitment to it, so that erasing a person keeps the chain whole.
 */
import { createHash, randomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';

export const LEDGER_KINDS = ['removed', 'returned'] as const;
export type LedgerKind = (typeof LEDGER_KINDS)[number];

export interface LedgerEntry {
  readonly organizationId: string;
  /** 1, 2, 3, ... per organization. */
  readonly position: number;
  readonly id: string;
  /** SHA-256, hex. */
  readonly hash: string;
  /** Hash of the entry before; 64 zeros for the first. */
  readonly previousHash: string;
  readonly kind: LedgerKind;
  readonly scope: 'organization' | 'team';
  readonly teamId: string | null;
  readonly userId: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly content: string;
  readonly personal: string;
  readonly exchangeId: string | null;
}

/** What a removal (or a return) is, before it is chained. */
export interface LedgerDraft {
  readonly kind: LedgerKind;
  readonly scope: 'organization' | 'team';
  readonly team: { readonly id: string; readonly name: string } | null;
  readonly userId: string;
  /** `deactivated`, `deleted`, `membership lost`, `reactivated`, `created anew`. */
  readonly cause: string;
  readonly reason: string | null;
  readonly actor: { readonly kind: string; readonly id: string | null };
  /** What the person held: organization role and team roles. */
  readonly held: {
    readonly organizationRole: string;
    readonly teams: readonly { readonly id: string; readonly name: string; readonly role: string }[];
  };
  readonly personal: {
    readonly userName: string;
    readonly name: string;
    readonly externalId: string | null;
    readonly email: string | null;
    readonly actorName: string;
  };
}

export const GENESIS_HASH = '0'.repeat(64);

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** RFC 8785 text of a JSON value. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('Only JSON can be chained.');
  return text;
}

/** The hash of an entry: SHA-256 over the canonical JSON of {content, position, previous}. */
export function entryHash(position: number, previousHash: string, content: string): string {
  return sha256(canonicalJson({ content: JSON.parse(content), position, previous: previousHash }));
}

/** Links a draft to the head of the chain. */
export function chainEntry(
  draft: LedgerDraft,
  link: {
    organizationId: string;
    position: number;
    previousHash: string;
    id: string;
    at: number;
    exchangeId: string | null;
  },
): LedgerEntry {
  const personal = canonicalJson({ ...draft.personal, salt: randomBytes(16).toString('hex') });
  const chained = {
    actor: draft.actor,
    at: new Date(link.at).toISOString(),
    cause: draft.cause,
    exchange: link.exchangeId,
    held: draft.held,
    id: link.id,
    kind: draft.kind,
    organization: link.organizationId,
    personal: sha256(personal),
    reason: draft.reason,
    scope: draft.scope,
    team: draft.team,
    user: draft.userId,
  };
  const content = canonicalJson(chained);
  return {
    organizationId: link.organizationId,
    position: link.position,
    id: link.id,
    hash: sha256(canonicalJson({ content: chained, position: link.position, previous: link.previousHash })),
    previousHash: link.previousHash,
    kind: draft.kind,
    scope: draft.scope,
    teamId: draft.team?.id ?? null,
    userId: draft.userId,
    at: link.at,
    content,
    personal,
    exchangeId: link.exchangeId,
  };
}

/** What is wrong with an entry that should follow `previous`; undefined when it holds. */
export function findBreak(entry: LedgerEntry, previous: { position: number; hash: string }): string | undefined {
  if (entry.position !== previous.position + 1)
    return `expected position ${previous.position + 1}, found ${entry.position}`;
  if (entry.previousHash !== previous.hash) return 'the hash of the entry before does not match';
  const content = parseObject(entry.content);
  if (content === undefined) return 'the content is not JSON';
  if (entryHash(entry.position, entry.previousHash, entry.content) !== entry.hash)
    return 'the content does not match its hash';
  if (
    content.id !== entry.id ||
    content.user !== entry.userId ||
    content.kind !== entry.kind ||
    content.scope !== entry.scope
  )
    return 'the columns beside the content say something else than the content';
  if (content.personal !== sha256(entry.personal)) return 'the personal data does not match its commitment';
  return undefined;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
