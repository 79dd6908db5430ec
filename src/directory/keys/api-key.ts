/** A key of a person or of a service account: how programs sign in. Shown once, stored by hash. */
import type { Handle } from '../../synclog/handle.ts';
import type { Scope } from '../principal.ts';

export type KeyOwnerKind = 'user' | 'service_account';

export interface ApiKey {
  readonly id: string;
  readonly organizationId: string;
  readonly ownerKind: KeyOwnerKind;
  readonly ownerId: string;
  readonly name: string;
  /** Last four characters of the secret. */
  readonly hint: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: number;
  /** Null: never. */
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  /** To the minute. */
  readonly lastUsedAt: number | null;
}

/** Keys that can be used, for one person or service account. */
export const LIVE_KEYS_MAX = 100;

export function isLive(key: ApiKey, now: number): boolean {
  return key.revokedAt === null && (key.expiresAt === null || key.expiresAt > now);
}

export interface ApiKeyStore {
  /** Revoked and expired ones too, so that a refusal can say which it is. */
  findByHash(db: Handle, hash: string): Promise<ApiKey | undefined>;
  find(db: Handle, organizationId: string, id: string): Promise<ApiKey | undefined>;
  /** Oldest first, revoked and expired ones too. */
  ofOwner(db: Handle, ownerId: string): Promise<readonly ApiKey[]>;
  insert(db: Handle, key: ApiKey & { readonly hash: string }): Promise<void>;
  /** @returns whether it was not revoked before */
  revoke(db: Handle, id: string, at: number): Promise<boolean>;
  touch(db: Handle, id: string, at: number): Promise<void>;
}
