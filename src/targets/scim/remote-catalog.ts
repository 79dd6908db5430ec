/**
 * Who is there already, for matching before creating. One look-up per person is right for a few; when many are missed in a
 * row (a first load), the whole list is read once in large pages and kept for some minutes. What somebody else creates
 * meanwhile is found by the 409 that creating it gives.
 */
import { type Call, type RemoteResource, TargetRefusal } from '../contract.ts';

export interface RemoteKeys {
  readonly id: string;
  /** Lower case. */
  readonly keys: readonly string[];
}

export interface RemoteCatalog {
  /** Ids of those who have one of the keys; undefined: not known, look it up. */
  find(call: Call, keys: readonly string[]): Promise<readonly string[] | undefined>;
  /** A look-up found nobody. */
  missed(): void;
  forget(): void;
}

export interface RemoteCatalogParts {
  /** Everybody; refuses when the list cannot be had whole. */
  readonly list: (call: Call) => AsyncIterable<RemoteKeys>;
  readonly now: () => number;
}

const MISSES_BEFORE = 20;
const KEPT_MS = 10 * 60_000;
const BUILD_MAX_MS = 30 * 60_000;
/** Past it the index is given up: one look-up per person costs less than the memory. */
const SIZE_MAX = 200_000;

export function createRemoteCatalog({ list, now }: RemoteCatalogParts): RemoteCatalog {
  let misses = 0;
  let kept: { readonly ids: Promise<Map<string, string[]> | undefined>; readonly until: number } | undefined;

  async function build(call: Call): Promise<Map<string, string[]> | undefined> {
    const ids = new Map<string, string[]>();
    let size = 0;
    try {
      for await (const { id, keys } of list(call)) {
        size += 1;
        if (size > SIZE_MAX) return undefined;
        for (const key of keys) {
          const known = ids.get(key);
          if (known === undefined) ids.set(key, [id]);
          else if (!known.includes(id)) known.push(id);
        }
      }
    } catch (error) {
      if (error instanceof TargetRefusal) return undefined;
      throw error;
    }
    return ids;
  }

  return {
    async find(call, keys) {
      if (kept !== undefined && kept.until <= now()) {
        kept = undefined;
        misses = 0;
      }
      if (kept === undefined) {
        if (misses < MISSES_BEFORE) return undefined;
        // The list belongs to nobody's push: one that is interrupted must not spoil it for the others.
        const ids = build({ ...call, requestId: null, signal: AbortSignal.timeout(BUILD_MAX_MS) });
        kept = { ids, until: now() + KEPT_MS };
        ids.catch(() => {
          kept = undefined;
        });
      }
      const ids = await kept.ids;
      return ids && [...new Set(keys.flatMap((key) => ids.get(key) ?? []))];
    },
    missed: () => {
      misses += 1;
    },
    forget: () => {
      kept = undefined;
      misses = 0;
    },
  };
}

/** The keys of a resource that names itself by externalId, user name and addresses. */
export function keysOf({ id, fields }: RemoteResource): RemoteKeys {
  const emails = Array.isArray(fields.emails) ? (fields.emails as readonly { value?: unknown }[]) : [];
  const texts = [
    keyOf('externalId', fields.externalId),
    keyOf('userName', fields.userName),
    ...emails.map((email) => keyOf('email', email.value)),
  ];
  return { id, keys: texts.filter((key) => key !== '') };
}

/** `userName ada@x`; '' where there is no value. externalId is compared as it is (RFC 7643 section 3.1: caseExact). */
export function keyOf(kind: 'externalId' | 'userName' | 'email', value: unknown): string {
  if (typeof value !== 'string' || value === '') return '';
  return `${kind} ${kind === 'externalId' ? value : value.toLowerCase()}`;
}
