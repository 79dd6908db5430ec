/**
 * One link of the ledger: who was removed, and what happened after, chained by hash.
 *
 * What is chained is `content` (canonical JSON, RFC 8785) with the position and the previous hash. Names stand beside it:
 * `personal` about the person, `actor` about who did it. The content holds only a commitment to each (SHA-256 over its
 * canonical JSON, with a salt), so that erasing a person keeps the chain whole.
 */
import { hash, randomBytes } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { JsonObject } from '../schema/json.ts';
import type { LedgerDraft } from './draft.ts';
import type { LedgerKind, LedgerScope } from './kind.ts';

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
  readonly scope: LedgerScope;
  readonly teamId: string | null;
  readonly userId: string;
  /** The entry of the removal that this belongs to; a removal's own id. */
  readonly removalId: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Canonical JSON of a LedgerContent. */
  readonly content: string;
  /** JSON text {name, salt}, or {pseudonym} after an erasure. */
  readonly actor: string;
  /** Set when a user of the organization did it. */
  readonly actorUserId: string | null;
  /** JSON text of what names the person, with a salt, or {pseudonym} after an erasure; null where nothing does. */
  readonly personal: string | null;
  readonly exchangeId: string | null;
}

/** What is chained. docs/ledger.md describes it for auditors: change both together. */
export type LedgerContent = {
  readonly actor: { readonly id: string | null; readonly kind: string };
  /** ISO 8601, UTC. */
  readonly at: string;
  /** `deactivated`, `deleted`, `membership lost`, `reactivated`, ... */
  readonly cause: string;
  readonly commitments: { readonly actor: string; readonly personal: string | null };
  readonly connection: string | null;
  /** What the kind adds: a person's projects, a date, who got the runs. */
  readonly details: JsonObject;
  readonly exchange: string | null;
  readonly held: LedgerDraft['held'] | null;
  readonly id: string;
  readonly kind: LedgerKind;
  readonly organization: string;
  readonly reason: string | null;
  readonly removal: string;
  readonly scope: LedgerScope;
  readonly team: { readonly id: string; readonly name: string } | null;
  readonly user: string;
};

/** Where an entry goes: everything that the chain adds to a draft. */
export interface LedgerLink {
  readonly organizationId: string;
  readonly position: number;
  readonly previousHash: string;
  readonly id: string;
  readonly removalId: string;
  readonly at: number;
  readonly exchangeId: string | null;
}

export const GENESIS_HASH = '0'.repeat(64);

export function sha256(text: string): string {
  return hash('sha256', text);
}

/** RFC 8785 text of a JSON value. */
export function canonicalJson(value: unknown): string {
  const text = canonicalize(value);
  if (text === undefined) throw new TypeError('Only JSON can be chained.');
  return text;
}

/**
 * The hash of an entry: SHA-256 over the canonical JSON of {content, position, previous}.
 * @param content canonical JSON; it stands in the text as it is, so that any other letter gives another hash
 */
export function entryHash(position: number, previousHash: string, content: string): string {
  return sha256(`{"content":${content},"position":${position},"previous":"${previousHash}"}`);
}

/** Links a draft to the chain. */
export function chainEntry(draft: LedgerDraft, link: LedgerLink): LedgerEntry {
  const salts = randomBytes(32).toString('hex');
  const actor = canonicalJson({ name: draft.actor.name, salt: salts.slice(0, 32) });
  const personal = draft.person === null ? null : canonicalJson({ ...draft.person, salt: salts.slice(32) });
  const chained: LedgerContent = {
    actor: { id: draft.actor.id, kind: draft.actor.kind },
    at: new Date(link.at).toISOString(),
    cause: draft.cause,
    commitments: { actor: sha256(actor), personal: personal === null ? null : sha256(personal) },
    connection: draft.connectionId ?? null,
    details: draft.details ?? {},
    exchange: link.exchangeId,
    held: draft.held ?? null,
    id: link.id,
    kind: draft.kind,
    organization: link.organizationId,
    reason: draft.reason,
    removal: link.removalId,
    scope: draft.scope,
    team: draft.team,
    user: draft.userId,
  };
  const content = canonicalJson(chained);
  const { organizationId, position, id, previousHash, removalId, at, exchangeId } = link;
  return {
    ...{ organizationId, position, id, previousHash, removalId, at, exchangeId },
    hash: entryHash(position, previousHash, content),
    kind: draft.kind,
    scope: draft.scope,
    teamId: draft.team?.id ?? null,
    userId: draft.userId,
    content,
    actor,
    actorUserId: draft.actor.kind === 'user' ? draft.actor.id : null,
    personal,
  };
}

export function contentOf(entry: Pick<LedgerEntry, 'content'>): LedgerContent {
  return JSON.parse(entry.content) as LedgerContent;
}
