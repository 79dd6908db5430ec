/**
 * What a push tells must not bring back who was erased while it was under way: names, answers and reasons are looked at
 * in the transaction that keeps them. Whatever is kept already is the erasure's own (directory/removals/erasure.ts).
 */
import type { Handle } from '../synclog/handle.ts';
import type { Link } from './contract.ts';
import type { WantedStore } from './store.ts';
import { parseSubjectKey } from './target.ts';

/** In place of a reason that told of somebody who was erased. */
export const ERASED = 'Erased with the personal data of somebody it told of.';

/** What is about to be kept of a push. */
export interface Kept {
  /** `user:<id>` */
  readonly key: string;
  readonly reason: string | null;
  /** Of a user. */
  readonly name?: string;
  readonly link?: Link | undefined;
  readonly requests?: readonly string[];
}

export interface Erasing {
  readonly store: { readonly wanted: Pick<WantedStore, 'erased'> };
  readonly target: { readonly organizationId: string };
}

/** A person's subject, as the reason of a team names its members. */
const PERSON = /\buser:([\w-]+)/g;

/** @returns the same where nobody was erased */
export async function withoutErased<K extends Kept>({ store, target }: Erasing, db: Handle, kept: K): Promise<K> {
  const own = parseSubjectKey(kept.key);
  const told = [...(kept.reason ?? '').matchAll(PERSON)].map(([, id = '']) => id);
  const ids = own.type === 'user' ? [own.id, ...told] : told;
  if (ids.length === 0) return kept;
  const erased = await store.wanted.erased(db, target.organizationId, ids);
  if (erased.size === 0) return kept;
  const pseudonym = own.type === 'user' ? erased.get(own.id) : undefined;
  const reason = kept.reason === null ? null : ERASED;
  return pseudonym === undefined ? { ...kept, reason } : { ...kept, reason, ...withPseudonym(kept, pseudonym) };
}

function withPseudonym({ name, link, requests }: Kept, pseudonym: string): Partial<Kept> {
  return {
    ...(name === undefined ? {} : { name: pseudonym }),
    ...(link === undefined ? {} : { link: { ...link, remoteName: pseudonym } }),
    // Addresses stand in filters.
    ...(requests === undefined ? {} : { requests: [] }),
  };
}
