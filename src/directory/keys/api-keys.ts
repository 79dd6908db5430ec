/**
 * API keys of people and of service accounts: make, list, revoke, and who a key is.
 *
 * Owns: the secrets (random, shown once, stored hashed), their limits. Does not own: sessions (signin/), the ending of all
 * keys with a person's access (credentials.ts). Called by api/, console/, cli/, and by every door that takes a key.
 */
import { AppError, type ErrorCode, isAppError } from '../../errors.ts';
import type { Subject } from '../../synclog/change.ts';
import type { DirectoryParts } from '../parts.ts';
import { authorize } from '../policy.ts';
import type { Principal, Scope } from '../principal.ts';
import { principalOfPerson, principalOfServiceAccount } from '../principals.ts';
import { hashSecret, newSecret, secretHint } from '../secret.ts';
import type { Work } from '../work.ts';
import { type ApiKey, isLive, type KeyOwnerKind, LIVE_KEYS_MAX } from './api-key.ts';

export interface NewApiKey {
  /** For people to tell keys apart. */
  readonly name: string;
  readonly scopes: readonly Scope[];
  /** Epoch milliseconds; null: never. */
  readonly expiresAt: number | null;
}

export interface MadeApiKey {
  readonly key: ApiKey;
  /** Shown once, never stored. */
  readonly secret: string;
}

interface Owner {
  readonly kind: KeyOwnerKind;
  readonly id: string;
  readonly name: string;
}

const NAME_MAX = 100;
/** The last use is known to the minute, so that reading does not write each time. */
const TOUCH_EVERY_MS = 60_000;

/**
 * A key of a person's own.
 * @throws AppError `forbidden`, `not_found`, `conflict` for a person without access or with too many keys, `invalid_value`
 */
export async function createPersonalKey(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  userId: string,
  input: NewApiKey,
): Promise<MadeApiKey> {
  authorize(principal, 'api_keys.create', { userId });
  const person = await parts.store.persons.lock(work.db, work.context.organizationId, userId);
  if (person === undefined) throw new AppError('not_found', 'There is no such person in this organization.');
  if (person.status !== 'active') throw new AppError('conflict', `${person.name} is ${person.status}.`);
  return addKey(parts, work, { kind: 'user', id: userId, name: person.name }, input);
}

/** @throws AppError as `createPersonalKey` */
export async function createServiceKey(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  accountId: string,
  input: NewApiKey,
): Promise<MadeApiKey> {
  const account = await parts.store.serviceAccounts.lock(work.db, work.context.organizationId, accountId);
  authorize(principal, 'service_accounts.create_key', account?.teamId == null ? {} : { teamId: account.teamId });
  if (account === undefined || account.removedAt !== null) {
    throw new AppError('not_found', 'There is no such service account in this organization.');
  }
  return addKey(parts, work, { kind: 'service_account', id: accountId, name: account.name }, input);
}

/** The owner's row is locked, so that neither their removal nor another key comes in between. */
async function addKey(
  { store, newId }: DirectoryParts,
  work: Work,
  owner: Owner,
  { name: given, scopes, expiresAt }: NewApiKey,
): Promise<MadeApiKey> {
  const name = given.trim();
  if (name === '' || name.length > NAME_MAX) {
    throw new AppError('invalid_value', `A key needs a name of at most ${NAME_MAX} characters.`);
  }
  if (scopes.length === 0) throw new AppError('invalid_value', 'A key needs at least one scope.');
  if (expiresAt !== null && expiresAt <= work.at) throw new AppError('invalid_value', 'The expiry is in the past.');
  const live = (await store.apiKeys.ofOwner(work.db, owner.id)).filter((key) => isLive(key, work.at));
  if (live.length >= LIVE_KEYS_MAX) {
    throw new AppError('conflict', `${owner.name} has ${LIVE_KEYS_MAX} keys already; revoke one that is not needed.`);
  }
  const secret = newSecret('drawbridge_key');
  const key: ApiKey = {
    id: newId(),
    organizationId: work.context.organizationId,
    ownerKind: owner.kind,
    ownerId: owner.id,
    name,
    hint: secretHint(secret),
    scopes: [...new Set(scopes)],
    ...{ createdAt: work.at, expiresAt, revokedAt: null, lastUsedAt: null },
  };
  await store.apiKeys.insert(work.db, { ...key, hash: hashSecret(secret) });
  const after = { key: key.name, hint: key.hint, scopes: key.scopes, expiresAt };
  work.changes.push({ kind: 'api_key.created', subject: subjectOf(owner), after });
  return { key, secret };
}

/** Oldest first; revoked and expired ones too. @throws AppError `forbidden` */
export async function listPersonalKeys(
  { store }: DirectoryParts,
  principal: Principal,
  userId: string,
): Promise<readonly ApiKey[]> {
  authorize(principal, 'api_keys.list', { userId });
  const person = await store.persons.find(store.reader, principal.organizationId, userId);
  if (person === undefined) throw new AppError('not_found', 'There is no such person in this organization.');
  return store.apiKeys.ofOwner(store.reader, userId);
}

/** @throws AppError `forbidden`, `not_found` */
export async function listServiceKeys(
  { store }: DirectoryParts,
  principal: Principal,
  accountId: string,
): Promise<readonly ApiKey[]> {
  const account = await store.serviceAccounts.find(store.reader, principal.organizationId, accountId);
  authorize(principal, 'service_accounts.list', account?.teamId == null ? {} : { teamId: account.teamId });
  if (account === undefined) throw new AppError('not_found', 'There is no such service account in this organization.');
  return store.apiKeys.ofOwner(store.reader, accountId);
}

/**
 * Works at once: the next request with this key is refused. Revoking twice changes nothing.
 * @throws AppError `forbidden`, `not_found`
 */
export async function revokeKey(
  parts: DirectoryParts,
  work: Work,
  principal: Principal,
  keyId: string,
): Promise<ApiKey> {
  const { store } = parts;
  const { organizationId } = work.context;
  const key = await store.apiKeys.find(work.db, organizationId, keyId);
  const owner = key && (await ownerOf(parts, work, key));
  if (key === undefined || owner === undefined) {
    authorize(principal, 'api_keys.revoke');
    throw new AppError('not_found', 'There is no such key in this organization.');
  }
  if (key.ownerKind === 'user') authorize(principal, 'api_keys.revoke', { userId: key.ownerId });
  else authorize(principal, 'service_accounts.revoke_key', owner.teamId === null ? {} : { teamId: owner.teamId });
  await endKey(parts, work, key, owner);
  return { ...key, revokedAt: key.revokedAt ?? work.at };
}

async function ownerOf(
  { store }: DirectoryParts,
  { db }: Work,
  key: ApiKey,
): Promise<(Owner & { readonly teamId: string | null }) | undefined> {
  const { ownerId: id, ownerKind: kind, organizationId } = key;
  if (kind === 'user') {
    const person = await store.persons.find(db, organizationId, id);
    return person && { kind, id, name: person.name, teamId: null };
  }
  const account = await store.serviceAccounts.find(db, organizationId, id);
  return account && { kind, id, name: account.name, teamId: account.teamId };
}

/** Ends every key of a person or service account; the caller has checked who may. */
export async function endKeysOf(parts: DirectoryParts, work: Work, owner: Owner): Promise<void> {
  for (const key of await parts.store.apiKeys.ofOwner(work.db, owner.id)) {
    if (key.revokedAt === null) await endKey(parts, work, key, owner);
  }
}

async function endKey({ store }: DirectoryParts, work: Work, key: ApiKey, owner: Owner): Promise<void> {
  if (!(await store.apiKeys.revoke(work.db, key.id, work.at))) return;
  work.changes.push({ kind: 'api_key.revoked', subject: subjectOf(owner), after: { key: key.name, hint: key.hint } });
}

function subjectOf({ kind, id, name }: Owner): Subject {
  return { type: kind, id, name };
}

/** Who a key is, or why it is refused. Notes the use. For every door that takes a key. */
export async function authenticateKey(parts: DirectoryParts, secret: string): Promise<Principal | AppError> {
  const { store } = parts;
  const key = await store.apiKeys.findByHash(store.reader, hashSecret(secret));
  if (key === undefined)
    return refusal('unauthorized', 'This API key is not known here; check that it was copied whole.');
  if (key.revokedAt !== null) return refusal('token_revoked', 'This API key was revoked.');
  if (!isLive(key, parts.now())) return refusal('token_expired', 'This API key has expired.');
  const principal = await holderOf(parts, key);
  if (!isAppError(principal)) await noteUse(parts, key);
  return principal;
}

function refusal(code: ErrorCode, text: string): AppError {
  return new AppError(code, text);
}

async function holderOf(parts: DirectoryParts, key: ApiKey): Promise<Principal | AppError> {
  const { store } = parts;
  if (key.ownerKind === 'user') {
    const person = await store.persons.find(store.reader, key.organizationId, key.ownerId);
    // Their keys ended with their access; this holds even if one was missed.
    if (person?.status !== 'active')
      return refusal('unauthorized', 'The owner of this API key has no access any more.');
    return principalOfPerson(parts, store.reader, person, key.scopes);
  }
  const account = await store.serviceAccounts.find(store.reader, key.organizationId, key.ownerId);
  if (account === undefined || account.removedAt !== null) {
    return refusal('unauthorized', 'The service account of this API key was removed.');
  }
  if (account.teamId === null) return principalOfServiceAccount(account, key.scopes);
  const team = await store.teams.find(store.reader, key.organizationId, account.teamId);
  const archived = team === undefined || team.archivedAt !== null;
  return archived
    ? refusal('unauthorized', 'The team of this service account is archived.')
    : principalOfServiceAccount(account, key.scopes);
}

async function noteUse({ store, now }: DirectoryParts, key: ApiKey): Promise<void> {
  const at = now();
  if (key.lastUsedAt !== null && at - key.lastUsedAt < TOUCH_EVERY_MS) return;
  try {
    await store.write(async (db) => {
      await store.apiKeys.touch(db, key.id, at);
      if (key.ownerKind === 'user') await store.persons.touch(db, key.ownerId, at);
    });
  } catch (error) {
    // A database that is too busy to note a use is no reason to refuse it.
    if (!isAppError(error, 'busy') && !isAppError(error, 'unavailable')) throw error;
  }
}
